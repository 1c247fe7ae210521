//! Scripts of faults, and what goes wrong with notifications.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::fault::Script;
use crate::simulator::Simulator;

pub(super) async fn scripts(State(simulator): State<Simulator>) -> Json<Value> {
    let data: Vec<_> = simulator
        .scripts()
        .into_iter()
        .map(|(id, script)| json!({"id": id, "script": script}))
        .collect();
    Json(json!({ "data": data }))
}

pub(super) async fn add_script(
    State(simulator): State<Simulator>,
    Json(script): Json<Value>,
) -> Result<Json<Value>, AdminError> {
    let script: Script = serde_json::from_value(script)
        .map_err(|error| AdminError::bad_request(format!("the script cannot be used: {error}")))?;
    if script.steps.iter().all(|step| step.times == 0) {
        return Err(AdminError::bad_request("the script has no step"));
    }
    Ok(Json(json!({"id": simulator.script(script)})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    duplicated: Option<f64>,
    reordered: Option<f64>,
    delayed: Option<f64>,
    delay_ms: Option<u64>,
    dropped: Option<f64>,
}

pub(super) async fn webhooks(State(simulator): State<Simulator>) -> Json<Value> {
    let faults = simulator.webhook_faults();
    Json(json!({
        "duplicated": faults.duplicated,
        "reordered": faults.reordered,
        "delayed": faults.delayed,
        "delay_ms": u64::try_from(faults.delay.as_millis()).unwrap_or(u64::MAX),
        "dropped": faults.dropped,
    }))
}

pub(super) async fn change_webhooks(
    State(simulator): State<Simulator>,
    Json(change): Json<Change>,
) -> Result<Json<Value>, AdminError> {
    let mut faults = simulator.webhook_faults();
    for (name, share, new) in [
        ("duplicated", &mut faults.duplicated, change.duplicated),
        ("reordered", &mut faults.reordered, change.reordered),
        ("delayed", &mut faults.delayed, change.delayed),
        ("dropped", &mut faults.dropped, change.dropped),
    ] {
        let new = new.unwrap_or(*share);
        if !(0.0..=1.0).contains(&new) {
            let reason = format!("{name} is a share, from 0 to 1");
            return Err(AdminError::bad_request(reason));
        }
        *share = new;
    }
    if let Some(millis) = change.delay_ms {
        faults.delay = Duration::from_millis(millis);
    }
    simulator.set_webhook_faults(faults);
    Ok(webhooks(State(simulator)).await)
}
