//! The envelope of a notification, if it is just as documented.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use wharf_model::incoming::timestamp;
use wharf_model::{Field, WabaId};

use crate::probe;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Envelope<'a> {
    #[serde(borrow)]
    object: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) entry: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry<'a> {
    pub(crate) id: WabaId,
    #[serde(default, deserialize_with = "required_timestamp")]
    pub(crate) time: Option<Timestamp>,
    #[serde(borrow)]
    pub(crate) changes: Vec<Change<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change<'a> {
    pub(crate) field: Field,
    #[serde(borrow)]
    pub(crate) value: &'a RawValue,
}

impl<'a> Envelope<'a> {
    /// Reads an envelope; `None` if anything in it is unknown, absent or of another form.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let envelope: Self = serde_json::from_str(text).ok()?;
        let changes = || envelope.entry.iter().flat_map(|entry| &entry.changes);
        let whole = changes().all(|change| change.value.get() != "null");
        (envelope.object == probe::OBJECT && whole).then_some(envelope)
    }
}

/// A time that is present must be one.
fn required_timestamp<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    match timestamp(deserializer)? {
        Some(time) => Ok(Some(time)),
        None => Err(serde::de::Error::custom("not a time")),
    }
}
