//! The `data` of events made from updates: what we know of them, and what Meta said, verbatim.

use serde::Serialize;
use serde_json::value::RawValue;
use wharf_webhook::Update;

use crate::store::StoreError;

/// Our ids and the facts that most readers want, beside the update itself.
///
/// `message_id` is the carrier's id, as on the bus; ours is `id`.
#[derive(Debug, Serialize)]
pub(super) struct Data<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conversation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contact_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) chat: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recipient: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) media: Option<FileRef<'a>>,
    pub(super) field: &'a str,
    pub(super) waba_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) phone_number_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display_phone_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) contacts: Vec<&'a RawValue>,
    pub(super) update: &'a RawValue,
}

/// The file of a message, which is being fetched.
#[derive(Debug, Serialize)]
pub(super) struct FileRef<'a> {
    id: &'a str,
    url: String,
}

impl<'a> FileRef<'a> {
    pub(super) fn new(id: &'a str) -> Self {
        let url = crate::media::url_of(id);
        Self { id, url }
    }
}

impl<'a> Data<'a> {
    /// What any update says of itself; the caller adds what we know.
    pub(super) fn of(update: &'a Update) -> Self {
        Self {
            id: None,
            message_id: None,
            conversation_id: None,
            contact_id: None,
            from: None,
            chat: None,
            recipient: None,
            kind: None,
            status: None,
            media: None,
            field: update.field.as_str(),
            waba_id: &update.entry_id,
            time: update.entry_time.map(jiff::Timestamp::as_second),
            phone_number_id: update.phone_number_id.as_ref().map(AsRef::as_ref),
            display_phone_number: update.display_phone_number.as_deref(),
            contacts: update
                .contacts
                .iter()
                .map(|contact| &*contact.raw)
                .collect(),
            update: &update.raw,
        }
    }

    pub(super) fn render(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|_| StoreError::Corrupt { what: "update" })
    }
}

/// Data of an `unrecognised` event: what was not understood, where it stood and why.
#[derive(Debug, Serialize)]
pub(super) struct Unrecognised<'a> {
    pub(super) reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<&'a str>,
    pub(super) notification: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raw: Option<&'a RawValue>,
}

impl Unrecognised<'_> {
    pub(super) fn render(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|_| StoreError::Corrupt { what: "update" })
    }
}
