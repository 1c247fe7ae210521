//! Template sends as the phone shows them: header, text and buttons with the values filled in.

use serde_json::{Value, json};

use crate::core::{Core, read};
use crate::handset::face::{media, sections, unknown, without_nulls};
use crate::template::{Button, Header, Template};

/// The face of a template send, from the registry's template.
pub(crate) fn template(core: &Core, sent: &Value) -> Value {
    let templates = read(&core.templates);
    let known = templates.iter().find(|known| {
        sent["name"] == known.name.as_str() && sent["language"]["code"] == known.language.as_str()
    });
    match known {
        Some(known) => filled(&definition(known), sent),
        None => unknown("template", sent),
    }
}

/// The components of a template as the Graph API defines them.
fn definition(template: &Template) -> Value {
    if template.components.is_array() {
        return template.components.clone();
    }
    let mut components = part_of(&template.header, &template.body, &template.buttons);
    if let Some(offer) = &template.offer {
        let offer = json!({"text": offer.text, "has_expiration": offer.has_expiration});
        components.push(json!({"type": "LIMITED_TIME_OFFER", "limited_time_offer": offer}));
    }
    if let Some(footer) = &template.footer {
        components.push(json!({"type": "FOOTER", "text": footer}));
    }
    if template.call_permission_request {
        components.push(json!({"type": "CALL_PERMISSION_REQUEST"}));
    }
    if !template.cards.is_empty() {
        let cards = template
            .cards
            .iter()
            .map(|card| json!({"components": part_of(&card.header, &card.body, &card.buttons)}));
        components.push(json!({"type": "CAROUSEL", "cards": cards.collect::<Vec<_>>()}));
    }
    json!(components)
}

/// Header, text and buttons of a template or of a card.
fn part_of(header: &Header, body: &str, buttons: &[Button]) -> Vec<Value> {
    let mut components = Vec::new();
    let format = match header {
        Header::None => None,
        Header::Text(_) => Some("TEXT"),
        Header::Image => Some("IMAGE"),
        Header::Video => Some("VIDEO"),
        Header::Document => Some("DOCUMENT"),
        Header::Location => Some("LOCATION"),
        Header::Gif => Some("GIF"),
        Header::Product => Some("PRODUCT"),
    };
    if let Some(format) = format {
        let text = match header {
            Header::Text(text) => json!(text),
            _ => Value::Null,
        };
        components.push(json!({"type": "HEADER", "format": format, "text": text}));
    }
    if !body.is_empty() {
        components.push(json!({"type": "BODY", "text": body}));
    }
    if !buttons.is_empty() {
        let buttons: Vec<_> = buttons.iter().map(defined_button).collect();
        components.push(json!({"type": "BUTTONS", "buttons": buttons}));
    }
    components
}

fn defined_button(button: &Button) -> Value {
    let (kind, text) = match button {
        Button::Url { text, url } => return json!({"type": "URL", "text": text, "url": url}),
        Button::Otp { otp_type, text } => {
            return json!({"type": "OTP", "otp_type": otp_type, "text": text});
        }
        Button::CopyCode => return json!({"type": "COPY_CODE"}),
        Button::RequestContactInfo => return json!({"type": "REQUEST_CONTACT_INFO"}),
        Button::QuickReply { text } => ("QUICK_REPLY", text),
        Button::PhoneNumber { text } => ("PHONE_NUMBER", text),
        Button::Flow { text, .. } => ("FLOW", text),
        Button::Catalog { text } => ("CATALOG", text),
        Button::Mpm { text } => ("MPM", text),
        Button::Spm { text } => ("SPM", text),
        Button::OrderDetails { text } => ("ORDER_DETAILS", text),
        Button::VoiceCall { text } => ("VOICE_CALL", text),
    };
    json!({"type": kind, "text": text})
}

/// `defined` with the values of `sent`, both as arrays of components in the Graph API's shape.
pub(crate) fn filled(defined: &Value, sent: &Value) -> Value {
    face(defined, &sent["components"])
}

fn face(defined: &Value, given: &Value) -> Value {
    let mut face = json!({});
    for component in items(defined) {
        let kind = lower(&component["type"]);
        let values = &part(given, &kind)["parameters"];
        match kind.as_str() {
            "header" => header(&mut face, component, values),
            "body" => {
                face["text"] = json!(body(component, values));
            }
            "footer" => {
                face["footer"] = match component["code_expiration_minutes"].as_u64() {
                    Some(minutes) => json!(format!("This code expires in {minutes} minutes.")),
                    None => component["text"].clone(),
                };
            }
            "buttons" => {
                let buttons = items(&component["buttons"]).enumerate();
                let shown = buttons.map(|(place, defined)| button(place, defined, given));
                face["buttons"] = shown.collect();
                if let Some(products) = products(given) {
                    face["products"] = products;
                }
            }
            "limited_time_offer" => {
                let offer = &values[0]["limited_time_offer"];
                face["offer"] = without_nulls(json!({
                    "text": component["limited_time_offer"]["text"],
                    "expires_ms": offer["expiration_time_ms"],
                }));
            }
            "carousel" => {
                let cards = items(&component["cards"]).enumerate();
                let sent = &part(given, "carousel")["cards"];
                face["cards"] = cards
                    .map(|(place, card)| self::face(&card["components"], card_of(sent, place)))
                    .collect();
            }
            "call_permission_request" => {
                face["buttons"] = json!([{"type": "call_permission", "text": "Choose preference"}]);
            }
            _ => {}
        }
    }
    without_nulls(face)
}

fn card_of(sent: &Value, place: usize) -> &Value {
    let found = items(sent)
        .find(|card| card["card_index"] == place)
        .unwrap_or(&Value::Null);
    &found["components"]
}

fn header(face: &mut Value, component: &Value, values: &Value) {
    let format = lower(&component["format"]);
    let value = &values[0];
    match format.as_str() {
        "" | "text" => face["title"] = json!(fill(&component["text"], values)),
        "location" => face["location"] = value["location"].clone(),
        "product" => {
            face["products"] = json!([{"items": [value["product"]["product_retailer_id"]]}]);
        }
        "gif" => face["media"] = media("video", &value["gif"]),
        kind => face["media"] = media(kind, &value[kind]),
    }
}

fn body(component: &Value, values: &Value) -> String {
    let advice = "For your security, do not share this code.";
    if component["text"].is_string() {
        return fill(&component["text"], values);
    }
    // An authentication template has a text of Meta's own.
    let code = format!("*{}* is your verification code.", shown(&values[0]));
    if component["add_security_recommendation"] == true {
        format!("{code} {advice}")
    } else {
        code
    }
}

fn button(place: usize, defined: &Value, given: &Value) -> Value {
    let sent = button_of(given, place);
    let value = &sent["parameters"][0];
    let kind = lower(&defined["type"]);
    let text = defined["text"].as_str();
    let named = |usual: &str| text.unwrap_or(usual).to_owned();
    let button = match kind.as_str() {
        "quick_reply" => {
            let payload = value["payload"].as_str().or(text);
            json!({"type": "quick_reply", "text": text, "id": payload})
        }
        "url" => {
            let url = fill(&defined["url"], &sent["parameters"]);
            json!({"type": "url", "text": text, "url": url})
        }
        "phone_number" => {
            json!({"type": "phone", "text": text, "phone": defined["phone_number"]})
        }
        "copy_code" => {
            json!({"type": "copy_code", "text": named("Copy offer code"), "code": value["coupon_code"]})
        }
        "otp" => {
            let code = shown(&part(given, "body")["parameters"][0]);
            let otp = lower(&defined["otp_type"]);
            let text = match otp.as_str() {
                "one_tap" => defined["autofill_text"].as_str().unwrap_or("Autofill"),
                _ => text.unwrap_or("Copy code"),
            };
            json!({"type": "otp", "text": text, "code": code})
        }
        "flow" => json!({"type": "flow", "text": named("Open")}),
        "catalog" => json!({"type": "catalog", "text": named("View catalog")}),
        "mpm" => json!({"type": "products", "text": named("View items")}),
        "spm" => json!({"type": "product", "text": named("View")}),
        "voice_call" => {
            let payload = items(&sent["parameters"]).find(|one| one["type"] == "payload");
            let payload = payload.map(|one| one["payload"].clone());
            json!({"type": "call", "text": named("Call now"), "payload": payload})
        }
        "order_details" => json!({"type": "pay", "text": named("Review and pay")}),
        "request_contact_info" => {
            json!({"type": "contact_request", "text": named("Share contact info")})
        }
        other => json!({"type": other, "text": named(other)}),
    };
    without_nulls(button)
}

/// The products of a multi-product template, which its send names.
fn products(given: &Value) -> Option<Value> {
    let buttons = items(given).filter(|component| lower(&component["type"]) == "button");
    let named = buttons
        .map(|button| &button["parameters"][0]["action"]["sections"])
        .find(|named| named.is_array())?;
    Some(sections(named))
}

/// `text` with `{{1}}` or `{{name}}` replaced by the values sent.
fn fill(text: &Value, values: &Value) -> String {
    let text = text.as_str().unwrap_or_default();
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else {
            break;
        };
        filled.push_str(before);
        match value_of(name.trim(), values) {
            Some(value) => filled.push_str(&shown(value)),
            None => filled.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn value_of<'a>(name: &str, values: &'a Value) -> Option<&'a Value> {
    let named = items(values).find(|value| value["parameter_name"] == name);
    let place = || name.parse::<usize>().ok()?.checked_sub(1);
    named.or_else(|| values.get(place()?))
}

/// A parameter as text: currency and date have a text for those who cannot format them.
fn shown(value: &Value) -> String {
    let kind = value["type"].as_str().unwrap_or("text");
    let text = &value[kind];
    let text = match text {
        Value::Object(parts) => parts.get("fallback_value").unwrap_or(&Value::Null),
        _ => text,
    };
    text.as_str().unwrap_or_default().to_owned()
}

/// The component of this type that was sent.
fn part<'a>(given: &'a Value, kind: &str) -> &'a Value {
    items(given)
        .find(|component| lower(&component["type"]) == kind)
        .unwrap_or(&Value::Null)
}

fn button_of(given: &Value, place: usize) -> &Value {
    let text = place.to_string();
    items(given)
        .filter(|component| lower(&component["type"]) == "button")
        .find(|button| button["index"] == place || button["index"] == text.as_str())
        .unwrap_or(&Value::Null)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn lower(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn fixture(name: &str) -> Value {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cloud-api");
        serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
    }

    fn drawn(create: &str, send: &str) -> Value {
        let create = fixture(&format!("template-create.{create}.json"));
        let send = fixture(&format!("request.template-{send}.json"));
        filled(&create["components"], &send["template"])
    }

    #[test]
    fn named_values_are_filled_in() {
        let face = drawn("utility", "utility");
        let text = face["text"].as_str().unwrap();
        assert!(
            text.contains("for 4 at Lucky Shrub Eatery on Saturday, August 30th, 2025, at 7:30 pm"),
            "{text}"
        );
        assert_eq!(face["media"]["src"], "/sim/v1/media/2871834006348767");
        let kinds: Vec<_> = items(&face["buttons"])
            .map(|button| &button["type"])
            .collect();
        assert_eq!(kinds, ["url", "phone", "quick_reply"]);
    }

    #[test]
    fn a_code_is_filled_into_the_text_that_is_metas_own() {
        let face = drawn("auth-one_tap", "auth-otp");
        let text = face["text"].as_str().unwrap();
        assert!(
            text.contains("is your verification code. For your security"),
            "{text}"
        );
        assert_eq!(face["footer"], "This code expires in 10 minutes.");
        assert_eq!(face["buttons"][0]["type"], "otp");
        assert!(text.contains(face["buttons"][0]["code"].as_str().unwrap()));
    }

    #[test]
    fn the_cards_of_a_carousel_have_their_own_values() {
        let face = drawn("media-carousel", "media-carousel");
        let cards = face["cards"].as_array().unwrap();
        assert_eq!(cards.len(), 3);
        let url = cards[0]["buttons"][1]["url"].as_str().unwrap();
        assert!(
            url.starts_with("https://www.luckyshrub.com/rare-succulents/"),
            "{url}"
        );
        assert!(!url.contains("{{"), "{url}");
        assert_eq!(cards[0]["media"]["type"], "image");
    }

    #[test]
    fn an_offer_a_coupon_and_a_catalogue_have_their_buttons() {
        let offer = drawn("limited_time_offer", "limited_time_offer");
        assert_eq!(offer["offer"]["text"], "Expiring offer!");
        let kinds: Vec<_> = items(&offer["buttons"])
            .map(|button| &button["type"])
            .collect();
        assert_eq!(kinds, ["copy_code", "url"]);
        assert_eq!(offer["buttons"][0]["code"], "CARIBE25");
        let coupon = drawn("coupon", "coupon_code");
        assert_eq!(coupon["title"], "Our Fall Sale is on!");
        assert_eq!(drawn("catalog", "catalog")["buttons"][0]["type"], "catalog");
        let cart = drawn("mpm", "mpm");
        assert!(cart["products"][0]["items"][0].is_string(), "{cart}");
        assert_eq!(
            drawn("flow-button", "flow-button")["buttons"][0]["type"],
            "flow"
        );
    }

    #[test]
    fn a_value_that_was_not_sent_keeps_its_place() {
        let defined = json!([{"type": "BODY", "text": "Hi {{1}}, {{2}}"}]);
        let sent = json!({"components": [{"type": "body", "parameters": [
            {"type": "currency", "currency": {"fallback_value": "$10", "code": "USD"}}]}]});
        assert_eq!(filled(&defined, &sent), json!({"text": "Hi $10, {{2}}"}));
    }
}
