//! How far events have been published to the bus.

use super::{StoreError, Tx, events};

/// The publisher of events to `JetStream`.
const EVENTS: &str = "events";

/// How far the bus has acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The number of the last event.
    pub(crate) seq: i64,
    /// Where that event is in its stream, in the publisher's words.
    pub(crate) mark: Option<String>,
}

/// Gives the bus a place to begin at, if it has none.
///
/// A bus that was never used before begins behind the newest event: its subscribers want what
/// happens from now on, not the history of the house.
pub(crate) fn begin(tx: &Tx<'_>) -> Result<(), StoreError> {
    let newest = events::last_seq(tx)?;
    tx.execute(
        "INSERT INTO bus_cursors (name, seq) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        &[EVENTS.into(), newest.into()],
    )?;
    Ok(())
}

/// Where the bus stands, if it was ever used.
pub(crate) fn get(tx: &Tx<'_>) -> Result<Option<Cursor>, StoreError> {
    tx.first(
        "SELECT seq, mark FROM bus_cursors WHERE name = $1",
        &[EVENTS.into()],
        |row| {
            Ok(Cursor {
                seq: row.int(0)?,
                mark: row.maybe_text(1)?,
            })
        },
    )
}

/// Moves the cursor if it still stands at `from`; `false` if somebody else has moved it.
pub(crate) fn advance(tx: &Tx<'_>, from: i64, to: &Cursor) -> Result<bool, StoreError> {
    let moved = tx.execute(
        "UPDATE bus_cursors SET seq = $1, mark = $2 WHERE name = $3 AND seq = $4",
        &[to.seq.into(), (&to.mark).into(), EVENTS.into(), from.into()],
    )?;
    Ok(moved == 1)
}
