//! Samples: what each node counted in each minute, for two days.

use super::{StoreError, Tx};
use crate::clock::Millis;
use crate::ids::{self, Kind};
use crate::telemetry::Counted;

/// Keeps what a node counted in the minute that began at `at`, and removes what is older than `since`.
pub(crate) fn keep(
    tx: &Tx<'_>,
    at: Millis,
    node: &str,
    counted: &Counted,
    since: Millis,
) -> Result<(), StoreError> {
    let counted = serde_json::to_string(counted).map_err(|_| CORRUPT)?;
    tx.later(
        "INSERT INTO samples (at, node, counted) VALUES ($1, $2, $3) \
         ON CONFLICT (at, node) DO UPDATE SET counted = excluded.counted",
        &[at.into(), node.into(), (&counted).into()],
    )?;
    tx.later("DELETE FROM samples WHERE at < $1", &[since.into()])
}

/// The samples of all nodes from `since` on, the oldest first.
pub(crate) fn since(tx: &Tx<'_>, since: Millis) -> Result<Vec<(Millis, Counted)>, StoreError> {
    tx.all(
        "SELECT at, counted FROM samples WHERE at >= $1 ORDER BY at",
        &[since.into()],
        |row| {
            let counted = serde_json::from_str(&row.text(1)?).map_err(|_| CORRUPT)?;
            Ok((row.int(0)?, counted))
        },
    )
}

/// How many dead letters began in each stretch of `bucket` milliseconds from `since` on.
pub(crate) fn dead_letters(
    tx: &Tx<'_>,
    since: Millis,
    bucket: Millis,
) -> Result<Vec<(Millis, i64)>, StoreError> {
    // Ids grow with time.
    let first = ids::floor(Kind::DeadLetter, since);
    tx.all(
        &format!(
            "SELECT began, COUNT(*) FROM (SELECT created_at - created_at % {bucket} AS began \
             FROM dead_letters WHERE id >= $1) AS letters GROUP BY began ORDER BY began"
        ),
        &[(&first).into()],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )
}

/// What is not as it should be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopped {
    pub(crate) paused_channels: i64,
    pub(crate) disabled_endpoints: i64,
    /// Those for which something waits that was tried before.
    pub(crate) failing_endpoints: i64,
}

/// Counts it.
pub(crate) fn stopped(tx: &Tx<'_>) -> Result<Stopped, StoreError> {
    let count =
        |sql| -> Result<i64, StoreError> { Ok(tx.first(sql, &[], |row| row.int(0))?.unwrap_or(0)) };
    Ok(Stopped {
        paused_channels: count("SELECT COUNT(*) FROM channels WHERE paused_at IS NOT NULL")?,
        disabled_endpoints: count("SELECT COUNT(*) FROM endpoints WHERE disabled_at IS NOT NULL")?,
        // An endpoint that fails has some tried ones among the first that are due.
        failing_endpoints: count(
            "SELECT COUNT(*) FROM endpoints e WHERE EXISTS (SELECT 1 FROM (SELECT attempts \
             FROM deliveries WHERE state = 'pending' AND endpoint_id = e.id \
             ORDER BY due_at, id LIMIT 1000) AS first WHERE attempts > 0)",
        )?,
    })
}

const CORRUPT: StoreError = StoreError::Corrupt { what: "sample" };
