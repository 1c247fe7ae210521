//! Times as the API writes them: RFC 3339 in UTC with milliseconds.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::clock::Millis;

/// A moment, e.g. `2026-11-21T08:15:30.250Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time(pub(super) Millis);

/// A moment in a query.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Moment(pub(super) Millis);

const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // What cannot be a date is shown as the beginning of time rather than failing a list.
        let time = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        serializer.serialize_str(&PRINTER.timestamp_to_string(&time))
    }
}

impl TryFrom<String> for Moment {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let time = text.parse().map(Timestamp::as_millisecond);
        time.map(Self)
            .map_err(|_| "must be a time such as 2026-11-21T08:15:30Z")
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("RFC 3339 in UTC with milliseconds"))
            .examples(["2026-11-21T08:15:30.250Z"]);
        object.build().into()
    }
}

impl ToSchema for Time {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_always_written() {
        let text = serde_json::to_string(&Time(1_700_000_000_000)).unwrap();
        assert_eq!(text, "\"2023-11-14T22:13:20.000Z\"");
    }
}
