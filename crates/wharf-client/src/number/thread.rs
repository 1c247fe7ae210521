//! Which of several agents of a business answers a user.

use serde::Serialize;
use wharf_model::PhoneNumber;
use wharf_model::incoming::handover::ThreadRole;

use super::Number;
use crate::call::Call;
use crate::fields::Fields;
use crate::graph;

/// What is done with a thread; see [Cloud API/Thread control].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ThreadAction {
    /// Gives it to the agent of this role.
    Pass(ThreadRole),
    /// Gives it back; no webhook tells of it.
    Release,
    /// Takes it.
    Take,
}

/// As Meta writes it.
#[derive(Serialize)]
struct ThreadControl<'a> {
    messaging_product: &'static str,
    to: &'a str,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    control_pass: Option<ControlPass<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a str>,
}

#[derive(Serialize)]
struct ControlPass<'a> {
    target_role: &'a ThreadRole,
}

impl Number {
    /// Passes, releases or takes the thread with a user, with a note for the other agent if
    /// wanted. Meta answers with error 2494191 if that is not allowed.
    ///
    /// What Meta answers otherwise is not documented, so it comes as it is.
    /// See [Cloud API/Thread control].
    pub fn control_thread(
        &self,
        user: &PhoneNumber,
        action: &ThreadAction,
        metadata: Option<&str>,
    ) -> Call<Fields> {
        let (action, target) = match action {
            ThreadAction::Pass(role) => ("pass", Some(role)),
            ThreadAction::Release => ("release", None),
            ThreadAction::Take => ("take", None),
        };
        let body = ThreadControl {
            messaging_product: "whatsapp",
            to: user.as_str(),
            action,
            control_pass: target.map(|target_role| ControlPass { target_role }),
            metadata,
        };
        let path = self.edge("thread_control");
        graph::post(self.client(), "threads.control", &path, &body)
    }
}
