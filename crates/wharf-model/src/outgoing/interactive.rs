//! Interactive messages: what the user answers with a tap.

mod action;
mod address;
mod buttons;
mod carousel;
mod catalog;
mod cta_url;
mod flow;
mod header;
mod list;
pub(crate) mod voice_call;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::invalid::{InvalidMessage, required};
use super::limits;
use super::read::Object;

pub use action::Action;
pub use address::{AddressField, AddressRequest, SavedAddress};
pub use buttons::{Buttons, ReplyButton};
pub use carousel::{CardAction, Cards, Carousel, MediaCard};
pub use catalog::{CatalogMessage, ProductList};
pub use cta_url::CtaUrl;
pub use flow::{FlowMessage, FlowMode, FlowRef, FlowScreen, FlowStart};
pub use header::{Header, HeaderMedia, HeaderText};
pub use list::{List, ListRow, ListSection};
pub use voice_call::VoiceCall;

/// A message that the user answers with a tap.
///
/// See [Cloud API/Send messages] and the page of each [`Action`].
///
/// ```
/// use wharf_model::outgoing::{Buttons, Interactive, ReplyButton};
///
/// let yes = ReplyButton::new("yes", "Yes")?;
/// let no = ReplyButton::new("no", "No")?;
/// let message = Interactive::new("Is it raining?", Buttons::new(vec![yes, no])?)?
///     .footer("Weather desk")?;
/// assert_eq!(message.kind(), "button");
///
/// let fault = ReplyButton::new("id", "a title of over 20 characters").unwrap_err();
/// assert_eq!(fault.field(), "/reply/title");
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Interactive {
    header: Option<Header>,
    body: Option<String>,
    footer: Option<String>,
    action: Action,
}

impl Interactive {
    /// A body of 1 to 1024 characters (list: 4096), and what the user may tap.
    pub fn new(body: impl Into<String>, action: impl Into<Action>) -> Result<Self, InvalidMessage> {
        let action = action.into();
        let body = required(body.into(), action.body_limit(), "/interactive/body/text")?;
        Ok(Self::with(Some(body), action))
    }

    /// What the user may tap without a body: one product, or the request for a call permission.
    pub fn without_body(action: impl Into<Action>) -> Result<Self, InvalidMessage> {
        let action = action.into();
        if !action.body_is_optional() {
            return Err(InvalidMessage::missing("/interactive/body"));
        }
        Ok(Self::with(None, action))
    }

    fn with(body: Option<String>, action: Action) -> Self {
        let header = match &action {
            Action::ProductList(list) => Some(Header::Text(list.header().clone())),
            _ => None,
        };
        Self {
            header,
            body,
            footer: None,
            action,
        }
    }

    /// Adds a header, of the kinds that the action takes.
    pub fn header(mut self, header: Header) -> Result<Self, InvalidMessage> {
        self.action.check_header(&header)?;
        if let (Action::ProductList(list), Header::Text(text)) = (&mut self.action, &header) {
            list.set_header(text.clone());
        }
        self.header = Some(header);
        Ok(self)
    }

    /// Adds a footer of 1 to 60 characters, if the action takes one.
    pub fn footer(mut self, footer: impl Into<String>) -> Result<Self, InvalidMessage> {
        if !self.action.takes_footer() {
            let reason = "this kind of message takes no footer";
            return Err(InvalidMessage::invalid("/interactive/footer", reason));
        }
        let field = "/interactive/footer/text";
        self.footer = Some(required(footer.into(), limits::FOOTER, field)?);
        Ok(self)
    }

    /// Meta's `interactive.type`.
    pub fn kind(&self) -> &'static str {
        self.action.kind()
    }

    /// The body, which only one product and the request for a call permission may lack.
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// What the user may tap.
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// The header, if there is one.
    pub fn header_part(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// The footer, if there is one.
    pub fn footer_text(&self) -> Option<&str> {
        self.footer.as_deref()
    }

    pub(crate) fn read(value: &Value) -> Result<Self, InvalidMessage> {
        let known = ["type", "header", "body", "footer", "action"];
        let object = Object::new(value, "/interactive", &known)?;
        let action = Action::read(&object)?;
        let mut interactive = match object.child("body", &["text"])? {
            Some(body) => Self::new(body.require_text("text")?, action)?,
            None => Self::without_body(action)?,
        };
        if let Some(header) = object.get("header") {
            interactive = interactive.header(Header::read(header, "/interactive/header")?)?;
        }
        if let Some(footer) = object.child("footer", &["text"])? {
            interactive = interactive.footer(footer.require_text("text")?)?;
        }
        Ok(interactive)
    }
}

impl Serialize for Interactive {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", self.kind())?;
        if let Some(header) = &self.header {
            map.serialize_entry("header", header)?;
        }
        if let Some(text) = &self.body {
            map.serialize_entry("body", &TextPart { text })?;
        }
        if let Some(text) = &self.footer {
            map.serialize_entry("footer", &TextPart { text })?;
        }
        map.serialize_entry("action", &self.action)?;
        map.end()
    }
}

#[derive(serde::Serialize)]
struct TextPart<'a> {
    text: &'a str,
}
