//! Values of a template's header and body.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::ids::GroupId;
use crate::outgoing::invalid::{InvalidMessage, bounded, required};
use crate::outgoing::limits;
use crate::outgoing::location::Location;
use crate::outgoing::media::{MediaObject, MediaSource};
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

/// A product of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Product {
    /// The product's id at the business.
    pub product_retailer_id: String,
    /// The catalogue.
    pub catalog_id: String,
}

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
            Self::Document { .. } => "document",
            Self::Location(_) => "location",
            Self::Product(_) => "product",
            Self::Group(_) => "group_id",
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Text { name, .. } => name.as_deref(),
            _ => None,
        }
    }

    /// Checks a value, with pointers from the value itself.
    pub(super) fn check(&self, limit: usize, named: bool) -> Result<(), InvalidMessage> {
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
            Self::Product(product) => {
                for (text, field) in [
                    (&product.product_retailer_id, "/product/product_retailer_id"),
                    (&product.catalog_id, "/product/catalog_id"),
                ] {
                    required(text.clone(), limits::TEMPLATE_NAME, field)?;
                }
                Ok(())
            }
            Self::Image(_)
            | Self::Video(_)
            | Self::Document { .. }
            | Self::Location(_)
            | Self::Group(_) => Ok(()),
        }
    }

    fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let kind = object.require_text("type")?;
        let source = |keys: &[&str]| object.require_child(kind, keys);
        let strays = ["text", "parameter_name"]
            .iter()
            .find(|key| object.get(key).is_some());
        if let (Some(key), true) = (strays, kind != "text") {
            return Err(object.invalid(key, "stands beside another kind of value"));
        }
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
            "product" => {
                let product = source(&["product_retailer_id", "catalog_id"])?;
                Self::Product(Product {
                    product_retailer_id: product.require_text("product_retailer_id")?.to_owned(),
                    catalog_id: product.require_text("catalog_id")?.to_owned(),
                })
            }
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
    for key in ["sub_type", "index"] {
        if component.get(key).is_some() {
            return Err(component.invalid(key, "belongs to buttons only"));
        }
    }
    let known = [
        "type",
        "text",
        "parameter_name",
        "currency",
        "date_time",
        "image",
        "video",
        "document",
        "location",
        "product",
        "group_id",
    ];
    component.each("parameters", &known, Parameter::read)
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
            Self::Image(source) | Self::Video(source) => {
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
