//! Earlier messages of a coexistence number.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::echo::MessageEcho;
use super::message::IncomingMessage;
use super::raw_object::RawObject;
use super::webhook_error::WebhookError;
use super::wire::{absent, lenient};
use crate::ids::{Bsuid, WaId};

/// Earlier messages of a coexistence number: threads, or media that follow them.
///
/// See [Cloud API/History webhook reference].
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct History {
    /// Threads, in chunks that may come out of order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryChunk>,
    /// Media of users that stood as `media_placeholder` in a thread.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<IncomingMessage>,
    /// Media of the business that stood as `media_placeholder` in a thread.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub message_echoes: Vec<MessageEcho>,
}

/// A part of the history.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct HistoryChunk {
    /// Which part.
    #[serde(skip_serializing_if = "absent")]
    pub metadata: Option<HistoryMetadata>,
    /// Threads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub threads: Vec<HistoryThread>,
    /// Why there is none: 2593109 if the business declined.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// Which part of the history this is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HistoryMetadata {
    /// 0 for the first day, 1 up to day 90, 2 up to day 180.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub phase: Option<u64>,
    /// Place of the chunk.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub chunk_order: Option<u64>,
    /// How much is done, of a hundred.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub progress: Option<u64>,
}

/// A thread with one user.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct HistoryThread {
    /// The user by phone number; absent if that is not known.
    #[serde(skip_serializing_if = "absent")]
    pub id: Option<WaId>,
    /// The user by other ids.
    #[serde(skip_serializing_if = "absent")]
    pub context: Option<HistoryUser>,
    /// What was written, by either side.
    pub messages: Vec<HistoryMessage>,
}

/// The user of a thread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HistoryUser {
    /// By WhatsApp id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub wa_id: Option<WaId>,
    /// By business-scoped user id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub user_id: Option<Bsuid>,
    /// By the id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub parent_user_id: Option<Bsuid>,
    /// By username.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub username: Option<String>,
}

/// A message of a thread.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryMessage {
    /// The message; its time is the device's.
    pub message: IncomingMessage,
    /// To whom the business sent it; absent from what a user sent.
    pub to: Option<WaId>,
    /// What became of it.
    pub status: Option<HistoryStatus>,
}

/// What became of an earlier message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum HistoryStatus {
    /// It reached a device.
    Delivered,
    /// It failed.
    Error,
    /// It was not sent yet.
    Pending,
    /// It was played.
    Played,
    /// It was read.
    Read,
    /// It was sent.
    Sent,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

#[derive(Serialize, Deserialize)]
struct HistoryContext {
    status: Option<HistoryStatus>,
}

impl History {
    /// Reads a value of `history`; `None` if it is no object. What is no message is left out.
    pub fn from_json(json: &str) -> Option<Self> {
        let value = RawObject::parse(json)?;
        Some(Self {
            history: list(&value, "history", HistoryChunk::from_json),
            messages: list(&value, "messages", |json| {
                IncomingMessage::from_json(json).ok()
            }),
            message_echoes: list(&value, "message_echoes", |json| {
                MessageEcho::from_json(json).ok()
            }),
        })
    }
}

impl HistoryChunk {
    fn from_json(json: &str) -> Option<Self> {
        let chunk = RawObject::parse(json)?;
        Some(Self {
            metadata: chunk.body("metadata"),
            threads: list(&chunk, "threads", HistoryThread::from_json),
            errors: WebhookError::list(&chunk),
        })
    }
}

impl HistoryThread {
    fn from_json(json: &str) -> Option<Self> {
        let thread = RawObject::parse(json)?;
        Some(Self {
            id: thread.get("id"),
            context: thread.body("context"),
            messages: list(&thread, "messages", HistoryMessage::from_json),
        })
    }
}

impl HistoryMessage {
    fn from_json(json: &str) -> Option<Self> {
        let message = RawObject::parse(json)?;
        let context = message.body::<HistoryContext>("history_context");
        Some(Self {
            to: message.get("to"),
            status: context.and_then(|context| context.status),
            message: IncomingMessage::read(&message).ok()?,
        })
    }
}

impl Serialize for HistoryMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let context = self.status.as_ref().map(|status| HistoryContext {
            status: Some(status.clone()),
        });
        self.message.write(serializer, |map| {
            map.optional("to", self.to.as_ref())?;
            map.optional("history_context", context.as_ref())
        })
    }
}

fn list<T>(object: &RawObject<'_>, key: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let items: Vec<&RawValue> = object.get(key).unwrap_or_default();
    items.iter().filter_map(|item| read(item.get())).collect()
}
