//! Threads that go from one agent of the business to another.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::wire::{absent, lenient, text_seconds};
use crate::ids::{Bsuid, PhoneNumberId, WaId};

/// A thread that changed its owner.
///
/// See [Cloud API/Thread control].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Handover {
    /// The user.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub sender: Option<HandoverUser>,
    /// The business phone number.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub recipient: Option<HandoverNumber>,
    /// How.
    #[serde(
        rename = "type",
        deserialize_with = "lenient",
        skip_serializing_if = "absent"
    )]
    pub kind: Option<HandoverKind>,
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// Of a thread that its owner gave away.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub control_passed: Option<ControlChange>,
    /// Of a thread that another took.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub control_taken: Option<ControlChange>,
}

/// The user of a thread.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandoverUser {
    /// By phone number.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub phone_number: Option<WaId>,
    /// By business-scoped user id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub user_id: Option<Bsuid>,
    /// By the id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub parent_user_id: Option<Bsuid>,
}

/// The business phone number of a thread.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandoverNumber {
    /// As shown.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub display_phone_number: Option<String>,
    /// Its id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub phone_number_id: Option<PhoneNumberId>,
}

/// Who owned a thread and who owns it now.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ControlChange {
    /// Who owned it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub previous_owner_role: Option<ThreadRole>,
    /// Who owns it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub new_owner_role: Option<ThreadRole>,
    /// What the one tells the other, up to 2000 characters.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub metadata: Option<String>,
    /// What was said so far.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub conversation_context: Option<ConversationContext>,
}

/// What was said in a thread so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationContext {
    /// `summary`.
    #[serde(
        rename = "type",
        deserialize_with = "lenient",
        skip_serializing_if = "absent"
    )]
    pub kind: Option<String>,
    /// A summary.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub summary: Option<ConversationSummary>,
}

/// What was said in a thread, in short.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationSummary {
    /// The summary.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub text: Option<String>,
}

/// How a thread changed its owner.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HandoverKind {
    /// Its owner gave it away.
    ControlPassed,
    /// Another took it.
    ControlTaken,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// An agent of the business by role.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ThreadRole {
    /// An automatic agent.
    AiAgent,
    /// Who answers advertisements.
    Ctwa,
    /// Customer service.
    CustomerService,
    /// Who takes over difficult cases.
    Escalation,
    /// Marketing.
    Marketing,
    /// Utility messages.
    Utility,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
