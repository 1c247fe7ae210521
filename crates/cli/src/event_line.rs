//! One event as one line that a person can read.

use serde_json::Value;

use unicode_width::UnicodeWidthStr;

use crate::output::{Paint, Style, visible};
use crate::table;
use crate::trouble;

/// How long a text may be before it is cut.
const LONGEST: usize = 100;
/// On a terminal that is too narrow for this much of the facts, the channel is left out, and then the id.
const SHORTEST: usize = 12;

/// How an event's line looks here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) paint: Paint,
    /// Columns of the terminal, if it is one.
    pub(crate) width: Option<usize>,
    /// With the day, where lines tell of more than what happens now.
    pub(crate) dated: bool,
}

impl Look {
    /// Of standard output.
    pub(crate) fn here(dated: bool) -> Self {
        Self {
            paint: Paint::for_stdout(),
            width: crate::terminal::width(),
            dated,
        }
    }
}

/// Time, event, channel, the few facts that matter for this kind of event, and its id.
pub(crate) fn render(envelope: &Value, look: Look) -> String {
    let paint = look.paint;
    let event = text(envelope, "/event");
    let style = match event {
        "message" | "echo" => Style::Inbound,
        "status" | "send_result" => Style::Outbound,
        "unrecognised" | "dead_letter" | "endpoint_disabled" | "channel_paused" => Style::Bad,
        _ => Style::Bold,
    };
    let time = time(envelope, look.dated);
    let name = format!("{event:<12}");
    let channel = visible(text(envelope, "/session_id"));
    let id = visible(text(envelope, "/id"));
    let facts = facts(event, envelope.pointer("/data").unwrap_or(&Value::Null));
    let mut parts = vec![
        (Some(Style::Faint), time),
        (Some(style), name),
        (None, channel),
        (None, facts),
        (Some(Style::Faint), id),
    ];
    let mut facts_at = 3;
    if let Some(width) = look.width {
        let room = |parts: &[(Option<Style>, String)], facts_at: usize| {
            let all: usize = parts.iter().map(|(_, part)| part.width() + GAP.len()).sum();
            (width + GAP.len()).saturating_sub(all - parts[facts_at].1.width())
        };
        for left_out in [2, 3] {
            if room(&parts, facts_at) < SHORTEST {
                parts.remove(left_out);
                facts_at = 2;
            }
        }
        let room = room(&parts, facts_at);
        parts[facts_at].1 = table::cut(&parts[facts_at].1, room);
    }
    let painted = parts.into_iter().map(|(style, part)| match style {
        Some(style) => paint.paint(style, part),
        None => part,
    });
    painted.collect::<Vec<_>>().join(GAP)
}

const GAP: &str = "  ";

/// What a person wants to know of the event's data.
pub(crate) fn facts(event: &str, data: &Value) -> String {
    let facts = match event {
        "message" | "echo" => message(data),
        "status" => status(data),
        "send_result" => send_result(data),
        "dead_letter" => dead_letter(data),
        _ => other(data),
    };
    cut(&facts)
}

fn message(data: &Value) -> String {
    let from = first(data, &["/from", "/update/from", "/update/from_user_id"]);
    let kind = first(data, &["/type", "/update/type"]);
    let content = data
        .pointer(&format!("/update/{kind}"))
        .unwrap_or(&Value::Null);
    let words = words(content);
    if words.is_empty() {
        format!("from {from}: {kind}")
    } else {
        format!("from {from}: {kind} “{words}”")
    }
}

/// What a message of either direction says, by the part that is named as its type.
pub(crate) fn words(content: &Value) -> &str {
    let places = [
        "/body",
        "/body/text",
        "/button_reply/title",
        "/list_reply/title",
        "/text",
        "/emoji",
        "/caption",
        "/filename",
        "/name",
    ];
    first(content, &places)
}

fn status(data: &Value) -> String {
    let status = first(data, &["/status", "/update/status"]);
    // A number before Meta's id, as messages have it.
    let recipient = first(data, &["/update/recipient_id", "/recipient"]);
    let ours = first(data, &["/id", "/message_id"]);
    let why = first(
        data,
        &["/update/errors/0/title", "/update/errors/0/message"],
    );
    let why = trouble::sentence(
        data.pointer("/update/errors/0/code")
            .unwrap_or(&Value::Null),
        why,
    );
    let why = if why.is_empty() {
        why
    } else {
        format!(": {why}")
    };
    format!("{status} {ours} to {recipient}{why}")
}

fn send_result(data: &Value) -> String {
    let state = first(data, &["/state"]);
    let ours = first(data, &["/id", "/message_id"]);
    match first(data, &["/error"]) {
        "" => format!("{state} {ours}"),
        why => format!("{state} {ours}: {why}"),
    }
}

fn dead_letter(data: &Value) -> String {
    let about = first(data, &["/id", "/message_id", "/delivery_id", "/event_id"]);
    let letter = first(data, &["/dead_letter_id"]);
    let reason = first(data, &["/reason"]);
    if about.is_empty() {
        format!("{letter}: {reason}")
    } else {
        format!("{letter} of {about}: {reason}")
    }
}

/// The scalar values of the data, or of the update in it.
fn other(data: &Value) -> String {
    let pairs = |value: &Value| {
        let object = value.as_object().into_iter().flatten();
        let scalars = object.filter(|(_, v)| v.is_string() || v.is_number() || v.is_boolean());
        let pairs: Vec<_> = scalars
            .map(|(name, v)| format!("{name}={}", scalar(v)))
            .collect();
        pairs.join(" ")
    };
    let inner = data.pointer("/update").map(pairs).unwrap_or_default();
    [pairs(data), inner].join(" ").trim().to_owned()
}

fn scalar(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The first of the places that holds text.
fn first<'a>(value: &'a Value, pointers: &[&str]) -> &'a str {
    pointers
        .iter()
        .map(|pointer| text(value, pointer))
        .find(|text| !text.is_empty())
        .unwrap_or("")
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

/// Hours, minutes and seconds, in UTC as everywhere in Wharf.
fn time(envelope: &Value, dated: bool) -> String {
    let seconds = envelope
        .pointer("/timestamp")
        .and_then(Value::as_i64)
        .unwrap_or(0);
    let at = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let shape = if dated {
        "%Y-%m-%d %H:%M:%SZ"
    } else {
        "%H:%M:%SZ"
    };
    at.strftime(shape).to_string()
}

/// One line of bounded length; a control character could play tricks on the terminal.
fn cut(text: &str) -> String {
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut line: String = visible.clone().take(LONGEST).collect();
    if visible.count() > LONGEST {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(event: &str, data: &Value, line: &str) {
        let envelope = json!({"id": "evt_1", "session_id": "main", "event": event, "timestamp": 61, "data": data});
        let look = Look {
            paint: Paint::off(),
            width: None,
            dated: false,
        };
        let rendered = render(&envelope, look);
        assert_eq!(
            rendered,
            format!("00:01:01Z  {event:<12}  main  {line}  evt_1")
        );
    }

    #[test]
    fn each_kind_shows_what_matters() {
        check(
            "message",
            &json!({"from": "15551234567", "type": "text", "update": {"text": {"body": "a\u{1b}[2J\nb"}}}),
            "from 15551234567: text “a [2J b”",
        );
        check(
            "status",
            &json!({"id": "msg_1", "status": "failed", "recipient": "1555", "update": {"errors": [{"title": "Message undeliverable"}]}}),
            "failed msg_1 to 1555: Message undeliverable",
        );
        check(
            "status",
            &json!({"id": "msg_1", "status": "sent", "recipient": "US.1", "update": {"recipient_id": "1555"}}),
            "sent msg_1 to 1555",
        );
        check(
            "dead_letter",
            &json!({"dead_letter_id": "dl_1", "id": "msg_1", "reason": "auth"}),
            "dl_1 of msg_1: auth",
        );
        check(
            "send_result",
            &json!({"id": "msg_1", "state": "accepted"}),
            "accepted msg_1",
        );
        check(
            "account",
            &json!({"field": "account_update", "update": {"event": "X"}}),
            "field=account_update event=X",
        );
    }

    #[test]
    fn a_long_text_is_cut() {
        let facts = facts("account", &json!({"reason": "é".repeat(200)}));
        assert_eq!(facts.chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_line_fits_the_terminal() {
        let data = json!({"reason": "x".repeat(90)});
        let envelope = json!({"id": "evt_1", "session_id": "main", "event": "account",
            "timestamp": 61, "data": data});
        let look = Look {
            paint: Paint::off(),
            width: Some(80),
            dated: true,
        };
        let line = render(&envelope, look);
        assert_eq!(line.width(), 80, "{line}");
        assert!(
            line.starts_with("1970-01-01 00:01:01Z") && line.ends_with("…  evt_1"),
            "{line}"
        );
    }
}
