//! Recording what came of a call: one transaction with everything that follows from it.

use wharf_model::ErrorClass;

use super::backoff;
use super::ending;
use super::pairs;
use crate::app::App;
use crate::carrier::{Outcome, Rejection};
use crate::clock::Millis;
use crate::store::deadlines::TimeToLive;
use crate::store::ended::{self, Ending};
use crate::store::errors::{self, NewError, Source};
use crate::store::messages::State;
use crate::store::outbound::{self, Claimed, Ended, Fault, PUT_BACK, RETRIED};
use crate::store::pairs::Pair;
use crate::store::{
    Locked, StoreError, Tx, attachments, lanes, lines, statuses, suppressions, unsettled,
};

/// A call that ended.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) message: Claimed,
    pub(super) channel_id: String,
    /// `updated_at` of the channel as it was when the call was made.
    pub(super) channel_version: Millis,
    pub(super) outcome: Outcome,
    /// The message's file was uploaded right before the call.
    pub(super) uploaded: bool,
}

/// What follows for the channel's sender.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// The message is in the queue again, due at this time, or it is worth a look.
    pub(super) due_at: Option<Millis>,
    /// All to the same user wait.
    pub(super) struck: Option<Pair>,
    /// The channel was paused by this call.
    pub(super) paused: bool,
    /// The message ended as a dead letter.
    pub(super) dead: Option<&'static str>,
}

/// Writes the outcome and what follows from it. A status that came first is never overruled.
///
/// May be repeated, and may come late, when the message is at its next attempt: that it was accepted
/// counts even then, and nothing else does.
pub(super) fn record(tx: &Tx<'_>, app: &App, call: &Call) -> Result<Recorded, StoreError> {
    let now = app.clock.now();
    if let Outcome::Accepted { carrier_id, .. } = &call.outcome {
        tx.lock(Locked::Wamid(carrier_id))?;
    }
    let Claimed {
        message_id,
        attempt,
        ..
    } = &call.message;
    tx.lock(Locked::Message(message_id))?;
    let is_accepted = matches!(call.outcome, Outcome::Accepted { .. });
    if !is_accepted && outbound::has_ended(tx, message_id, *attempt)? {
        // Whoever wrote it may have put the message back, and told nobody.
        let due_at = Some(now);
        return Ok(Recorded {
            due_at,
            ..Recorded::default()
        });
    }
    match &call.outcome {
        Outcome::Accepted { carrier_id, answer } => {
            accepted(tx, app, call, carrier_id, answer, now)?;
            release(tx, call)?;
            Ok(Recorded::default())
        }
        Outcome::Rejected(rejection) => rejected(tx, app, call, rejection, now),
        Outcome::NotSent { why } => {
            let fault = fault_of("not_sent", "the carrier could not be reached", why);
            put_back(tx, call, &fault, now)
        }
        Outcome::Unknown { why } => {
            let fault = fault_of("unknown", "the outcome is unknown", why);
            unknown(tx, app, &call.channel_id, message_id, *attempt, &fault)?;
            Ok(Recorded::default())
        }
    }
}

fn accepted(
    tx: &Tx<'_>,
    app: &App,
    call: &Call,
    carrier_id: &str,
    answer: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let (channel_id, message_id) = (&call.channel_id, &call.message.message_id);
    if call.uploaded {
        attachments::empty(tx, message_id)?;
    }
    end(tx, call, "accepted", answer, now)?;
    let (random, ttl) = (&app.random, TimeToLive::of(&app.config.send));
    let deadline = ttl.deadline(now);
    if outbound::accepted(
        tx, random, channel_id, message_id, carrier_id, deadline, now,
    )? {
        return statuses::apply_early(tx, random, ttl, message_id, channel_id, carrier_id, now);
    }
    // A status has told it already. Should the id be another message's, nobody knows this one's.
    let fault = fault_of(
        "unknown",
        "the outcome is unknown",
        "the carrier repeated an id",
    );
    let attempt = call.message.attempt;
    outbound::leave_sending(tx, message_id, attempt, State::Unknown, &fault, now)?;
    Ok(())
}

/// The message may have arrived: it is shown as unknown until something settles it.
pub(super) fn unknown(
    tx: &Tx<'_>,
    app: &App,
    channel_id: &str,
    message_id: &str,
    attempt: i64,
    fault: &Fault,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let detail = outbound::json(fault)?;
    let ended = Ended {
        message_id,
        attempt,
        outcome: "unknown",
        detail: &detail,
        http_status: None,
        at: now,
    };
    outbound::end_attempt(tx, &ended)?;
    let left = outbound::leave_sending(tx, message_id, attempt, State::Unknown, fault, now)?;
    let Some(request_id) = left else {
        return Ok(());
    };
    lines::leave(tx, message_id)?;
    unsettled::keep_callback(tx, message_id)?;
    let request_id = request_id.as_deref();
    ending::send_result(
        tx,
        app,
        channel_id,
        message_id,
        request_id,
        State::Unknown,
        fault,
    )
}

/// A fault that no carrier's code names.
pub(super) fn fault_of(class: &str, title: &str, detail: &str) -> Fault {
    Fault {
        code: None,
        title: title.to_owned(),
        detail: Some(detail.to_owned()),
        class: class.to_owned(),
    }
}

fn rejected(
    tx: &Tx<'_>,
    app: &App,
    call: &Call,
    rejection: &Rejection,
    now: Millis,
) -> Result<Recorded, StoreError> {
    let fault = Fault {
        code: rejection.code,
        title: rejection.title.clone(),
        detail: rejection.details.clone(),
        class: rejection.class.as_str().to_owned(),
    };
    let error = NewError {
        channel_id: &call.channel_id,
        message_id: Some(&call.message.message_id),
        code: fault.code,
        class: &fault.class,
        source: Source::Answer,
    };
    errors::add(tx, &app.random, &error, now)?;
    if rejection.class == ErrorClass::OptOut {
        let id = &call.message.message_id;
        suppressions::refused(tx, &app.random, id, None, now, now)?;
    }
    match rejection.class {
        class if class.is_retry() => retry(tx, app, call, rejection, &fault, now),
        ErrorClass::Template => fail(
            tx,
            app,
            call,
            rejection,
            &fault,
            State::RequiresTemplate,
            "requires_template",
        ),
        class if class.stops_channel() && !ending::of_one_message(rejection.code) => {
            let mut recorded = put_back(tx, call, &fault, now)?;
            recorded.paused =
                ending::pause(tx, app, &call.channel_id, call.channel_version, rejection)?;
            Ok(recorded)
        }
        class => fail(
            tx,
            app,
            call,
            rejection,
            &fault,
            State::Failed,
            class.as_str(),
        ),
    }
}

fn retry(
    tx: &Tx<'_>,
    app: &App,
    call: &Call,
    rejection: &Rejection,
    fault: &Fault,
    now: Millis,
) -> Result<Recorded, StoreError> {
    let settings = &app.config.send;
    let message_id = &call.message.message_id;
    let spent = outbound::spent(tx, message_id)?;
    // "API Unknown" may be a fault of Meta's or of the request: one more try tells.
    let most = if rejection.code == Some(1) {
        2
    } else {
        settings.max_attempts
    };
    if spent.saturating_add(1) >= most {
        return fail(
            tx,
            app,
            call,
            rejection,
            fault,
            State::Failed,
            "attempts_exhausted",
        );
    }
    end(tx, call, RETRIED, &outbound::json(fault)?, now)?;
    let wait = backoff::of_message(rejection, spent, settings, &app.random);
    let wait = Millis::try_from(wait.as_millis()).unwrap_or(Millis::MAX);
    let mut due_at = now.saturating_add(wait);
    let (channel_id, pair) = (&call.channel_id, &call.message.place.pair);
    let mut struck = None;
    if rejection.class == ErrorClass::RetryPair && !pair.is_empty() {
        // Not this message waits, but all to this user.
        let strike = pairs::strike(tx, app, channel_id, pair)?;
        due_at = strike.blocked_until;
        struck = Some(strike);
    }
    let recorded = requeue(tx, call, fault, due_at, now)?;
    Ok(Recorded { struck, ..recorded })
}

/// Back to where it was: what happened says nothing about this message.
fn put_back(tx: &Tx<'_>, call: &Call, fault: &Fault, now: Millis) -> Result<Recorded, StoreError> {
    end(tx, call, PUT_BACK, &outbound::json(fault)?, now)?;
    requeue(tx, call, fault, now, now)
}

fn requeue(
    tx: &Tx<'_>,
    call: &Call,
    fault: &Fault,
    due_at: Millis,
    now: Millis,
) -> Result<Recorded, StoreError> {
    let Claimed {
        message_id,
        attempt,
        ..
    } = &call.message;
    if outbound::leave_sending(tx, message_id, *attempt, State::Queued, fault, now)?.is_none() {
        return Ok(Recorded::default());
    }
    // It keeps its turn.
    let (channel_id, place) = (&call.channel_id, &call.message.place);
    if due_at > now {
        lanes::push_later(tx, channel_id, message_id, place, due_at)?;
    } else {
        lanes::push(tx, channel_id, message_id, place)?;
    }
    Ok(Recorded {
        due_at: Some(due_at),
        ..Recorded::default()
    })
}

fn fail(
    tx: &Tx<'_>,
    app: &App,
    call: &Call,
    rejection: &Rejection,
    fault: &Fault,
    state: State,
    reason: &'static str,
) -> Result<Recorded, StoreError> {
    let now = app.clock.now();
    let Claimed {
        message_id,
        attempt,
        ..
    } = &call.message;
    end(
        tx,
        call,
        state.as_str(),
        rejection.raw.as_deref().unwrap_or("null"),
        now,
    )?;
    let left = outbound::leave_sending(tx, message_id, *attempt, state, fault, now)?;
    release(tx, call)?;
    let Some(request_id) = left else {
        return Ok(Recorded::default());
    };
    let (channel_id, request_id) = (&call.channel_id, request_id.as_deref());
    ending::send_result(tx, app, channel_id, message_id, request_id, state, fault)?;
    let answer = rejection.raw.as_deref();
    let answer = answer.and_then(|raw| serde_json::from_str(raw).ok());
    let ending = Ending::new(fault, rejection.advice(), *attempt, answer);
    ended::bury(
        tx,
        &app.random,
        channel_id,
        message_id,
        reason,
        &ending,
        now,
    )?;
    Ok(Recorded {
        dead: Some(reason),
        ..Recorded::default()
    })
}

/// The next of its conversation may leave, if it asked for order.
fn release(tx: &Tx<'_>, call: &Call) -> Result<(), StoreError> {
    if call.message.in_order {
        lines::leave(tx, &call.message.message_id)?;
    }
    Ok(())
}

fn end(
    tx: &Tx<'_>,
    call: &Call,
    outcome: &str,
    detail: &str,
    at: Millis,
) -> Result<(), StoreError> {
    let Claimed {
        message_id,
        attempt,
        ..
    } = &call.message;
    outbound::end_attempt(
        tx,
        &Ended {
            message_id,
            attempt: *attempt,
            outcome,
            detail,
            http_status: match &call.outcome {
                Outcome::Accepted { .. } => Some(200),
                Outcome::Rejected(rejection) => rejection.status.map(i64::from),
                Outcome::NotSent { .. } | Outcome::Unknown { .. } => None,
            },
            at,
        },
    )
}
