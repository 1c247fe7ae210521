//! Sessions: who is signed in at the console. Only the hash of a session's cookie is kept.

use super::api_keys::{self, ApiKey};
use super::{StoreError, Tx};
use crate::clock::Millis;

/// Sessions that one key has at most; the oldest make room.
const OF_ONE_KEY: i64 = 100;

/// Signs a key in. Sessions whose time is over go with it, so that their number stays bounded.
pub(crate) fn begin(
    tx: &Tx<'_>,
    hash: &str,
    key_id: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<(), StoreError> {
    tx.later("DELETE FROM sessions WHERE expires_at <= $1", &[now.into()])?;
    tx.later(
        "DELETE FROM sessions WHERE key_id = $1 AND hash NOT IN (\
           SELECT hash FROM sessions WHERE key_id = $2 ORDER BY created_at DESC, hash LIMIT $3)",
        &[key_id.into(), key_id.into(), (OF_ONE_KEY - 1).into()],
    )?;
    tx.later(
        "INSERT INTO sessions (hash, key_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        &[hash.into(), key_id.into(), now.into(), expires_at.into()],
    )
}

/// The key that is signed in with this hash, and until when.
pub(crate) fn live(
    tx: &Tx<'_>,
    hash: &str,
    now: Millis,
) -> Result<Option<(ApiKey, Millis)>, StoreError> {
    let session = tx.first(
        "SELECT key_id, expires_at FROM sessions WHERE hash = $1 AND expires_at > $2",
        &[hash.into(), now.into()],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )?;
    let Some((key_id, expires_at)) = session else {
        return Ok(None);
    };
    let key = api_keys::by_id(tx, &key_id)?.filter(|key| key.revoked_at.is_none());
    Ok(key.map(|key| (key, expires_at)))
}

/// What a rotation leaves of a key's sessions: those that were begun with the secret that it had end
/// with that, and those that may have been begun with the one before, good until `former`, now.
pub(crate) fn rotate(
    tx: &Tx<'_>,
    key_id: &str,
    former: Option<Millis>,
    until: Millis,
    now: Millis,
) -> Result<(), StoreError> {
    if until <= now {
        return end_all(tx, key_id);
    }
    if let Some(former) = former.filter(|former| *former > now) {
        tx.later(
            "DELETE FROM sessions WHERE key_id = $1 AND expires_at <= $2",
            &[key_id.into(), former.into()],
        )?;
    }
    tx.later(
        "UPDATE sessions SET expires_at = $1 WHERE key_id = $2 AND expires_at > $3",
        &[until.into(), key_id.into(), until.into()],
    )
}

/// Ends one session; the id of its key, if there was one.
pub(crate) fn end(tx: &Tx<'_>, hash: &str) -> Result<Option<String>, StoreError> {
    tx.first(
        "DELETE FROM sessions WHERE hash = $1 RETURNING key_id",
        &[hash.into()],
        |row| row.text(0),
    )
}

/// Ends every session of a key.
pub(crate) fn end_all(tx: &Tx<'_>, key_id: &str) -> Result<(), StoreError> {
    tx.later("DELETE FROM sessions WHERE key_id = $1", &[key_id.into()])
}
