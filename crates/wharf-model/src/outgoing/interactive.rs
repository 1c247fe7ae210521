//! Interactive messages: reply buttons, a list, or a link button.

mod buttons;
mod cta_url;
mod header;
mod list;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::invalid::{InvalidMessage, required};
use super::limits;
use super::read::Object;

pub use buttons::{Buttons, ReplyButton};
pub use cta_url::CtaUrl;
pub use header::{Header, HeaderMedia, HeaderText};
pub use list::{List, ListRow, ListSection};

/// A message that the user answers with a tap.
///
/// See [Cloud API/Interactive reply buttons messages], [Cloud API/Interactive list messages] and
/// [Cloud API/Interactive CTA URL button messages].
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interactive {
    header: Option<Header>,
    body: String,
    footer: Option<String>,
    action: Action,
}

/// What the user may tap.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// One to three reply buttons.
    Buttons(Buttons),
    /// A list of up to ten rows.
    List(List),
    /// A button that opens a URL.
    CtaUrl(CtaUrl),
}

impl Interactive {
    /// A body of 1 to 1024 characters (list: 4096), and what the user may tap.
    pub fn new(body: impl Into<String>, action: impl Into<Action>) -> Result<Self, InvalidMessage> {
        let action = action.into();
        let limit = match action {
            Action::List(_) => limits::LIST_BODY,
            Action::Buttons(_) | Action::CtaUrl(_) => limits::INTERACTIVE_BODY,
        };
        let body = required(body.into(), limit, "/interactive/body/text")?;
        Ok(Self {
            header: None,
            body,
            footer: None,
            action,
        })
    }

    /// Adds a header; a list takes only a text.
    pub fn header(mut self, header: Header) -> Result<Self, InvalidMessage> {
        if matches!(
            (&self.action, &header),
            (Action::List(_), Header::Media { .. })
        ) {
            let field = "/interactive/header/type";
            return Err(InvalidMessage::invalid(
                field,
                "a list takes only a text header",
            ));
        }
        self.header = Some(header);
        Ok(self)
    }

    /// Adds a footer of 1 to 60 characters.
    pub fn footer(mut self, footer: impl Into<String>) -> Result<Self, InvalidMessage> {
        let field = "/interactive/footer/text";
        self.footer = Some(required(footer.into(), limits::FOOTER, field)?);
        Ok(self)
    }

    /// Meta's `interactive.type`.
    pub fn kind(&self) -> &'static str {
        match self.action {
            Action::Buttons(_) => "button",
            Action::List(_) => "list",
            Action::CtaUrl(_) => "cta_url",
        }
    }

    /// The body.
    pub fn body(&self) -> &str {
        &self.body
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
        let action = match object.require_text("type")? {
            "button" => Action::Buttons(Buttons::read(&object)?),
            "list" => Action::List(List::read(&object)?),
            "cta_url" => Action::CtaUrl(CtaUrl::read(&object)?),
            kind => {
                return Err(InvalidMessage::Unsupported {
                    field: object.pointer("type"),
                    kind: kind.to_owned(),
                });
            }
        };
        let body = object.require_child("body", &["text"])?;
        let mut interactive = Self::new(body.require_text("text")?, action)?;
        if let Some(header) = object.get("header") {
            interactive = interactive.header(Header::read(header)?)?;
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
        map.serialize_entry("body", &TextPart { text: &self.body })?;
        if let Some(text) = &self.footer {
            map.serialize_entry("footer", &TextPart { text })?;
        }
        match &self.action {
            Action::Buttons(buttons) => map.serialize_entry("action", buttons)?,
            Action::List(list) => map.serialize_entry("action", list)?,
            Action::CtaUrl(link) => map.serialize_entry("action", link)?,
        }
        map.end()
    }
}

#[derive(serde::Serialize)]
struct TextPart<'a> {
    text: &'a str,
}

impl From<Buttons> for Action {
    fn from(buttons: Buttons) -> Self {
        Self::Buttons(buttons)
    }
}

impl From<List> for Action {
    fn from(list: List) -> Self {
        Self::List(list)
    }
}

impl From<CtaUrl> for Action {
    fn from(link: CtaUrl) -> Self {
        Self::CtaUrl(link)
    }
}
