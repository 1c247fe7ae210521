//! Reactions to a message.

use serde::Serialize;
use serde_json::Value;

use super::invalid::InvalidMessage;
use super::read::Object;
use crate::ids::Wamid;

/// An emoji on a message of at most 30 days ago.
///
/// See [Cloud API/Reaction messages].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reaction {
    message_id: Wamid,
    emoji: String,
}

/// The longest emoji, a family with skin tones, stays well below.
const EMOJI: usize = 32;

impl Reaction {
    /// Puts one emoji on a message.
    pub fn new(message_id: Wamid, emoji: impl Into<String>) -> Result<Self, InvalidMessage> {
        let emoji = super::invalid::required(emoji.into(), EMOJI, "/reaction/emoji")?;
        Ok(Self { message_id, emoji })
    }

    /// Takes the business's reaction off a message.
    pub fn remove(message_id: Wamid) -> Self {
        Self {
            message_id,
            emoji: String::new(),
        }
    }

    /// The message that is reacted to.
    pub fn message_id(&self) -> &Wamid {
        &self.message_id
    }

    /// The emoji; `None` takes the reaction off.
    pub fn emoji(&self) -> Option<&str> {
        Some(self.emoji.as_str()).filter(|emoji| !emoji.is_empty())
    }

    pub(crate) fn read(value: &Value) -> Result<Self, InvalidMessage> {
        let object = Object::new(value, "/reaction", &["message_id", "emoji"])?;
        let message_id = object.require_id("message_id")?;
        match object.require_text("emoji")? {
            "" => Ok(Self::remove(message_id)),
            emoji => Self::new(message_id, emoji),
        }
    }
}
