//! A template from the JSON it is created with.

use serde_json::Value;

use super::{Button, Card, Category, Header, Offer, Template};
use crate::error::SimulatorError;

/// What an authentication template says when its creation gives no text.
const LOGIN_TEXT: &str = "{{1}} is your verification code.";

impl Template {
    /// The approved template that this body of `POST /{waba_id}/message_templates` describes; its
    /// `components` are kept as they are. Unknown keys are ignored, unknown components kept.
    pub fn read(json: &Value) -> Result<Self, SimulatorError> {
        let name = text(json, "name").ok_or_else(|| wrong("name", "is missing"))?;
        let language = text(json, "language").ok_or_else(|| wrong("language", "is missing"))?;
        let category = text(json, "category").unwrap_or_default();
        let category = match category.to_ascii_uppercase().as_str() {
            "AUTHENTICATION" => Category::Authentication,
            "MARKETING" => Category::Marketing,
            "UTILITY" => Category::Utility,
            _ => {
                return Err(wrong(
                    "category",
                    "is not AUTHENTICATION, MARKETING or UTILITY",
                ));
            }
        };
        let components = json.get("components").and_then(Value::as_array);
        let components = components.ok_or_else(|| wrong("components", "is not an array"))?;
        let mut template = Self::new(name, language, category, "");
        template.sub_category = text(json, "sub_category").map(str::to_owned);
        template.message_send_ttl_seconds =
            json.get("message_send_ttl_seconds").and_then(Value::as_i64);
        let card = card(components)?;
        (template.header, template.body, template.buttons) = (card.header, card.body, card.buttons);
        for component in components {
            match kind(component).as_str() {
                "footer" => template.footer = text(component, "text").map(str::to_owned),
                "call_permission_request" => template.call_permission_request = true,
                "limited_time_offer" => {
                    let offer = &component["limited_time_offer"];
                    template.offer = Some(Offer {
                        text: text(offer, "text").unwrap_or_default().to_owned(),
                        has_expiration: offer["has_expiration"] == true,
                    });
                }
                "carousel" => {
                    let cards = component["cards"].as_array();
                    let cards = cards.into_iter().flatten().map(|card_json| {
                        let inner = card_json["components"].as_array();
                        self::card(inner.map(Vec::as_slice).unwrap_or_default())
                    });
                    template.cards = cards.collect::<Result<_, _>>()?;
                }
                _ => {}
            }
        }
        if category == Category::Authentication && template.body.is_empty() {
            LOGIN_TEXT.clone_into(&mut template.body);
        }
        template.components = Value::from(components.clone());
        Ok(template)
    }
}

/// Header, text and buttons of a template or of a card.
fn card(components: &[Value]) -> Result<Card, SimulatorError> {
    let mut card = Card {
        header: Header::None,
        body: String::new(),
        buttons: Vec::new(),
    };
    for component in components {
        match kind(component).as_str() {
            "header" => card.header = header(component)?,
            "body" => text(component, "text")
                .unwrap_or_default()
                .clone_into(&mut card.body),
            "buttons" => {
                for button in component["buttons"].as_array().into_iter().flatten() {
                    card.buttons.push(self::button(button)?);
                }
            }
            _ => {}
        }
    }
    Ok(card)
}

fn header(component: &Value) -> Result<Header, SimulatorError> {
    let format = text(component, "format").unwrap_or("text");
    Ok(match format.to_ascii_lowercase().as_str() {
        "text" => Header::Text(text(component, "text").unwrap_or_default().to_owned()),
        "image" => Header::Image,
        "video" => Header::Video,
        "document" => Header::Document,
        "location" => Header::Location,
        "gif" => Header::Gif,
        "product" => Header::Product,
        _ => return Err(wrong("format", "is not a known header format")),
    })
}

fn button(button: &Value) -> Result<Button, SimulatorError> {
    let label = || text(button, "text").unwrap_or_default().to_owned();
    Ok(match kind(button).as_str() {
        "quick_reply" => Button::QuickReply { text: label() },
        "url" => Button::Url {
            text: label(),
            url: text(button, "url").unwrap_or_default().to_owned(),
        },
        "copy_code" => Button::CopyCode,
        "phone_number" => Button::PhoneNumber { text: label() },
        "otp" => Button::Otp {
            otp_type: text(button, "otp_type")
                .unwrap_or("copy_code")
                .to_ascii_lowercase(),
            text: label(),
        },
        "flow" => Button::Flow {
            text: label(),
            flow_id: text(button, "flow_id").map(str::to_owned),
        },
        "catalog" => Button::Catalog { text: label() },
        "mpm" => Button::Mpm { text: label() },
        "spm" => Button::Spm { text: label() },
        "order_details" => Button::OrderDetails { text: label() },
        "voice_call" => Button::VoiceCall { text: label() },
        "request_contact_info" => Button::RequestContactInfo,
        _ => return Err(wrong("type", "is not a known button type")),
    })
}

fn kind(value: &Value) -> String {
    text(value, "type").unwrap_or_default().to_ascii_lowercase()
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn wrong(name: &'static str, reason: &str) -> SimulatorError {
    SimulatorError::Parameter {
        name,
        reason: reason.to_owned(),
    }
}
