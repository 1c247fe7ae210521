//! Idempotency keys: what was answered to a request that may be repeated.

use super::{Locked, StoreError, Tx};
use crate::clock::Millis;

/// The answer that was given.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) request_hash: String,
    pub(crate) status: i64,
    pub(crate) body: String,
}

/// The answer given to this key before; if there is none, nobody else gives one until the end of
/// this transaction.
pub(crate) fn find_or_lock(
    tx: &Tx<'_>,
    scope: &str,
    key: &str,
) -> Result<Option<Answer>, StoreError> {
    tx.lock(Locked::Key(scope, key))?;
    find(tx, scope, key)
}

fn find(tx: &Tx<'_>, scope: &str, key: &str) -> Result<Option<Answer>, StoreError> {
    tx.first(
        "SELECT request_hash, status, body FROM idempotency_keys \
         WHERE scope = $1 AND idempotency_key = $2",
        &[scope.into(), key.into()],
        |row| {
            Ok(Answer {
                request_hash: row.text(0)?,
                status: row.int(1)?,
                body: row.text(2)?,
            })
        },
    )
}

/// Keeps the answer to a key that [`find_or_lock`] did not find in this transaction.
pub(crate) fn keep(
    tx: &Tx<'_>,
    scope: &str,
    key: &str,
    answer: &Answer,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO idempotency_keys (scope, idempotency_key, request_hash, status, body, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            scope.into(),
            key.into(),
            (&answer.request_hash).into(),
            answer.status.into(),
            (&answer.body).into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Forgets up to `limit` keys from before `cutoff`; how many there were.
pub(crate) fn forget(tx: &Tx<'_>, cutoff: Millis, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM idempotency_keys WHERE (scope, idempotency_key) IN \
         (SELECT scope, idempotency_key FROM idempotency_keys WHERE created_at < $1 LIMIT $2)",
        &[cutoff.into(), limit.into()],
    )
}
