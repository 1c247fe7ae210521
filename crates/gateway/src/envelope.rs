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
    /// Only for a reader who does not see texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_hidden: Option<bool>,
}

/// The envelope's JSON. The same event gives the same bytes every time.
pub(crate) fn render(event: &Event) -> Result<String, StoreError> {
    render_as(event, None)
}

/// The envelope's JSON for a reader who does not see what people write.
pub(crate) fn render_without_texts(event: &Event) -> Result<String, StoreError> {
    match without_texts(&event.data) {
        Some(data) => render_as(
            &Event {
                data,
                ..event.clone()
            },
            Some(true),
        ),
        None => render(event),
    }
}

/// Keys of an event's data, and of a dead letter's detail, that hold ids, times, states and what the
/// carrier says of them. A key that is not known may hold a text.
const KNOWN: &[&str] = &[
    "advice",
    "at",
    "attempts",
    "bytes",
    "by",
    "channel",
    "chat",
    "class",
    "code",
    "contact_id",
    "conversation_id",
    "dead_letter_id",
    "delivery_id",
    "display_phone_number",
    "endpoint",
    "endpoint_id",
    "event_id",
    "field",
    "from",
    "id",
    "kind",
    "media_id",
    "message",
    "message_id",
    "mime_type",
    "next_probe_at",
    "notification",
    "path",
    "phone_number_id",
    "reason",
    "recipient",
    "request_id",
    "sha256",
    "state",
    "status",
    "success",
    "time",
    "timestamp",
    "title",
    "tries",
    "type",
    "url",
    "waba_id",
];

/// An object's JSON with null in the place of all that may be a text; nothing if that is none of it.
pub(crate) fn without_texts(json: &str) -> Option<String> {
    let Ok(Value::Object(mut object)) = serde_json::from_str(json) else {
        return Some("null".to_owned());
    };
    let mut hidden = false;
    for (key, value) in &mut object {
        let nested = value.is_object() || value.is_array();
        if !value.is_null() && (nested || !KNOWN.contains(&key.as_str())) {
            *value = Value::Null;
            hidden = true;
        }
    }
    hidden.then(|| Value::Object(object).to_string())
}

fn render_as(event: &Event, content_hidden: Option<bool>) -> Result<String, StoreError> {
    let corrupt = |_| StoreError::Corrupt { what: "event data" };
    let envelope = Envelope {
        id: &event.id,
        session_id: &event.channel_id,
        event: &event.kind,
        timestamp: event.occurred_at.div_euclid(1000),
        data: serde_json::from_str(&event.data).map_err(corrupt)?,
        content_hidden,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_text_is_hidden_and_what_is_known_stays() {
        let data = r#"{"id":"msg_1","status":"read","update":{"text":{"body":"x"}},"new":"x"}"#;
        let bare: Value = serde_json::from_str(&without_texts(data).unwrap()).unwrap();
        let wanted = serde_json::json!(
            {"id": "msg_1", "status": "read", "update": null, "new": null}
        );
        assert_eq!(bare, wanted);
        assert_eq!(without_texts(r#"{"id":"msg_1","filename":null}"#), None);
        assert_eq!(without_texts(r#"["x"]"#).as_deref(), Some("null"));
    }
}
