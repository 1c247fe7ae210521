//! Sessions: who is signed in at the console. Only the hash of a session's cookie is kept.

use super::api_keys::{self, ApiKey};
use super::{StoreError, Tx};
use crate::clock::Millis;

/// Sessions that one key has at most; the oldest make room.
const OF_ONE_KEY: i64 = 100;

/// A session that begins.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    /// Of its cookie.
    pub(crate) hash: &'a str,
    pub(crate) key_id: &'a str,
    /// Of the key's secret that it is begun with, and that it ends with.
    pub(crate) secret_hash: &'a str,
    pub(crate) created_at: Millis,
    pub(crate) expires_at: Millis,
}

/// Signs a key in. Sessions whose time is over go with it, so that their number stays bounded.
pub(crate) fn begin(tx: &Tx<'_>, session: &Session<'_>) -> Result<(), StoreError> {
    tx.later(
        "DELETE FROM sessions WHERE expires_at <= $1",
        &[session.created_at.into()],
    )?;
    tx.later(
        "DELETE FROM sessions WHERE key_id = $1 AND hash NOT IN (\
           SELECT hash FROM sessions WHERE key_id = $2 ORDER BY created_at DESC, hash LIMIT $3)",
        &[
            session.key_id.into(),
            session.key_id.into(),
            (OF_ONE_KEY - 1).into(),
        ],
    )?;
    tx.later(
        "INSERT INTO sessions (hash, key_id, secret_hash, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5)",
        &[
            session.hash.into(),
            session.key_id.into(),
            session.secret_hash.into(),
            session.created_at.into(),
            session.expires_at.into(),
        ],
    )
}

/// The key that is signed in with this hash, and until when. The session is good as long as the secret
/// that it was begun with, whenever that was rotated away or revoked.
pub(crate) fn live(
    tx: &Tx<'_>,
    hash: &str,
    now: Millis,
) -> Result<Option<(ApiKey, Millis)>, StoreError> {
    let session = tx.first(
        "SELECT secret_hash, expires_at FROM sessions WHERE hash = $1 AND expires_at > $2",
        &[hash.into(), now.into()],
        |row| Ok((row.maybe_text(0)?, row.int(1)?)),
    )?;
    let Some((Some(secret), expires_at)) = session else {
        return Ok(None);
    };
    let key = api_keys::live(tx, &secret, now)?;
    Ok(key.map(|key| {
        let ends_at = key.ends_at(&secret);
        (key, ends_at.map_or(expires_at, |end| end.min(expires_at)))
    }))
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
