//! Reply buttons.

use std::collections::HashSet;

use serde::Serialize;
use serde::ser::Serializer;

use crate::outgoing::invalid::{InvalidMessage, counted, required};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

/// One to three reply buttons with different ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Buttons {
    buttons: Vec<ReplyButton>,
}

/// A button whose tap comes back as a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyButton {
    id: String,
    title: String,
}

impl Buttons {
    /// One to three reply buttons with different ids.
    pub fn new(buttons: Vec<ReplyButton>) -> Result<Self, InvalidMessage> {
        const FIELD: &str = "/interactive/action/buttons";
        counted(buttons.len(), limits::REPLY_BUTTONS, FIELD)?;
        check_ids(&buttons, FIELD, "reply")?;
        Ok(Self { buttons })
    }

    /// The buttons in order, never none.
    pub fn buttons(&self) -> &[ReplyButton] {
        &self.buttons
    }

    pub(super) fn read(interactive: &Object<'_>) -> Result<Self, InvalidMessage> {
        let action = interactive.require_child("action", &["buttons"])?;
        Self::new(action.each("buttons", &["type", "reply"], |button| {
            ReplyButton::read(button, "reply")
        })?)
    }
}

impl ReplyButton {
    /// An id of 1 to 256 characters, which comes back, and a title of 1 to 20, which is shown.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Result<Self, InvalidMessage> {
        Ok(Self {
            id: required(id.into(), limits::REPLY_BUTTON_ID, "/reply/id")?,
            title: required(title.into(), limits::REPLY_BUTTON_TITLE, "/reply/title")?,
        })
    }

    /// What comes back.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is shown.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Reads a button of a message (`reply`) or of a card (`quick_reply`).
    pub(super) fn read(object: &Object<'_>, kind: &str) -> Result<Self, InvalidMessage> {
        if object.text("type")?.is_some_and(|found| found != kind) {
            return Err(object.invalid("type", "not the kind that stands here"));
        }
        let reply = object.require_child(kind, &["id", "title"])?;
        let at = reply.at();
        let id = required(
            reply.require_text("id")?.to_owned(),
            limits::REPLY_BUTTON_ID,
            &format!("{at}/id"),
        )?;
        let title = required(
            reply.require_text("title")?.to_owned(),
            limits::REPLY_BUTTON_TITLE,
            &format!("{at}/title"),
        )?;
        Ok(Self { id, title })
    }
}

/// Refuses buttons of which two have the same id.
pub(super) fn check_ids(
    buttons: &[ReplyButton],
    field: &str,
    kind: &str,
) -> Result<(), InvalidMessage> {
    let mut seen = HashSet::new();
    for (index, button) in buttons.iter().enumerate() {
        if !seen.insert(&button.id) {
            let field = format!("{field}/{index}/{kind}/id");
            return Err(InvalidMessage::invalid(
                field,
                "same id as an earlier button",
            ));
        }
    }
    Ok(())
}

impl Serialize for ReplyButton {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            #[serde(rename = "type")]
            kind: &'static str,
            reply: Reply<'a>,
        }
        #[derive(Serialize)]
        struct Reply<'a> {
            id: &'a str,
            title: &'a str,
        }
        Wire {
            kind: "reply",
            reply: Reply {
                id: &self.id,
                title: &self.title,
            },
        }
        .serialize(serializer)
    }
}
