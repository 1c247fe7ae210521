//! Puts what a value says about users beside the updates that name them.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::value::RawValue;
use wharf_model::incoming::RawObject;
use wharf_model::{Bsuid, Contact, WaId};

use crate::notification::{Update, UpdateContact, UpdateKind};

/// The contacts of one value, found by any of their ids in constant time.
pub(crate) struct Contacts<'a> {
    elements: Vec<Element<'a>>,
    by_id: HashMap<String, usize>,
}

struct Element<'a> {
    place: usize,
    contact: Contact,
    raw: &'a RawValue,
    /// Made when the first update names the contact.
    shared: Option<Arc<UpdateContact>>,
}

impl<'a> Contacts<'a> {
    pub(crate) fn new() -> Self {
        Self {
            elements: Vec::new(),
            by_id: HashMap::new(),
        }
    }

    /// Takes the contact that stands at `place` in its list.
    pub(crate) fn add(&mut self, place: usize, contact: Contact, raw: &'a RawValue) {
        let index = self.elements.len();
        let ids = [
            contact.wa_id.as_ref().map(WaId::as_str),
            contact.user_id.as_ref().map(Bsuid::as_str),
            contact.parent_user_id.as_ref().map(Bsuid::as_str),
        ];
        for id in ids.into_iter().flatten() {
            self.by_id.entry(id.to_owned()).or_insert(index);
        }
        self.elements.push(Element {
            place,
            contact,
            raw,
            shared: None,
        });
    }

    /// The contacts that an update names, each once.
    pub(crate) fn named_by(&mut self, kind: &UpdateKind, raw: &str) -> Vec<Arc<UpdateContact>> {
        let mut found: Vec<Arc<UpdateContact>> = Vec::new();
        if self.elements.is_empty() {
            return found;
        }
        for_each_user(kind, raw, |id| {
            let Some(element) = self.by_id.get(id).and_then(|at| self.elements.get_mut(*at)) else {
                return;
            };
            let shared = element.shared.get_or_insert_with(|| {
                Arc::new(UpdateContact {
                    contact: std::mem::take(&mut element.contact),
                    raw: element.raw.to_owned(),
                    matched: true,
                })
            });
            if !found.iter().any(|known| Arc::ptr_eq(known, shared)) {
                found.push(Arc::clone(shared));
            }
        });
        found
    }

    /// Gives the contacts that no update names to the first update, or to `lost` if there is none.
    pub(crate) fn finish(self, first: Option<&mut Update>, mut lost: impl FnMut(usize, &RawValue)) {
        let rest = self
            .elements
            .into_iter()
            .filter(|element| element.shared.is_none());
        match first {
            Some(update) => update.contacts.extend(rest.map(|element| {
                let raw = element.raw.to_owned();
                Arc::new(UpdateContact {
                    contact: element.contact,
                    raw,
                    matched: false,
                })
            })),
            None => rest.for_each(|element| lost(element.place, element.raw)),
        }
    }
}

/// Calls `found` with every id of a user that an update names.
fn for_each_user(kind: &UpdateKind, raw: &str, mut found: impl FnMut(&str)) {
    match kind {
        UpdateKind::Message(message) => {
            message.from.iter().for_each(|id| found(id.as_str()));
            message
                .from_user_id
                .iter()
                .for_each(|id| found(id.as_str()));
            message
                .from_parent_user_id
                .iter()
                .for_each(|id| found(id.as_str()));
        }
        UpdateKind::Echo(echo) => {
            echo.to.iter().for_each(|id| found(id.as_str()));
            echo.to_user_id.iter().for_each(|id| found(id.as_str()));
            echo.to_parent_user_id
                .iter()
                .for_each(|id| found(id.as_str()));
        }
        UpdateKind::Status(status) => {
            status.recipient_id.iter().for_each(|id| found(id.as_str()));
            status
                .recipient_user_id
                .iter()
                .for_each(|id| found(id.as_str()));
            status
                .recipient_parent_user_id
                .iter()
                .for_each(|id| found(id.as_str()));
            status
                .recipient_participant_id
                .iter()
                .for_each(|id| found(id.as_str()));
            status
                .recipient_participant_user_id
                .iter()
                .for_each(|id| found(id.as_str()));
            status
                .recipient_participant_parent_user_id
                .iter()
                .for_each(|id| found(id.as_str()));
        }
        UpdateKind::Error(_) => {}
        UpdateKind::Call(_) | UpdateKind::Other => {
            let Some(object) = RawObject::parse(raw) else {
                return;
            };
            for key in ["from", "to", "recipient_id", "wa_id"] {
                object
                    .get::<WaId>(key)
                    .iter()
                    .for_each(|id| found(id.as_str()));
            }
            for key in ["from_user_id", "to_user_id", "recipient_user_id", "user_id"] {
                object
                    .get::<Bsuid>(key)
                    .iter()
                    .for_each(|id| found(id.as_str()));
            }
            // The change of a user id names the old and the new one.
            if let Some(change) = object.get::<RawObject<'_>>("user_id") {
                for key in ["previous", "current"] {
                    change
                        .get::<Bsuid>(key)
                        .iter()
                        .for_each(|id| found(id.as_str()));
                }
            }
        }
    }
}
