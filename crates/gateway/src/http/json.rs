//! JSON bodies in and out: bounded, strict, and precise about what is wrong and where.

use axum::body::Body;
use axum::extract::{FromRequest, OptionalFromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_path_to_error::{Path, Segment};

use super::Gate;
use super::problem::{Invalid, Problem};
use crate::store::StoreError;

/// Bytes beyond the limit that are read before a body is refused.
const DROPPED: usize = 4 * 1024 * 1024;

/// A body that was read as `T`.
#[derive(Debug)]
pub(super) struct Json<T>(pub(super) T);

/// A field of a PATCH: absent leaves what is there, null clears it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Change<T> {
    #[default]
    Leave,
    Clear,
    Set(T),
}

impl<T: DeserializeOwned> FromRequest<Gate> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, gate: &Gate) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        check_content_type(&parts.headers)?;
        let body = read(&parts.headers, body, gate.app.config.server.api_body_limit).await?;
        parse(&body).map(Self)
    }
}

/// For bodies that may be left out.
impl<T: DeserializeOwned> OptionalFromRequest<Gate> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, gate: &Gate) -> Result<Option<Self>, Problem> {
        let (parts, body) = request.into_parts();
        let body = read(&parts.headers, body, gate.app.config.server.api_body_limit).await?;
        if body.is_empty() {
            return Ok(None);
        }
        check_content_type(&parts.headers)?;
        parse(&body).map(|body| Some(Self(body)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

impl<T> Change<T> {
    /// Applies the change to what is there.
    pub(super) fn apply_to(self, field: &mut Option<T>) {
        match self {
            Self::Leave => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }
}

impl<T: Default> Change<T> {
    /// Applies the change to what is there; cleared is empty.
    pub(super) fn apply_or_default(self, field: &mut T) {
        match self {
            Self::Leave => {}
            Self::Clear => *field = T::default(),
            Self::Set(value) => *field = value,
        }
    }
}

/// Stored JSON, to be passed on as it is.
pub(super) fn verbatim(json: String, what: &'static str) -> Result<Box<RawValue>, StoreError> {
    RawValue::from_string(json).map_err(|_| StoreError::Corrupt { what })
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    // Nothing but JSON is taken anywhere, so a body that does not say what it is, is JSON.
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let kind = kind.to_str().unwrap_or_default();
    let essence = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_json = essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    if is_json {
        Ok(())
    } else {
        Err(Problem::NotJson)
    }
}

/// Reads a body within the limit. Of a longer one a stretch is read and dropped, because a client
/// that is still sending when the connection closes may never see the answer.
pub(super) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    limit: usize,
) -> Result<Bytes, Problem> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok())
        .unwrap_or(0);
    let waits = headers.contains_key(header::EXPECT);
    if announced > limit && (waits || announced > limit.saturating_add(DROPPED)) {
        return Err(Problem::TooLarge { limit });
    }
    let mut kept = BytesMut::with_capacity(announced.min(limit));
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::UnreadableBody)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length <= limit {
            kept.extend_from_slice(&data);
        } else if length > limit.saturating_add(DROPPED) {
            break;
        }
    }
    if length > limit {
        return Err(Problem::TooLarge { limit });
    }
    Ok(kept.freeze())
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = pointer(error.path());
        let error = error.into_inner();
        match error.classify() {
            Category::Data => Problem::Invalid(vec![explain(path, &error.to_string())]),
            _ => Problem::MalformedJson {
                line: error.line(),
                column: error.column(),
            },
        }
    })?;
    json.end().map_err(|error| Problem::MalformedJson {
        line: error.line(),
        column: error.column(),
    })?;
    Ok(value)
}

/// Serde's sentence in ours, without the caller's value, which may be about a person.
fn explain(mut pointer: String, text: &str) -> Invalid {
    let text = text.rsplit_once(" at line ").map_or(text, |(text, _)| text);
    let name = text.split('`').nth(1).unwrap_or_default();
    let expected = text
        .rsplit_once(", expected ")
        .map(|(_, expected)| expected);
    let detail = match expected {
        _ if text.starts_with("missing field") => {
            pointer = format!("{pointer}/{}", escape(name));
            "is required".to_owned()
        }
        Some(known) if text.starts_with("unknown field") => {
            if !pointer.ends_with(&format!("/{}", escape(name))) {
                pointer = format!("{pointer}/{}", escape(name));
            }
            format!(
                "is not a known field; known here: {}",
                known.trim_start_matches("one of ")
            )
        }
        Some(expected) => format!("must be {expected}"),
        None => text.to_owned(),
    };
    Invalid::at(pointer, detail)
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        pointer.push('/');
        match segment {
            Segment::Seq { index } => pointer.push_str(&index.to_string()),
            Segment::Map { key } | Segment::Enum { variant: key } => pointer.push_str(&escape(key)),
            Segment::Unknown => pointer.push('?'),
        }
    }
    pointer
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only its reading is tested")]
        list: Vec<Item>,
        #[serde(default)]
        change: Change<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[expect(dead_code, reason = "only its reading is tested")]
        #[serde(rename = "a/b")]
        number: u32,
    }

    fn fault(body: &str) -> (String, String) {
        match parse::<Sample>(body.as_bytes()).unwrap_err() {
            Problem::Invalid(mut errors) => {
                let error = errors.remove(0);
                (error.pointer.unwrap(), error.detail)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn faults_are_pointed_at_without_quoting_values() {
        let (pointer, detail) = fault(r#"{"list": [{"a/b": 1}, {"a/b": "+16505551234"}]}"#);
        assert_eq!(
            (pointer.as_str(), detail.as_str()),
            ("/list/1/a~1b", "must be u32")
        );
        let (pointer, detail) = fault(r#"{"list": [{}]}"#);
        assert_eq!(
            (pointer.as_str(), detail.as_str()),
            ("/list/0/a~1b", "is required")
        );
        let (pointer, detail) = fault(r#"{"list": [], "lits": 1}"#);
        assert_eq!(pointer, "/lits");
        assert!(
            detail.contains("`list`") && detail.contains("`change`"),
            "{detail}"
        );
        assert_eq!(fault("[]").0, "");
    }

    #[test]
    fn syntax_is_told_by_line_and_column() {
        for (body, at) in [
            ("{\n \"list\": [}", (2, 11)),
            ("{\"list\": []} x", (1, 14)),
            ("", (1, 0)),
        ] {
            match parse::<Sample>(body.as_bytes()).unwrap_err() {
                Problem::MalformedJson { line, column } => assert_eq!((line, column), at, "{body}"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn absent_null_and_a_value_are_three_changes() {
        let change = |body: &str| parse::<Sample>(body.as_bytes()).unwrap().change;
        assert_eq!(change(r#"{"list": []}"#), Change::Leave);
        assert_eq!(change(r#"{"list": [], "change": null}"#), Change::Clear);
        assert_eq!(
            change(r#"{"list": [], "change": "x"}"#),
            Change::Set("x".to_owned())
        );
    }
}
