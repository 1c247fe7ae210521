//! The values of one part of a template.

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::TemplateButton;
use super::card::{self, Cards, TemplateCard};
use super::parameter::{self, Parameter};
use crate::outgoing::invalid::{InvalidMessage, counted, required};
use crate::outgoing::limits;
use crate::outgoing::media::Link;
use crate::outgoing::order::OrderUpdate;
use crate::outgoing::read::Object;

/// The values of one part of a template; a footer has none.
///
/// See [Cloud API/Templates].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Component {
    /// One text, media, location or product.
    Header(Vec<Parameter>),
    /// Texts, by position or by name.
    Body(Vec<Parameter>),
    /// The value of one button.
    Button(TemplateButton),
    /// Two to ten cards.
    Carousel(Vec<TemplateCard>),
    /// Until when a limited-time offer holds.
    ///
    /// See [Cloud API/Limited-time offer templates].
    LimitedTimeOffer(Timestamp),
    /// How an order stands.
    ///
    /// See [Cloud API/Payments].
    OrderStatus(OrderUpdate),
    /// The link that the whole message opens.
    TapTarget(TapTarget),
}

/// The link that a whole message opens, for templates with a URL button first, a picture or a text
/// as header or none, and accounts that Meta has approved for it.
///
/// See [Cloud API/Tap target URL title override].
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TapTarget {
    url: Link,
    title: String,
}

impl Component {
    /// Meta's `type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Header(_) => "header",
            Self::Body(_) => "body",
            Self::Button(_) => "button",
            Self::Carousel(_) => "carousel",
            Self::LimitedTimeOffer(_) => "limited_time_offer",
            Self::OrderStatus(_) => "order_status",
            Self::TapTarget(_) => "tap_target_configuration",
        }
    }

    /// Checks the part, with pointers from itself.
    pub(super) fn check(&self) -> Result<(), InvalidMessage> {
        match self {
            Self::Header(parameters) => parameter::check_header(parameters),
            Self::Body(parameters) => parameter::check_body(parameters, limits::TEMPLATE_BODY_TEXT),
            Self::Button(button) => button.check(),
            Self::Carousel(cards) => card::check(cards),
            Self::LimitedTimeOffer(_) | Self::OrderStatus(_) | Self::TapTarget(_) => Ok(()),
        }
    }
}

impl TapTarget {
    /// An `http` or `https` URL, and what is shown of it.
    pub fn new(url: impl Into<String>, title: impl Into<String>) -> Result<Self, InvalidMessage> {
        Ok(Self {
            url: Link::new(url, "/url")?,
            title: required(title.into(), limits::TAP_TARGET_TITLE, "/title")?,
        })
    }

    /// Where the message leads.
    pub fn url(&self) -> &Link {
        &self.url
    }

    /// What is shown of it.
    pub fn title(&self) -> &str {
        &self.title
    }
}

/// Checks that a part may stand beside the earlier ones, with pointers from the new part.
pub(super) fn check_new(earlier: &[Component], new: &Component) -> Result<(), InvalidMessage> {
    let Component::Button(button) = new else {
        if earlier.iter().any(|part| part.kind() == new.kind()) {
            return Err(InvalidMessage::invalid(
                "/type",
                "same kind as an earlier component",
            ));
        }
        return Ok(());
    };
    let same = |part: &Component| matches!(part, Component::Button(earlier) if earlier.index == button.index);
    if earlier.iter().any(same) {
        return Err(InvalidMessage::invalid(
            "/index",
            "same place as an earlier button",
        ));
    }
    Ok(())
}

pub(super) const KEYS: &[&str] = &["type", "sub_type", "index", "parameters", "cards"];

pub(super) fn read(object: &Object<'_>) -> Result<Component, InvalidMessage> {
    let kind = object.require_text("type")?.to_ascii_lowercase();
    for (key, owner) in [
        ("sub_type", "button"),
        ("index", "button"),
        ("cards", "carousel"),
    ] {
        if kind != owner && object.get(key).is_some() {
            return Err(object.invalid(key, "belongs to another kind of component"));
        }
    }
    Ok(match kind.as_str() {
        "header" => Component::Header(parameter::read_all(object)?),
        "body" => Component::Body(parameter::read_all(object)?),
        "button" => Component::Button(TemplateButton::read(object)?),
        "carousel" => {
            let known = ["card_index", "components"];
            Component::Carousel(object.each("cards", &known, TemplateCard::read)?)
        }
        "limited_time_offer" => {
            let offer = only_parameter(object, "limited_time_offer")?
                .require_child("limited_time_offer", &["expiration_time_ms"])?;
            let milliseconds = offer.require_number("expiration_time_ms")?;
            let time = Timestamp::from_millisecond(milliseconds)
                .map_err(|_| offer.invalid("expiration_time_ms", "not a time in milliseconds"))?;
            Component::LimitedTimeOffer(time)
        }
        "order_status" => {
            let update = only_parameter(object, "order_status")?
                .require_child("order_status", OrderUpdate::KEYS)?;
            Component::OrderStatus(OrderUpdate::read(&update)?)
        }
        "tap_target_configuration" => {
            let holder = only_parameter(object, "tap_target_configuration")?;
            let targets = holder.each("tap_target_configuration", &["url", "title"], |target| {
                TapTarget::new(target.require_text("url")?, target.require_text("title")?)
                    .map_err(|fault| fault.within(target.at()))
            })?;
            let field = holder.pointer("tap_target_configuration");
            counted(targets.len(), 1, &field)?;
            let target = targets.into_iter().next();
            Component::TapTarget(target.ok_or_else(|| InvalidMessage::missing(field))?)
        }
        _ => {
            return Err(InvalidMessage::Unsupported {
                field: object.pointer("type"),
                kind,
            });
        }
    })
}

/// The one parameter of a component whose parameter is of its own kind.
fn only_parameter<'a>(component: &Object<'a>, kind: &str) -> Result<Object<'a>, InvalidMessage> {
    component.only("parameters", &["type", kind], |parameter| {
        if parameter.require_text("type")? == kind {
            Ok(())
        } else {
            Err(parameter.invalid("type", "not the kind that this component takes"))
        }
    })
}

impl Serialize for Component {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        enum Special<'a> {
            LimitedTimeOffer {
                limited_time_offer: Offer,
            },
            OrderStatus {
                order_status: &'a OrderUpdate,
            },
            TapTargetConfiguration {
                tap_target_configuration: [&'a TapTarget; 1],
            },
        }
        #[derive(serde::Serialize)]
        struct Offer {
            expiration_time_ms: i64,
        }
        let mut map = serializer.serialize_map(None)?;
        if !matches!(self, Self::Button(_)) {
            map.serialize_entry("type", self.kind())?;
        }
        let special = match self {
            Self::Button(button) => {
                button.write(&mut map)?;
                return map.end();
            }
            Self::Header(parameters) | Self::Body(parameters) => {
                map.serialize_entry("parameters", parameters)?;
                return map.end();
            }
            Self::Carousel(cards) => {
                map.serialize_entry("cards", &Cards(cards))?;
                return map.end();
            }
            Self::LimitedTimeOffer(time) => Special::LimitedTimeOffer {
                limited_time_offer: Offer {
                    expiration_time_ms: time.as_millisecond(),
                },
            },
            Self::OrderStatus(order_status) => Special::OrderStatus { order_status },
            Self::TapTarget(target) => Special::TapTargetConfiguration {
                tap_target_configuration: [target],
            },
        };
        map.serialize_entry("parameters", &[special])?;
        map.end()
    }
}
