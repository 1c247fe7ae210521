//! Follows a message until its way is over.

use std::time::Duration;

use anyhow::bail;
use serde_json::Value;
use tokio::time::Instant;

use crate::api::{Api, segment};
use crate::failure::{Failure, is_passing};
use crate::output::{self, Format, plain};
use crate::trouble;

/// How often the gateway is asked.
const INTERVAL: Duration = Duration::from_millis(200);

/// Prints each new state; as JSON the message as it was last, however the wait ends.
pub(crate) async fn follow(
    api: &Api,
    mut message: Value,
    limit: Duration,
    format: Format,
) -> anyhow::Result<()> {
    let id = plain(&message["id"]);
    let end = Instant::now() + limit;
    let mut shown = String::new();
    loop {
        let state = plain(&message["state"]);
        if state != shown && !format.json {
            output::line(format_args!("{id}  {state}"))?;
        }
        shown.clone_from(&state);
        let is_over = Instant::now() >= end;
        let outcome = outcome(&state);
        if format.json && (is_over || outcome != Outcome::Open) {
            output::json(&message)?;
        }
        match outcome {
            Outcome::Arrived => return Ok(()),
            Outcome::Ended => bail!("the message is {state}{}", reason(&message)),
            Outcome::Open if is_over => {
                let text = format!("{id} is still {state} after {} s", limit.as_secs());
                return Err(Failure::TimedOut(text).into());
            }
            Outcome::Open => tokio::time::sleep(INTERVAL).await,
        }
        let path = format!("/api/v1/messages/{}", segment(&id));
        match api.get(&path, &[]).await {
            Ok(now) => message = now,
            // It was accepted: whoever does not learn that sends it again.
            Err(error) if is_passing(&error) => {}
            Err(error) => {
                if format.json {
                    output::json(&message)?;
                }
                return Err(error.context(format!("{id} was accepted, and cannot be followed")));
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Arrived,
    Ended,
    Open,
}

fn outcome(state: &str) -> Outcome {
    match state {
        "delivered" | "read" | "played" => Outcome::Arrived,
        "failed" | "requires_template" | "canceled" | "expired" => Outcome::Ended,
        // `unknown` too: a status may still settle it.
        _ => Outcome::Open,
    }
}

fn reason(message: &Value) -> String {
    match message.pointer("/error/title").and_then(Value::as_str) {
        Some(title) => format!(": {}", trouble::sentence(&message["error"]["code"], title)),
        None => String::new(),
    }
}
