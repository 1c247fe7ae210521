//! Other people at the desk: a user with a file, somebody with another key.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{Desk, USER};
use crate::binary::run;

impl Desk {
    /// The simulated user sends a file, under its own name if it is a document.
    pub(crate) fn user_sends(&self, file: &Path, kind: &str, mime_type: &str, caption: &str) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let url = format!(
            "{}/sim/v1/users/{USER}/files?kind={kind}&filename={name}&caption={}",
            self.simulator,
            caption.replace(' ', "%20")
        );
        let body = format!("@{}", file.display());
        let ended = run(Command::new("curl")
            .args(["-sSf", "-o", "/dev/null", "-X", "POST", &url])
            .args(["-H", &format!("Content-Type: {mime_type}")])
            .args(["--data-binary", &body]));
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    /// Goes on with a key of this role.
    pub(crate) fn with_role(self, role: &str) -> Self {
        self.with_key(&json!({"name": format!("A {role}"), "role": role}))
    }

    /// Goes on with a key that is made as it is asked for.
    pub(crate) fn with_key(mut self, asked: &Value) -> Self {
        let made = self.api("POST", "/api/v1/api-keys", Some(asked));
        made["key"].as_str().unwrap().clone_into(&mut self.key);
        self
    }
}
