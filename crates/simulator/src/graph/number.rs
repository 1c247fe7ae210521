//! A phone number over the Graph API: its fields, and who answers for each of its edges.

mod block;
mod components;
mod encryption;
mod history;
mod official;
mod profile;
mod qr;
mod register;
mod sending;
mod settings;
mod username;

use axum::http::Method;
use serde_json::{Value, json};

use crate::core::lock;
use crate::graph::call::{Answer, Call};
use crate::graph::params::{must_be, required};
use crate::graph::routes::selected;
use crate::graph::shape::{self, Shape};
use crate::graph::{GraphError, apps, calls, group, payments};
use crate::ids::BusinessId;
use crate::later::{self, Step};
use crate::numbers::name::REVIEW;
use crate::numbers::{NumberState, calling, pin};
use crate::settings::Number;

pub(super) use history::{History, find as find_history, route as history_route};
pub(super) use qr::image as qr_image;
pub(super) use sending::may_send;

/// See [Cloud API/Display names].
const NAME: usize = 75;
const SHORTEST_NAME: usize = 2;

/// What else a change may name; it changes nothing here.
const BESIDE: [(&str, Shape); 4] = [
    (
        "connection_status",
        Shape::Word(&[
            "CONNECTED",
            "DISCONNECTED",
            "PENDING",
            "FLAGGED",
            "RESTRICTED",
            "RATE_LIMITED",
            "MESSAGING_LIMIT_TIER_0",
            "MESSAGING_LIMIT_TIER_1",
            "MESSAGING_LIMIT_TIER_2",
            "MESSAGING_LIMIT_TIER_3",
            "MESSAGING_LIMIT_TIER_4",
        ]),
    ),
    ("webhook_url", Shape::Text),
    ("username", Shape::Text),
    (
        "whatsapp_business_api_data",
        Shape::Object(&[
            ("pin", Shape::Text),
            ("show_security_notifications", Shape::Boolean),
            ("notify_user_change_number", Shape::Boolean),
        ]),
    ),
];

pub(super) async fn route(call: &Call, number: &Number) -> Answer {
    match (call.method.as_str(), call.edge().0) {
        ("GET", "") => fields(call, number),
        ("POST", "") => change(call, number).await,
        ("POST", "request_code") => register::request_code(call, number),
        ("POST", "verify_code") => register::verify_code(call, number),
        ("POST", "register") => register::register(call, number),
        ("POST", "deregister") => register::deregister(call, number),
        ("GET" | "POST", "settings") => settings::settings(call, number),
        ("GET" | "POST", "whatsapp_business_profile") => profile::profile(call, number),
        ("GET" | "POST", "business_compliance_info") => profile::compliance(call, number),
        ("GET" | "POST", "whatsapp_commerce_settings") => profile::commerce(call, number),
        ("GET" | "POST", "official_business_account") => official::official(call, number),
        ("GET" | "POST" | "DELETE", "username") => username::username(call, number),
        ("GET", "username_suggestions") => Ok(username::suggestions(call, number)),
        ("DELETE", "contact_book") => username::forget_contact(call),
        ("GET", "message_history") => history::of_message(call, number),
        ("GET" | "POST", "whatsapp_business_encryption") => encryption::key(call, number),
        ("POST", "conversational_automation") => components::set(call, number),
        ("GET" | "POST" | "DELETE", "message_qrdls") => qr::codes(call, number),
        ("POST", "calls") => calls::act(call, number),
        ("GET", "call_permissions") => calls::permissions(call, number),
        ("GET", "payments") => payments::look_up(call, number),
        ("POST", "payments_refund") => payments::refund(call, number),
        ("GET" | "POST", "groups") => group::groups(call, number),
        ("GET" | "POST" | "DELETE", "block_users") => block::users(call, number),
        _ => Err(call.not_simulated()),
    }
}

/// The success that most changes answer with.
fn success() -> Value {
    json!({"success": true})
}

/// `GET /{phone_number_id}`: all fields when none are asked for by name.
fn fields(call: &Call, number: &Number) -> Answer {
    selected(call, node(call, number))
}

/// A number with all of its fields.
pub(super) fn node(call: &Call, number: &Number) -> Value {
    let core = &call.core;
    let messaging_limit = core.messaging_limit(&number.waba);
    let business = core
        .waba(number.waba.as_str())
        .map(|waba| waba.owner.clone());
    let mut numbers = lock(&core.numbers_state);
    let state = numbers.of(&number.id);
    let mut node = json!({
        "id": number.id,
        "display_phone_number": number.display_phone_number,
        "verified_name": number.verified_name,
        "status": state.status,
        "quality_rating": number.quality_rating,
        "quality_score": {"score": number.quality_rating},
        "name_status": state.name.status,
        "code_verification_status": state.verification,
        "platform_type": if state.registered { "CLOUD_API" } else { "NOT_APPLICABLE" },
        "throughput": {"level": if state.registered { number.throughput.as_str() } else { "NOT_APPLICABLE" }},
        "account_mode": state.account_mode,
        "is_official_business_account": state.official.status == "APPROVED",
        "official_business_account": {
            "oba_status": state.official.status,
            "status_message": state.official.message(),
        },
        "is_pin_enabled": state.pin.is_set(),
        "is_on_biz_app": state.on_biz_app,
        "is_preverified_number": false,
        "search_visibility": state.search_visibility,
        "whatsapp_business_manager_messaging_limit": messaging_limit,
        "country_dial_code": number.calling_code,
        "conversational_automation": automation(number, state),
        "health_status": health(call, number, state, business.as_ref()),
        "certificate": certificate(number, &number.verified_name, state.certificate),
        "eligibility_for_api_business_global_search": "NON_ELIGIBLE_UNDEFINED_COUNTRY",
    });
    if let Some(country) = country(&number.calling_code) {
        node["country_code"] = json!(country);
    }
    if let Some((name, status)) = &state.name.wanted {
        node["new_display_name"] = json!(name);
        node["new_name_status"] = json!(status);
        node["new_certificate"] = json!(certificate(number, name, state.certificate + 1));
    }
    if let Some(at) = state.last_onboarded {
        node["last_onboarded_time"] = json!(at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string());
    }
    drop(numbers);
    let configuration = apps::webhook_configuration(call, number);
    if configuration
        .as_object()
        .is_some_and(|known| !known.is_empty())
    {
        node["webhook_configuration"] = configuration;
    }
    node
}

fn automation(number: &Number, state: &NumberState) -> Value {
    let mut automation = state.automation.clone();
    automation["id"] = json!(number.id);
    automation
}

/// See [Cloud API/Messaging health status].
fn health(
    call: &Call,
    number: &Number,
    state: &NumberState,
    business: Option<&BusinessId>,
) -> Value {
    let (can, error) = if !state.registered {
        let error = json!({
            "error_code": 141_000,
            "error_description": "The phone number is not registered.",
            "possible_solution": "Register the phone number.",
        });
        ("BLOCKED", Some(error))
    } else if state.name.status != "APPROVED" && state.name.status != "AVAILABLE_WITHOUT_REVIEW" {
        let error = json!({
            "error_code": 141_001,
            "error_description": "The display name has not been approved yet.",
            "possible_solution": "Wait for the review, or submit another name.",
        });
        ("LIMITED", Some(error))
    } else {
        ("AVAILABLE", None)
    };
    let sip = if calling::is_sip(&state.calling) {
        "AVAILABLE"
    } else {
        "BLOCKED"
    };
    let mut phone = json!({
        "entity_type": "PHONE_NUMBER",
        "id": number.id,
        "can_send_message": can,
        "can_receive_call_sip": sip,
    });
    if let Some(error) = error {
        phone["errors"] = json!([error]);
    }
    json!({
        "can_send_message": can,
        "entities": [
            phone,
            {"entity_type": "WABA", "id": number.waba, "can_send_message": "AVAILABLE"},
            {"entity_type": "BUSINESS", "id": business, "can_send_message": "AVAILABLE"},
            {"entity_type": "APP", "id": call.caller.app(), "can_send_message": "AVAILABLE"},
        ],
    })
}

/// The country of the calling codes that one country has to itself.
fn country(calling_code: &str) -> Option<&'static str> {
    let known = [
        ("1", "US"),
        ("31", "NL"),
        ("33", "FR"),
        ("34", "ES"),
        ("44", "GB"),
        ("49", "DE"),
        ("52", "MX"),
        ("55", "BR"),
        ("62", "ID"),
        ("65", "SG"),
        ("91", "IN"),
        ("971", "AE"),
    ];
    known
        .iter()
        .find(|(code, _)| *code == calling_code)
        .map(|(_, country)| *country)
}

/// An opaque text that differs from name to name.
fn certificate(number: &Number, name: &str, count: u32) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    let text = format!("{}:{name}:{count}", number.display_phone_number);
    base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text.as_bytes()))
}

/// `POST /{phone_number_id}`: whatever of its settings the call names.
async fn change(call: &Call, number: &Number) -> Answer {
    let params = &call.params;
    shape::parameters(params, &BESIDE)?;
    let new_pin = params.text("pin")?;
    let name = params.short_text("new_display_name", NAME)?;
    let visibility = params.text("search_visibility")?;
    let webhooks = params.get("webhook_configuration").is_some();
    if new_pin.is_none() && name.is_none() && visibility.is_none() && !webhooks {
        return Err(required("pin"));
    }
    if new_pin.as_deref().is_some_and(|text| !pin::is_pin(text)) {
        return Err(must_be("pin", "six digits"));
    }
    if name
        .as_ref()
        .is_some_and(|name| name.trim().chars().count() < SHORTEST_NAME)
    {
        let what = format!("at least {SHORTEST_NAME} characters long");
        return Err(must_be("new_display_name", &what));
    }
    if let Some(word) = &visibility
        && !["VISIBLE", "NON_VISIBLE"].contains(&word.as_str())
    {
        return Err(must_be("search_visibility", "VISIBLE or NON_VISIBLE"));
    }
    if webhooks {
        apps::override_number(call, number).await?;
    }
    let core = &call.core;
    let mut numbers = lock(&core.numbers_state);
    let state = numbers.of(&number.id);
    if let Some(word) = visibility {
        state.search_visibility = word;
    }
    if let Some(name) = name {
        if name == number.verified_name {
            return Err(must_be(
                "new_display_name",
                "another name than the present one",
            ));
        }
        if matches!(state.name.wanted, Some((_, "PENDING_REVIEW"))) {
            let message = "(#100) A display name is under review already; wait for its result";
            return Err(GraphError::plain(400, 100, message));
        }
        state.name.wanted = Some((name, "PENDING_REVIEW"));
        later::after(core, REVIEW, Step::NameReviewed(number.id.clone()));
    }
    if let Some(text) = new_pin {
        state.pin.set(&text);
        drop(numbers);
        let value = json!({
            "display_phone_number": number.display_phone_number,
            "event": "PIN_CHANGED",
        });
        core.emit_for_waba(&number.waba, "security", &value);
    }
    Ok(success())
}

/// Whether the call reads.
fn reads(call: &Call) -> bool {
    call.method == Method::GET
}
