//! Message statuses: every one is kept; only a further one moves its message.

use wharf_model::error::{ErrorClass, ErrorCode};

use super::messages::{self, Message, State};
use super::{StoreError, Tx};
use crate::clock::Millis;

/// A status of an outbound message, as the carrier reported it.
#[derive(Debug)]
pub(crate) struct NewStatus<'a> {
    pub(crate) carrier_id: &'a str,
    pub(crate) channel_id: &'a str,
    pub(crate) status: &'a str,
    pub(crate) recipient: &'a str,
    /// Our id, if the carrier echoed it (`biz_opaque_callback_data`).
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
    New(Option<Message>),
}

/// Keeps a status and moves its message forward, never backwards.
pub(crate) fn keep(tx: &Tx<'_>, status: &NewStatus<'_>) -> Result<Kept, StoreError> {
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
    if message.is_none()
        && let Some(ours) = status.message_id
        && let Some(found) = messages::by_id(tx, ours)?
        && found.channel_id == status.channel_id
        && found.carrier_id.is_none()
    {
        // The status outran the answer to the send, or settles a send whose answer was lost.
        messages::set_carrier_id(tx, ours, status.carrier_id)?;
        message = Some(found);
    }
    if let Some(message) = &message {
        advance(tx, message, status.status, status.raw, status.received_at)?;
    }
    Ok(Kept::New(message))
}

/// Applies the statuses that arrived before the carrier id of `message` was known.
pub(crate) fn apply_early(
    tx: &Tx<'_>,
    message_id: &str,
    channel_id: &str,
    carrier_id: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let early = tx.all(
        "SELECT status, raw FROM message_statuses WHERE carrier_id = $1 AND channel_id = $2",
        &[carrier_id.into(), channel_id.into()],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    for (status, raw) in early {
        if let Some(message) = messages::by_id(tx, message_id)? {
            advance(tx, &message, &status, &raw, now)?;
        }
    }
    Ok(())
}

fn advance(
    tx: &Tx<'_>,
    message: &Message,
    status: &str,
    raw: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(state) = state_of(status, raw) else {
        return Ok(());
    };
    if state.carrier_rank() > message.state.carrier_rank() {
        let failed = matches!(state, State::Failed | State::RequiresTemplate);
        let detail = failed.then_some(raw);
        messages::set_state(tx, &message.id, state, detail, now)?;
    }
    Ok(())
}

/// The state that a status stands for; none for one invented later, which moves nothing.
fn state_of(status: &str, raw: &str) -> Option<State> {
    match status {
        "sent" => Some(State::Sent),
        "delivered" => Some(State::Delivered),
        "read" => Some(State::Read),
        "played" => Some(State::Played),
        "failed" => {
            let raw: serde_json::Value = serde_json::from_str(raw).unwrap_or_default();
            let code = raw
                .pointer("/errors/0/code")
                .and_then(serde_json::Value::as_i64);
            let class = code.map(|code| ErrorCode::from(code).class());
            Some(match class {
                Some(ErrorClass::Template) => State::RequiresTemplate,
                _ => State::Failed,
            })
        }
        _ => None,
    }
}
