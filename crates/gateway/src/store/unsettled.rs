//! Outbound messages whose fate is open: cut off while sending, or unknown.

use super::{Locked, Row, StoreError, Tx};
use crate::clock::Millis;

/// A message that was being sent, or whose outcome is unknown.
#[derive(Debug)]
pub(crate) struct Unsettled {
    pub(crate) id: String,
    pub(crate) channel_id: String,
    pub(crate) attempt: i64,
}

/// A claim of messages whose commit was not answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LostClaim<'a> {
    pub(crate) channel_id: &'a str,
    pub(crate) node: &'a str,
    /// No two claims of a sender have the same.
    pub(crate) claimed_at: Millis,
}

/// A message that such a claim took.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) id: String,
    pub(crate) attempt: i64,
}

/// What a claim took, in the order of arrival.
pub(crate) fn of_claim(tx: &Tx<'_>, claim: &LostClaim<'_>) -> Result<Vec<Taken>, StoreError> {
    tx.all(
        "SELECT m.id, m.attempts FROM messages m JOIN send_attempts a \
         ON a.message_id = m.id AND a.attempt = m.attempts \
         WHERE m.state IN ('sending', 'unknown') AND m.state = 'sending' AND m.channel_id = $1 \
         AND a.node = $2 AND a.started_at = $3 AND a.finished_at IS NULL \
         ORDER BY m.created_at, m.id",
        &[
            claim.channel_id.into(),
            claim.node.into(),
            claim.claimed_at.into(),
        ],
        |row| {
            Ok(Taken {
                id: row.text(0)?,
                attempt: row.int(1)?,
            })
        },
    )
}

/// Messages in `sending` that nobody is sending any more: the node that took them was not heard of
/// after `cutoff`. A node that is alone is in no list, and asks only before it sends.
pub(crate) fn cut_off(
    tx: &Tx<'_>,
    cutoff: Millis,
    limit: i64,
) -> Result<Vec<Unsettled>, StoreError> {
    tx.all(
        "SELECT id, channel_id, attempts FROM messages m \
         WHERE state IN ('sending', 'unknown') AND state = 'sending' \
         AND NOT EXISTS (SELECT 1 FROM send_attempts a JOIN leases l ON l.name = 'node/' || a.node \
         WHERE a.message_id = m.id AND a.attempt = m.attempts AND l.expires_at > $1) \
         ORDER BY id LIMIT $2",
        &[cutoff.into(), limit.into()],
        unsettled,
    )
}

/// Whether a message is still at this attempt.
pub(crate) fn is_sending(tx: &Tx<'_>, id: &str, attempt: i64) -> Result<bool, StoreError> {
    tx.lock(Locked::Message(id))?;
    let found = tx.first(
        "SELECT 1 FROM messages WHERE id = $1 AND state = 'sending' AND attempts = $2",
        &[id.into(), attempt.into()],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// Messages unknown since `cutoff` or longer that no dead letter shows to a person yet.
pub(crate) fn overdue(
    tx: &Tx<'_>,
    cutoff: Millis,
    limit: i64,
) -> Result<Vec<Unsettled>, StoreError> {
    tx.all(
        "SELECT id, channel_id, attempts FROM messages m \
         WHERE state IN ('sending', 'unknown') AND state = 'unknown' AND updated_at <= $1 \
         AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.message_id = m.id \
         AND d.created_at >= m.updated_at) ORDER BY id LIMIT $2",
        &[cutoff.into(), limit.into()],
        unsettled,
    )
}

/// Whether a message is still unknown.
pub(crate) fn is_unknown(tx: &Tx<'_>, id: &str) -> Result<bool, StoreError> {
    tx.lock(Locked::Message(id))?;
    let found = tx.first(
        "SELECT 1 FROM messages WHERE id = $1 AND state = 'unknown'",
        &[id.into()],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// Keeps the callback data of a message that became unknown, if its caller set any.
pub(crate) fn keep_callback(tx: &Tx<'_>, message_id: &str) -> Result<(), StoreError> {
    let found = tx.first(
        "SELECT channel_id, content FROM messages WHERE id = $1",
        &[message_id.into()],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    let Some((channel_id, content)) = found else {
        return Ok(());
    };
    let content: serde_json::Value = serde_json::from_str(&content).unwrap_or_default();
    let Some(data) = content["biz_opaque_callback_data"].as_str() else {
        return Ok(());
    };
    tx.later(
        "INSERT INTO send_callbacks (channel_id, callback_data, message_id) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
        &[channel_id.as_str().into(), data.into(), message_id.into()],
    )?;
    Ok(())
}

/// The one unknown message that a status with the caller's own callback data can be about.
///
/// None if there are several, or if another message to the same contact is being sent: then the
/// status may be that one's, and a wrong guess is worse than none.
pub(crate) fn by_callback(
    tx: &Tx<'_>,
    channel_id: &str,
    callback_data: &str,
    recipient: &str,
) -> Result<Option<String>, StoreError> {
    let mut found = tx.all(
        "SELECT m.id FROM send_callbacks c JOIN messages m ON m.id = c.message_id \
         WHERE c.channel_id = $1 AND c.callback_data = $2 AND m.state = 'unknown' \
         AND m.carrier_id IS NULL AND EXISTS (SELECT 1 FROM contact_identities i \
         WHERE i.contact_id = m.contact_id AND i.value = $3) \
         AND NOT EXISTS (SELECT 1 FROM messages s WHERE s.channel_id = $1 \
         AND s.state IN ('sending', 'unknown') AND s.state = 'sending' \
         AND s.contact_id = m.contact_id) LIMIT 2",
        &[channel_id.into(), callback_data.into(), recipient.into()],
        |row| row.text(0),
    )?;
    let only = found.pop();
    Ok(only.filter(|_| found.is_empty()))
}

fn unsettled(row: &Row<'_>) -> Result<Unsettled, StoreError> {
    Ok(Unsettled {
        id: row.text(0)?,
        channel_id: row.text(1)?,
        attempt: row.int(2)?,
    })
}
