//! The event envelope: the same JSON in a webhook, on the bus and in the live stream.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::store::StoreError;
use crate::store::events::Event;

/// `{"id", "session_id", "event", "timestamp", "data"}`; the timestamp is in unix seconds.
#[derive(Debug, Serialize)]
struct Envelope<'a> {
    id: &'a str,
    session_id: &'a str,
    event: &'a str,
    timestamp: i64,
    data: &'a RawValue,
}

/// The envelope's JSON. The same event gives the same bytes every time.
pub(crate) fn render(event: &Event) -> Result<String, StoreError> {
    let corrupt = |_| StoreError::Corrupt { what: "event data" };
    let envelope = Envelope {
        id: &event.id,
        session_id: &event.channel_id,
        event: &event.kind,
        timestamp: event.occurred_at.div_euclid(1000),
        data: serde_json::from_str(&event.data).map_err(corrupt)?,
    };
    serde_json::to_string(&envelope).map_err(corrupt)
}
