//! Receipts that a command asked for and that wait for the carrier.

use super::{Row, StoreError, Tx};
use crate::clock::Millis;

/// One command `read`.
#[derive(Debug, Clone)]
pub(crate) struct ReadReceipt {
    pub(crate) id: String,
    pub(crate) channel_id: String,
    pub(crate) request_id: Option<String>,
    /// The carrier's ids that are not marked yet.
    pub(crate) message_ids: Vec<String>,
    /// Those that the carrier refused.
    pub(crate) failed: Vec<Refused>,
    pub(crate) attempts: i64,
    pub(crate) due_at: Millis,
    pub(crate) created_at: Millis,
}

/// A message that the carrier would not mark.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Refused {
    pub(crate) message_id: String,
    pub(crate) code: Option<i64>,
    pub(crate) error: String,
}

const COLUMNS: &str =
    "id, channel_id, request_id, message_ids, failed, attempts, due_at, created_at";

/// Keeps a receipt until it is done.
pub(crate) fn insert(tx: &Tx<'_>, receipt: &ReadReceipt) -> Result<(), StoreError> {
    let (message_ids, failed) = lists(receipt)?;
    tx.execute(
        "INSERT INTO read_receipts (id, channel_id, request_id, message_ids, failed, attempts, \
         due_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            (&receipt.id).into(),
            (&receipt.channel_id).into(),
            (&receipt.request_id).into(),
            (&message_ids).into(),
            (&failed).into(),
            receipt.attempts.into(),
            receipt.due_at.into(),
            receipt.created_at.into(),
        ],
    )?;
    Ok(())
}

/// Up to `limit` receipts that are due, the longest waiting first.
pub(crate) fn due(tx: &Tx<'_>, now: Millis, limit: i64) -> Result<Vec<ReadReceipt>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM read_receipts WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2"
    );
    tx.all(&sql, &[now.into(), limit.into()], receipt)
}

/// When the first receipt is due, if there is one.
pub(crate) fn next_due(tx: &Tx<'_>) -> Result<Option<Millis>, StoreError> {
    let first = tx.first("SELECT MIN(due_at) FROM read_receipts", &[], |row| {
        row.maybe_int(0)
    })?;
    Ok(first.flatten())
}

/// Takes a receipt until `until`; `false` if somebody else has it. If the process dies meanwhile, it
/// is due again then: marking twice does no harm.
pub(crate) fn take(tx: &Tx<'_>, receipt: &ReadReceipt, until: Millis) -> Result<bool, StoreError> {
    let taken = tx.execute(
        "UPDATE read_receipts SET due_at = $1 WHERE id = $2 AND due_at = $3",
        &[until.into(), (&receipt.id).into(), receipt.due_at.into()],
    )?;
    Ok(taken == 1)
}

/// Writes what is left to do, and when.
pub(crate) fn put_back(tx: &Tx<'_>, receipt: &ReadReceipt) -> Result<(), StoreError> {
    let (message_ids, failed) = lists(receipt)?;
    tx.execute(
        "UPDATE read_receipts SET message_ids = $1, failed = $2, attempts = $3, due_at = $4 \
         WHERE id = $5",
        &[
            (&message_ids).into(),
            (&failed).into(),
            receipt.attempts.into(),
            receipt.due_at.into(),
            (&receipt.id).into(),
        ],
    )?;
    Ok(())
}

/// Forgets a receipt that is done; `false` if somebody else has done it.
pub(crate) fn remove(tx: &Tx<'_>, id: &str) -> Result<bool, StoreError> {
    let gone = tx.execute("DELETE FROM read_receipts WHERE id = $1", &[id.into()])?;
    Ok(gone == 1)
}

fn lists(receipt: &ReadReceipt) -> Result<(String, String), StoreError> {
    let broken = |_| StoreError::Corrupt {
        what: "read receipt",
    };
    let message_ids = serde_json::to_string(&receipt.message_ids).map_err(broken)?;
    let failed = serde_json::to_string(&receipt.failed).map_err(broken)?;
    Ok((message_ids, failed))
}

fn receipt(row: &Row<'_>) -> Result<ReadReceipt, StoreError> {
    let broken = |_| StoreError::Corrupt {
        what: "read receipt",
    };
    Ok(ReadReceipt {
        id: row.text(0)?,
        channel_id: row.text(1)?,
        request_id: row.maybe_text(2)?,
        message_ids: serde_json::from_str(&row.text(3)?).map_err(broken)?,
        failed: serde_json::from_str(&row.text(4)?).map_err(broken)?,
        attempts: row.int(5)?,
        due_at: row.int(6)?,
        created_at: row.int(7)?,
    })
}
