//! Template management on command.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::core::lock;
use crate::error::SimulatorError;
use crate::simulator::Simulator;
use crate::template::{Review, ReviewRule, Ruling, review};

/// One template with what management keeps of it.
pub(super) async fn get(
    State(simulator): State<Simulator>,
    Path(id): Path<u64>,
) -> Result<Json<Value>, AdminError> {
    let core = simulator.core();
    let template = review::find(core, id).ok_or(SimulatorError::Unknown { kind: "template" })?;
    let history = lock(&core.desk).get(id);
    Ok(Json(json!({"template": template, "history": history})))
}

/// `{"event": "REJECTED", "reason": "SCAM"}`: the platform decides.
pub(super) async fn rule(
    State(simulator): State<Simulator>,
    Path(id): Path<u64>,
    Json(order): Json<Value>,
) -> Result<Json<Value>, AdminError> {
    let triggered = simulator.review_template(id, Ruling::read(&order)?)?;
    Ok(Json(json!(triggered)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Blocks {
    users: u64,
    reason: Option<String>,
}

/// Users block the business over a template.
pub(super) async fn block(
    State(simulator): State<Simulator>,
    Path(id): Path<u64>,
    Json(blocks): Json<Blocks>,
) -> Result<Json<Value>, AdminError> {
    let reason = blocks.reason.as_deref().unwrap_or("UNKNOWN_BLOCK_REASON");
    simulator.block_over_template(id, blocks.users, reason)?;
    Ok(Json(json!({"success": true})))
}

/// How templates are reviewed.
pub(super) async fn review(State(simulator): State<Simulator>) -> Json<Value> {
    Json(shown(simulator.review()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    delay_ms: Option<u64>,
    rule: Option<ReviewRule>,
    recategorise_ms: Option<u64>,
    most_templates: Option<usize>,
}

pub(super) async fn change_review(
    State(simulator): State<Simulator>,
    Json(change): Json<Change>,
) -> Json<Value> {
    let old = simulator.review();
    let review = Review {
        delay: change.delay_ms.map_or(old.delay, Duration::from_millis),
        rule: change.rule.unwrap_or(old.rule),
        recategorise: change
            .recategorise_ms
            .map_or(old.recategorise, Duration::from_millis),
        most_templates: change.most_templates.or(old.most_templates),
    };
    simulator.set_review(review);
    Json(shown(review))
}

fn shown(review: Review) -> Value {
    json!({
        "delay_ms": u64::try_from(review.delay.as_millis()).unwrap_or(u64::MAX),
        "rule": review.rule,
        "recategorise_ms": u64::try_from(review.recategorise.as_millis()).unwrap_or(u64::MAX),
        "most_templates": review.most_templates,
    })
}
