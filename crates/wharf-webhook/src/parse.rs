//! Walks a notification element by element, so that a bad one costs only itself.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::value::RawValue;
use wharf_model::incoming::{RawObject, timestamp};
use wharf_model::{Contact, Field, PhoneNumberId, RecipientId};

use crate::contacts::Contacts;
use crate::notification::{Notification, Unrecognised, Update, UpdateKind};
use crate::probe::{self, ParseError};
use crate::value::{self, Element};

/// Splits a notification into updates.
///
/// Fails only where [`crate::probe`] does. Each message, status and so on becomes one update, and
/// so does each change of another kind; whatever is not understood is listed apart, and costs
/// neither its neighbours nor itself, because its text is kept.
///
/// See [Cloud API/Webhooks].
pub fn parse(body: &[u8]) -> Result<Notification, ParseError> {
    let text = probe::text(body)?;
    let Some(top) = RawObject::parse(text) else {
        // Broken, or JSON with a key that no text can hold: only the cheaper check can tell.
        probe::probe(body)?;
        let whole = serde_json::from_str(text).map_err(|_| ParseError::NotJson)?;
        let mut walk = Walk::default();
        walk.reject(String::new(), "an object with an unreadable key", whole);
        return Ok(walk.notification());
    };
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
struct Walk {
    updates: Vec<Update>,
    unrecognised: Vec<Unrecognised>,
}

/// Where a change stands and what holds for all of it.
struct Origin {
    path: String,
    entry_id: Arc<str>,
    entry_time: Option<Timestamp>,
}

/// The business phone number that a value is about.
#[derive(Default)]
struct Number {
    id: Option<PhoneNumberId>,
    display: Option<Arc<str>>,
}

impl Walk {
    fn notification(self) -> Notification {
        Notification {
            updates: self.updates,
            unrecognised: self.unrecognised,
        }
    }

    fn reject(&mut self, path: String, reason: &'static str, raw: &RawValue) {
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
                "id" => match serde_json::from_str::<RecipientId>(raw.get()) {
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
        match value::lists(&field) {
            Some(lists) => self.split(origin, field, value, lists),
            None => self.whole(origin, field, value),
        }
    }

    /// A value that is one update.
    fn whole(&mut self, origin: &Origin, field: Field, raw: &RawValue) {
        let value = RawObject::parse(raw.get());
        let number = value.as_ref().map(Number::of).unwrap_or_default();
        let field = match &value {
            // A sample of Meta's reports a template's quality under the name of its status.
            Some(value)
                if field == Field::MessageTemplateStatusUpdate
                    && value.raw("event").is_none()
                    && value.raw("new_quality_score").is_some() =>
            {
                Field::MessageTemplateQualityUpdate
            }
            _ => field,
        };
        self.push(origin, field, &number, UpdateKind::Other, raw);
    }

    /// A value that holds lists, each element of which is one update.
    fn split(&mut self, origin: &Origin, field: Field, raw: &RawValue, lists: &[(&str, Element)]) {
        let Some(outer) = RawObject::parse(raw.get()) else {
            return self.reject(origin.path.clone(), "not an object", raw);
        };
        let number = Number::of(&outer);
        let (first, rejected) = (self.updates.len(), self.unrecognised.len());
        let standby = field == Field::Standby;
        let mut path = origin.path.clone();
        let mut value = outer;
        if standby && let Some(inner) = value.get::<RawObject<'_>>("standby") {
            self.siblings(&path, &value, &["standby"]);
            path.push_str("/standby");
            value = inner;
        }
        let keys: Vec<&str> = lists.iter().map(|(key, _)| *key).collect();
        self.siblings(&path, &value, &keys);
        let mut contacts = self.contacts(&path, &value);
        for (key, list) in value.iter() {
            let Some((_, element)) = lists.iter().find(|(name, _)| *name == key) else {
                continue;
            };
            if list.get() == "null" {
                continue;
            }
            let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(list.get()) else {
                self.reject(pointer(&path, key), "not a list", list);
                continue;
            };
            self.updates.reserve(items.len());
            for (index, item) in items.into_iter().enumerate() {
                match element.read(item) {
                    Ok(kind) => {
                        let named = contacts.named_by(&kind, item.get());
                        self.push(origin, field.clone(), &number, kind, item);
                        if let Some(update) = self.updates.last_mut() {
                            update.contacts = named;
                        }
                    }
                    Err(reason) => self.reject(format!("{path}/{key}/{index}"), reason, item),
                }
            }
        }
        let Self {
            updates,
            unrecognised,
        } = self;
        contacts.finish(updates.get_mut(first), |index, raw| {
            unrecognised.push(Unrecognised {
                path: format!("{path}/contacts/{index}"),
                reason: "a contact without an update",
                raw: raw.to_owned(),
            });
        });
        if self.updates.len() == first && self.unrecognised.len() == rejected {
            // Nothing in it that we know, yet Meta sent it: kept whole.
            self.push(origin, field, &number, UpdateKind::Other, raw);
        }
    }

    /// Lists the keys of a value that are neither lists nor what stands in every value.
    fn siblings(&mut self, path: &str, value: &RawObject<'_>, lists: &[&str]) {
        for (key, raw) in value.iter() {
            let known = matches!(key, "messaging_product" | "metadata" | "contacts");
            if !known && !lists.contains(&key) {
                self.reject(pointer(path, key), "unknown key", raw);
            }
        }
    }

    fn contacts<'a>(&mut self, path: &str, value: &RawObject<'a>) -> Contacts<'a> {
        let mut contacts = Contacts::new();
        for (key, raw) in value.iter().filter(|(key, _)| *key == "contacts") {
            let Ok(items) = serde_json::from_str::<Vec<&'a RawValue>>(raw.get()) else {
                self.reject(pointer(path, key), "not a list", raw);
                continue;
            };
            for (index, item) in items.into_iter().enumerate() {
                match Contact::from_json(item.get()) {
                    Some(contact) => contacts.add(index, contact, item),
                    None => self.reject(format!("{path}/contacts/{index}"), "not a contact", item),
                }
            }
        }
        contacts
    }

    fn push(
        &mut self,
        origin: &Origin,
        field: Field,
        number: &Number,
        kind: UpdateKind,
        raw: &RawValue,
    ) {
        self.updates.push(Update {
            field,
            entry_id: Arc::clone(&origin.entry_id),
            entry_time: origin.entry_time,
            phone_number_id: number.id.clone(),
            display_phone_number: number.display.clone(),
            kind,
            raw: raw.to_owned(),
            contacts: Vec::new(),
        });
    }
}

impl Number {
    fn of(value: &RawObject<'_>) -> Self {
        let part = ["metadata", "recipient", "phone_number_settings"]
            .iter()
            .find_map(|key| value.get::<RawObject<'_>>(key));
        let part = part.as_ref();
        let display = part
            .and_then(|part| part.get::<RecipientId>("display_phone_number"))
            .or_else(|| value.get("display_phone_number"));
        Self {
            id: part.and_then(|part| part.get("phone_number_id")),
            display: display.map(|number| number.as_str().into()),
        }
    }
}

fn seconds(raw: &RawValue) -> Option<Timestamp> {
    timestamp(&mut serde_json::Deserializer::from_str(raw.get()))
        .ok()
        .flatten()
}

fn pointer(path: &str, key: &str) -> String {
    if key.contains(['~', '/']) {
        return format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
    }
    format!("{path}/{key}")
}
