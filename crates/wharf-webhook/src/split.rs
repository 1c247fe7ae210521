//! Splits the value of a change into updates.

use std::sync::Arc;

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use wharf_model::incoming::RawObject;
use wharf_model::{Contact, Field, PhoneNumberId, RecipientId};

use crate::contacts::Contacts;
use crate::notification::{Unrecognised, Update, UpdateKind};
use crate::parse::{Origin, Walk, pointer};
use crate::signature::push_hex;
use crate::value::{self, Element};

/// The business phone number that a value is about.
#[derive(Default)]
struct Number {
    id: Option<PhoneNumberId>,
    display: Option<Arc<str>>,
}

impl Walk {
    pub(crate) fn value(&mut self, origin: &Origin, field: Field, value: &RawValue) {
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
        scope_errors(self.updates.get_mut(first..).unwrap_or_default());
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
        let mut contacts = Vec::new();
        for (key, raw) in value.iter().filter(|(key, _)| *key == "contacts") {
            let Ok(items) = serde_json::from_str::<Vec<&'a RawValue>>(raw.get()) else {
                self.reject(pointer(path, key), "not a list", raw);
                continue;
            };
            for (index, item) in items.into_iter().enumerate() {
                match Contact::from_json(item.get()) {
                    Some(contact) => contacts.push((index, contact, item)),
                    None => self.reject(format!("{path}/contacts/{index}"), "not a contact", item),
                }
            }
        }
        Contacts::new(contacts)
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
            scope: String::new(),
        });
    }
}

/// Ties the errors of a value to the calls beside them, for two calls may fail in the same way.
fn scope_errors(updates: &mut [Update]) {
    let mut calls: Vec<&str> = updates
        .iter()
        .filter_map(|update| match &update.kind {
            UpdateKind::Call(call) => Some(call.id.as_str()),
            _ => None,
        })
        .collect();
    if calls.is_empty() {
        return;
    }
    calls.sort_unstable();
    // A digest, so that many errors beside many calls stay small.
    let mut scope = String::new();
    push_hex(&mut scope, &Sha256::digest(calls.join(" ")));
    for update in updates {
        if matches!(update.kind, UpdateKind::Error(_)) {
            update.scope.clone_from(&scope);
        }
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
