//! Calls: who calls whom, and how it ends.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::webhook_error::WebhookError;
use super::wire::{absent, body, elements, lenient, text_seconds};
use crate::ids::{Bsuid, CallId, WaId};

/// A step of a call, from `calls`.
///
/// See [Cloud API/Calling webhooks].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum CallEvent {
    /// The call begins; the session says how.
    #[serde(rename = "connect")]
    Connect(CallConnect),
    /// The call is over.
    #[serde(rename = "terminate")]
    Terminate(CallTerminate),
    /// An event that is not in Meta's list, or one whose body is of another form.
    #[serde(untagged)]
    Unknown(Value),
}

impl<'de> Deserialize<'de> for CallEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let known = match value.get("event").and_then(Value::as_str) {
            Some("connect") => body(&value, Self::Connect),
            Some("terminate") => body(&value, Self::Terminate),
            _ => None,
        };
        Ok(known.unwrap_or(Self::Unknown(value)))
    }
}

/// A call that begins.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallConnect {
    /// The call.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub id: Option<CallId>,
    /// Who calls, by number; absent if only the business-scoped user id is known.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub from: Option<WaId>,
    /// Who is called, by number.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub to: Option<WaId>,
    /// The user who calls.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub from_user_id: Option<Bsuid>,
    /// The user who calls, by the id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub from_parent_user_id: Option<Bsuid>,
    /// The user who is called.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub to_user_id: Option<Bsuid>,
    /// The user who is called, by the id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub to_parent_user_id: Option<Bsuid>,
    /// When it began.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// Who began it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub direction: Option<CallDirection>,
    /// How audio gets from one to the other.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub session: Option<CallSession>,
    /// The session in an older form.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub connection: Option<Value>,
    /// What the business put into the call button.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub cta_payload: Option<String>,
    /// What the business put into the call link.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub deeplink_payload: Option<String>,
    /// What the business gave the call to be echoed.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub biz_opaque_callback_data: Option<String>,
}

/// A call that is over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallTerminate {
    /// The call.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub id: Option<CallId>,
    /// Who called, by number.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub from: Option<WaId>,
    /// Who was called, by number.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub to: Option<WaId>,
    /// The user who called.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub from_user_id: Option<Bsuid>,
    /// The user who called, by the id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub from_parent_user_id: Option<Bsuid>,
    /// The user who was called.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub to_user_id: Option<Bsuid>,
    /// The user who was called, by the id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub to_parent_user_id: Option<Bsuid>,
    /// When it was over.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// Who began it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub direction: Option<CallDirection>,
    /// How it ended.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub status: Option<CallOutcome>,
    /// When it was answered.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub start_time: Option<Timestamp>,
    /// When they hung up.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub end_time: Option<Timestamp>,
    /// Seconds, if it was answered.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub duration: Option<u64>,
    /// What the business gave the call to be echoed.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub biz_opaque_callback_data: Option<String>,
    /// Why it failed; as a rule the errors are updates of their own.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// What becomes of a call that the business makes, from `statuses` of `calls`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallStatus {
    /// The call.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub id: Option<CallId>,
    /// When that happened.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// `call`.
    #[serde(
        rename = "type",
        deserialize_with = "lenient",
        skip_serializing_if = "absent"
    )]
    pub kind: Option<String>,
    /// What became of it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub status: Option<CallState>,
    /// The user who is called, by number.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub recipient_id: Option<WaId>,
    /// The user who is called.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub recipient_user_id: Option<Bsuid>,
    /// The user who is called, by the id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub recipient_parent_user_id: Option<Bsuid>,
    /// What the business gave the call to be echoed.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub biz_opaque_callback_data: Option<String>,
}

/// A session description (RFC 8866).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallSession {
    /// Whether it asks or answers.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub sdp_type: Option<SdpType>,
    /// The description.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub sdp: Option<String>,
}

/// Whether a session description asks or answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SdpType {
    /// It asks.
    Offer,
    /// It answers.
    Answer,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// Who began a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum CallDirection {
    /// The user.
    UserInitiated,
    /// The business.
    BusinessInitiated,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum CallOutcome {
    /// It was answered.
    Completed,
    /// It did not come about.
    Failed,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// What becomes of a call that the business makes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum CallState {
    /// It rings.
    Ringing,
    /// The user took it.
    Accepted,
    /// The user declined it.
    Rejected,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
