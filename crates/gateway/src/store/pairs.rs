//! Pairs of a number and a user that rest, kept so that a restart or another node keeps to it.

use super::{StoreError, Tx};
use crate::clock::Millis;

/// What was sent to a user lately, and what the carrier said to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pair {
    /// When the last burst began.
    pub(crate) since: Millis,
    /// Messages of that burst.
    pub(crate) sent: i64,
    /// Refusals in a row.
    pub(crate) strikes: i64,
    /// Nothing leaves before.
    pub(crate) blocked_until: Millis,
}

/// All that are kept of a channel.
pub(crate) fn all(tx: &Tx<'_>, channel_id: &str) -> Result<Vec<(String, Pair)>, StoreError> {
    tx.all(
        "SELECT pair, since, sent, strikes, blocked_until FROM send_pairs WHERE channel_id = $1",
        &[channel_id.into()],
        |row| {
            let pair = Pair {
                since: row.int(1)?,
                sent: row.int(2)?,
                strikes: row.int(3)?,
                blocked_until: row.int(4)?,
            };
            Ok((row.text(0)?, pair))
        },
    )
}

/// One of them.
pub(crate) fn of(tx: &Tx<'_>, channel_id: &str, pair: &str) -> Result<Option<Pair>, StoreError> {
    tx.first(
        "SELECT since, sent, strikes, blocked_until FROM send_pairs \
         WHERE channel_id = $1 AND pair = $2",
        &[channel_id.into(), pair.into()],
        |row| {
            Ok(Pair {
                since: row.int(0)?,
                sent: row.int(1)?,
                strikes: row.int(2)?,
                blocked_until: row.int(3)?,
            })
        },
    )
}

/// Writes how much was sent; strikes stay.
pub(crate) fn sent(
    tx: &Tx<'_>,
    channel_id: &str,
    name: &str,
    pair: &Pair,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO send_pairs (channel_id, pair, since, sent, strikes, blocked_until) \
         VALUES ($1, $2, $3, $4, 0, 0) ON CONFLICT (channel_id, pair) \
         DO UPDATE SET since = excluded.since, sent = excluded.sent",
        &[
            channel_id.into(),
            name.into(),
            pair.since.into(),
            pair.sent.into(),
        ],
    )
}

/// Writes what the carrier said to it; what was sent stays.
pub(crate) fn struck(
    tx: &Tx<'_>,
    channel_id: &str,
    name: &str,
    pair: &Pair,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO send_pairs (channel_id, pair, since, sent, strikes, blocked_until) \
         VALUES ($1, $2, 0, 0, $3, $4) ON CONFLICT (channel_id, pair) \
         DO UPDATE SET strikes = excluded.strikes, blocked_until = excluded.blocked_until",
        &[
            channel_id.into(),
            name.into(),
            pair.strikes.into(),
            pair.blocked_until.into(),
        ],
    )
}

/// Forgets those of a channel that rest no longer: whatever was sent to them is made up for.
pub(crate) fn forget(
    tx: &Tx<'_>,
    channel_id: &str,
    gap: Millis,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "DELETE FROM send_pairs WHERE channel_id = $1 \
         AND since + sent * CAST($2 AS BIGINT) <= $3 AND blocked_until <= $3",
        &[channel_id.into(), gap.into(), now.into()],
    )
}
