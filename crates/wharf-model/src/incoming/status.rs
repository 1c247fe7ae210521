//! What became of a message that the business sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::message::MalformedUpdate;
use super::pricing::{Conversation, Pricing};
use super::raw_json::RawJson;
use super::raw_object::RawObject;
use super::timestamp;
use super::webhook_error::WebhookError;
use super::wire;
use crate::ids::{Bsuid, RecipientId, WaId, Wamid};

/// What became of a message that the business sent, from `statuses` of a notification.
///
/// See [Cloud API/Status messages webhook reference].
///
/// ```
/// use wharf_model::{MessageStatus, Status};
///
/// let status = MessageStatus::from_json(
///     r#"{"id":"wamid.A","status":"read","timestamp":"1750030073","recipient_id":"1650"}"#,
/// )?;
/// assert_eq!(status.status, Status::Read);
/// # Ok::<(), wharf_model::incoming::MalformedUpdate>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MessageStatus {
    /// Meta's id of the message.
    pub id: Wamid,
    /// What became of it.
    pub status: Status,
    /// When that happened.
    #[serde(
        serialize_with = "wire::text_seconds::serialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub timestamp: Option<Timestamp>,
    /// The user's WhatsApp id, or the group's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_id: Option<RecipientId>,
    /// The user by business-scoped user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_user_id: Option<Bsuid>,
    /// The user by the id that several portfolios share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_parent_user_id: Option<Bsuid>,
    /// `group`, or absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_type: Option<String>,
    /// The participant of a group, by WhatsApp id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_participant_id: Option<WaId>,
    /// The participant of a group, by business-scoped user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_participant_user_id: Option<Bsuid>,
    /// The participant of a group, by the id that several portfolios share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_participant_parent_user_id: Option<Bsuid>,
    /// Hash of the user's identity, where identity checks are on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_identity_key_hash: Option<String>,
    /// What the business gave the message to be echoed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub biz_opaque_callback_data: Option<String>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
    /// The conversation it is counted in, before version 24.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Conversation>,
    /// `payment` for the status of a payment, else as a rule absent.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The payment that this is the status of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum Status {
    /// Meta has sent it.
    Sent,
    /// It reached a device.
    Delivered,
    /// The user opened it.
    Read,
    /// The user played the voice message.
    Played,
    /// It will not arrive.
    Failed,
    /// A value that is not in Meta's list, such as the status of a payment.
    Unknown(String),
}

/// A payment (India, Brazil).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Payment {
    /// The order's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    /// How much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<PaymentAmount>,
    /// ISO 4217 code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The attempt to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<PaymentTransaction>,
    /// The business's receipt number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// What the business noted, verbatim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<RawJson>,
    /// First text of the business's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub udf1: Option<String>,
    /// Second text of the business's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub udf2: Option<String>,
    /// Third text of the business's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub udf3: Option<String>,
    /// Fourth text of the business's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub udf4: Option<String>,
}

/// An amount of money: `value` divided by `offset`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaymentAmount {
    /// The amount times the offset.
    pub value: i64,
    /// As a rule 100.
    pub offset: i64,
}

/// One attempt to pay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaymentTransaction {
    /// Meta's id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The payment gateway's id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pg_transaction_id: Option<String>,
    /// The payment gateway.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// How the user paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<TransactionMethod>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<TransactionError>,
    /// When it began.
    #[serde(
        deserialize_with = "timestamp::timestamp",
        skip_serializing_if = "Option::is_none",
        serialize_with = "wire::number_seconds::serialize"
    )]
    pub created_timestamp: Option<Timestamp>,
    /// When it last changed.
    #[serde(
        deserialize_with = "timestamp::timestamp",
        skip_serializing_if = "Option::is_none",
        serialize_with = "wire::number_seconds::serialize"
    )]
    pub updated_timestamp: Option<Timestamp>,
}

/// How a user paid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransactionMethod {
    /// The way, such as `upi`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// Why an attempt to pay failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransactionError {
    /// The payment gateway's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl MessageStatus {
    /// Reads one element of `statuses`; an id and a status are required.
    pub fn from_json(json: &str) -> Result<Self, MalformedUpdate> {
        let object = RawObject::parse(json).ok_or(MalformedUpdate::NotAnObject)?;
        Ok(Self {
            id: object.get("id").ok_or(MalformedUpdate::MissingId)?,
            status: object.get("status").ok_or(MalformedUpdate::MissingStatus)?,
            timestamp: object
                .raw("timestamp")
                .and_then(|time| timestamp::parse(time.get())),
            recipient_id: object.get("recipient_id"),
            recipient_user_id: object.get("recipient_user_id"),
            recipient_parent_user_id: object
                .get("recipient_parent_user_id")
                .or_else(|| object.get("parent_recipient_user_id")),
            recipient_type: object.get("recipient_type"),
            // An older page of Meta's spells the key the other way round.
            recipient_participant_id: object
                .get("recipient_participant_id")
                .or_else(|| object.get("participant_recipient_id")),
            recipient_participant_user_id: object.get("recipient_participant_user_id"),
            recipient_participant_parent_user_id: object
                .get("recipient_participant_parent_user_id"),
            recipient_identity_key_hash: object.get("recipient_identity_key_hash"),
            biz_opaque_callback_data: object.get("biz_opaque_callback_data"),
            pricing: object.body("pricing"),
            conversation: object.body("conversation"),
            kind: object.get("type"),
            payment: object.body("payment"),
            errors: WebhookError::list(&object),
        })
    }

    /// Whether this is the status of a payment, not of a message.
    pub fn is_payment(&self) -> bool {
        self.kind.as_deref() == Some("payment")
    }
}

impl Status {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for Status {
    fn from(text: String) -> Self {
        match text.as_str() {
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "played" => Self::Played,
            "failed" => Self::Failed,
            _ => Self::Unknown(text),
        }
    }
}

impl From<Status> for String {
    fn from(status: Status) -> String {
        match status {
            Status::Unknown(text) => text,
            known => known.as_str().to_owned(),
        }
    }
}
