//! A button that opens a URL.

use serde::Serialize;
use serde::ser::Serializer;

use crate::outgoing::invalid::{InvalidMessage, required};
use crate::outgoing::limits;
use crate::outgoing::media::Link;
use crate::outgoing::read::Object;

/// A button that opens a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CtaUrl {
    display_text: String,
    url: Link,
}

impl CtaUrl {
    /// A label of 1 to 20 characters, and an `http` or `https` URL.
    pub fn new(
        display_text: impl Into<String>,
        url: impl Into<String>,
    ) -> Result<Self, InvalidMessage> {
        let field = "/parameters/display_text";
        let display_text = required(display_text.into(), limits::CTA_TEXT, field)?;
        let url = Link::new(url, "/parameters/url")?;
        Ok(Self { display_text, url })
    }

    /// The label.
    pub fn display_text(&self) -> &str {
        &self.display_text
    }

    /// Where the button leads.
    pub fn url(&self) -> &Link {
        &self.url
    }

    pub(super) fn read(interactive: &Object<'_>) -> Result<Self, InvalidMessage> {
        Self::read_action(&interactive.require_child("action", &["name", "parameters"])?)
    }

    /// Reads the action of a message or of a card.
    pub(super) fn read_action(action: &Object<'_>) -> Result<Self, InvalidMessage> {
        if action.text("name")?.is_some_and(|name| name != "cta_url") {
            return Err(action.invalid("name", "not `cta_url`"));
        }
        let parameters = action.require_child("parameters", &["display_text", "url"])?;
        Self::new(
            parameters.require_text("display_text")?,
            parameters.require_text("url")?,
        )
        .map_err(|fault| fault.within(action.at()))
    }
}

impl Serialize for CtaUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            name: &'static str,
            parameters: Parameters<'a>,
        }
        #[derive(Serialize)]
        struct Parameters<'a> {
            display_text: &'a str,
            url: &'a Link,
        }
        Wire {
            name: "cta_url",
            parameters: Parameters {
                display_text: &self.display_text,
                url: &self.url,
            },
        }
        .serialize(serializer)
    }
}
