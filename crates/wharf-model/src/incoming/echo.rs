//! A copy of a message that the business sent by other means.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::content::IncomingContent;
use super::context::Context;
use super::message::MalformedUpdate;
use super::raw_object::RawObject;
use super::timestamp;
use super::written::Written;
use crate::ids::{Bsuid, GroupId, WaId, Wamid};

/// A copy of a message that the business sent from the app or through another agent.
///
/// See [Cloud API/Message echoes webhook reference].
#[derive(Debug, Clone, PartialEq)]
pub struct MessageEcho {
    /// Meta's id of the message.
    pub id: Wamid,
    /// The business phone number.
    pub from: Option<WaId>,
    /// The user by WhatsApp id; may be absent.
    pub to: Option<WaId>,
    /// The user by business-scoped user id.
    pub to_user_id: Option<Bsuid>,
    /// The user by the id that several portfolios share.
    pub to_parent_user_id: Option<Bsuid>,
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
}

impl MessageEcho {
    /// Reads one element of `message_echoes`; only an id is required.
    ///
    /// In a `standby` notification the message itself stands in an object of its own.
    pub fn from_json(json: &str) -> Result<Self, MalformedUpdate> {
        let outer = RawObject::parse(json).ok_or(MalformedUpdate::NotAnObject)?;
        let nested = outer.get::<RawObject<'_>>("message");
        let inner = match &nested {
            Some(nested) if outer.raw("type").is_none() => nested,
            _ => &outer,
        };
        let kind: String = inner.get("type").unwrap_or_default();
        Ok(Self {
            id: outer.get("id").ok_or(MalformedUpdate::MissingId)?,
            from: outer.get("from"),
            to: outer.get("to").or_else(|| inner.get("to")),
            to_user_id: outer.get("to_user_id").or_else(|| inner.get("recipient")),
            to_parent_user_id: outer.get("to_parent_user_id"),
            group_id: outer.get("group_id"),
            timestamp: outer
                .raw("timestamp")
                .and_then(|time| timestamp::parse(time.get())),
            content: IncomingContent::read(&kind, inner),
            kind,
            context: inner.body("context"),
        })
    }
}

/// Written flat, also where a `standby` notification had the message in an object of its own.
impl Serialize for MessageEcho {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = Written::begin(serializer)?;
        object.optional("from", self.from.as_ref())?;
        object.optional("to", self.to.as_ref())?;
        object.optional("to_user_id", self.to_user_id.as_ref())?;
        object.optional("to_parent_user_id", self.to_parent_user_id.as_ref())?;
        object.optional("group_id", self.group_id.as_ref())?;
        object.entry("id", &self.id)?;
        object.time("timestamp", self.timestamp)?;
        object.optional("context", self.context.as_ref())?;
        if !self.kind.is_empty() {
            object.entry("type", &self.kind)?;
        }
        self.content.write(&mut object)?;
        object.end()
    }
}
