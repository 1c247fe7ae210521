//! What became of attempts, many of them in one transaction.
//!
//! An endpoint that fails must not make events about its failure that fail in turn, without end:
//! a delivery *of* a `dead_letter` or `endpoint_disabled` event becomes a dead letter like any
//! other, visible and retriable, but no further event tells of it. So one failed delivery makes at
//! most one event, whoever receives it. An endpoint is disabled once; only a person enables it.

use serde_json::json;

use super::call::{Answer, Outcome};
use super::feed::Work;
use super::{TEST, schedule};
use crate::app::App;
use crate::clock::Millis;
use crate::ids::Kind;
use crate::store::dead_letters::{self, NewDeadLetter};
use crate::store::deliveries::{self, Attempt, State};
use crate::store::events::{self, NewEvent};
use crate::store::{Locked, StoreError, Tx, endpoints};

const DEAD_LETTER: &str = "dead_letter";
const ENDPOINT_DISABLED: &str = "endpoint_disabled";
/// The channel of events that belong to none.
const NO_CHANNEL: &str = "unassigned";
const DAY: Millis = 24 * 3600 * 1000;

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
    Again {
        due_at: Millis,
    },
    Failed,
    /// It was a test, which shows how the endpoint is now.
    Missed,
}

/// What is to be kept about an endpoint that fails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Health {
    /// It may be on record as failing.
    pub(super) suspect: bool,
    /// Days of nothing but failures after which it is disabled; 0: never.
    pub(super) disable_after_days: u32,
}

impl Verdict {
    /// Whether it speaks against the endpoint.
    const fn is_failure(self) -> bool {
        matches!(self, Self::Again { .. } | Self::Failed)
    }
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
            _ if work.event_kind == TEST => Verdict::Missed,
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

/// Writes a batch of one endpoint; whether a delivery is due that somebody began again meanwhile.
pub(super) fn record(
    tx: &Tx<'_>,
    app: &App,
    endpoint_id: &str,
    health: Health,
    batch: &[Made],
) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let mut overtaken = false;
    for made in batch {
        let (id, nth) = (&made.delivery_id, made.attempts);
        tx.lock(Locked::Delivery(id))?;
        deliveries::add_attempt(tx, id, &made.attempt)?;
        let kept = match made.verdict {
            Verdict::Delivered => {
                deliveries::set_delivered(tx, id, now)?;
                true
            }
            Verdict::Again { due_at } => deliveries::set_due(tx, id, nth, due_at, now)?,
            Verdict::Missed => deliveries::set_over(tx, id, nth, State::Canceled, now)?,
            Verdict::Failed => {
                let over = deliveries::set_over(tx, id, nth, State::Failed, now)?;
                if over {
                    bury(tx, app, endpoint_id, made, now)?;
                }
                over
            }
        };
        overtaken |= !kept;
    }
    judge(tx, app, endpoint_id, health, batch, now)?;
    Ok(overtaken)
}

/// Notes how the endpoint does, and disables one that is gone or has failed for too long.
fn judge(
    tx: &Tx<'_>,
    app: &App,
    endpoint_id: &str,
    health: Health,
    batch: &[Made],
    now: Millis,
) -> Result<(), StoreError> {
    let gone = batch.iter().any(|made| made.outcome == Outcome::Gone);
    let answers = batch.iter().any(|made| made.verdict == Verdict::Delivered);
    let failed = batch.iter().filter(|made| made.verdict.is_failure());
    let failed = failed.map(|made| made.attempt.started_at).min();
    let noted = if answers {
        health.suspect
    } else {
        failed.is_some()
    };
    if !gone && !noted {
        return Ok(());
    }
    tx.lock(Locked::Endpoint(endpoint_id))?;
    if gone {
        let reason = "the endpoint answered 410 Gone";
        return disable(tx, app, endpoint_id, ("gone", reason), now);
    }
    if answers {
        return endpoints::set_well(tx, endpoint_id);
    }
    let Some(at) = failed else { return Ok(()) };
    let since = endpoints::set_failing(tx, endpoint_id, at)?;
    let days = health.disable_after_days;
    if days > 0 && since.is_some_and(|since| now - since >= i64::from(days) * DAY) {
        let reason = format!("failed for {days} days");
        disable(tx, app, endpoint_id, (&reason, &reason), now)?;
    }
    Ok(())
}

/// Disables an endpoint, and tells so: the word that is kept, and the reason that is told.
fn disable(
    tx: &Tx<'_>,
    app: &App,
    endpoint_id: &str,
    (word, reason): (&str, &str),
    now: Millis,
) -> Result<(), StoreError> {
    if endpoints::disable(tx, endpoint_id, word, now)? {
        tracing::warn!(endpoint.id = endpoint_id, reason, "an endpoint is disabled");
        let data = json!({
            "endpoint": endpoint_id, "endpoint_id": endpoint_id, "reason": reason,
        });
        let nowhere = NO_CHANNEL.to_owned();
        append(tx, app, ENDPOINT_DISABLED, nowhere, &data, now);
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
