//! Login codes: the texts are the platform's. See [Cloud API/Authentication templates].

use serde_json::Value;

use super::{Fields, Parts, text};
use crate::graph::GraphError;
use crate::graph::templates::draft::kind;
use crate::graph::templates::refusal::{BODY, FOOTER, at_most, invalid, refused};

const TEXT: usize = 25;
const APPS: usize = 5;
const PACKAGE_NAME: usize = 224;
const SIGNATURE_HASH: usize = 11;

pub(super) fn check(components: &[Value]) -> Result<(), GraphError> {
    let parts = Parts::read(components, &["BODY", "FOOTER", "BUTTONS"], "")?;
    let Some(body) = parts.get("BODY") else {
        return Err(refused(
            BODY,
            "Message template is missing its body",
            "components needs one BODY. Add it.",
        ));
    };
    if let Some(name) = stranger(body, &["type", "add_security_recommendation"]) {
        return Err(refused(
            BODY,
            "Fixed text",
            format!(
                "BODY of an AUTHENTICATION template may only have add_security_recommendation. \
                 Remove {name}."
            ),
        ));
    }
    if body
        .get("add_security_recommendation")
        .is_some_and(|value| !value.is_boolean())
    {
        return Err(refused(
            BODY,
            "Fixed text",
            "add_security_recommendation must be true or false.",
        ));
    }
    if let Some(footer) = parts.get("FOOTER") {
        self::footer(footer)?;
    }
    let buttons = parts
        .get("BUTTONS")
        .and_then(|fields| fields.get("buttons"));
    let buttons = buttons.and_then(Value::as_array).map(Vec::as_slice);
    match buttons {
        Some([Value::Object(button)]) if kind(button) == "OTP" => otp(button),
        _ => Err(wrong(
            "An AUTHENTICATION template needs exactly one button, of type OTP.".to_owned(),
        )),
    }
}

fn footer(footer: &Fields) -> Result<(), GraphError> {
    let wrong = |message: String| Err(refused(FOOTER, "Fixed text", message));
    if let Some(name) = stranger(footer, &["type", "code_expiration_minutes"]) {
        return wrong(format!(
            "FOOTER of an AUTHENTICATION template may only have code_expiration_minutes. \
             Remove {name}."
        ));
    }
    match footer.get("code_expiration_minutes").map(Value::as_i64) {
        None | Some(Some(1..=90)) => Ok(()),
        Some(_) => wrong(
            "code_expiration_minutes must be between 1 and 90. Choose another value.".to_owned(),
        ),
    }
}

fn otp(button: &Fields) -> Result<(), GraphError> {
    let otp_type = text(button, "otp_type")
        .unwrap_or_default()
        .to_ascii_uppercase();
    for name in ["text", "autofill_text"] {
        if let Some(label) = text(button, name) {
            at_most(&format!("buttons[0] {name}"), label, TEXT)?;
        }
    }
    match otp_type.as_str() {
        "COPY_CODE" => return Ok(()),
        "ONE_TAP" => {}
        "ZERO_TAP" => {
            if button.get("zero_tap_terms_accepted") != Some(&Value::Bool(true)) {
                return Err(wrong(
                    "buttons[0] of otp_type ZERO_TAP needs zero_tap_terms_accepted true."
                        .to_owned(),
                ));
            }
        }
        _ => {
            return Err(wrong(
                "buttons[0] otp_type must be COPY_CODE, ONE_TAP or ZERO_TAP.".to_owned(),
            ));
        }
    }
    let apps: Vec<&Fields> = match button.get("supported_apps") {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_object).collect(),
        // The older form names one app on the button itself.
        _ if button.contains_key("package_name") => vec![button],
        _ => Vec::new(),
    };
    if apps.is_empty() || apps.len() > APPS {
        return Err(wrong(format!(
            "buttons[0] supported_apps has {} apps and needs 1 to {APPS}.",
            apps.len()
        )));
    }
    apps.into_iter().try_for_each(app)
}

fn app(app: &Fields) -> Result<(), GraphError> {
    let package = text(app, "package_name").unwrap_or_default();
    at_most("package_name", package, PACKAGE_NAME)?;
    let segment = |segment: &str| {
        segment.starts_with(|first: char| first.is_ascii_alphabetic())
            && segment
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    if package.split('.').count() < 2 || !package.split('.').all(segment) {
        return Err(wrong(
            "package_name must have two or more segments between dots, each of letters, digits and \
             underscores and beginning with a letter."
                .to_owned(),
        ));
    }
    let hash = text(app, "signature_hash").unwrap_or_default();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "+/=".contains(letter);
    if hash.len() != SIGNATURE_HASH || !hash.chars().all(plain) {
        return Err(wrong(format!(
            "signature_hash must have exactly {SIGNATURE_HASH} letters, digits, +, / or =."
        )));
    }
    Ok(())
}

/// The first field that may not be there.
fn stranger<'a>(fields: &'a Fields, allowed: &[&str]) -> Option<&'a str> {
    fields
        .keys()
        .map(String::as_str)
        .find(|name| !allowed.contains(name))
}

fn wrong(message: String) -> GraphError {
    invalid("Invalid authentication template", message)
}
