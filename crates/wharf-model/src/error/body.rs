//! The error body of the Graph API.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::class::ErrorClass;
use super::code::ErrorCode;

/// The error body of the Graph API, as far as it was there; written, it is one again.
///
/// See [Graph API/Error handling].
///
/// ```
/// use wharf_model::GraphErrorBody;
///
/// let body = br##"{"error":{"message":"(#130429) Rate limit hit","code":130429,
///     "error_data":{"details":"too fast"},"fbtrace_id":"A1"}}"##;
/// let error = GraphErrorBody::parse(body).unwrap();
/// assert_eq!(error.code.0, 130429);
/// assert_eq!(error.details.as_deref(), Some("too fast"));
/// assert!(GraphErrorBody::parse(b"<html>").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphErrorBody {
    /// The code: the one thing to decide by.
    pub code: ErrorCode,
    /// `(#code) title`; may change.
    pub message: String,
    /// `OAuthException` and the like, for information.
    pub kind: Option<String>,
    /// A finer code, where Meta still sends one.
    pub subcode: Option<i64>,
    /// What exactly is wrong.
    pub details: Option<String>,
    /// `whatsapp`, beside the details of errors about messages.
    pub messaging_product: Option<String>,
    /// Meta's own opinion on whether a retry may help.
    pub is_transient: Option<bool>,
    /// A title for a person, from management calls.
    pub user_title: Option<String>,
    /// A text for a person, from management calls.
    pub user_message: Option<String>,
    /// Meta's id of the failed call, to be logged and told to their support.
    pub fbtrace_id: Option<String>,
}

impl GraphErrorBody {
    /// Reads an error body; `None` if it is no JSON or has no `error` with a code.
    pub fn parse(body: &[u8]) -> Option<Self> {
        Self::from_json(&serde_json::from_slice(body).ok()?)
    }

    /// What a sender does about it.
    ///
    /// The code decides. A faulty request that Meta calls transient is worth a retry. A code that is
    /// not in Meta's list is sorted by what else the answer says: transient, a subcode of the family
    /// of token errors, the HTTP status (if there was one).
    pub fn class(&self, status: Option<u16>) -> ErrorClass {
        match self.code.known_class() {
            Some(ErrorClass::FixRequest) | None if self.is_transient == Some(true) => {
                ErrorClass::Retry
            }
            Some(class) => class,
            None => match (self.subcode, status) {
                (Some(458 | 459 | 460 | 463 | 464 | 467), _) | (_, Some(401)) => ErrorClass::Auth,
                (_, Some(429)) => ErrorClass::RetryNumber,
                (_, Some(500..=599)) => ErrorClass::Retry,
                _ => ErrorClass::FixRequest,
            },
        }
    }

    /// Reads an error body, or the `error` in it.
    pub fn from_json(json: &Value) -> Option<Self> {
        let error = json.get("error").unwrap_or(json);
        let text = |key| error.get(key).and_then(Value::as_str).map(str::to_owned);
        let details = match error.get("error_data") {
            Some(Value::String(details)) => Some(details.clone()),
            Some(data) => data
                .get("details")
                .and_then(Value::as_str)
                .map(str::to_owned),
            None => None,
        };
        Some(Self {
            code: ErrorCode(whole(error.get("code")?)?),
            message: text("message").unwrap_or_default(),
            kind: text("type"),
            subcode: error.get("error_subcode").and_then(whole),
            details,
            messaging_product: error
                .pointer("/error_data/messaging_product")
                .and_then(Value::as_str)
                .map(str::to_owned),
            is_transient: error.get("is_transient").and_then(Value::as_bool),
            user_title: text("error_user_title"),
            user_message: text("error_user_msg"),
            fbtrace_id: text("fbtrace_id"),
        })
    }
}

impl Serialize for GraphErrorBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut error = Map::new();
        let mut text = |key: &str, value: Option<&String>| {
            if let Some(value) = value {
                error.insert(key.to_owned(), value.as_str().into());
            }
        };
        text("message", Some(&self.message));
        text("type", self.kind.as_ref());
        text("error_user_title", self.user_title.as_ref());
        text("error_user_msg", self.user_message.as_ref());
        text("fbtrace_id", self.fbtrace_id.as_ref());
        error.insert("code".to_owned(), self.code.0.into());
        if let Some(subcode) = self.subcode {
            error.insert("error_subcode".to_owned(), subcode.into());
        }
        if let Some(is_transient) = self.is_transient {
            error.insert("is_transient".to_owned(), is_transient.into());
        }
        let product = self.messaging_product.as_ref();
        let data: Map<String, Value> = [
            ("messaging_product", product),
            ("details", self.details.as_ref()),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?.as_str().into())))
        .collect();
        if !data.is_empty() {
            error.insert("error_data".to_owned(), data.into());
        }
        let mut body = serializer.serialize_map(Some(1))?;
        body.serialize_entry("error", &error)?;
        body.end()
    }
}

/// A whole number, also if it stands as text.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(body: &Value, status: u16) -> ErrorClass {
        GraphErrorBody::from_json(body).unwrap().class(Some(status))
    }

    #[test]
    fn a_code_that_meta_invents_tomorrow_is_sorted_by_what_else_is_said() {
        for (subcode, transient, status, expected) in [
            (None, None, 400, ErrorClass::FixRequest),
            (None, None, 403, ErrorClass::FixRequest),
            (None, Some(true), 400, ErrorClass::Retry),
            (None, Some(false), 500, ErrorClass::Retry),
            (None, None, 503, ErrorClass::Retry),
            (None, None, 429, ErrorClass::RetryNumber),
            (None, None, 401, ErrorClass::Auth),
            (Some(463), None, 400, ErrorClass::Auth),
            (Some(33), None, 400, ErrorClass::FixRequest),
        ] {
            let body = serde_json::json!({"error": {"code": 999_999, "error_subcode": subcode,
                "is_transient": transient}});
            assert_eq!(class(&body, status), expected, "{body} {status}");
        }
    }

    #[test]
    fn a_listed_code_decides_alone_but_for_a_faulty_request_called_transient() {
        let listed = |code: i64, transient: bool, status| {
            let body = serde_json::json!({"error": {"code": code, "is_transient": transient}});
            class(&body, status)
        };
        assert_eq!(listed(131_026, true, 500), ErrorClass::Recipient);
        assert_eq!(listed(190, true, 500), ErrorClass::Auth);
        assert_eq!(listed(138_000, false, 401), ErrorClass::FixRequest);
        assert_eq!(listed(100, false, 500), ErrorClass::FixRequest);
        assert_eq!(listed(100, true, 400), ErrorClass::Retry);
    }
}
