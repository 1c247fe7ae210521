//! Parameters of a management call, from the query and the body, which may be JSON or a form.
//! See [Graph API/Overview].

use axum::http::Uri;
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::graph::GraphError;

/// Query and body together; the body wins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Map<String, Value>);

impl Params {
    pub(crate) fn read(uri: &Uri, body: &Bytes) -> Self {
        let mut all = Map::new();
        let form = |bytes: &[u8], all: &mut Map<String, Value>| {
            for (name, value) in url::form_urlencoded::parse(bytes) {
                all.insert(name.into_owned(), Value::String(value.into_owned()));
            }
        };
        form(uri.query().unwrap_or_default().as_bytes(), &mut all);
        match serde_json::from_slice::<Value>(body) {
            Ok(Value::Object(fields)) => all.extend(fields),
            // The body of a multipart form is read by whoever expects one.
            _ if body.starts_with(b"--") => {}
            _ => form(body, &mut all),
        }
        all.remove("access_token");
        Self(all)
    }

    /// The token of a query or form, which is not kept among the parameters.
    pub(crate) fn access_token(uri: &Uri, body: &Bytes) -> Option<String> {
        let find = |bytes: &[u8]| {
            url::form_urlencoded::parse(bytes)
                .find(|(name, value)| name == "access_token" && !value.is_empty())
                .map(|(_, value)| value.into_owned())
        };
        find(uri.query().unwrap_or_default().as_bytes()).or_else(|| {
            match serde_json::from_slice::<Value>(body) {
                Ok(body) => body.get("access_token")?.as_str().map(str::to_owned),
                Err(_) if body.starts_with(b"--") => None,
                Err(_) => find(body),
            }
        })
    }

    /// The value as it was given.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// All of them.
    pub(crate) fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    /// A text; numbers and booleans count as their text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, GraphError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(Some(value.to_string())),
            Some(_) => Err(must_be(name, "a string")),
        }
    }

    /// A text that must be there and not be empty.
    pub(crate) fn required_text(&self, name: &str) -> Result<String, GraphError> {
        self.text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| required(name))
    }

    /// A text of at most `most` characters.
    pub(crate) fn short_text(&self, name: &str, most: usize) -> Result<Option<String>, GraphError> {
        let text = self.text(name)?;
        match &text {
            Some(text) if text.chars().count() > most => Err(must_be(
                name,
                &format!("at most {most} characters long; shorten it"),
            )),
            _ => Ok(text),
        }
    }

    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, GraphError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        number.map(Some).ok_or_else(|| must_be(name, "an integer"))
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, GraphError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(Value::String(text)) if text == "true" || text == "1" => Ok(Some(true)),
            Some(Value::String(text)) if text == "false" || text == "0" => Ok(Some(false)),
            Some(_) => Err(must_be(name, "a boolean")),
        }
    }

    /// An object or array; forms and queries carry it as JSON text.
    pub(crate) fn json(&self, name: &str) -> Result<Option<Value>, GraphError> {
        match self.get(name) {
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(Some)
                .map_err(|_| must_be(name, "valid JSON")),
            other => Ok(other.cloned()),
        }
    }

    /// A list of texts: an array, JSON text of one, or texts between commas.
    pub(crate) fn list(&self, name: &str) -> Result<Option<Vec<String>>, GraphError> {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let array = |items: &[Value]| items.iter().map(text).collect::<Option<Vec<_>>>();
        let list = match self.get(name) {
            None => return Ok(None),
            Some(Value::Array(items)) => array(items),
            Some(Value::String(given)) => match serde_json::from_str::<Value>(given) {
                Ok(Value::Array(items)) => array(&items),
                _ => Some(
                    given
                        .split(',')
                        .map(|item| item.trim().to_owned())
                        .filter(|item| !item.is_empty())
                        .collect(),
                ),
            },
            Some(value) => text(value).map(|item| vec![item]),
        };
        list.map(Some)
            .ok_or_else(|| must_be(name, "a list of strings"))
    }

    /// Whether `messaging_product` is `whatsapp`, as some edges demand.
    pub(crate) fn product(&self) -> Result<(), GraphError> {
        match self.text("messaging_product")?.as_deref() {
            Some("whatsapp") => Ok(()),
            Some(_) => Err(must_be("messaging_product", "whatsapp")),
            None => Err(required("messaging_product")),
        }
    }
}

/// The refusal for a parameter that is missing.
pub(crate) fn required(name: &str) -> GraphError {
    GraphError::plain(400, 100, format!("(#100) The parameter {name} is required"))
}

/// The refusal for a parameter that is not `what` it must be.
pub(crate) fn must_be(name: &str, what: &str) -> GraphError {
    GraphError::plain(400, 100, format!("(#100) Param {name} must be {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(uri: &str, body: &'static str) -> Params {
        Params::read(&uri.parse().unwrap(), &Bytes::from(body))
    }

    #[test]
    fn query_form_and_json_are_read_alike() {
        for params in [
            params("/a?ids=%5B%221%22,%222%22%5D&on=true&n=7", ""),
            params("/a", "ids=1,2&on=1&n=7"),
            params("/a?n=8", r#"{"ids": ["1", 2], "on": true, "n": 7}"#),
        ] {
            assert_eq!(params.list("ids").unwrap().unwrap(), ["1", "2"]);
            assert_eq!(params.boolean("on").unwrap(), Some(true));
            assert_eq!(params.integer("n").unwrap(), Some(7));
            assert_eq!(params.text("n").unwrap().as_deref(), Some("7"));
            assert!(params.required_text("missing").is_err());
        }
    }
}
