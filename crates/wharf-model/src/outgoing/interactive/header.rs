//! The header of an interactive message.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::outgoing::invalid::{InvalidMessage, required};
use crate::outgoing::limits;
use crate::outgoing::media::{MediaObject, MediaSource};
use crate::outgoing::read::Object;

/// The header of an interactive message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// A text of 1 to 60 characters.
    Text(HeaderText),
    /// A picture, video or document.
    Media {
        /// Which of the three.
        kind: HeaderMedia,
        /// Where the bytes come from.
        source: MediaSource,
    },
}

/// The text of a header, 1 to 60 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderText(String);

/// The kinds of media that a header may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderMedia {
    /// Picture.
    Image,
    /// Video.
    Video,
    /// Document.
    Document,
}

impl Header {
    /// A text of 1 to 60 characters.
    pub fn text(text: impl Into<String>) -> Result<Self, InvalidMessage> {
        let field = "/interactive/header/text";
        Ok(Self::Text(HeaderText(required(
            text.into(),
            limits::HEADER_TEXT,
            field,
        )?)))
    }

    /// A picture.
    pub fn image(source: impl Into<MediaSource>) -> Self {
        Self::Media {
            kind: HeaderMedia::Image,
            source: source.into(),
        }
    }

    /// A video.
    pub fn video(source: impl Into<MediaSource>) -> Self {
        Self::Media {
            kind: HeaderMedia::Video,
            source: source.into(),
        }
    }

    /// A document.
    pub fn document(source: impl Into<MediaSource>) -> Self {
        Self::Media {
            kind: HeaderMedia::Document,
            source: source.into(),
        }
    }

    /// Meta's `header.type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Media { kind, .. } => kind.as_str(),
        }
    }

    pub(super) fn read(value: &Value, at: &str) -> Result<Self, InvalidMessage> {
        let kind = match value.get("type").and_then(Value::as_str) {
            Some("text") => {
                let object = Object::new(value, at.to_owned(), &["type", "text"])?;
                return Self::text(object.require_text("text")?);
            }
            Some("image") => HeaderMedia::Image,
            Some("video") => HeaderMedia::Video,
            Some("document") => HeaderMedia::Document,
            Some(_) => {
                let reason = "none of text, image, video and document";
                return Err(InvalidMessage::invalid(format!("{at}/type"), reason));
            }
            None => return Err(InvalidMessage::missing(format!("{at}/type"))),
        };
        let object = Object::new(value, at.to_owned(), &["type", kind.as_str()])?;
        let media = object.require_child(kind.as_str(), &["id", "link"])?;
        Ok(Self::Media {
            kind,
            source: MediaSource::read(&media)?,
        })
    }
}

impl HeaderText {
    /// A text whose length has been checked.
    pub(super) fn from_checked(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl HeaderMedia {
    /// The kind as Meta writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Document => "document",
        }
    }
}

impl Serialize for Header {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", self.kind())?;
        match self {
            Self::Text(text) => map.serialize_entry("text", text.as_str())?,
            Self::Media { kind, source } => {
                map.serialize_entry(kind.as_str(), &MediaObject::from(source))?;
            }
        }
        map.end()
    }
}
