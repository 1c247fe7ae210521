//! The clock from outside: set, advance, step, freeze, speed.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::clock::later;
use crate::simulator::Simulator;

/// Real milliseconds that a travel may take unless the call says otherwise.
const PATIENCE: u64 = 60_000;

pub(super) async fn clock(State(simulator): State<Simulator>) -> Json<Value> {
    let clock = simulator.clock();
    Json(json!({
        "now": clock.now(),
        "frozen": clock.is_fixed(),
        "speed": clock.speed(),
        "next": simulator.next_due(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Move {
    set: Option<Timestamp>,
    advance_ms: Option<u64>,
    /// To the next thing that is due.
    #[serde(default)]
    step: bool,
    frozen: Option<bool>,
    speed: Option<f64>,
    /// Whether to answer only when the notifications of it all were tried.
    #[serde(default)]
    settle: bool,
    timeout_ms: Option<u64>,
}

pub(super) async fn change(
    State(simulator): State<Simulator>,
    Json(wish): Json<Move>,
) -> Result<Json<Value>, AdminError> {
    let clock = simulator.clock();
    let timeout = Duration::from_millis(wish.timeout_ms.unwrap_or(PATIENCE));
    if wish
        .speed
        .is_some_and(|speed| !(speed.is_finite() && speed > 0.0 && speed <= 1e6))
    {
        return Err(AdminError::bad_request(
            "speed must be a number above 0 and at most 1000000; frozen stops the clock",
        ));
    }
    match (wish.frozen, wish.speed) {
        (Some(true), _) => clock.freeze(),
        (_, Some(speed)) => clock.run_at(speed),
        (Some(false), None) => clock.run(),
        (None, None) => {}
    }
    if let Some(at) = wish.set {
        if at < clock.now() {
            clock.set(at);
        } else {
            simulator.travel(at, wish.settle, timeout).await?;
        }
    }
    if let Some(by) = wish.advance_ms {
        let goal = later(clock.now(), Duration::from_millis(by));
        simulator.travel(goal, wish.settle, timeout).await?;
    }
    if wish.step {
        simulator.step(timeout).await?;
    } else if wish.settle {
        simulator.settle(timeout).await?;
    }
    Ok(self::clock(State(simulator)).await)
}
