//! The body of a Graph call: JSON, or a form whose values are JSON, as Meta takes both.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::super::json;
use super::GraphFault;

/// Reads a body into its parameters.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<Map<String, Value>, GraphFault> {
    let body = json::read(headers, body, limit).await?;
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(pairs(&body));
    }
    if essence.eq_ignore_ascii_case("multipart/form-data") {
        return Err(GraphFault::invalid(
            "The body must be JSON, or a form as application/x-www-form-urlencoded.",
        ));
    }
    match serde_json::from_slice(&body) {
        Ok(Value::Object(map)) => Ok(map),
        _ => Err(GraphFault::invalid("The body must be a JSON object.")),
    }
}

/// A value that looks like an object, a list or a truth value is one.
fn pairs(body: &[u8]) -> Map<String, Value> {
    let value = |text: &str| match text.chars().next() {
        Some('{' | '[') => serde_json::from_str(text).ok(),
        _ => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
    };
    url::form_urlencoded::parse(body)
        .map(|(name, text)| {
            let value = value(&text).unwrap_or_else(|| Value::String(text.into_owned()));
            (name.into_owned(), value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_holds_json() {
        let form = b"to=16505551234&type=text&text=%7B%22body%22%3A%22a%26b%22%7D&preview=true";
        assert_eq!(
            Value::Object(pairs(form)),
            json!({"to": "16505551234", "type": "text", "text": {"body": "a&b"}, "preview": true})
        );
    }
}
