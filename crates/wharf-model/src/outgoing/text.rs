//! Text messages.

use serde::Serialize;
use serde_json::Value;

use super::invalid::{InvalidMessage, required};
use super::limits;
use super::read::Object;

/// A text message.
///
/// See [Cloud API/Text messages].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    #[serde(skip_serializing_if = "Option::is_none")]
    preview_url: Option<bool>,
    body: String,
}

impl Text {
    /// A text of 1 to 4096 characters.
    pub fn new(body: impl Into<String>) -> Result<Self, InvalidMessage> {
        let body = required(body.into(), limits::TEXT_BODY, "/text/body")?;
        Ok(Self {
            preview_url: None,
            body,
        })
    }

    /// Asks for, or declines, a preview of the first link.
    #[must_use]
    pub fn preview_url(mut self, preview: bool) -> Self {
        self.preview_url = Some(preview);
        self
    }

    /// The text itself.
    pub fn body(&self) -> &str {
        &self.body
    }

    pub(crate) fn read(value: &Value) -> Result<Self, InvalidMessage> {
        let object = Object::new(value, "/text", &["body", "preview_url"])?;
        let mut text = Self::new(object.require_text("body")?)?;
        text.preview_url = object.flag("preview_url")?;
        Ok(text)
    }
}
