//! `GET /api/v1/messages/{id}/timeline`: all that happened to a message, in order.

mod entry;

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wharf_model::ErrorCode;

use super::Gate;
use super::authenticate::Caller;
use super::message_body::{MessageDirection, MessageState};
use super::problem::{Problem, Thing};
use super::query::{Id, found};
use super::time::Time;
use crate::clock::Millis;
use crate::send::{Options, rested_at};
use crate::store::channels::Paused;
use crate::store::messages::{self, Direction};
use crate::store::pairs::Pair;
use crate::store::timeline::{self, Attempt, DeadLetter, Delivery, DeliveryAttempt, Event, Rows};
use entry::{TimelineEntry, What};

/// All that happened to a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "msg_01hf7yat00c5k9m2t8w3x6q4vz", "channel": "support", "direction": "outbound",
    "type": "text", "state": "delivered", "wamid": "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBI=",
    "truncated": false, "entries": [
        {"at": "2026-11-21T08:15:30.250Z", "what": "accepted", "door": "api",
            "caller": "key_01hf7yat00c5k9m2t8w3x6q4vz", "request_id": "order-1042"},
        {"at": "2026-11-21T08:15:30.250Z", "what": "queued", "due_at": "2026-11-21T08:15:30.250Z"},
        {"at": "2026-11-21T08:15:30.261Z", "what": "attempt", "attempt": 1,
            "node": "node_01hf7yat00c5k9m2t8w3x6q4vz", "finished_at": "2026-11-21T08:15:30.402Z",
            "duration_ms": 141, "outcome": "retry", "code": 130_429, "error": "Rate limit hit",
            "advice": "Send more slowly."},
        {"at": "2026-11-21T08:15:31.702Z", "what": "attempt", "attempt": 2,
            "node": "node_01hf7yat00c5k9m2t8w3x6q4vz", "finished_at": "2026-11-21T08:15:31.830Z",
            "duration_ms": 128, "outcome": "accepted", "http_status": 200},
        {"at": "2026-11-21T08:15:31.831Z", "what": "event",
            "id": "evt_01hf7yat00c5k9m2t8w3x6q4vz", "type": "send_result"},
        {"at": "2026-11-21T08:15:31.850Z", "what": "delivery",
            "id": "dlv_01hf7yat00c5k9m2t8w3x6q4vz", "endpoint_id": "ep_01hf7yat00c5k9m2t8w3x6q4vz",
            "event_id": "evt_01hf7yat00c5k9m2t8w3x6q4vz", "state": "delivered", "attempt": 1,
            "status_code": 200, "duration_ms": 12},
        {"at": "2026-11-21T08:15:33.000Z", "what": "status", "status": "delivered",
            "recipient": "16505551234", "reported_at": "2026-11-21T08:15:33.000Z", "received_at": "2026-11-21T08:15:33.204Z",
            "pricing": {"billable": true, "category": "service", "pricing_model": "PMP"}},
    ]
}))]
pub(super) struct Timeline {
    /// Ours: `msg_…`.
    id: String,
    channel: String,
    direction: MessageDirection,
    #[serde(rename = "type")]
    kind: String,
    state: MessageState,
    /// The carrier's id, once it is known.
    wamid: Option<String>,
    /// In the order of their times.
    entries: Vec<TimelineEntry>,
    /// There is more than is shown of something: hundreds of events or deliveries.
    truncated: bool,
}

/// Get the timeline of a message
///
/// Accepted, scheduled, refused by policy, queued, each attempt with the carrier's answer, each
/// status, each event and its deliveries, dead letters and what became of them.
#[utoipa::path(get, path = "/api/v1/messages/{id}/timeline", tag = "Messages",
    operation_id = "message_timeline",
    params(("id" = String, Path,
        description = "`msg_…`, a wamid, or the Idempotency-Key of the request")), responses(
        (status = 200, description = "The timeline", body = Timeline),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<Timeline>, Problem> {
    let scope = caller.scope();
    let rows = gate.app.store.read(move |tx| {
        let message = timeline::find(tx, &id, &scope)?;
        message
            .map(|message| timeline::read(tx, message))
            .transpose()
    });
    let rows = found(rows.await?, Thing::Message)?;
    Ok(axum::Json(tell(rows, gate.app.clock.now())))
}

fn tell(rows: Rows, now: Millis) -> Timeline {
    let Rows {
        message,
        attempts,
        statuses,
        events,
        deliveries,
        delivery_attempts,
        dead_letters,
        paused,
        pair,
        truncated,
    } = rows;
    let mut entries = Vec::new();
    let mut note = |at: Millis, what: What| entries.push(TimelineEntry { at: Time(at), what });
    begin(&message, &mut note);
    refusals(&events, &attempts, &mut note);
    let begun = attempts.first().map(|attempt| attempt.started_at);
    let begun = begun.unwrap_or(message.created_at);
    for attempt in attempts {
        note(attempt.started_at, of_attempt(attempt));
    }
    for status in statuses {
        let raw: Value = serde_json::from_str(&status.raw).unwrap_or_default();
        let part = |name: &str| raw.get(name).filter(|part| !part.is_null()).cloned();
        let what = What::Status {
            status: status.name,
            recipient: status.recipient,
            reported_at: Time(status.occurred_at),
            received_at: Time(status.received_at),
            errors: part("errors"),
            pricing: part("pricing"),
        };
        note(time_of(status.occurred_at, status.received_at, begun), what);
    }
    if message.state == messages::State::Canceled {
        note(message.updated_at, What::Canceled {});
    }
    for event in events {
        let what = What::Event {
            id: event.id,
            kind: event.kind,
        };
        note(event.created_at, what);
    }
    of_deliveries(deliveries, delivery_attempts, &mut note);
    for letter in dead_letters {
        of_dead_letter(letter, &mut note);
    }
    waits(paused, pair, now, &mut note);
    // What is of the same millisecond stays in the order above, which is that of cause and effect.
    entries.sort_by_key(|entry| entry.at.0);
    Timeline {
        id: message.id,
        channel: message.channel_id,
        direction: message.direction.into(),
        kind: message.kind,
        state: message.state.into(),
        wamid: message.carrier_id,
        entries,
        truncated,
    }
}

/// The carrier tells the time of a status in whole seconds: within the second, when we heard of it is
/// closer. None happened before the first call.
fn time_of(occurred_at: Millis, received_at: Millis, begun: Millis) -> Millis {
    let delay = received_at.saturating_sub(occurred_at);
    let at = if (0..1000).contains(&delay) {
        received_at
    } else {
        occurred_at
    };
    at.max(begun)
}

fn begin(message: &messages::Message, note: &mut impl FnMut(Millis, What)) {
    if message.direction == Direction::Inbound {
        note(
            message.created_at,
            What::Received {
                sent_at: Time(message.occurred_at),
                notification: message.notification.clone(),
            },
        );
        return;
    }
    let options = Options::parse(message.options.as_deref());
    let at = message.created_at;
    note(
        at,
        What::Accepted {
            door: options.door.as_str(),
            caller: Some(options.caller).filter(|caller| !caller.is_empty()),
            request_id: message.request_id.clone(),
        },
    );
    match options.send_at.filter(|send_at| *send_at > at) {
        Some(until) => note(at, What::Scheduled { until: Time(until) }),
        None => note(at, What::Queued { due_at: Time(at) }),
    }
}

/// What a queued message waits for, as far as that is not its turn.
fn waits(
    paused: Option<Paused>,
    pair: Option<Pair>,
    now: Millis,
    note: &mut impl FnMut(Millis, What),
) {
    if let Some(paused) = paused {
        let reason = Some(paused.reason);
        let (why, until) = ("channel_paused", None);
        note(now, What::Waits { why, until, reason });
        return;
    }
    let rested_at = pair.map_or(0, |pair| rested_at(&pair));
    if rested_at > now {
        let (why, until) = ("pair_rate", Some(Time(rested_at)));
        let reason = None;
        note(now, What::Waits { why, until, reason });
    }
}

/// A failure that no attempt accounts for is a refusal of ours.
fn refusals(events: &[Event], attempts: &[Attempt], note: &mut impl FnMut(Millis, What)) {
    let mut outcomes: Vec<_> = attempts
        .iter()
        .filter_map(|attempt| attempt.outcome.as_deref())
        .collect();
    for event in events {
        let data: Value = event
            .data
            .as_deref()
            .and_then(|data| serde_json::from_str(data).ok())
            .unwrap_or_default();
        let Some(state) = data["state"].as_str().filter(|_| data["success"] == false) else {
            continue;
        };
        match outcomes.iter().position(|outcome| *outcome == state) {
            Some(position) => {
                outcomes.remove(position);
            }
            None => note(
                event.created_at,
                What::Refused {
                    state: state.to_owned(),
                    code: data["code"].as_i64(),
                    error: data["error"].as_str().map(str::to_owned),
                },
            ),
        }
    }
}

fn of_attempt(attempt: Attempt) -> What {
    let detail = attempt.detail.as_deref();
    let detail: Value = detail
        .and_then(|detail| serde_json::from_str(detail).ok())
        .unwrap_or_default();
    // The carrier's envelope, or a fault of ours.
    let fault = detail.get("error").unwrap_or(&detail);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let code = fault["code"].as_i64();
    let details = text(&fault["error_data"]["details"]).or_else(|| text(&fault["detail"]));
    What::Attempt {
        attempt: attempt.number,
        node: attempt.node,
        duration_ms: attempt
            .finished_at
            .map(|finished| finished.saturating_sub(attempt.started_at)),
        finished_at: attempt.finished_at.map(Time),
        outcome: attempt.outcome,
        http_status: attempt.http_status,
        code,
        error: text(&fault["message"]).or_else(|| text(&fault["title"])),
        details,
        advice: code.map(|code| ErrorCode(code).advice()),
    }
}

fn of_deliveries(
    deliveries: Vec<Delivery>,
    attempts: Vec<DeliveryAttempt>,
    note: &mut impl FnMut(Millis, What),
) {
    for delivery in deliveries.iter().filter(|delivery| delivery.attempts == 0) {
        let pending = delivery.state == "pending";
        let what = What::Delivery {
            id: delivery.id.clone(),
            endpoint_id: delivery.endpoint_id.clone(),
            event_id: delivery.event_id.clone(),
            state: delivery.state.clone(),
            attempt: None,
            status_code: None,
            duration_ms: None,
            error: None,
            next_try_at: pending.then_some(Time(delivery.due_at)),
        };
        note(delivery.created_at, what);
    }
    let by_id: HashMap<_, _> = deliveries
        .into_iter()
        .map(|delivery| (delivery.id.clone(), delivery))
        .collect();
    for attempt in attempts {
        let Some(delivery) = by_id.get(&attempt.delivery_id) else {
            continue;
        };
        // Where a retry has begun anew, what waits is told by itself.
        let is_last = delivery.attempts > 0 && attempt.attempt == delivery.last_attempt;
        let taken = attempt
            .status
            .is_some_and(|status| (200..300).contains(&status));
        let state = match (is_last, taken) {
            (true, _) => delivery.state.as_str(),
            (false, true) => "delivered",
            (false, false) => "failed",
        };
        let what = What::Delivery {
            id: delivery.id.clone(),
            endpoint_id: delivery.endpoint_id.clone(),
            event_id: delivery.event_id.clone(),
            state: state.to_owned(),
            attempt: Some(attempt.attempt),
            status_code: attempt.status,
            duration_ms: Some(attempt.duration_ms),
            error: attempt.error,
            next_try_at: (is_last && delivery.state == "pending").then_some(Time(delivery.due_at)),
        };
        note(attempt.started_at, what);
    }
}

fn of_dead_letter(letter: DeadLetter, note: &mut impl FnMut(Millis, What)) {
    let id = letter.id.clone();
    note(
        letter.created_at,
        What::DeadLetter {
            id: letter.id,
            kind: letter.kind,
            reason: letter.reason,
        },
    );
    if let Some(at) = letter.resolved_at {
        let resolution = letter.resolution.unwrap_or_default();
        note(at, What::Resolved { id, resolution });
    }
}
