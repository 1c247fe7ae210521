//! Puts what a value says about users beside the updates that name them.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::value::RawValue;
use wharf_model::incoming::RawObject;
use wharf_model::{Bsuid, Contact, WaId};

use crate::notification::{Update, UpdateContact, UpdateKind};

/// Up to this many contacts are compared one by one, which is faster than to look them up.
const FEW: usize = 4;

/// The contacts of one value, found by any of their ids in constant time.
pub(crate) struct Contacts<'a> {
    elements: Vec<Element<'a>>,
    /// Filled if there are more than a few contacts.
    by_id: HashMap<String, usize>,
}

struct Element<'a> {
    place: usize,
    /// Moves into `shared` when the first update names it.
    contact: Contact,
    raw: &'a RawValue,
    shared: Option<Arc<UpdateContact>>,
}

impl<'a> Contacts<'a> {
    /// Takes the contacts of a value, each with its place in the list.
    pub(crate) fn new(contacts: Vec<(usize, Contact, &'a RawValue)>) -> Self {
        let mut by_id = HashMap::new();
        if contacts.len() > FEW {
            for (index, (_, contact, _)) in contacts.iter().enumerate() {
                for id in ids(contact).into_iter().flatten() {
                    by_id.entry(id.to_owned()).or_insert(index);
                }
            }
        }
        let element = |(place, contact, raw)| Element {
            place,
            contact,
            raw,
            shared: None,
        };
        Self {
            elements: contacts.into_iter().map(element).collect(),
            by_id,
        }
    }

    /// The contacts that an update names, each once.
    pub(crate) fn named_by(&mut self, kind: &UpdateKind, raw: &str) -> Vec<Arc<UpdateContact>> {
        let mut found: Vec<Arc<UpdateContact>> = Vec::new();
        if self.elements.is_empty() {
            return found;
        }
        for_each_user(kind, raw, |id| {
            let index = if self.elements.len() > FEW {
                self.by_id.get(id).copied()
            } else {
                self.elements.iter().position(|element| element.has(id))
            };
            let Some(element) = index.and_then(|index| self.elements.get_mut(index)) else {
                return;
            };
            let shared = element.shared.get_or_insert_with(|| {
                let contact = std::mem::take(&mut element.contact);
                let raw = element.raw.to_owned();
                Arc::new(UpdateContact {
                    contact,
                    raw,
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

impl Element<'_> {
    fn has(&self, id: &str) -> bool {
        let contact = self
            .shared
            .as_ref()
            .map_or(&self.contact, |shared| &shared.contact);
        ids(contact).contains(&Some(id))
    }
}

fn ids(contact: &Contact) -> [Option<&str>; 3] {
    [
        contact.wa_id.as_ref().map(WaId::as_str),
        contact.user_id.as_ref().map(Bsuid::as_str),
        contact.parent_user_id.as_ref().map(Bsuid::as_str),
    ]
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
