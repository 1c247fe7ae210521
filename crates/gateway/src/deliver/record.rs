//! What became of attempts, many of them in one transaction.
//!
//! An endpoint that fails must not make events about its failure that fail in turn, without end:
//! a delivery *of* a `dead_letter` or `endpoint_disabled` event becomes a dead letter like any
//! other, visible and retriable, but no further event tells of it. So one failed delivery makes at
//! most one event, whoever receives it. A 410 disables its endpoint once; only a person enables it.

use serde_json::json;

use super::call::{Answer, Outcome};
use super::feed::Work;
use super::schedule;
use crate::app::App;
use crate::clock::Millis;
use crate::ids::Kind;
use crate::store::dead_letters::{self, NewDeadLetter};
use crate::store::deliveries::{self, Attempt};
use crate::store::events::{self, NewEvent};
use crate::store::{Locked, StoreError, Tx, endpoints};

const DEAD_LETTER: &str = "dead_letter";
const ENDPOINT_DISABLED: &str = "endpoint_disabled";
/// The channel of events that belong to none.
const NO_CHANNEL: &str = "unassigned";

/// An attempt that was made, and what follows from it.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) delivery_id: String,
    event_id: String,
    event_kind: String,
    channel_id: String,
    /// Attempts of this schedule, this one included.
    attempts: i64,
    pub(super) attempt: Attempt,
    pub(super) outcome: Outcome,
    pub(super) verdict: Verdict,
}

/// What is next for the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Delivered,
    Again { due_at: Millis },
    Failed,
}

impl Made {
    /// Judges an answer.
    pub(super) fn new(
        app: &App,
        work: Work,
        started_at: Millis,
        duration_ms: i64,
        answer: Answer,
    ) -> Self {
        let attempts = work.attempts + 1;
        let now = app.clock.now();
        let verdict = match answer.outcome {
            Outcome::Delivered => Verdict::Delivered,
            _ => schedule::next(attempts, now, answer.retry_after, &app.random)
                .map_or(Verdict::Failed, |due_at| Verdict::Again { due_at }),
        };
        let attempt = Attempt {
            number: attempts,
            started_at,
            duration_ms,
            status: answer.status.map(|status| i64::from(status.as_u16())),
            error: answer.error,
            response: answer.response,
            request_headers: answer.request_headers,
            response_headers: answer.response_headers,
        };
        let Work {
            delivery_id,
            event_id,
            event_kind,
            channel_id,
            ..
        } = work;
        let outcome = answer.outcome;
        Self {
            delivery_id,
            event_id,
            event_kind,
            channel_id,
            attempts,
            attempt,
            outcome,
            verdict,
        }
    }
}

/// Writes a batch of one endpoint.
pub(super) fn record(
    tx: &Tx<'_>,
    app: &App,
    endpoint_id: &str,
    batch: &[Made],
) -> Result<(), StoreError> {
    let now = app.clock.now();
    for made in batch {
        tx.lock(Locked::Delivery(&made.delivery_id))?;
        deliveries::add_attempt(tx, &made.delivery_id, &made.attempt)?;
        match made.verdict {
            Verdict::Delivered => deliveries::set_delivered(tx, &made.delivery_id, now)?,
            Verdict::Again { due_at } => deliveries::set_due(tx, &made.delivery_id, due_at, now)?,
            Verdict::Failed => {
                if deliveries::set_failed(tx, &made.delivery_id, now)? {
                    bury(tx, app, endpoint_id, made, now)?;
                }
            }
        }
    }
    let gone = batch.iter().any(|made| made.outcome == Outcome::Gone);
    if gone {
        tx.lock(Locked::Endpoint(endpoint_id))?;
    }
    if gone && endpoints::disable(tx, endpoint_id, "gone", now)? {
        tracing::warn!(
            endpoint.id = endpoint_id,
            "an endpoint answered 410 and is disabled"
        );
        let data = json!({"endpoint_id": endpoint_id, "reason": "gone"});
        append(
            tx,
            app,
            ENDPOINT_DISABLED,
            NO_CHANNEL.to_owned(),
            &data,
            now,
        );
    }
    Ok(())
}

/// Keeps a dead letter, and tells of it unless that could go on for ever.
fn bury(
    tx: &Tx<'_>,
    app: &App,
    endpoint_id: &str,
    made: &Made,
    now: Millis,
) -> Result<(), StoreError> {
    let id = app.random.id(Kind::DeadLetter, now);
    let reason = "attempts_exhausted";
    let detail = json!({
        "endpoint_id": endpoint_id,
        "event": made.event_kind,
        "attempts": made.attempts,
        "status": made.attempt.status,
        "error": made.attempt.error,
    });
    let letter = NewDeadLetter {
        id: id.clone(),
        channel_id: Some(made.channel_id.clone()),
        delivery_id: Some(made.delivery_id.clone()),
        event_id: Some(made.event_id.clone()),
        reason: reason.to_owned(),
        detail: detail.to_string(),
        ..NewDeadLetter::default()
    };
    dead_letters::insert(tx, dead_letters::Kind::Delivery, &letter, now)?;
    tracing::warn!(
        endpoint.id = endpoint_id,
        event.id = made.event_id,
        attempt = made.attempts,
        "a delivery failed for the last time"
    );
    if matches!(made.event_kind.as_str(), DEAD_LETTER | ENDPOINT_DISABLED) {
        return Ok(());
    }
    let data = json!({
        "dead_letter_id": id,
        "kind": dead_letters::Kind::Delivery.as_str(),
        "reason": reason,
        "delivery_id": made.delivery_id,
        "endpoint_id": endpoint_id,
        "event_id": made.event_id,
    });
    append(tx, app, DEAD_LETTER, made.channel_id.clone(), &data, now);
    Ok(())
}

fn append(
    tx: &Tx<'_>,
    app: &App,
    kind: &'static str,
    channel_id: String,
    data: &serde_json::Value,
    now: Millis,
) {
    let event = NewEvent {
        id: app.random.id(Kind::Event, now),
        channel_id,
        kind,
        occurred_at: now,
        created_at: now,
        message_id: None,
        notification: None,
        data: data.to_string(),
    };
    events::append(tx, event);
}
