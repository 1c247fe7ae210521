//! Flows: their states, alerts of their endpoints, and those that users have open.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::admin::users::user;
use crate::flow_runtime::FlowScreen;
use crate::flows::FlowStatus;
use crate::ids::PhoneNumberId;
use crate::record::Triggered;
use crate::simulator::Simulator;

/// Every Flow.
pub(super) async fn list(State(simulator): State<Simulator>) -> Json<Value> {
    let flows = simulator.core().flows.list(None);
    let data: Vec<_> = flows
        .iter()
        .map(|flow| {
            json!({"id": flow.id, "waba": flow.waba, "name": flow.name,
                   "status": flow.status, "categories": flow.categories,
                   "endpoint_uri": flow.endpoint_uri, "errors": flow.errors.len()})
        })
        .collect();
    Json(json!({ "data": data }))
}

/// `{"status": "BLOCKED"}`, or `{"alert": "ENDPOINT_LATENCY", "active": false}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    status: Option<FlowStatus>,
    alert: Option<String>,
    active: Option<bool>,
}

pub(super) async fn change(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<Triggered>, AdminError> {
    let triggered = match (change.status, change.alert) {
        (Some(status), None) => simulator.set_flow_status(&id, status)?,
        (None, Some(alert)) => simulator.flow_alert(&id, &alert, change.active.unwrap_or(true))?,
        _ => return Err(AdminError::bad_request("the body needs status, or alert")),
    };
    Ok(Json(triggered))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Open {
    wamid: String,
    phone_number_id: Option<PhoneNumberId>,
}

/// Opens the Flow of a message.
pub(super) async fn open(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(open): Json<Open>,
) -> Result<Json<FlowScreen>, AdminError> {
    let user = user(&simulator, &who, open.phone_number_id.as_ref());
    let session = Box::pin(user.opens_flow(&open.wamid)).await?;
    Ok(Json(session.screen()?))
}

pub(super) async fn screen(
    State(simulator): State<Simulator>,
    Path((who, session)): Path<(String, String)>,
) -> Result<Json<FlowScreen>, AdminError> {
    let user = user(&simulator, &who, None);
    Ok(Json(user.flow_session(&session)?.screen()?))
}

/// What the user does: fields first, in order of name, then one press, or back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Act {
    #[serde(default)]
    fill: serde_json::Map<String, Value>,
    press: Option<String>,
    #[serde(default)]
    back: bool,
    phone_number_id: Option<PhoneNumberId>,
}

pub(super) async fn act(
    State(simulator): State<Simulator>,
    Path((who, session)): Path<(String, String)>,
    Json(act): Json<Act>,
) -> Result<Json<FlowScreen>, AdminError> {
    let user = user(&simulator, &who, act.phone_number_id.as_ref());
    let session = user.flow_session(&session)?;
    for (name, value) in act.fill {
        Box::pin(session.fill(&name, value)).await?;
    }
    if act.back {
        return Ok(Json(Box::pin(session.back()).await?));
    }
    Ok(Json(match act.press {
        Some(button) => Box::pin(session.press(&button)).await?,
        None => session.screen()?,
    }))
}
