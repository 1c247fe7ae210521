//! A message of a user.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::content::IncomingContent;
use super::context::{Context, Referral};
use super::raw_object::RawObject;
use super::timestamp;
use super::webhook_error::WebhookError;
use super::written::Written;
use crate::ids::{Bsuid, GroupId, WaId, Wamid};

/// A message of a user, from `messages` of a notification.
///
/// See [Cloud API/Messages webhook reference].
///
/// ```
/// use wharf_model::{IncomingContent, IncomingMessage};
///
/// let message = IncomingMessage::from_json(
///     r#"{"from":"16505551234","id":"wamid.A","timestamp":"1749416383",
///         "type":"text","text":{"body":"Hello"}}"#,
/// )?;
/// assert!(matches!(message.content, IncomingContent::Text(text) if text.body == "Hello"));
/// # Ok::<(), wharf_model::incoming::MalformedUpdate>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct IncomingMessage {
    /// Meta's id of the message.
    pub id: Wamid,
    /// The user, or the participant of a group, by WhatsApp id; may be absent.
    pub from: Option<WaId>,
    /// The user by business-scoped user id.
    pub from_user_id: Option<Bsuid>,
    /// The user by the id that several portfolios share.
    pub from_parent_user_id: Option<Bsuid>,
    /// The group it was written in.
    pub group_id: Option<GroupId>,
    /// When it was sent.
    pub timestamp: Option<Timestamp>,
    /// The type as Meta writes it; empty if there was none.
    pub kind: String,
    /// What was sent.
    pub content: IncomingContent,
    /// What it answers.
    pub context: Option<Context>,
    /// The advertisement that led the user here.
    pub referral: Option<Referral>,
    /// Why it could not be handed over as it was.
    pub errors: Vec<WebhookError>,
}

/// Why an element of a notification is not of the kind that its place says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedUpdate {
    /// It is no JSON object.
    #[error("not an object")]
    NotAnObject,
    /// It has no usable id.
    #[error("without a usable id")]
    MissingId,
    /// It has no usable status.
    #[error("without a usable status")]
    MissingStatus,
}

impl IncomingMessage {
    /// Reads one element of `messages`; only an id is required.
    pub fn from_json(json: &str) -> Result<Self, MalformedUpdate> {
        Self::read(&RawObject::parse(json).ok_or(MalformedUpdate::NotAnObject)?)
    }

    pub(super) fn read(object: &RawObject<'_>) -> Result<Self, MalformedUpdate> {
        let kind: String = object.get("type").unwrap_or_default();
        Ok(Self {
            id: object.get("id").ok_or(MalformedUpdate::MissingId)?,
            from: object.get("from"),
            from_user_id: object.get("from_user_id"),
            from_parent_user_id: object.get("from_parent_user_id"),
            group_id: object.get("group_id"),
            timestamp: object
                .raw("timestamp")
                .and_then(|time| timestamp::parse(time.get())),
            content: IncomingContent::read(&kind, object),
            kind,
            context: object.body("context"),
            referral: object.body("referral"),
            errors: WebhookError::list(object),
        })
    }

    /// Writes the message, and what `beside` adds to it.
    pub(super) fn write<S: Serializer>(
        &self,
        serializer: S,
        beside: impl FnOnce(&mut Written<S::SerializeMap>) -> Result<(), S::Error>,
    ) -> Result<S::Ok, S::Error> {
        let mut object = Written::begin(serializer)?;
        object.optional("from", self.from.as_ref())?;
        object.optional("from_user_id", self.from_user_id.as_ref())?;
        object.optional("from_parent_user_id", self.from_parent_user_id.as_ref())?;
        object.optional("group_id", self.group_id.as_ref())?;
        object.entry("id", &self.id)?;
        object.time("timestamp", self.timestamp)?;
        object.optional("context", self.context.as_ref())?;
        object.optional("referral", self.referral.as_ref())?;
        object.list("errors", &self.errors)?;
        if !self.kind.is_empty() {
            object.entry("type", &self.kind)?;
        }
        self.content.write(&mut object)?;
        beside(&mut object)?;
        object.end()
    }

    /// The text of a text message.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            IncomingContent::Text(text) => Some(&text.body),
            _ => None,
        }
    }
}

impl Serialize for IncomingMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write(serializer, |_| Ok(()))
    }
}
