//! Which lists a change's value holds, and what their elements are.

use serde_json::value::RawValue;
use wharf_model::incoming::{MessageEcho, RawObject, WebhookError};
use wharf_model::{CallId, Field, IncomingMessage, MessageStatus};

use crate::notification::{CallUpdate, UpdateKind};

/// What the elements of a list are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Element {
    Message,
    Echo,
    Status,
    Error,
    Call,
    CallStatus,
    /// An object that is kept as it is.
    Object,
}

/// The lists that a field's value may hold; `None` for a field whose value is one update.
pub(crate) fn lists(field: &Field) -> Option<&'static [(&'static str, Element)]> {
    Some(match field {
        Field::Messages => &[
            ("messages", Element::Message),
            ("statuses", Element::Status),
            ("errors", Element::Error),
            ("user_actions", Element::Object),
        ],
        Field::Calls => &[
            ("calls", Element::Call),
            ("statuses", Element::CallStatus),
            ("errors", Element::Error),
        ],
        Field::MessageEchoes | Field::SmbMessageEchoes => &[
            ("message_echoes", Element::Echo),
            ("errors", Element::Error),
        ],
        Field::Standby => &[
            ("messages", Element::Message),
            ("message_echoes", Element::Echo),
            ("statuses", Element::Status),
        ],
        Field::UserPreferences => &[("user_preferences", Element::Object)],
        Field::UserIdUpdate => &[("user_id_update", Element::Object)],
        Field::AutomaticEvents => &[("automatic_events", Element::Object)],
        _ => return None,
    })
}

impl Element {
    /// Reads one element, or says why it is none.
    pub(crate) fn read(self, raw: &RawValue) -> Result<UpdateKind, &'static str> {
        let json = raw.get();
        match self {
            Self::Message => IncomingMessage::from_json(json)
                .map(|message| UpdateKind::Message(Box::new(message)))
                .map_err(|_| "not a message with an id"),
            Self::Echo => MessageEcho::from_json(json)
                .map(|echo| UpdateKind::Echo(Box::new(echo)))
                .map_err(|_| "not a message echo with an id"),
            Self::Status => MessageStatus::from_json(json)
                .map(|status| UpdateKind::Status(Box::new(status)))
                .map_err(|_| "not a status with an id and a status"),
            Self::Error => WebhookError::from_json(json)
                .map(UpdateKind::Error)
                .ok_or("not an error with a code"),
            Self::Call => call(json, "event").ok_or("not a call with an id and an event"),
            Self::CallStatus => {
                call(json, "status").ok_or("not a call status with an id and a status")
            }
            Self::Object if json.starts_with('{') => Ok(UpdateKind::Other),
            Self::Object => Err("not an object"),
        }
    }
}

fn call(json: &str, step: &str) -> Option<UpdateKind> {
    let object = RawObject::parse(json)?;
    let id: CallId = object.get("id")?;
    Some(UpdateKind::Call(CallUpdate {
        id,
        step: object.get(step)?,
        outcome: if step == "event" {
            object.get("status")
        } else {
            None
        },
    }))
}
