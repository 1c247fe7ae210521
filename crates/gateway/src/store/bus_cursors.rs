//! How far events have been published to the bus.

use super::{StoreError, Tx, events};

/// The publisher of events to `JetStream`.
const EVENTS: &str = "events";

/// The number of the last event that the bus has acknowledged.
///
/// A bus that was never used before begins behind the newest event: its subscribers want what
/// happens from now on, not the history of the house.
pub(crate) fn begin(tx: &Tx<'_>) -> Result<i64, StoreError> {
    let newest = events::last_seq(tx)?;
    tx.execute(
        "INSERT INTO bus_cursors (name, seq) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        &[EVENTS.into(), newest.into()],
    )?;
    Ok(get(tx)?.unwrap_or(newest))
}

/// The number of the last event that the bus has acknowledged, if the bus was ever used.
pub(crate) fn get(tx: &Tx<'_>) -> Result<Option<i64>, StoreError> {
    tx.first(
        "SELECT seq FROM bus_cursors WHERE name = $1",
        &[EVENTS.into()],
        |row| row.int(0),
    )
}

/// Moves the cursor if it still stands at `from`; `false` if somebody else has moved it.
pub(crate) fn advance(tx: &Tx<'_>, from: i64, to: i64) -> Result<bool, StoreError> {
    let moved = tx.execute(
        "UPDATE bus_cursors SET seq = $1 WHERE name = $2 AND seq = $3",
        &[to.into(), EVENTS.into(), from.into()],
    )?;
    Ok(moved == 1)
}
