//! Values of a template's header and body.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::ids::GroupId;
use crate::outgoing::invalid::{InvalidMessage, bounded, counted, required};
use crate::outgoing::limits;
use crate::outgoing::location::Location;
use crate::outgoing::media::{MediaObject, MediaSource};
use crate::outgoing::product::Product;
use crate::outgoing::read::Object;

/// A value of a template's header or body, checked when it is put into a template.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Parameter {
    /// A text: one line, no tab, at most four spaces in a row.
    Text {
        /// The variable's name, in a template with named ones.
        name: Option<String>,
        /// The text.
        text: String,
    },
    /// An amount of money; Meta no longer localises it.
    Currency(Currency),
    /// A date or time as text; Meta no longer localises it.
    DateTime {
        /// The text.
        fallback_value: String,
    },
    /// A picture (header).
    Image(MediaSource),
    /// A video (header).
    Video(MediaSource),
    /// A moving picture (header): MP4 of at most 3.5 MB, only as a marketing message.
    ///
    /// See [Cloud API/Send marketing messages].
    Gif(MediaSource),
    /// A document (header).
    Document {
        /// Where the bytes come from.
        source: MediaSource,
        /// The file name, if there is one.
        filename: Option<String>,
    },
    /// A point on the map (header).
    Location(Location),
    /// A product of a catalogue (header).
    Product(Product),
    /// A group, whose invite link is put in at delivery (body).
    Group(GroupId),
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Currency {
    /// The amount as text, which is what the user sees.
    pub fallback_value: String,
    /// ISO 4217 code.
    pub code: String,
    /// The amount times a thousand.
    pub amount_1000: i64,
}

/// The keys that a value may have beside its `type`.
const KEYS: [&str; 11] = [
    "text",
    "parameter_name",
    "currency",
    "date_time",
    "image",
    "video",
    "gif",
    "document",
    "location",
    "product",
    "group_id",
];

impl Parameter {
    /// A text by position.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text {
            name: None,
            text: text.into(),
        }
    }

    /// A text by the name of its variable.
    pub fn named(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Text {
            name: Some(name.into()),
            text: text.into(),
        }
    }

    /// Meta's `type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Currency(_) => "currency",
            Self::DateTime { .. } => "date_time",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Gif(_) => "gif",
            Self::Document { .. } => "document",
            Self::Location(_) => "location",
            Self::Product(_) => "product",
            Self::Group(_) => "group_id",
        }
    }

    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Text { name, .. } => name.as_deref(),
            _ => None,
        }
    }

    /// Whether it is a value of a header, else of a body; a text may be of either.
    fn is_for_header(&self) -> Option<bool> {
        match self {
            Self::Text { .. } | Self::Currency(_) | Self::DateTime { .. } => None,
            Self::Group(_) => Some(false),
            Self::Image(_)
            | Self::Video(_)
            | Self::Gif(_)
            | Self::Document { .. }
            | Self::Location(_)
            | Self::Product(_) => Some(true),
        }
    }

    /// Checks a value, with pointers from the value itself.
    fn check(&self, limit: usize, named: bool) -> Result<(), InvalidMessage> {
        match self {
            Self::Text { name, text } => {
                if named {
                    let name = name.clone().unwrap_or_default();
                    required(name, limits::TEMPLATE_NAME, "/parameter_name")?;
                }
                check_text(text, limit, "/text")
            }
            Self::Currency(currency) => {
                check_text(&currency.fallback_value, limit, "/currency/fallback_value")?;
                let code = currency.code.as_bytes();
                if code.len() != 3 || !code.iter().all(u8::is_ascii_alphabetic) {
                    return Err(InvalidMessage::invalid(
                        "/currency/code",
                        "not three letters",
                    ));
                }
                Ok(())
            }
            Self::DateTime { fallback_value } => {
                check_text(fallback_value, limit, "/date_time/fallback_value")
            }
            Self::Document {
                filename: Some(name),
                ..
            } => bounded(name.clone(), limits::FILENAME, "/document/filename").map(drop),
            Self::Image(_)
            | Self::Video(_)
            | Self::Gif(_)
            | Self::Product(_)
            | Self::Document { .. }
            | Self::Location(_)
            | Self::Group(_) => Ok(()),
        }
    }

    fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let kind = object.require_text("type")?;
        let value = Self::read_value(object, kind)?;
        let stray = |key: &&&str| {
            let named = kind == "text" && **key == "parameter_name";
            !named && **key != kind && object.get(key).is_some()
        };
        match KEYS.iter().find(stray) {
            Some(key) => Err(object.invalid(key, "stands beside another kind of value")),
            None => Ok(value),
        }
    }

    fn read_value(object: &Object<'_>, kind: &str) -> Result<Self, InvalidMessage> {
        let source = |keys: &[&str]| object.require_child(kind, keys);
        Ok(match kind {
            "text" => Self::Text {
                name: object.owned("parameter_name")?,
                text: object.require_text("text")?.to_owned(),
            },
            "currency" => {
                let money = source(&["fallback_value", "code", "amount_1000"])?;
                let amount = money.text_or_number("amount_1000")?;
                let amount =
                    amount.ok_or_else(|| InvalidMessage::missing(money.pointer("amount_1000")))?;
                Self::Currency(Currency {
                    fallback_value: money.require_text("fallback_value")?.to_owned(),
                    code: money.require_text("code")?.to_owned(),
                    amount_1000: amount
                        .parse()
                        .map_err(|_| money.invalid("amount_1000", "not a whole number"))?,
                })
            }
            "date_time" => {
                let time = source(&["fallback_value"])?;
                Self::DateTime {
                    fallback_value: time.require_text("fallback_value")?.to_owned(),
                }
            }
            "image" => Self::Image(MediaSource::read(&source(&["id", "link"])?)?),
            "video" => Self::Video(MediaSource::read(&source(&["id", "link"])?)?),
            "gif" => Self::Gif(MediaSource::read(&source(&["id", "link"])?)?),
            "document" => {
                let document = source(&["id", "link", "filename"])?;
                Self::Document {
                    source: MediaSource::read(&document)?,
                    filename: document.owned("filename")?,
                }
            }
            "location" => {
                Self::Location(Location::read(object.require(kind)?, object.pointer(kind))?)
            }
            "product" => Self::Product(Product::read(&source(Product::KEYS)?)?),
            "group_id" => Self::Group(object.require_id("group_id")?),
            _ => {
                return Err(InvalidMessage::Unsupported {
                    field: object.pointer("type"),
                    kind: kind.to_owned(),
                });
            }
        })
    }
}

pub(super) fn read_all(component: &Object<'_>) -> Result<Vec<Parameter>, InvalidMessage> {
    let known: Vec<&str> = std::iter::once("type").chain(KEYS).collect();
    component.each("parameters", &known, Parameter::read)
}

/// Checks the one value of a header, with pointers from the component.
pub(super) fn check_header(parameters: &[Parameter]) -> Result<(), InvalidMessage> {
    counted(
        parameters.len(),
        limits::TEMPLATE_HEADER_PARAMETERS,
        "/parameters",
    )?;
    check_all(parameters, true, limits::TEMPLATE_HEADER_TEXT)
}

/// Checks the values of a body, with pointers from the component.
pub(super) fn check_body(parameters: &[Parameter], limit: usize) -> Result<(), InvalidMessage> {
    counted(parameters.len(), limits::TEMPLATE_PARAMETERS, "/parameters")?;
    check_all(parameters, false, limit)
}

fn check_all(parameters: &[Parameter], header: bool, limit: usize) -> Result<(), InvalidMessage> {
    let named = parameters
        .iter()
        .any(|parameter| parameter.name().is_some());
    for (index, parameter) in parameters.iter().enumerate() {
        let at = format!("/parameters/{index}");
        if parameter.is_for_header().is_some_and(|is| is != header) {
            let reason = "a kind of value that this component does not take";
            return Err(InvalidMessage::invalid(format!("{at}/type"), reason));
        }
        parameter
            .check(limit, named)
            .map_err(|fault| fault.within(&at))?;
    }
    Ok(())
}

pub(super) fn check_text(text: &str, limit: usize, field: &str) -> Result<(), InvalidMessage> {
    required(text.to_owned(), limit, field)?;
    if text.contains(['\n', '\r', '\t']) {
        return Err(InvalidMessage::invalid(
            field,
            "holds a line break or a tab",
        ));
    }
    if text.contains(&" ".repeat(limits::TEMPLATE_SPACES + 1)) {
        return Err(InvalidMessage::invalid(
            field,
            "holds more than four spaces in a row",
        ));
    }
    Ok(())
}

impl Serialize for Parameter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fallback<'a> {
            fallback_value: &'a str,
        }
        let mut map = serializer.serialize_map(None)?;
        let kind = self.kind();
        map.serialize_entry("type", kind)?;
        match self {
            Self::Text { name, text } => {
                if let Some(name) = name {
                    map.serialize_entry("parameter_name", name)?;
                }
                map.serialize_entry(kind, text)?;
            }
            Self::Currency(currency) => map.serialize_entry(kind, currency)?,
            Self::DateTime { fallback_value } => {
                map.serialize_entry(kind, &Fallback { fallback_value })?;
            }
            Self::Image(source) | Self::Video(source) | Self::Gif(source) => {
                map.serialize_entry(kind, &MediaObject::from(source))?;
            }
            Self::Document { source, filename } => {
                let filename = filename.as_deref();
                map.serialize_entry(
                    kind,
                    &MediaObject {
                        filename,
                        ..source.into()
                    },
                )?;
            }
            Self::Location(location) => map.serialize_entry(kind, location)?,
            Self::Product(product) => map.serialize_entry(kind, product)?,
            Self::Group(group) => map.serialize_entry(kind, group)?,
        }
        map.end()
    }
}
