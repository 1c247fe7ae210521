//! Messages of a conversation that leave in order, one after the other.
//!
//! Only the first of a line stands in the queue. It keeps its place in the line until it has ended or
//! its outcome is unknown; the transaction that writes this puts the next one into the queue. So
//! whatever a crash cuts off, the first of each line is in the queue, or is being sent.

use super::lanes::{self, Place};
use super::{Locked, StoreError, Tx};
use crate::clock::Millis;

/// Lines a message up behind those of its conversation; `true` if it is the first, and may go into
/// the queue.
///
/// Called once the conversation is locked, so that lines have the order of accepting.
pub(crate) fn join(
    tx: &Tx<'_>,
    channel_id: &str,
    conversation_id: &str,
    message_id: &str,
    place: &Place,
    due_at: Millis,
) -> Result<bool, StoreError> {
    tx.lock(Locked::Line(conversation_id))?;
    let last = tx.first(
        "SELECT position FROM send_lines WHERE conversation_id = $1 \
         ORDER BY position DESC LIMIT 1",
        &[conversation_id.into()],
        |row| row.int(0),
    )?;
    let position = last.map_or(place.position, |last| {
        place.position.max(last.saturating_add(1))
    });
    tx.later(
        "INSERT INTO send_lines (conversation_id, position, message_id, channel_id, due_at, lane, \
         caller, pair) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            conversation_id.into(),
            position.into(),
            message_id.into(),
            channel_id.into(),
            due_at.into(),
            place.lane.into(),
            (&place.caller).into(),
            (&place.pair).into(),
        ],
    )?;
    Ok(last.is_none())
}

/// A message holds the others of its conversation up no longer: the next goes into the queue. `true`
/// if there is one.
pub(crate) fn leave(tx: &Tx<'_>, message_id: &str) -> Result<bool, StoreError> {
    let Some(conversation_id) = line_of(tx, message_id)? else {
        return Ok(false);
    };
    tx.lock(Locked::Line(&conversation_id))?;
    step_out(tx, message_id, &conversation_id)
}

/// As [`leave`], but does not wait for somebody else who changes the line: `false` if there is one,
/// and it is to be tried again. For a claim: others change a line first and stop its channel then.
pub(crate) fn try_leave(tx: &Tx<'_>, message_id: &str) -> Result<bool, StoreError> {
    let Some(conversation_id) = line_of(tx, message_id)? else {
        return Ok(true);
    };
    if !tx.try_lock(Locked::Line(&conversation_id))? {
        return Ok(false);
    }
    step_out(tx, message_id, &conversation_id)?;
    Ok(true)
}

/// The conversation in whose line a message stands.
fn line_of(tx: &Tx<'_>, message_id: &str) -> Result<Option<String>, StoreError> {
    tx.first(
        "SELECT conversation_id FROM send_lines WHERE message_id = $1",
        &[message_id.into()],
        |row| row.text(0),
    )
}

fn step_out(tx: &Tx<'_>, message_id: &str, conversation_id: &str) -> Result<bool, StoreError> {
    let left = tx.first(
        "DELETE FROM send_lines WHERE message_id = $1 RETURNING position",
        &[message_id.into()],
        |row| row.int(0),
    )?;
    let first = tx.first(
        "SELECT position, message_id, channel_id, due_at, lane, caller, pair FROM send_lines \
         WHERE conversation_id = $1 ORDER BY position LIMIT 1",
        &[conversation_id.into()],
        |row| {
            let place = Place {
                lane: row.int(4)?,
                turn: None,
                position: row.int(0)?,
                caller: row.text(5)?,
                pair: row.text(6)?,
            };
            Ok((place, row.text(1)?, row.text(2)?, row.int(3)?))
        },
    )?;
    match (left, first) {
        (Some(left), Some((place, next, channel_id, due_at))) if left < place.position => {
            lanes::push_later(tx, &channel_id, &next, &place, due_at)?;
            tx.note(|changed| changed.queue = true);
            Ok(true)
        }
        _ => Ok(false),
    }
}
