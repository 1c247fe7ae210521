//! Buttons: how many, in which order, and what each needs.

use serde_json::Value;

use super::{Fields, text};
use crate::graph::GraphError;
use crate::graph::templates::draft::kind;
use crate::graph::templates::refusal::{at_most, invalid};

const MOST: usize = 10;
const TEXT: usize = 25;
const URL: usize = 2000;
const PHONE_NUMBER: usize = 20;
const COUPON: usize = 20;

/// How often a kind may appear; all of them together at most ten times.
const KINDS: [(&str, usize); 11] = [
    ("QUICK_REPLY", 10),
    ("URL", 2),
    ("PHONE_NUMBER", 1),
    ("COPY_CODE", 1),
    ("OTP", 1),
    ("FLOW", 1),
    ("CATALOG", 1),
    ("MPM", 1),
    ("SPM", 1),
    ("VOICE_CALL", 1),
    ("ORDER_DETAILS", 1),
];

/// Checks a BUTTONS component; gives the kinds in their order.
pub(super) fn check(component: &Fields, place: &str) -> Result<Vec<String>, GraphError> {
    let items = component.get("buttons").and_then(Value::as_array);
    let items = items.filter(|items| !items.is_empty());
    let Some(items) = items else {
        return Err(wrong(format!(
            "{place}BUTTONS needs a list of buttons. Add one."
        )));
    };
    if items.len() > MOST {
        return Err(wrong(format!(
            "{place}BUTTONS has {} buttons and may have at most {MOST}. Remove some.",
            items.len()
        )));
    }
    let mut kinds: Vec<String> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let field = format!("{place}buttons[{index}]");
        let Some(button) = item.as_object() else {
            return Err(wrong(format!("{field} must be an object.")));
        };
        let kind = kind(button);
        self::button(&kind, button, &field)?;
        kinds.push(kind);
    }
    for (kind, most) in KINDS {
        let count = kinds.iter().filter(|given| *given == kind).count();
        if count > most {
            return Err(wrong(format!(
                "{place}BUTTONS has {count} buttons of type {kind} and may have at most {most}. \
                 Remove some."
            )));
        }
    }
    let mut runs = kinds.chunk_by(|one, other| (one == "QUICK_REPLY") == (other == "QUICK_REPLY"));
    if runs.by_ref().filter(|run| run[0] == "QUICK_REPLY").count() > 1 {
        return Err(wrong(format!(
            "{place}BUTTONS mixes quick replies with other buttons. Put the quick replies together."
        )));
    }
    Ok(kinds)
}

fn button(kind: &str, button: &Fields, field: &str) -> Result<(), GraphError> {
    match kind {
        // Their labels are the platform's.
        "REQUEST_CONTACT_INFO" | "OTP" => return Ok(()),
        "COPY_CODE" => return coupon(button, field),
        _ if KINDS.iter().any(|(known, _)| *known == kind) => {}
        _ => {
            return Err(wrong(format!(
                "{field} type ({kind}) is not a type of button. Use one of {}, REQUEST_CONTACT_INFO.",
                KINDS.map(|(known, _)| known).join(", ")
            )));
        }
    }
    let label = text(button, "text").unwrap_or_default();
    if label.trim().is_empty() {
        return Err(wrong(format!("{field} needs a text. Add it.")));
    }
    at_most(&format!("{field} text"), label, TEXT)?;
    if label.contains("{{") {
        return Err(wrong(format!(
            "{field} text may have no variables. Remove them."
        )));
    }
    match kind {
        "URL" => url(button, field),
        "PHONE_NUMBER" => phone_number(button, field),
        "FLOW" => flow(button, field),
        "VOICE_CALL" => match button.get("ttl_minutes") {
            None => Ok(()),
            Some(minutes)
                if minutes
                    .as_i64()
                    .is_some_and(|minutes| (1..=43_200).contains(&minutes)) =>
            {
                Ok(())
            }
            Some(_) => Err(wrong(format!(
                "{field} ttl_minutes must be between 1 and 43200."
            ))),
        },
        _ => Ok(()),
    }
}

fn url(button: &Fields, field: &str) -> Result<(), GraphError> {
    let address = text(button, "url").unwrap_or_default();
    if address.is_empty() {
        return Err(wrong(format!("{field} needs a url. Add it.")));
    }
    at_most(&format!("{field} url"), address, URL)?;
    let (fixed, variables) = match address.split_once("{{") {
        None => (address, 0),
        Some((fixed, "1}}")) => (fixed, 1),
        Some(_) => {
            return Err(wrong(format!(
                "{field} url may have one variable, {{{{1}}}}, at its end. Move or remove the others."
            )));
        }
    };
    let parsed = url::Url::parse(fixed);
    if !parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        return Err(wrong(format!(
            "{field} url is not an address that begins with https:// or http://. Correct it."
        )));
    }
    let example = match button.get("example") {
        Some(Value::String(example)) => !example.is_empty(),
        Some(Value::Array(items)) => {
            items.len() == 1 && items[0].as_str().is_some_and(|item| !item.is_empty())
        }
        _ => false,
    };
    if variables == 1 && !example {
        return Err(wrong(format!(
            "{field} url has a variable and needs an example with one value. Add it."
        )));
    }
    Ok(())
}

fn phone_number(button: &Fields, field: &str) -> Result<(), GraphError> {
    let number = text(button, "phone_number").unwrap_or_default();
    at_most(&format!("{field} phone_number"), number, PHONE_NUMBER)?;
    let digits = number.strip_prefix('+').unwrap_or(number);
    let plain = |letter: char| letter.is_ascii_digit() || " -().".contains(letter);
    if digits.chars().filter(char::is_ascii_digit).count() < 3 || !digits.chars().all(plain) {
        return Err(wrong(format!(
            "{field} phone_number must be a phone number with country code. Correct it."
        )));
    }
    Ok(())
}

fn coupon(button: &Fields, field: &str) -> Result<(), GraphError> {
    let example = match button.get("example") {
        Some(Value::String(example)) => Some(example.as_str()),
        Some(Value::Array(items)) => items.first().and_then(Value::as_str),
        _ => None,
    };
    match example.filter(|example| !example.is_empty()) {
        Some(example) => at_most(&format!("{field} example"), example, COUPON),
        None => Err(wrong(format!(
            "{field} of type COPY_CODE needs an example of a code. Add it."
        ))),
    }
}

fn flow(button: &Fields, field: &str) -> Result<(), GraphError> {
    let ways = ["flow_id", "flow_name", "flow_json"];
    let given = ways.iter().filter(|way| {
        button.get(**way).is_some_and(|value| {
            value.is_number() || value.as_str().is_some_and(|text| !text.is_empty())
        })
    });
    if given.count() != 1 {
        return Err(wrong(format!(
            "{field} of type FLOW needs exactly one of flow_id, flow_name and flow_json."
        )));
    }
    let action = text(button, "flow_action")
        .unwrap_or("navigate")
        .to_ascii_lowercase();
    if action != "navigate" && action != "data_exchange" {
        return Err(wrong(format!(
            "{field} flow_action must be navigate or data_exchange. Change it."
        )));
    }
    Ok(())
}

fn wrong(message: String) -> GraphError {
    invalid("Invalid message template buttons", message)
}
