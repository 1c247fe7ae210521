//! Walks a notification element by element, so that a bad one costs only itself.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::value::RawValue;
use wharf_model::incoming::{RawObject, timestamp};
use wharf_model::{Field, RecipientId, WabaId};

use crate::envelope::Envelope;
use crate::notification::{Notification, Unrecognised, Update};
use crate::probe::{self, ParseError};

/// Splits a notification into updates.
///
/// Fails only where [`crate::probe`] does. Each message, status and so on becomes one update, and
/// so does each change of another kind; whatever is not understood is listed apart, and costs
/// neither its neighbours nor itself, because its text is kept.
///
/// See [Cloud API/Webhooks].
pub fn parse(body: &[u8]) -> Result<Notification, ParseError> {
    let text = probe::text(body)?;
    match Envelope::read(text) {
        Some(envelope) => Ok(usual(envelope)),
        None => unusual(text),
    }
}

/// A notification whose envelope is just as documented, which is nearly every one: read in one go.
fn usual(envelope: Envelope<'_>) -> Notification {
    let mut walk = Walk::default();
    for (index, entry) in envelope.entry.into_iter().enumerate() {
        let mut origin = Origin {
            path: String::new(),
            entry_id: entry.id.as_str().into(),
            entry_time: entry.time,
        };
        for (number, change) in entry.changes.into_iter().enumerate() {
            origin.path = format!("/entry/{index}/changes/{number}/value");
            walk.value(&origin, change.field, change.value);
        }
    }
    walk.notification()
}

/// Any other notification: taken apart level by level, so that each oddity is found in its place.
fn unusual(text: &str) -> Result<Notification, ParseError> {
    let top = RawObject::parse(text).ok_or(ParseError::NotJson)?;
    if top
        .get::<RecipientId>("object")
        .is_none_or(|object| object.as_str() != probe::OBJECT)
    {
        return Err(ParseError::WrongObject);
    }
    let mut walk = Walk::default();
    for (key, raw) in top.iter() {
        match key {
            "object" => {}
            "entry" => walk.entries(raw),
            _ => walk.reject(pointer("", key), "unknown key", raw),
        }
    }
    Ok(walk.notification())
}

#[derive(Default)]
pub(crate) struct Walk {
    pub(crate) updates: Vec<Update>,
    pub(crate) unrecognised: Vec<Unrecognised>,
}

/// Where a change stands and what holds for all of it.
pub(crate) struct Origin {
    pub(crate) path: String,
    pub(crate) entry_id: Arc<str>,
    pub(crate) entry_time: Option<Timestamp>,
}

impl Walk {
    fn notification(self) -> Notification {
        Notification {
            updates: self.updates,
            unrecognised: self.unrecognised,
        }
    }

    pub(crate) fn reject(&mut self, path: String, reason: &'static str, raw: &RawValue) {
        self.unrecognised.push(Unrecognised {
            path,
            reason,
            raw: raw.to_owned(),
        });
    }

    fn entries(&mut self, raw: &RawValue) {
        let Ok(entries) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) else {
            return self.reject("/entry".to_owned(), "not a list", raw);
        };
        for (index, entry) in entries.into_iter().enumerate() {
            self.entry(&format!("/entry/{index}"), entry);
        }
    }

    fn entry(&mut self, path: &str, raw: &RawValue) {
        let Some(entry) = RawObject::parse(raw.get()) else {
            return self.reject(path.to_owned(), "not an object", raw);
        };
        if entry.raw("changes").is_none() {
            return self.reject(path.to_owned(), "entry without changes", raw);
        }
        let mut origin = Origin {
            path: String::new(),
            entry_id: "".into(),
            entry_time: None,
        };
        for (key, raw) in entry.iter() {
            match key {
                "id" => match serde_json::from_str::<WabaId>(raw.get()) {
                    Ok(id) => origin.entry_id = id.as_str().into(),
                    Err(_) => self.reject(pointer(path, key), "not an id", raw),
                },
                "time" => {
                    origin.entry_time = seconds(raw);
                    if origin.entry_time.is_none() {
                        self.reject(pointer(path, key), "not a time in seconds", raw);
                    }
                }
                "changes" => {}
                _ => self.reject(pointer(path, key), "unknown key", raw),
            }
        }
        for (_, raw) in entry.iter().filter(|(key, _)| *key == "changes") {
            let path = pointer(path, "changes");
            let Ok(changes) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) else {
                self.reject(path, "not a list", raw);
                continue;
            };
            for (index, change) in changes.into_iter().enumerate() {
                origin.path = format!("{path}/{index}");
                self.change(&mut origin, change);
            }
        }
    }

    fn change(&mut self, origin: &mut Origin, raw: &RawValue) {
        let Some(change) = RawObject::parse(raw.get()) else {
            return self.reject(origin.path.clone(), "not an object", raw);
        };
        let (Some(field), Some(value)) = (change.get::<Field>("field"), change.raw("value")) else {
            return self.reject(origin.path.clone(), "change without a field or value", raw);
        };
        for (key, raw) in change.iter() {
            if !matches!(key, "field" | "value") {
                self.reject(pointer(&origin.path, key), "unknown key", raw);
            }
        }
        origin.path.push_str("/value");
        self.value(origin, field, value);
    }
}

fn seconds(raw: &RawValue) -> Option<Timestamp> {
    timestamp(&mut serde_json::Deserializer::from_str(raw.get()))
        .ok()
        .flatten()
}

pub(crate) fn pointer(path: &str, key: &str) -> String {
    if key.contains(['~', '/']) {
        return format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
    }
    format!("{path}/{key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that a notification says, as text.
    fn summary(notification: &Notification) -> String {
        let identities: Vec<_> = notification.updates.iter().map(Update::identity).collect();
        format!("{identities:?} {notification:?}")
    }

    #[test]
    fn both_ways_to_read_an_envelope_agree() {
        let folder = format!("{}/../../fixtures/cloud-api", env!("CARGO_MANIFEST_DIR"));
        let mut compared = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            if let Some(envelope) = Envelope::read(&text) {
                compared += 1;
                assert_eq!(
                    summary(&usual(envelope)),
                    summary(&unusual(&text).unwrap()),
                    "{text}"
                );
            }
        }
        assert_eq!(compared, 170, "every sample has the usual envelope");
    }
}
