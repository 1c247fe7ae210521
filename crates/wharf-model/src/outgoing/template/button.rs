//! Values of a template's buttons.

use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::{Map, Value};

use super::parameter::check_text;
use crate::ids::ProductRetailerId;
use crate::outgoing::interactive::voice_call;
use crate::outgoing::invalid::{InvalidMessage, required};
use crate::outgoing::limits;
use crate::outgoing::order::OrderDetails;
use crate::outgoing::product::ProductSection;
use crate::outgoing::read::Object;

/// The value of one button of a template, checked when it is put into a template.
///
/// Buttons of other kinds take no value: those that open a fixed URL or a product, call a phone
/// number, or ask for contact info.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateButton {
    /// The button's place in the template, from 0.
    pub index: u8,
    /// Its value.
    pub value: ButtonValue,
}

/// What a button of a template takes.
///
/// See [Cloud API/Templates] and the page of each template family.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ButtonValue {
    /// Comes back when the user taps a quick reply.
    QuickReply(String),
    /// Is put at the end of the template's URL; for an authentication template the code.
    Url(String),
    /// The coupon code that a tap copies.
    CopyCode(String),
    /// Opens a flow.
    ///
    /// See [Cloud API/Flows/Sending a flow].
    Flow {
        /// What comes back with the answer.
        token: Option<String>,
        /// What the first screen shows.
        data: Option<Map<String, Value>>,
    },
    /// Opens the catalogue.
    ///
    /// See [Cloud API/Catalog templates].
    Catalog {
        /// The product whose picture is shown; the first one where nothing is said.
        thumbnail: Option<ProductRetailerId>,
    },
    /// Opens a list of products.
    ///
    /// See [Cloud API/Multi-product message templates].
    Mpm {
        /// The product whose picture is shown.
        thumbnail: ProductRetailerId,
        /// One to ten sections with thirty products at most in all.
        sections: Vec<ProductSection>,
    },
    /// Shows an order and takes the payment.
    ///
    /// See [Cloud API/Payments].
    OrderDetails(Box<OrderDetails>),
    /// Calls the business over WhatsApp.
    ///
    /// See [Cloud API/Call button messages and deep links].
    VoiceCall {
        /// For how many minutes the button works, 1 to 43200.
        ttl_minutes: Option<u32>,
        /// What the webhook of the call brings back, 1 to 512 characters.
        payload: Option<String>,
    },
}

impl ButtonValue {
    /// Meta's `sub_type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::QuickReply(_) => "quick_reply",
            Self::Url(_) => "url",
            Self::CopyCode(_) => "copy_code",
            Self::Flow { .. } => "flow",
            Self::Catalog { .. } => "catalog",
            Self::Mpm { .. } => "mpm",
            Self::OrderDetails(_) => "order_details",
            Self::VoiceCall { .. } => "voice_call",
        }
    }
}

impl TemplateButton {
    pub(super) fn check(&self) -> Result<(), InvalidMessage> {
        if usize::from(self.index) >= limits::TEMPLATE_BUTTONS {
            return Err(InvalidMessage::invalid("/index", "not between 0 and 9"));
        }
        match &self.value {
            ButtonValue::QuickReply(payload) => {
                let field = "/parameters/0/payload";
                required(payload.clone(), limits::TEMPLATE_PAYLOAD, field).map(drop)
            }
            ButtonValue::Url(text) => check_text(text, limits::URL, "/parameters/0/text"),
            ButtonValue::CopyCode(code) => {
                check_text(code, limits::COUPON_CODE, "/parameters/0/coupon_code")
            }
            ButtonValue::Flow { token, data } => {
                if let Some(token) = token {
                    let field = "/parameters/0/action/flow_token";
                    required(token.clone(), limits::FLOW_TOKEN, field)?;
                }
                if data.as_ref().is_some_and(Map::is_empty) {
                    let field = "/parameters/0/action/flow_action_data";
                    return Err(InvalidMessage::invalid(field, "an object without keys"));
                }
                Ok(())
            }
            ButtonValue::Mpm { sections, .. } => {
                ProductSection::check_all(sections, "/parameters/0/action/sections")
            }
            ButtonValue::VoiceCall {
                ttl_minutes,
                payload,
            } => {
                if let Some(minutes) = ttl_minutes {
                    voice_call::check_ttl(*minutes, "/parameters/0/ttl_minutes")?;
                }
                if let Some(payload) = payload {
                    let place = usize::from(ttl_minutes.is_some());
                    let field = format!("/parameters/{place}/payload");
                    required(payload.clone(), limits::CALL_PAYLOAD, &field)?;
                }
                Ok(())
            }
            ButtonValue::Catalog { .. } | ButtonValue::OrderDetails(_) => Ok(()),
        }
    }

    pub(super) fn read(component: &Object<'_>) -> Result<Self, InvalidMessage> {
        let sub_type = component.require_text("sub_type")?;
        // Meta's pages write the kinds of buttons in either case.
        let kind = sub_type.to_ascii_lowercase();
        let index = match component.text_or_number("index")? {
            Some(index) => index
                .parse()
                .map_err(|_| component.invalid("index", "not between 0 and 9"))?,
            // Meta's sample of a call button has none.
            None if kind == "voice_call" => 0,
            None => return Err(InvalidMessage::missing(component.pointer("index"))),
        };
        let one = |kind: &str, key: &str| {
            let parameter = component.only("parameters", &["type", key], |parameter| {
                is_kind(parameter, kind)
            })?;
            parameter.require_text(key).map(str::to_owned)
        };
        let value = match kind.as_str() {
            "quick_reply" => ButtonValue::QuickReply(one("payload", "payload")?),
            "url" => ButtonValue::Url(one("text", "text")?),
            "copy_code" => ButtonValue::CopyCode(one("coupon_code", "coupon_code")?),
            "flow" => read_flow(component)?,
            "catalog" => read_catalog(component)?,
            "mpm" => read_mpm(component)?,
            "order_details" => {
                let action = require_action(component, &["order_details"])?;
                let details = action.require_child("order_details", OrderDetails::KEYS)?;
                ButtonValue::OrderDetails(Box::new(OrderDetails::read(&details)?))
            }
            "voice_call" => read_call(component)?,
            _ => {
                return Err(InvalidMessage::Unsupported {
                    field: component.pointer("sub_type"),
                    kind: sub_type.to_owned(),
                });
            }
        };
        Ok(Self { index, value })
    }

    pub(super) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("type", "button")?;
        map.serialize_entry("sub_type", self.value.kind())?;
        map.serialize_entry("index", &self.index.to_string())?;
        let parameters = Wire::all(&self.value);
        if parameters.is_empty() {
            return Ok(());
        }
        map.serialize_entry("parameters", &parameters)
    }
}

fn is_kind(parameter: &Object<'_>, kind: &str) -> Result<(), InvalidMessage> {
    if parameter.require_text("type")? == kind {
        Ok(())
    } else {
        Err(parameter.invalid("type", "not the kind that this button takes"))
    }
}

fn require_action<'a>(
    component: &Object<'a>,
    known: &[&str],
) -> Result<Object<'a>, InvalidMessage> {
    component
        .only("parameters", &["type", "action"], |parameter| {
            is_kind(parameter, "action")
        })?
        .require_child("action", known)
}

/// The action of a button whose parameters may be absent.
fn action<'a>(
    component: &Object<'a>,
    known: &[&str],
) -> Result<Option<Object<'a>>, InvalidMessage> {
    match component.get("parameters") {
        None => Ok(None),
        Some(Value::Array(none)) if none.is_empty() => Ok(None),
        Some(_) => require_action(component, known).map(Some),
    }
}

fn read_flow(component: &Object<'_>) -> Result<ButtonValue, InvalidMessage> {
    let (mut token, mut data) = (None, None);
    if let Some(action) = action(component, &["flow_token", "flow_action_data"])? {
        token = action.owned("flow_token")?;
        data = action.map("flow_action_data")?.cloned();
    }
    Ok(ButtonValue::Flow { token, data })
}

fn read_catalog(component: &Object<'_>) -> Result<ButtonValue, InvalidMessage> {
    let thumbnail = match action(component, &["thumbnail_product_retailer_id"])? {
        Some(action) => action.id("thumbnail_product_retailer_id")?,
        None => None,
    };
    Ok(ButtonValue::Catalog { thumbnail })
}

fn read_mpm(component: &Object<'_>) -> Result<ButtonValue, InvalidMessage> {
    let known = ["thumbnail_product_retailer_id", "sections"];
    let action = require_action(component, &known)?;
    Ok(ButtonValue::Mpm {
        thumbnail: action.require_id("thumbnail_product_retailer_id")?,
        sections: ProductSection::read_all(&action)?,
    })
}

fn read_call(component: &Object<'_>) -> Result<ButtonValue, InvalidMessage> {
    let (mut ttl_minutes, mut payload) = (None, None);
    let known = ["type", "ttl_minutes", "payload"];
    let values = component.each("parameters", &known, |parameter| {
        let kind = parameter.require_text("type")?;
        if known.contains(&kind) {
            parameter.allow(&["type", kind])?;
        }
        match kind {
            "ttl_minutes" => Ok((Some(parameter.require_number("ttl_minutes")?), None)),
            "payload" => Ok((None, Some(parameter.require_text("payload")?.to_owned()))),
            _ => Err(parameter.invalid("type", "neither ttl_minutes nor payload")),
        }
    })?;
    for (ttl, data) in values {
        ttl_minutes = ttl.or(ttl_minutes);
        payload = data.or(payload);
    }
    Ok(ButtonValue::VoiceCall {
        ttl_minutes,
        payload,
    })
}

/// A parameter of a button as Meta's request writes it.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Wire<'a> {
    Payload { payload: &'a str },
    Text { text: &'a str },
    CouponCode { coupon_code: &'a str },
    TtlMinutes { ttl_minutes: u32 },
    Action { action: Action<'a> },
}

#[derive(Default, Serialize)]
struct Action<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_action_data: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_product_retailer_id: Option<&'a ProductRetailerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sections: Option<&'a [ProductSection]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_details: Option<&'a OrderDetails>,
}

impl<'a> Wire<'a> {
    fn all(value: &'a ButtonValue) -> Vec<Self> {
        let action = |action: Action<'a>| vec![Self::Action { action }];
        match value {
            ButtonValue::QuickReply(payload) => vec![Self::Payload { payload }],
            ButtonValue::Url(text) => vec![Self::Text { text }],
            ButtonValue::CopyCode(coupon_code) => vec![Self::CouponCode { coupon_code }],
            ButtonValue::Flow {
                token: None,
                data: None,
            }
            | ButtonValue::Catalog { thumbnail: None } => Vec::new(),
            ButtonValue::Flow { token, data } => action(Action {
                flow_token: token.as_deref(),
                flow_action_data: data.as_ref(),
                ..Action::default()
            }),
            ButtonValue::Catalog { thumbnail } => action(Action {
                thumbnail_product_retailer_id: thumbnail.as_ref(),
                ..Action::default()
            }),
            ButtonValue::Mpm {
                thumbnail,
                sections,
            } => action(Action {
                thumbnail_product_retailer_id: Some(thumbnail),
                sections: Some(sections),
                ..Action::default()
            }),
            ButtonValue::OrderDetails(details) => action(Action {
                order_details: Some(details),
                ..Action::default()
            }),
            ButtonValue::VoiceCall {
                ttl_minutes,
                payload,
            } => {
                let ttl = ttl_minutes.map(|ttl_minutes| Self::TtlMinutes { ttl_minutes });
                let payload = payload.as_deref().map(|payload| Self::Payload { payload });
                ttl.into_iter().chain(payload).collect()
            }
        }
    }
}
