//! Numbers from outside: the code of the SMS, states that only Meta decides, reviews by hand.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::core::lock;
use crate::error::SimulatorError;
use crate::ids::PhoneNumberId;
use crate::numbers::{name, official};
use crate::simulator::Simulator;

/// Every route and what it does.
#[rustfmt::skip]
pub(super) const ROUTES: [(&str, &str); 5] = [
    ("GET /sim/v1/numbers/{id}", "what hangs on a number: registration, name, username, calling, blocked users"),
    ("PATCH /sim/v1/numbers/{id}", "status, code_verification_status, registered, on_biz_app, account_mode, recently_deleted"),
    ("GET /sim/v1/numbers/{id}/code", "the verification code that was sent by SMS or voice"),
    ("POST /sim/v1/numbers/{id}/name", "decides the display name: approved, and reason when not"),
    ("POST /sim/v1/numbers/{id}/official", "decides the request for an official business account: approved"),
];

pub(super) fn router() -> Router<Simulator> {
    Router::new()
        .route("/numbers/{id}", get(show).patch(change))
        .route("/numbers/{id}/code", get(code))
        .route("/numbers/{id}/name", post(decide_name))
        .route("/numbers/{id}/official", post(decide_official))
}

/// The id of a number that exists.
pub(super) fn known(simulator: &Simulator, id: &str) -> Result<PhoneNumberId, SimulatorError> {
    let number = simulator.core().number(id);
    number
        .map(|number| number.id.clone())
        .ok_or(SimulatorError::Unknown { kind: "number" })
}

async fn show(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
) -> Result<Json<Value>, AdminError> {
    let id = known(&simulator, &id)?;
    let mut numbers = lock(&simulator.core().numbers_state);
    let state = numbers.of(&id);
    Ok(Json(json!({
        "id": id,
        "status": state.status,
        "registered": state.registered,
        "code_verification_status": state.verification,
        "name_status": state.name.status,
        "new_display_name": state.name.wanted.as_ref().map(|(name, _)| name),
        "is_pin_enabled": state.pin.is_set(),
        "on_biz_app": state.on_biz_app,
        "account_mode": state.account_mode,
        "oba_status": state.official.status,
        "username": state.username.as_ref().map(|username| &username.name),
        "calling": state.calling,
        "qr_codes": state.qr_codes.len(),
        "blocked_users": state.blocked.len(),
    })))
}

async fn code(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
) -> Result<Json<Value>, AdminError> {
    let id = known(&simulator, &id)?;
    let code = lock(&simulator.core().numbers_state).of(&id).code.clone();
    let code = code.ok_or(SimulatorError::Unknown { kind: "code" })?;
    Ok(Json(json!({
        "code": code.text,
        "code_method": code.method,
        "expires": code.until,
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    status: Option<String>,
    code_verification_status: Option<String>,
    registered: Option<bool>,
    on_biz_app: Option<bool>,
    account_mode: Option<String>,
    recently_deleted: Option<bool>,
}

const STATUSES: [&str; 8] = [
    "CONNECTED",
    "DISCONNECTED",
    "PENDING",
    "FLAGGED",
    "RESTRICTED",
    "RATE_LIMITED",
    "BANNED",
    "MIGRATED",
];

/// One of the words that Meta has for this.
fn word(
    given: Option<&str>,
    known: &[&'static str],
    name: &'static str,
) -> Result<Option<&'static str>, SimulatorError> {
    let Some(given) = given else {
        return Ok(None);
    };
    let word = known.iter().find(|word| **word == given).copied();
    word.map(Some).ok_or_else(|| SimulatorError::Parameter {
        name,
        reason: format!("is not one of {}", known.join(", ")),
    })
}

async fn change(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<Value>, AdminError> {
    let number = known(&simulator, &id)?;
    let status = word(change.status.as_deref(), &STATUSES, "status")?;
    let verification = word(
        change.code_verification_status.as_deref(),
        &["VERIFIED", "NOT_VERIFIED", "EXPIRED"],
        "code_verification_status",
    )?;
    let mode = word(
        change.account_mode.as_deref(),
        &["LIVE", "SANDBOX"],
        "account_mode",
    )?;
    {
        let core = simulator.core();
        let mut numbers = lock(&core.numbers_state);
        let state = numbers.of(&number);
        state.status = status.unwrap_or(state.status);
        state.verification = verification.unwrap_or(state.verification);
        state.registered = change.registered.unwrap_or(state.registered);
        state.on_biz_app = change.on_biz_app.unwrap_or(state.on_biz_app);
        state.account_mode = mode.unwrap_or(state.account_mode);
        if let Some(deleted) = change.recently_deleted {
            state.deleted_at = deleted.then(|| core.clock.now());
        }
    }
    show(State(simulator), Path(id)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    approved: bool,
    reason: Option<String>,
}

const REASONS: [&str; 6] = [
    "NAME_FORMAT_UNACCEPTABLE",
    "NAME_EMPLOYEE_ISSUE",
    "NAME_ENDCLIENT_NOTRELATED",
    "NAME_INDIVIDUAL_ISSUE",
    "NAME_NOT_CONSISTENT",
    "UNKNOWN",
];

async fn decide_name(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Json(decision): Json<Decision>,
) -> Result<Json<Value>, AdminError> {
    let id = known(&simulator, &id)?;
    let reason = word(decision.reason.as_deref(), &REASONS, "reason")?;
    let reason = (!decision.approved).then(|| reason.unwrap_or("UNKNOWN"));
    let emitted = name::decide(simulator.core(), &id, None, reason);
    Ok(Json(json!(emitted.map(|emitted| {
        emitted.triggered("phone_number.name", None)
    }))))
}

async fn decide_official(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Json(decision): Json<Decision>,
) -> Result<Json<Value>, AdminError> {
    let id = known(&simulator, &id)?;
    let emitted = official::decide(simulator.core(), &id, decision.approved);
    Ok(Json(json!(emitted.map(|emitted| {
        emitted.triggered("phone_number.official", None)
    }))))
}
