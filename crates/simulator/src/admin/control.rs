//! Subscriptions, faults and triggers.

use axum::Json;
use axum::extract::{Path, State};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::fault::{Fault, FaultId};
use crate::simulator::Simulator;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subscribe {
    callback_url: String,
    verify_token: Option<String>,
}

pub(super) async fn subscribe(
    State(simulator): State<Simulator>,
    Json(wish): Json<Subscribe>,
) -> Result<Json<Value>, AdminError> {
    match wish.verify_token {
        Some(token) => simulator.subscribe_with(&wish.callback_url, &token).await?,
        None => simulator.subscribe(&wish.callback_url).await?,
    }
    Ok(Json(json!({"success": true})))
}

pub(super) async fn unsubscribe(State(simulator): State<Simulator>) -> Json<Value> {
    simulator.unsubscribe();
    Json(json!({"success": true}))
}

pub(super) async fn faults(State(simulator): State<Simulator>) -> Json<Value> {
    let data: Vec<_> = simulator
        .faults()
        .into_iter()
        .map(|(id, fault)| json!({"id": id, "fault": fault}))
        .collect();
    Json(json!({ "data": data }))
}

pub(super) async fn add_fault(
    State(simulator): State<Simulator>,
    Json(fault): Json<Value>,
) -> Result<Json<Value>, AdminError> {
    let fault: Fault = serde_json::from_value(fault)
        .map_err(|error| AdminError::bad_request(format!("the fault cannot be used: {error}")))?;
    Ok(Json(json!({"id": simulator.fault(fault)})))
}

pub(super) async fn clear_faults(State(simulator): State<Simulator>) -> Json<Value> {
    simulator.clear_faults();
    Json(json!({"success": true}))
}

pub(super) async fn clear_fault(
    State(simulator): State<Simulator>,
    Path(id): Path<u64>,
) -> Json<Value> {
    Json(json!({"success": simulator.clear_fault(FaultId(id))}))
}

pub(super) async fn events() -> Json<Value> {
    let events: Vec<_> = Simulator::events()
        .iter()
        .map(|(event, does)| json!({"event": event, "does": does}))
        .collect();
    Json(json!({ "data": events }))
}

pub(super) async fn trigger(
    State(simulator): State<Simulator>,
    Path(event): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, AdminError> {
    let params = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&body)
            .map_err(|_| AdminError::bad_request("the body is not valid JSON"))?
    };
    Ok(Json(json!(simulator.trigger(&event, params).await?)))
}
