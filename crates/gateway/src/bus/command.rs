//! Commands in the JSON that is documented for `wa.send.{session}`, made into messages.
//!
//! Keys that are not known are ignored, as the interface always did. What a command says never
//! appears in an error.

mod content;
mod interactive;
mod media;
mod recipient;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;
use wharf_model::{InvalidMessage, OutgoingMessage, Wamid};

use crate::app::App;
use crate::clock::Millis;
use crate::media::MediaError;
use crate::send::{Attachment, Options, asked};

/// Our own field of a command; the documented interface has none of this name.
const OPTIONS: &str = "wharf";

/// Bytes of a request id at most: it is part of a key.
const REQUEST_ID: usize = 512;

/// A command that can be done.
#[derive(Debug, Clone)]
pub(super) struct Command {
    pub(super) request_id: Option<String>,
    pub(super) work: Work,
}

impl Command {
    /// The message that it sends, if it does.
    pub(super) fn message(&self) -> Option<&OutgoingMessage> {
        match &self.work {
            Work::Send { message, .. } => Some(message),
            Work::Read(_) => None,
        }
    }

    /// Brings its file, if it has one, into the object store.
    pub(super) async fn keep_file(&mut self, app: &Arc<App>) -> Result<(), MediaError> {
        match &mut self.work {
            Work::Send {
                attachment: Some(file),
                ..
            } => file.keep(app).await,
            _ => Ok(()),
        }
    }
}

/// What a command asks for.
#[derive(Debug, Clone)]
pub(super) enum Work {
    Send {
        message: Box<OutgoingMessage>,
        attachment: Option<Attachment>,
        options: Box<Options>,
    },
    /// Mark these messages as read.
    Read(Vec<Wamid>),
}

/// A command that cannot be done.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    /// If the command is readable so far.
    pub(super) request_id: Option<String>,
    pub(super) reason: Reason,
    /// For a person; without a word of what the command says.
    pub(super) error: String,
}

/// Why a command is not done: a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// It is not JSON, or not a command, or breaks a limit.
    Invalid,
    /// It is a command that the carrier has nothing for.
    Unsupported,
    /// There is no such channel.
    ChannelNotFound,
    /// The channel has no access token.
    ReceiveOnly,
    /// The store refuses it, whatever is tried.
    NotStored,
    /// The carrier would not mark messages as read.
    NotMarked,
    /// It may not be sent: a code of the policy's.
    Policy(&'static str),
}

impl Reason {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid_command",
            Self::Unsupported => "unsupported_by_carrier",
            Self::ChannelNotFound => "channel_not_found",
            Self::ReceiveOnly => "channel_receive_only",
            Self::NotStored => "not_stored",
            Self::NotMarked => "not_marked_as_read",
            Self::Policy(code) => code,
        }
    }
}

/// What is wrong with a command, while it is being read.
#[derive(Debug)]
enum Fault {
    Invalid(String),
    Unsupported(String),
}

/// Reads a command.
pub(super) fn parse(payload: &[u8], now: Millis) -> Result<Command, Refusal> {
    let refuse = |request_id: Option<String>, fault: Fault| {
        let (reason, error) = match fault {
            Fault::Invalid(error) => (Reason::Invalid, error),
            Fault::Unsupported(error) => (Reason::Unsupported, error),
        };
        Refusal {
            request_id,
            reason,
            error,
        }
    };
    let json: Value = match serde_json::from_slice(payload) {
        Ok(json @ Value::Object(_)) => json,
        Ok(_) => return Err(refuse(None, Fault::invalid("the command is not an object"))),
        Err(_) => return Err(refuse(None, Fault::invalid("the command is not JSON"))),
    };
    let request_id = match json.get("request_id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) if id.is_empty() => None,
        Some(Value::String(id)) if id.len() > REQUEST_ID || id.chars().any(char::is_control) => {
            return Err(refuse(
                None,
                Fault::invalid("request_id is too long or holds control characters"),
            ));
        }
        Some(Value::String(id)) => Some(id.clone()),
        Some(_) => return Err(refuse(None, Fault::invalid("request_id is not a text"))),
    };
    match work(json, now) {
        Ok(work) => Ok(Command { request_id, work }),
        Err(fault) => Err(refuse(request_id, fault)),
    }
}

fn work(mut json: Value, now: Millis) -> Result<Work, Fault> {
    let asked = json.as_object_mut().and_then(|json| json.remove(OPTIONS));
    let Some(kind) = json.get("type").and_then(Value::as_str).map(str::to_owned) else {
        return Err(Fault::invalid("type is required"));
    };
    let (message, attachment) = match kind.as_str() {
        "text" => (content::text(json)?, None),
        "image" => media::image(json)?,
        "video" => media::video(json)?,
        "audio" => media::audio(json)?,
        "document" => media::document(json)?,
        "sticker" => media::sticker(json)?,
        "location" => (content::location(json)?, None),
        "contact" => (content::contact(json)?, None),
        "reaction" => (content::reaction(json)?, None),
        "buttons" => (interactive::buttons(json)?, None),
        "list" => (interactive::list(json)?, None),
        "interactive" => (interactive::interactive(json)?, None),
        "read" => return content::read(json).map(Work::Read),
        "poll" | "edit" | "revoke" => {
            let error = format!("the WhatsApp Cloud API has no command {kind}");
            return Err(Fault::Unsupported(error));
        }
        _ => return Err(Fault::invalid("type names no command")),
    };
    let options = options(asked, &message, now)?;
    Ok(Work::Send {
        message: Box::new(message),
        attachment,
        options: Box::new(options),
    })
}

/// What is asked for beside the message, as over REST.
fn options(asked: Option<Value>, message: &OutgoingMessage, now: Millis) -> Result<Options, Fault> {
    let mut asked = match asked {
        None | Some(Value::Null) => return Ok(Options::default()),
        Some(Value::Object(asked)) => asked,
        Some(_) => return Err(Fault::invalid("wharf is not an object")),
    };
    let given = asked::take(&mut asked);
    if !asked.is_empty() {
        return Err(Fault::invalid("wharf holds a key that is not known"));
    }
    let Ok(Value::Object(message)) = serde_json::to_value(message) else {
        return Err(Fault::invalid("the message cannot be read"));
    };
    let mut faults = Vec::new();
    let options = asked::read(given, &message, now, &mut faults);
    match faults.first() {
        None => Ok(options),
        Some(fault) => Err(Fault::Invalid(format!("wharf: {fault}"))),
    }
}

/// The fields of a command. The error names the field and what it lacks, never its value.
fn fields<T: DeserializeOwned>(json: Value) -> Result<T, Fault> {
    serde_path_to_error::deserialize(json).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.inner().to_string();
        let missing = cause.strip_prefix("missing field ");
        let within = if path == "." {
            String::new()
        } else {
            format!("{path}: ")
        };
        Fault::Invalid(match missing {
            Some(field) => format!("{within}{} is required", field.trim_matches('`')),
            None => format!("{within}the value has the wrong type"),
        })
    })
}

impl Fault {
    fn invalid(error: &str) -> Self {
        Self::Invalid(error.to_owned())
    }
}

impl From<InvalidMessage> for Fault {
    fn from(error: InvalidMessage) -> Self {
        Self::Invalid(error.to_string())
    }
}

#[cfg(test)]
mod tests;
