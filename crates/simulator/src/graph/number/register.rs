//! Verifying, registering and deregistering a number. See [Cloud API/Registration].

use std::time::Duration;

use serde_json::json;

use super::success;
use crate::chance::mix;
use crate::clock::later;
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::must_be;
use crate::graph::shape::{self, Shape};
use crate::numbers::{VerificationCode, pin};
use crate::settings::Number;

/// Where messages may be kept. See [Cloud API/Local storage].
const REGIONS: [&str; 14] = [
    "AE", "AU", "BH", "BR", "CA", "CH", "DE", "GB", "ID", "IN", "JP", "KR", "SG", "ZA",
];
/// How long a code is good.
const CODE_LIFE: Duration = Duration::from_mins(10);
/// Codes within [`CODE_WINDOW`].
const CODES: usize = 10;
const CODE_WINDOW: Duration = Duration::from_hours(24);
/// Wrong codes before a new one is needed.
const GUESSES: u8 = 5;
/// How long a number that was deleted has to wait.
const GONE: Duration = Duration::from_mins(5);

/// What may stand beside the PIN and changes nothing here.
const BESIDE: [(&str, Shape); 3] = [
    (
        "backup",
        Shape::Object(&[("password", Shape::Text), ("data", Shape::Text)]),
    ),
    ("tier", Shape::Word(&["PROD", "SANDBOX"])),
    ("meta_store_retention_minutes", Shape::Integer(60, 60)),
];

/// `POST /{phone_number_id}/request_code`.
pub(super) fn request_code(call: &Call, number: &Number) -> Answer {
    let method = call.params.required_text("code_method")?;
    if !["SMS", "VOICE"].contains(&method.as_str()) {
        return Err(must_be("code_method", "SMS or VOICE"));
    }
    if !is_language(&call.params.required_text("language")?) {
        return Err(must_be("language", "a language code such as en_US"));
    }
    let core = &call.core;
    let now = core.clock.now();
    let mut numbers = lock(&core.numbers_state);
    let state = numbers.of(&number.id);
    if state.verification == "VERIFIED" {
        return Err(GraphError::usual(2_388_091));
    }
    while let Some(first) = state.codes_asked.front()
        && later(*first, CODE_WINDOW) <= now
    {
        state.codes_asked.pop_front();
    }
    if state.codes_asked.len() >= CODES {
        let details = "Too many codes were requested for this phone number; wait 24 hours.";
        return Err(GraphError::new(100, details));
    }
    state.codes_asked.push_back(now);
    let number = number.id.as_str().bytes();
    let name = number.fold(0, |sum, byte| mix(sum, 204, u64::from(byte)));
    let place = state.codes_asked.len() as u64 + now.as_second().unsigned_abs();
    let digits = mix(core.settings.seed ^ name, 205, place) % 1_000_000;
    state.code = Some(VerificationCode {
        text: format!("{digits:06}"),
        method,
        until: later(now, CODE_LIFE),
        wrong: 0,
    });
    Ok(success())
}

/// `en`, `en_US`, `fil`.
fn is_language(text: &str) -> bool {
    let (language, country) = text.split_once('_').unwrap_or((text, "US"));
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// `POST /{phone_number_id}/verify_code`.
pub(super) fn verify_code(call: &Call, number: &Number) -> Answer {
    let given = call.params.required_text("code")?;
    let given: String = given.chars().filter(char::is_ascii_digit).collect();
    let now = call.core.clock.now();
    let mut numbers = lock(&call.core.numbers_state);
    let state = numbers.of(&number.id);
    let refused = |reason: &str| {
        GraphError::new(
            100,
            format!("Param code {reason}; request a new one with request_code."),
        )
    };
    let Some(code) = &mut state.code else {
        return Err(refused("was never requested"));
    };
    if now >= code.until {
        state.verification = "EXPIRED";
        return Err(refused("has expired"));
    }
    if code.wrong >= GUESSES {
        return Err(refused("was entered wrongly too often"));
    }
    if code.text != given {
        code.wrong += 1;
        return Err(refused("is incorrect"));
    }
    state.code = None;
    state.verification = "VERIFIED";
    Ok(success())
}

/// `POST /{phone_number_id}/register`.
pub(super) fn register(call: &Call, number: &Number) -> Answer {
    let params = &call.params;
    params.product()?;
    let given = params.required_text("pin")?;
    if !pin::is_pin(&given) {
        return Err(must_be("pin", "six digits"));
    }
    shape::parameters(params, &BESIDE)?;
    let region = params.text("data_localization_region")?;
    if let Some(region) = &region
        && !REGIONS.contains(&region.as_str())
    {
        let known = format!("one of {}", REGIONS.join(", "));
        return Err(must_be("data_localization_region", &known));
    }
    let core = &call.core;
    let now = core.clock.now();
    let mut numbers = lock(&core.numbers_state);
    let state = numbers.of(&number.id);
    state.pin.attempt(now)?;
    if state.verification != "VERIFIED" {
        let details = "Verify the phone number with request_code and verify_code first.";
        return Err(GraphError::new(133_006, details));
    }
    if state.deleted_at.is_some_and(|at| now < later(at, GONE)) {
        return Err(GraphError::usual(133_015));
    }
    state.pin.check(&given, now)?;
    if let Some(region) = region {
        state.storage = json!({
            "status": "IN_COUNTRY_STORAGE_ENABLED",
            "data_localization_region": region,
        });
    }
    state.registered = true;
    state.status = "CONNECTED";
    state.key_is_signed = false;
    state.last_onboarded = Some(now);
    Ok(success())
}

/// `POST /{phone_number_id}/deregister`.
pub(super) fn deregister(call: &Call, number: &Number) -> Answer {
    let now = call.core.clock.now();
    let mut numbers = lock(&call.core.numbers_state);
    let state = numbers.of(&number.id);
    if state.on_biz_app {
        let details = "A number that is used with the WhatsApp Business app cannot be \
                       deregistered; disconnect it in the app.";
        return Err(GraphError::new(100, details));
    }
    state.pin.attempt(now)?;
    if !state.registered {
        return Err(GraphError::usual(133_010));
    }
    state.registered = false;
    state.status = "DISCONNECTED";
    Ok(success())
}
