//! The header of a template.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::example::Examples;
use super::fields::{Fields, put, put_some, take};

/// The header of a template: a text with at most one variable, media, a place or a product.
///
/// See [Cloud API/Template components].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Header {
    /// What it shows; absent in old templates, where it is a text.
    pub format: Option<HeaderFormat>,
    /// The text, with `{{…}}` for the variable.
    pub text: Option<String>,
    /// The sample value of the variable.
    pub examples: Option<Examples>,
    /// The sample media: handles of uploads, or when read the addresses of the files.
    pub media: Option<Vec<String>>,
    /// Whatever else Meta said, as it came.
    pub other: Map<String, Value>,
}

/// What a header shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum HeaderFormat {
    /// A text.
    Text,
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A document.
    Document,
    /// A moving picture (Marketing Messages API only).
    Gif,
    /// A point on the map.
    Location,
    /// A product of the catalogue.
    Product,
    /// A format that is not in Meta's list.
    Unknown(String),
}

impl Header {
    /// A text of 1 to 60 characters.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            format: Some(HeaderFormat::Text),
            text: Some(text.into()),
            ..Self::default()
        }
    }

    /// A text with one variable and its sample value.
    pub fn text_with(text: impl Into<String>, examples: Examples) -> Self {
        Self {
            examples: Some(examples),
            ..Self::text(text)
        }
    }

    /// Media with the upload handle of a sample.
    pub fn media(format: HeaderFormat, handle: impl Into<String>) -> Self {
        Self {
            format: Some(format),
            media: Some(vec![handle.into()]),
            ..Self::default()
        }
    }

    /// A point on the map.
    pub fn location() -> Self {
        Self {
            format: Some(HeaderFormat::Location),
            ..Self::default()
        }
    }

    /// A product of the catalogue.
    pub fn product() -> Self {
        Self {
            format: Some(HeaderFormat::Product),
            ..Self::default()
        }
    }

    /// What it shows: a text where nothing is said.
    pub fn shows(&self) -> &HeaderFormat {
        self.format.as_ref().unwrap_or(&HeaderFormat::Text)
    }

    pub(super) fn read(mut map: Fields) -> Self {
        let examples = Examples::take_header(&mut map);
        let media = take_media(&mut map);
        Self {
            format: take(&mut map, "format"),
            text: take(&mut map, "text"),
            examples,
            media,
            other: map,
        }
    }

    pub(super) fn write(self) -> Fields {
        let mut map = self.other;
        put_some(&mut map, "format", self.format);
        put_some(&mut map, "text", self.text);
        if let Some(examples) = self.examples {
            examples.put_header(&mut map);
        }
        if let Some(handles) = self.media {
            let mut example = Map::new();
            put(&mut example, "header_handle", handles);
            map.insert("example".to_owned(), Value::Object(example));
        }
        map
    }
}

fn take_media(map: &mut Fields) -> Option<Vec<String>> {
    let example = map.get("example")?.as_object()?;
    if example.len() != 1 {
        return None;
    }
    let handles = take(&mut example.clone(), "header_handle")?;
    map.remove("example");
    Some(handles)
}

impl HeaderFormat {
    /// The format as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text => "TEXT",
            Self::Image => "IMAGE",
            Self::Video => "VIDEO",
            Self::Document => "DOCUMENT",
            Self::Gif => "GIF",
            Self::Location => "LOCATION",
            Self::Product => "PRODUCT",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for HeaderFormat {
    fn from(text: String) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "TEXT" => Self::Text,
            "IMAGE" => Self::Image,
            "VIDEO" => Self::Video,
            "DOCUMENT" => Self::Document,
            "GIF" => Self::Gif,
            "LOCATION" => Self::Location,
            "PRODUCT" => Self::Product,
            _ => Self::Unknown(text),
        }
    }
}

impl From<HeaderFormat> for String {
    fn from(format: HeaderFormat) -> String {
        match format {
            HeaderFormat::Unknown(text) => text,
            known => known.as_str().to_owned(),
        }
    }
}
