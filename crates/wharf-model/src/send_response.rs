//! The answer to a message that Meta took in.

use serde::Deserialize;

use crate::ids::{Bsuid, GroupId, WaId, Wamid};

/// The answer to a message that Meta took in: accepted, not yet delivered.
///
/// See [Cloud API/Send messages].
///
/// ```
/// use wharf_model::SendResponse;
///
/// let response: SendResponse = serde_json::from_str(
///     r#"{"messaging_product":"whatsapp","contacts":[{"input":"+1650","wa_id":"1650"}],
///         "messages":[{"id":"wamid.A"}]}"#,
/// )?;
/// assert_eq!(response.id().map(|id| id.as_str()), Some("wamid.A"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SendResponse {
    /// Whom the message was taken to be for; may be empty.
    #[serde(default)]
    pub contacts: Vec<SendContact>,
    /// What was taken in: one message.
    pub messages: Vec<SentMessage>,
}

/// Whom a message was taken to be for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SendContact {
    /// The recipient as it was sent.
    #[serde(default)]
    pub input: Option<String>,
    /// The user's WhatsApp id; absent if the message went to a business-scoped user id.
    #[serde(default)]
    pub wa_id: Option<WaId>,
    /// Present only if the message went to it.
    #[serde(default)]
    pub user_id: Option<Bsuid>,
}

/// A message that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SentMessage {
    /// Meta's id of the message.
    pub id: Wamid,
    /// Present for templates only.
    #[serde(default)]
    pub message_status: Option<MessagePacing>,
    /// Present if the message went to a group.
    #[serde(default)]
    pub group_id: Option<GroupId>,
}

/// What Meta does with a template message that it took in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
#[non_exhaustive]
pub enum MessagePacing {
    /// On its way.
    Accepted,
    /// Held until the first messages of this template were judged.
    HeldForQualityAssessment,
    /// Stopped by pacing: it will not be delivered.
    Paused,
    /// A value that is not in Meta's list.
    Unknown(String),
}

impl SendResponse {
    /// Meta's id of the message.
    pub fn id(&self) -> Option<&Wamid> {
        self.messages.first().map(|message| &message.id)
    }
}

impl MessagePacing {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Accepted => "accepted",
            Self::HeldForQualityAssessment => "held_for_quality_assessment",
            Self::Paused => "paused",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for MessagePacing {
    fn from(text: String) -> Self {
        match text.as_str() {
            "accepted" => Self::Accepted,
            "held_for_quality_assessment" => Self::HeldForQualityAssessment,
            "paused" => Self::Paused,
            _ => Self::Unknown(text),
        }
    }
}
