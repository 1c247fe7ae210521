//! What the simulator tells about what happened: accepted sends, chat lines, deliveries, triggers.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use crate::ids::{PhoneNumberId, Wamid};

/// A send that was answered, or was about to be answered, with a wamid.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The id that Meta gave it.
    pub wamid: Wamid,
    /// The number that sent it.
    pub phone_number_id: PhoneNumberId,
    /// Who gets it: wa_id, BSUID or group id.
    pub recipient: String,
    /// The value of `type`.
    pub kind: String,
    /// The request body, byte for byte.
    pub body: Bytes,
    /// `biz_opaque_callback_data`.
    pub callback_data: Option<String>,
    /// When it was accepted.
    pub at: Timestamp,
    /// The statuses so far, oldest first.
    pub statuses: Vec<(MessageStatus, Timestamp)>,
}

impl Accepted {
    /// The request body as JSON; `null` never happens for an accepted send.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A message status of the business's own message.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// Left the platform.
    Sent,
    /// Reached the user's device.
    Delivered,
    /// Seen.
    Read,
    /// A voice message was played.
    Played,
    /// Will not arrive.
    Failed,
}

impl MessageStatus {
    /// Meta's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
        }
    }
}

/// Callback data that more than one accepted send carries.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Duplicate {
    /// The `biz_opaque_callback_data`.
    pub callback_data: String,
    /// The sends that carry it, oldest first.
    pub wamids: Vec<Wamid>,
}

/// A message in a user's chat with one business number.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ChatLine {
    /// Its id.
    pub wamid: Wamid,
    /// The business number.
    pub phone_number_id: PhoneNumberId,
    /// Whether the user wrote it.
    pub from_user: bool,
    /// The value of `type`.
    pub kind: String,
    /// The object that carries the content.
    pub content: Value,
    /// The message it answers.
    pub context: Option<Wamid>,
    /// When.
    pub at: Timestamp,
    /// The last status of the business's message.
    pub status: Option<MessageStatus>,
}

/// One notification: a POST to the callback, with every attempt.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Counts from 1.
    pub id: u64,
    /// The updates it carries, as `Triggered::update` names them.
    pub updates: Vec<u64>,
    /// The fields of its changes.
    pub fields: Vec<&'static str>,
    /// The body, byte for byte as it was signed.
    pub body: Bytes,
    /// When it was first sent.
    pub at: Timestamp,
    /// The attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// Where it stands.
    pub state: DeliveryState,
}

/// One attempt of a delivery.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// The HTTP status of the answer, or nothing when there was none.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<&'static str>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// In flight for the first time.
    Sending,
    /// Failed, and will be sent again.
    Waiting,
    /// Answered with 200.
    Delivered,
    /// Failed until the end of the schedule.
    GivenUp,
}

/// What a trigger or a user's action sent.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Triggered {
    /// The event's name.
    pub event: String,
    /// The message it concerns.
    pub wamid: Option<Wamid>,
    /// The update's number, as in `Delivery::updates`; absent when nobody is subscribed.
    pub update: Option<u64>,
    /// The notification as it would be sent alone.
    pub notification: Value,
}
