//! Outbound messages whose fate is open: cut off while sending, or unknown.

use super::{Row, StoreError, Tx};
use crate::clock::Millis;

/// A message that was being sent, or whose outcome is unknown.
#[derive(Debug)]
pub(crate) struct Unsettled {
    pub(crate) id: String,
    pub(crate) channel_id: String,
    pub(crate) attempt: i64,
}

/// Messages in `sending`: at the start nobody is sending them.
pub(crate) fn cut_off(tx: &Tx<'_>) -> Result<Vec<Unsettled>, StoreError> {
    tx.all(
        "SELECT id, channel_id, attempts FROM messages \
         WHERE state IN ('sending', 'unknown') AND state = 'sending' ORDER BY id",
        &[],
        unsettled,
    )
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
    let found = tx.first(
        "SELECT 1 FROM messages WHERE id = $1 AND state = 'unknown'",
        &[id.into()],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

fn unsettled(row: &Row<'_>) -> Result<Unsettled, StoreError> {
    Ok(Unsettled {
        id: row.text(0)?,
        channel_id: row.text(1)?,
        attempt: row.int(2)?,
    })
}
