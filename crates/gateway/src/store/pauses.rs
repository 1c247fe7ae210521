//! Pauses of channels that the carrier's refusals have caused, and when to probe whether they pass.

use super::{Row, StoreError, Tx};
use crate::clock::Millis;

/// Why a channel was paused by its carrier, and how it is probed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CarrierPause {
    pub(crate) channel_id: String,
    /// `paused_at` of the channel, as long as this is its pause.
    pub(crate) paused_at: Millis,
    /// An error class of the model.
    pub(crate) class: String,
    pub(crate) code: Option<i64>,
    /// Probes in a row that did not pass, also of pauses shortly before.
    pub(crate) probes: u32,
    pub(crate) probe_at: Millis,
    /// When a probe passed.
    pub(crate) lifted_at: Option<Millis>,
}

const COLUMNS: &str =
    "p.channel_id, p.paused_at, p.class, p.code, p.probes, p.probe_at, p.lifted_at";

/// The carrier's last pause of a channel, whether or not it still holds.
pub(crate) fn last(tx: &Tx<'_>, channel_id: &str) -> Result<Option<CarrierPause>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM channel_pauses p WHERE p.channel_id = $1");
    tx.first(&sql, &[channel_id.into()], pause)
}

/// The pauses by carriers that hold.
pub(crate) fn open(tx: &Tx<'_>) -> Result<Vec<CarrierPause>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM channel_pauses p JOIN channels c ON c.id = p.channel_id \
         WHERE p.lifted_at IS NULL AND c.paused_at = p.paused_at ORDER BY p.channel_id"
    );
    tx.all(&sql, &[], pause)
}

/// The pause of a channel, if it is paused by its carrier.
pub(crate) fn open_of(tx: &Tx<'_>, channel_id: &str) -> Result<Option<CarrierPause>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM channel_pauses p JOIN channels c ON c.id = p.channel_id \
         WHERE p.lifted_at IS NULL AND c.paused_at = p.paused_at AND c.id = $1"
    );
    tx.first(&sql, &[channel_id.into()], pause)
}

/// Keeps a pause in the place of the one before.
pub(crate) fn put(tx: &Tx<'_>, pause: &CarrierPause) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO channel_pauses (channel_id, paused_at, class, code, probes, probe_at, \
         lifted_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (channel_id) DO UPDATE SET \
         paused_at = excluded.paused_at, class = excluded.class, code = excluded.code, \
         probes = excluded.probes, probe_at = excluded.probe_at, lifted_at = excluded.lifted_at",
        &[
            (&pause.channel_id).into(),
            pause.paused_at.into(),
            (&pause.class).into(),
            pause.code.into(),
            i64::from(pause.probes).into(),
            pause.probe_at.into(),
            pause.lifted_at.into(),
        ],
    )
}

/// A person has decided: the pause is theirs, or over.
pub(crate) fn remove(tx: &Tx<'_>, channel_id: &str) -> Result<(), StoreError> {
    tx.later(
        "DELETE FROM channel_pauses WHERE channel_id = $1",
        &[channel_id.into()],
    )
}

fn pause(row: &Row<'_>) -> Result<CarrierPause, StoreError> {
    Ok(CarrierPause {
        channel_id: row.text(0)?,
        paused_at: row.int(1)?,
        class: row.text(2)?,
        code: row.maybe_int(3)?,
        probes: u32::try_from(row.int(4)?).unwrap_or(u32::MAX),
        probe_at: row.int(5)?,
        lifted_at: row.maybe_int(6)?,
    })
}
