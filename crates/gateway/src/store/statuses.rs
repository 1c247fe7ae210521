//! Message statuses: every one is kept; only a further one moves its message.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use wharf_model::{ErrorClass, ErrorCode};

use super::deadlines::{self, TimeToLive};
use super::ended::{self, Ending};
use super::erasures::erase;
use super::messages::{self, Message, State};
use super::outbound::{self, Fault};
use super::{Locked, StoreError, Tx, dead_letters, lines, suppressions, unsettled};
use crate::clock::Millis;
use crate::ids::Random;

#[cfg(test)]
mod tests;

/// The user has stopped marketing messages. See [Cloud API/Error codes].
const OPTED_OUT: i64 = 131_050;

/// A status of an outbound message, as the carrier reported it.
#[derive(Debug)]
pub(crate) struct NewStatus<'a> {
    pub(crate) carrier_id: &'a str,
    pub(crate) channel_id: &'a str,
    pub(crate) status: &'a str,
    pub(crate) recipient: &'a str,
    /// What the carrier echoed (`biz_opaque_callback_data`): our id, unless the caller set another.
    pub(crate) message_id: Option<&'a str>,
    pub(crate) occurred_at: Millis,
    pub(crate) received_at: Millis,
    /// The status element verbatim.
    pub(crate) raw: &'a str,
}

/// What became of a status.
#[derive(Debug)]
pub(crate) enum Kept {
    /// Reported before; nothing changed.
    Seen,
    /// New; of this message, if it is one of ours.
    New(Option<Box<Message>>),
}

/// Keeps a status and moves its message forward, never backwards.
///
/// If it is the first to tell the carrier's id of a message (it outran the answer to the send, or
/// settles a send whose answer was lost), it says `send_result` in the place of that answer.
pub(crate) fn keep(
    tx: &Tx<'_>,
    status: &NewStatus<'_>,
    random: &Random,
    ttl: TimeToLive,
) -> Result<Kept, StoreError> {
    // The answer to the send may be recorded at this moment: one of the two sees the other's trace.
    tx.lock(Locked::Wamid(status.carrier_id))?;
    let added = tx.execute(
        "INSERT INTO message_statuses (carrier_id, channel_id, status, recipient, message_id, \
         occurred_at, received_at, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT DO NOTHING",
        &[
            status.carrier_id.into(),
            status.channel_id.into(),
            status.status.into(),
            status.recipient.into(),
            status.message_id.into(),
            status.occurred_at.into(),
            status.received_at.into(),
            status.raw.into(),
        ],
    )?;
    if added == 0 {
        return Ok(Kept::Seen);
    }
    let mut message = messages::by_carrier_id(tx, status.channel_id, status.carrier_id)?;
    if let Some(found) = &message {
        message = messages::lock(tx, &found.id)?;
    }
    if message.is_none() {
        let unsettled = unsettled_by(tx, status)?;
        let about = unsettled.as_ref().map(|found| found.id.as_str());
        if let Some(id) = about.or(status.message_id)
            && erase::is_erased(tx, id)?
        {
            forget(tx, status)?;
            return Ok(Kept::Seen);
        }
        if let Some(found) = unsettled {
            let (channel, wamid, now) = (status.channel_id, status.carrier_id, status.received_at);
            let deadline = ttl.deadline(now);
            outbound::accepted(tx, random, channel, &found.id, wamid, deadline, now)?;
            lines::leave(tx, &found.id)?;
            if matches!(found.state, State::Unknown | State::Failed) {
                dead_letters::resolve_of_message(tx, &found.id, "settled by a status", now)?;
            }
            message = messages::by_id(tx, &found.id)?;
        }
    }
    if let Some(message) = &message {
        let told = Told {
            status: status.status,
            raw: status.raw,
            now: status.received_at,
        };
        advance(tx, random, ttl, message, &told)?;
    }
    Ok(Kept::New(message.map(Box::new)))
}

/// What comes late of a person who was erased is not kept.
fn forget(tx: &Tx<'_>, status: &NewStatus<'_>) -> Result<(), StoreError> {
    tx.later(
        "DELETE FROM message_statuses WHERE carrier_id = $1 AND channel_id = $2 AND status = $3 \
         AND recipient = $4",
        &[
            status.carrier_id.into(),
            status.channel_id.into(),
            status.status.into(),
            status.recipient.into(),
        ],
    )
}

/// The message without a carrier's id that a status is about, by the callback data it echoes: our
/// id, or what the caller set.
fn unsettled_by(tx: &Tx<'_>, status: &NewStatus<'_>) -> Result<Option<Message>, StoreError> {
    let Some(echo) = status.message_id else {
        return Ok(None);
    };
    // What failed under this id was sent again since, or given up: its other statuses, come late,
    // must not take the place of the new attempt's.
    let failed = tx.first(
        "SELECT 1 FROM message_statuses WHERE carrier_id = $1 AND channel_id = $2 \
         AND status = 'failed'",
        &[status.carrier_id.into(), status.channel_id.into()],
        |_| Ok(()),
    )?;
    if status.status != "failed" && failed.is_some() {
        return Ok(None);
    }
    let mut found = messages::lock(tx, echo)?;
    if found.is_none() {
        // Meta may name a recipient twice, by phone number and by BSUID; we may know only one.
        let raw: Value = serde_json::from_str(status.raw).unwrap_or_default();
        for key in ["recipient_id", "recipient_user_id"] {
            if let Some(recipient) = raw[key].as_str()
                && let Some(id) = unsettled::by_callback(tx, status.channel_id, echo, recipient)?
            {
                found = messages::lock(tx, &id)?;
                break;
            }
        }
    }
    Ok(found.filter(|found| found.channel_id == status.channel_id && found.carrier_id.is_none()))
}

/// Applies the statuses that arrived before the carrier id of `message` was known.
pub(crate) fn apply_early(
    tx: &Tx<'_>,
    random: &Random,
    ttl: TimeToLive,
    message_id: &str,
    channel_id: &str,
    carrier_id: &str,
    now: Millis,
) -> Result<(), StoreError> {
    tx.lock(Locked::Wamid(carrier_id))?;
    let early = tx.all(
        "SELECT status, raw FROM message_statuses WHERE carrier_id = $1 AND channel_id = $2",
        &[carrier_id.into(), channel_id.into()],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    for (status, raw) in early {
        if let Some(message) = messages::by_id(tx, message_id)? {
            let told = Told {
                status: &status,
                raw: &raw,
                now,
            };
            advance(tx, random, ttl, &message, &told)?;
        }
    }
    Ok(())
}

/// What a status says, and when it was heard.
struct Told<'a> {
    status: &'a str,
    raw: &'a str,
    now: Millis,
}

/// The part of a status that tells the price.
#[derive(Deserialize)]
struct Priced<'a> {
    #[serde(borrow)]
    pricing: Option<&'a RawValue>,
}

fn advance(
    tx: &Tx<'_>,
    random: &Random,
    ttl: TimeToLive,
    message: &Message,
    told: &Told<'_>,
) -> Result<(), StoreError> {
    let Told { status, raw, now } = *told;
    price(tx, ttl, message, told)?;
    let state = match status {
        "sent" => State::Sent,
        "delivered" => State::Delivered,
        "read" => State::Read,
        "played" => State::Played,
        "failed" => return fail(tx, random, message, raw, now),
        // One that was invented later moves nothing.
        _ => return Ok(()),
    };
    if state.carrier_rank() > message.state.carrier_rank() {
        messages::set_state(tx, &message.id, state, None, now)?;
        if message.state == State::Failed {
            // Reported as failed before, and yet it arrived.
            dead_letters::resolve_of_message(tx, &message.id, "arrived after all", now)?;
        }
    }
    Ok(())
}

/// Keeps what the message costs as the last status said, and what follows from its category.
fn price(
    tx: &Tx<'_>,
    ttl: TimeToLive,
    message: &Message,
    told: &Told<'_>,
) -> Result<(), StoreError> {
    let Ok(Priced {
        pricing: Some(pricing),
    }) = serde_json::from_str(told.raw)
    else {
        return Ok(());
    };
    if message.pricing.as_deref() == Some(pricing.get()) {
        return Ok(());
    }
    messages::set_pricing(tx, &message.id, pricing.get())?;
    let pricing: Value = serde_json::from_str(pricing.get()).unwrap_or_default();
    let category = pricing["category"].as_str().unwrap_or_default();
    let own = deadlines::of_template(tx, message)?;
    match ttl.deadline_of(category, own, told.now) {
        Some(deadline) => deadlines::tighten(tx, &message.id, deadline),
        None => Ok(()),
    }
}

/// The carrier had taken the message and could not deliver it.
fn fail(
    tx: &Tx<'_>,
    random: &Random,
    message: &Message,
    raw: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let answer = serde_json::from_str(raw).ok();
    let raw: Value = serde_json::from_str(raw).unwrap_or_default();
    let text = |path| raw.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let code = raw.pointer("/errors/0/code").and_then(Value::as_i64);
    if code == Some(OPTED_OUT) {
        let at = text("/timestamp").and_then(|seconds| seconds.parse::<Millis>().ok());
        let at = at.map_or(now, |seconds| seconds.saturating_mul(1000).min(now));
        suppressions::refused(tx, random, &message.id, None, at, now)?;
    }
    let class = code.map_or(ErrorClass::FixRequest, |code| ErrorCode(code).class());
    let state = match class {
        ErrorClass::Template => State::RequiresTemplate,
        _ => State::Failed,
    };
    if state.carrier_rank() <= message.state.carrier_rank() {
        return Ok(());
    }
    let fault = Fault {
        code,
        title: text("/errors/0/title").unwrap_or_else(|| "failed".to_owned()),
        detail: text("/errors/0/error_data/details"),
        class: class.as_str().to_owned(),
    };
    messages::set_state(tx, &message.id, state, Some(&outbound::json(&fault)?), now)?;
    let advice = code.map_or("look the carrier's answer up", |code| {
        ErrorCode(code).advice()
    });
    let ending = Ending::new(&fault, advice, message.attempts, answer);
    let reason = match state {
        State::RequiresTemplate => state.as_str(),
        _ => fault.class.as_str(),
    };
    ended::bury(
        tx,
        random,
        &message.channel_id,
        &message.id,
        reason,
        &ending,
        now,
    )
}
