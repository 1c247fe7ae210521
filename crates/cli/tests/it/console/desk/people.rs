//! Other people at the desk: a user with a file, somebody with another key.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::{Desk, USER};
use crate::binary::run;

impl Desk {
    /// The simulated user sends a file.
    pub(crate) fn user_sends(&self, file: &Path, kind: &str, caption: &str) {
        let url = format!(
            "{}/sim/v1/users/{USER}/files?kind={kind}&caption={}",
            self.simulator,
            caption.replace(' ', "%20")
        );
        let body = format!("@{}", file.display());
        let ended = run(Command::new("curl")
            .args(["-sSf", "-o", "/dev/null", "-X", "POST", &url])
            .args(["-H", "Content-Type: application/octet-stream"])
            .args(["--data-binary", &body]));
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    /// Goes on with a key of this role.
    pub(crate) fn with_role(mut self, role: &str) -> Self {
        let asked = json!({"name": format!("A {role}"), "role": role});
        let made = self.api("POST", "/api/v1/api-keys", Some(&asked));
        made["key"].as_str().unwrap().clone_into(&mut self.key);
        self
    }
}
