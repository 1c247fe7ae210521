//! What a caller may ask for beside the content of a message: read and checked, each fault told.

use jiff::Timestamp;
use serde_json::{Map, Value};
use wharf_model::{InvalidMessage, OutgoingMessage};

use super::options::{Options, Priority};
use crate::clock::Millis;

/// How far ahead a message may be scheduled, in days.
const AHEAD_DAYS: i64 = 365;
const DAY: Millis = 24 * 60 * 60 * 1000;
const TAGS: usize = 10;
/// Characters of a tag.
const TAG: usize = 64;
/// Bytes of the metadata as compact JSON.
const METADATA: usize = 4096;

const FIELDS: [&str; 7] = [
    "expires_at",
    "in_order",
    "metadata",
    "on_window_closed",
    "priority",
    "send_at",
    "tags",
];

/// What is wrong with an option.
#[derive(Debug)]
pub(crate) struct AskedFault {
    /// JSON pointer into the request.
    pub(crate) pointer: String,
    pub(crate) wrong: Wrong,
    /// The limit that is exceeded, and what was counted.
    pub(crate) over: Option<(usize, usize)>,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// What is wrong, and what would be right.
    Said(String),
    /// The template is not one that Meta takes.
    Template(InvalidMessage),
}

impl AskedFault {
    fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            wrong: Wrong::Said(detail.into()),
            over: None,
        }
    }

    fn over(self, limit: usize, length: usize) -> Self {
        Self {
            over: Some((limit, length)),
            ..self
        }
    }
}

impl std::fmt::Display for AskedFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let field = self.pointer.trim_start_matches('/').replace('/', ".");
        match &self.wrong {
            Wrong::Said(detail) => write!(f, "{field} {detail}"),
            Wrong::Template(error) => write!(f, "{field}: {error}"),
        }
    }
}

/// Takes the options out of a request, so that the message is left.
pub(crate) fn take(body: &mut Map<String, Value>) -> Map<String, Value> {
    let mut taken = Map::new();
    for field in FIELDS {
        match body.remove(field) {
            None | Some(Value::Null) => {}
            Some(value) => {
                taken.insert(field.to_owned(), value);
            }
        }
    }
    taken
}

/// Reads the options of a message; `message` is the request without them.
pub(crate) fn read(
    mut given: Map<String, Value>,
    message: &Map<String, Value>,
    now: Millis,
    faults: &mut Vec<AskedFault>,
) -> Options {
    let mut options = Options::default();
    let mut note = |fault: Option<AskedFault>| faults.extend(fault);
    if let Some(value) = given.remove("send_at") {
        match time("/send_at", &value) {
            Ok(at) if at > now.saturating_add(AHEAD_DAYS * DAY) => {
                let days = at.saturating_sub(now).div_euclid(DAY);
                let counted = |days: Millis| usize::try_from(days).unwrap_or(usize::MAX);
                let detail = format!(
                    "is {days} days ahead, at most {AHEAD_DAYS} are allowed; give an earlier time"
                );
                let fault = AskedFault::at("/send_at", detail);
                note(Some(fault.over(counted(AHEAD_DAYS), counted(days))));
            }
            Ok(at) => options.send_at = Some(at),
            Err(fault) => note(Some(fault)),
        }
    }
    if let Some(value) = given.remove("expires_at") {
        match time("/expires_at", &value) {
            Ok(at) if options.send_at.is_some_and(|send_at| at <= send_at) => note(Some(
                AskedFault::at("/expires_at", "must be later than send_at"),
            )),
            Ok(at) => options.expires_at = Some(at),
            Err(fault) => note(Some(fault)),
        }
    }
    match given.remove("priority") {
        None => {}
        Some(value) => match value.as_str() {
            Some("high") => options.priority = Priority::High,
            Some("normal") => options.priority = Priority::Normal,
            Some("low") => options.priority = Priority::Low,
            _ => note(Some(AskedFault::at(
                "/priority",
                "must be high, normal or low",
            ))),
        },
    }
    match given.remove("in_order") {
        None => {}
        Some(Value::Bool(in_order)) => options.in_order = in_order,
        Some(_) => note(Some(AskedFault::at("/in_order", "must be true or false"))),
    }
    if let Some(value) = given.remove("tags") {
        match tags(&value) {
            Ok(tags) => options.tags = tags,
            Err(fault) => note(Some(fault)),
        }
    }
    match given.remove("metadata") {
        None => {}
        Some(Value::Object(metadata)) => {
            let length = Value::Object(metadata.clone()).to_string().len();
            if length > METADATA {
                let detail = format!(
                    "has {length} bytes as JSON, at most {METADATA} are allowed; keep a key to \
                     the rest"
                );
                note(Some(
                    AskedFault::at("/metadata", detail).over(METADATA, length),
                ));
            } else {
                options.metadata = metadata;
            }
        }
        Some(_) => note(Some(AskedFault::at("/metadata", "must be an object"))),
    }
    if let Some(value) = given.remove("on_window_closed") {
        match fallback(&value, message) {
            Ok(template) => options.fallback_template = template,
            Err(fault) => note(Some(fault)),
        }
    }
    options
}

fn time(pointer: &str, value: &Value) -> Result<Millis, AskedFault> {
    let time = value
        .as_str()
        .and_then(|text| text.parse::<Timestamp>().ok());
    time.map(Timestamp::as_millisecond).ok_or_else(|| {
        AskedFault::at(
            pointer,
            "must be a time as RFC 3339 writes it, with its offset, such as 2027-01-31T08:00:00Z",
        )
    })
}

fn tags(value: &Value) -> Result<Vec<String>, AskedFault> {
    let Value::Array(items) = value else {
        return Err(AskedFault::at("/tags", "must be a list of strings"));
    };
    if items.len() > TAGS {
        let detail = format!("has {} items, at most {TAGS} are allowed", items.len());
        return Err(AskedFault::at("/tags", detail).over(TAGS, items.len()));
    }
    let mut tags = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let at = |detail: String| AskedFault::at(format!("/tags/{index}"), detail);
        let Value::String(tag) = item else {
            return Err(at("must be a string".to_owned()));
        };
        let length = tag.chars().count();
        if length > TAG {
            let detail = format!("has {length} characters, at most {TAG} are allowed");
            return Err(at(detail).over(TAG, length));
        }
        if length == 0 || tag.chars().any(char::is_control) {
            let detail = "must have at least one character, and no control characters";
            return Err(at(detail.to_owned()));
        }
        if !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    Ok(tags)
}

/// The template that is sent instead when the service window is closed, checked as a message to the
/// same recipient.
fn fallback(value: &Value, message: &Map<String, Value>) -> Result<Option<Value>, AskedFault> {
    const FIELD: &str = "/on_window_closed";
    let template = match value {
        Value::String(word) if word == "reject" => return Ok(None),
        Value::Object(object) if object.len() == 1 => object.get("template"),
        _ => None,
    };
    let Some(template) = template else {
        let detail =
            "must be \"reject\" or {\"template\": {…}} with a template as Meta documents it";
        return Err(AskedFault::at(FIELD, detail));
    };
    if message.get("type").is_some_and(|kind| kind == "template") {
        let detail = "is for messages that are no templates: a template needs no open window";
        return Err(AskedFault::at(FIELD, detail));
    }
    let mut body = Map::new();
    body.insert("type".to_owned(), "template".into());
    body.insert("template".to_owned(), template.clone());
    for key in ["to", "recipient", "recipient_type"] {
        if let Some(value) = message.get(key) {
            body.insert(key.to_owned(), value.clone());
        }
    }
    let checked = OutgoingMessage::from_json(&Value::Object(body));
    let checked = match checked {
        Ok(checked) => serde_json::to_value(checked).unwrap_or_default(),
        // The recipient's own faults are told once, with the message.
        Err(error) if !error.field().starts_with("/template") => return Ok(None),
        Err(error) => {
            return Err(AskedFault {
                pointer: format!("{FIELD}{}", error.field()),
                wrong: Wrong::Template(error),
                over: None,
            });
        }
    };
    Ok(checked.get("template").cloned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Millis = 1_700_000_000_000;

    fn options(body: Value) -> (Options, Vec<AskedFault>) {
        let Value::Object(mut body) = body else {
            panic!("no object")
        };
        let given = take(&mut body);
        let mut faults = Vec::new();
        let options = read(given, &body, NOW, &mut faults);
        (options, faults)
    }

    #[test]
    fn options_are_read_and_the_message_is_left() {
        let (options, faults) = options(json!({
            "to": "+16505551234", "type": "text", "text": {"body": "x"},
            "send_at": "2023-11-15T00:00:00+01:00", "expires_at": "2023-11-16T00:00:00Z",
            "tags": ["a", "b", "a"], "metadata": {"order": 7}, "priority": "high",
            "in_order": true, "on_window_closed": {"template": {
                "name": "hello_world", "language": {"code": "en_US"}}},
        }));
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(options.send_at, Some(1_700_002_800_000));
        assert_eq!(options.tags, ["a", "b"]);
        assert_eq!(options.priority, Priority::High);
        assert_eq!(options.metadata["order"], 7);
        assert!(options.in_order);
        assert_eq!(options.fallback_template.unwrap()["name"], "hello_world");
    }

    #[test]
    fn all_faults_are_told_with_field_limit_and_remedy() {
        let tags: Vec<_> = (0..11).map(|n| n.to_string()).collect();
        let (_, faults) = options(json!({
            "to": "+16505551234", "send_at": "tomorrow", "expires_at": 7, "tags": tags,
            "metadata": {"long": "x".repeat(5000)}, "priority": "urgent", "in_order": "yes",
            "on_window_closed": {"template": {"name": "", "language": {"code": "en"}}},
        }));
        let told: Vec<_> = faults
            .iter()
            .map(|fault| (fault.pointer.as_str(), fault.over.map(|(limit, _)| limit)))
            .collect();
        assert_eq!(
            told,
            [
                ("/send_at", None),
                ("/expires_at", None),
                ("/priority", None),
                ("/in_order", None),
                ("/tags", Some(10)),
                ("/metadata", Some(4096)),
                ("/on_window_closed/template/name", None),
            ]
        );
        let (_, far) = options(json!({"send_at": "2025-11-15T00:00:00Z"}));
        assert_eq!(far[0].over.unwrap().0, 365);
        let (_, late) = options(json!({
            "send_at": "2023-11-16T00:00:00Z", "expires_at": "2023-11-16T00:00:00Z"
        }));
        assert_eq!(late[0].pointer, "/expires_at");
        let (_, template) = options(json!({"type": "template", "on_window_closed": {
            "template": {"name": "a", "language": {"code": "en"}}}}));
        assert_eq!(template.len(), 1, "{template:?}");
        let (_, long) = options(json!({"tags": ["a", "y".repeat(65)]}));
        assert_eq!(long[0].pointer, "/tags/1");
        assert_eq!(long[0].over, Some((64, 65)));
        let (reject, faults) = options(json!({"on_window_closed": "reject", "tags": null}));
        assert!(faults.is_empty() && reject == Options::default());
    }
}
