//! The event envelope: the same JSON in a webhook, on the bus and in the live stream.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

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

/// What an event says whose data the bus cannot carry.
#[derive(Debug, Serialize)]
struct TooLarge<'a> {
    /// Bytes of the data.
    too_large: usize,
    /// Where the whole event is.
    href: &'a str,
}

/// The envelope as the bus carries it. A `send_result` has its documented keys beside `data` too:
/// there, consumers that were written before the envelope look for them.
pub(crate) fn render_for_bus(event: &Event) -> Result<String, StoreError> {
    if event.kind != "send_result" {
        return render(event);
    }
    let corrupt = |_| StoreError::Corrupt { what: "event data" };
    let data: Value = serde_json::from_str(&event.data).map_err(corrupt)?;
    let mut envelope: Map<String, Value> =
        serde_json::from_str(&render(event)?).map_err(corrupt)?;
    for key in ["request_id", "success", "message_id", "error"] {
        let value = data.get(key).cloned().unwrap_or_default();
        envelope.insert(key.to_owned(), value);
    }
    serde_json::to_string(&envelope).map_err(corrupt)
}

/// The envelope of an event whose data is too large, and where the whole of it is.
pub(crate) fn render_without_data(event: &Event) -> Result<String, StoreError> {
    let corrupt = |_| StoreError::Corrupt { what: "event data" };
    let data = TooLarge {
        too_large: event.data.len(),
        href: &format!("/api/v1/events/{}", event.id),
    };
    let data = serde_json::to_string(&data).map_err(corrupt)?;
    let event = Event {
        data,
        ..event.clone()
    };
    render(&event)
}
