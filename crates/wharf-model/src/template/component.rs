//! The components of a template.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::body::{Body, Footer, LimitedTimeOffer};
use super::button::Button;
use super::fields::{Fields, put, take, take_type};
use super::header::Header;

/// A component of a template.
///
/// See [Cloud API/Template components]. Reading one never fails: what Meta invents is kept and
/// written back as it came, only `type` and other names of Meta's always in upper case.
///
/// ```
/// use wharf_model::template::Component;
///
/// let component: Component = serde_json::from_str(r#"{"type": "POLL", "options": 2}"#)?;
/// assert_eq!(component.kind(), "POLL");
/// assert_eq!(serde_json::to_string(&component)?, r#"{"options":2,"type":"POLL"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value", into = "Value")]
#[non_exhaustive]
pub enum Component {
    /// Above the body.
    Header(Header),
    /// The text.
    Body(Body),
    /// Below the body.
    Footer(Footer),
    /// One to ten buttons.
    Buttons(Vec<Button>),
    /// Two to ten cards.
    Carousel(Vec<Card>),
    /// The heading of an offer.
    LimitedTimeOffer(LimitedTimeOffer),
    /// Asks for the permission to call.
    CallPermissionRequest,
    /// A kind that is not in Meta's list, or one whose parts are not as documented.
    Unknown(Value),
}

/// A card of a carousel.
///
/// See [Cloud API/Media card carousel templates] and [Cloud API/Product card carousel templates].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Fields", into = "Fields")]
pub struct Card {
    /// A header, maybe a body, and buttons: the same shape on each card.
    pub components: Vec<Component>,
    /// Whatever else Meta said, as it came.
    pub other: Map<String, Value>,
}

impl Component {
    /// Meta's `type`.
    pub fn kind(&self) -> &str {
        match self {
            Self::Header(_) => "HEADER",
            Self::Body(_) => "BODY",
            Self::Footer(_) => "FOOTER",
            Self::Buttons(_) => "BUTTONS",
            Self::Carousel(_) => "CAROUSEL",
            Self::LimitedTimeOffer(_) => "LIMITED_TIME_OFFER",
            Self::CallPermissionRequest => "CALL_PERMISSION_REQUEST",
            Self::Unknown(value) => value
                .get("type")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        }
    }
}

impl Card {
    /// A card of a header, maybe a body, and buttons.
    pub fn new(components: Vec<Component>) -> Self {
        Self {
            components,
            other: Map::new(),
        }
    }
}

impl From<Value> for Component {
    fn from(value: Value) -> Self {
        let Value::Object(mut map) = value else {
            return Self::Unknown(value);
        };
        if take_type(&mut map, "HEADER") {
            Self::Header(Header::read(map))
        } else if take_type(&mut map, "BODY") {
            Self::Body(Body::read(map))
        } else if take_type(&mut map, "FOOTER") {
            Self::Footer(Footer::read(map))
        } else {
            Self::read_list(map)
        }
    }
}

impl Component {
    /// The kinds that have one key beside `type`; with another one they are kept as they came.
    fn read_list(map: Fields) -> Self {
        let mut rest = map.clone();
        let found = if take_type(&mut rest, "BUTTONS") {
            take(&mut rest, "buttons").map(Self::Buttons)
        } else if take_type(&mut rest, "CAROUSEL") {
            take(&mut rest, "cards").map(Self::Carousel)
        } else if take_type(&mut rest, "LIMITED_TIME_OFFER") {
            take(&mut rest, "limited_time_offer").map(Self::LimitedTimeOffer)
        } else if take_type(&mut rest, "CALL_PERMISSION_REQUEST") {
            Some(Self::CallPermissionRequest)
        } else {
            None
        };
        found
            .filter(|_| rest.is_empty())
            .unwrap_or(Self::Unknown(Value::Object(map)))
    }
}

impl From<Component> for Value {
    fn from(component: Component) -> Value {
        let kind = component.kind().to_owned();
        let mut map = match component {
            Component::Header(header) => header.write(),
            Component::Body(body) => body.write(),
            Component::Footer(footer) => footer.write(),
            Component::Buttons(buttons) => only("buttons", buttons),
            Component::Carousel(cards) => only("cards", cards),
            Component::LimitedTimeOffer(offer) => only("limited_time_offer", offer),
            Component::CallPermissionRequest => Map::new(),
            Component::Unknown(value) => return value,
        };
        put(&mut map, "type", kind);
        Value::Object(map)
    }
}

fn only(key: &str, value: impl Serialize) -> Fields {
    let mut map = Map::new();
    put(&mut map, key, value);
    map
}

impl From<Fields> for Card {
    fn from(mut map: Fields) -> Self {
        Self {
            components: take(&mut map, "components").unwrap_or_default(),
            other: map,
        }
    }
}

impl From<Card> for Fields {
    fn from(card: Card) -> Fields {
        let mut map = card.other;
        // What is no list stands among the rest, as it came.
        if !map.contains_key("components") {
            put(&mut map, "components", card.components);
        }
        map
    }
}

impl From<Header> for Component {
    fn from(header: Header) -> Self {
        Self::Header(header)
    }
}

impl From<Body> for Component {
    fn from(body: Body) -> Self {
        Self::Body(body)
    }
}

impl From<Footer> for Component {
    fn from(footer: Footer) -> Self {
        Self::Footer(footer)
    }
}

impl From<LimitedTimeOffer> for Component {
    fn from(offer: LimitedTimeOffer) -> Self {
        Self::LimitedTimeOffer(offer)
    }
}
