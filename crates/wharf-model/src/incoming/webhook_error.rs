//! Errors as they stand in a notification.

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::raw_object::RawObject;
use super::written::Written;
use crate::error::ErrorCode;

/// An error in a notification: of a message, a status, a call, or the whole value.
///
/// See [Cloud API/Error codes].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookError {
    /// The code: the one thing to decide by.
    pub code: ErrorCode,
    /// What the code means; may change.
    pub title: Option<String>,
    /// As a rule the title again.
    pub message: Option<String>,
    /// What exactly is wrong.
    pub details: Option<String>,
    /// Where it is documented.
    pub href: Option<String>,
}

impl WebhookError {
    /// Reads one error; `None` without a code.
    pub fn from_json(json: &str) -> Option<Self> {
        let object = RawObject::parse(json)?;
        let code = object.get::<i64>("code").or_else(|| {
            object
                .get::<&str>("code")
                .and_then(|code| code.parse().ok())
        })?;
        let details = object.raw("error_data").and_then(|data| {
            serde_json::from_str::<Data>(data.get())
                .map(|data| data.details)
                .or_else(|_| serde_json::from_str::<String>(data.get()).map(Some))
                .ok()
                .flatten()
        });
        Some(Self {
            code: ErrorCode(code),
            title: object.get("title"),
            message: object.get("message"),
            details,
            href: object.get("href"),
        })
    }

    /// Reads the `errors` of an object, leaving out what has no code.
    pub(crate) fn list(object: &RawObject<'_>) -> Vec<Self> {
        let errors: Vec<&serde_json::value::RawValue> = object.get("errors").unwrap_or_default();
        errors
            .iter()
            .filter_map(|error| Self::from_json(error.get()))
            .collect()
    }
}

impl Serialize for WebhookError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = self.details.as_ref().map(|details| Data {
            details: Some(details.clone()),
        });
        let mut object = Written::begin(serializer)?;
        object.entry("code", &self.code.0)?;
        object.optional("title", self.title.as_ref())?;
        object.optional("message", self.message.as_ref())?;
        object.optional("error_data", data.as_ref())?;
        object.optional("href", self.href.as_ref())?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for WebhookError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Value::deserialize(deserializer)?.to_string();
        Self::from_json(&json).ok_or_else(|| de::Error::custom("an error without a code"))
    }
}

#[derive(Serialize, Deserialize)]
struct Data {
    #[serde(default)]
    details: Option<String>,
}
