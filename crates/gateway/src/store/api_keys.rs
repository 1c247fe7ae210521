//! API keys: who may call the API. Only the hash of a key is kept.

use super::page::{Page, Where};
use super::{Row, StoreError, Tx, sessions};
use crate::clock::Millis;

/// An API key as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiKey {
    pub(crate) id: String,
    pub(crate) name: String,
    /// What its holder may do: `admin`, `operator`, `sender` or `viewer`.
    pub(crate) role: String,
    /// SHA-256 of the key in lower-case hex.
    pub(crate) hash: String,
    /// A JSON list of the only channels that it reaches.
    pub(crate) channels: Option<String>,
    /// Whether its holder sees what people write.
    pub(crate) shows_texts: bool,
    /// Until when the secret before the last rotation is good.
    pub(crate) old_until: Option<Millis>,
    pub(crate) created_at: Millis,
    pub(crate) last_used_at: Option<Millis>,
    pub(crate) revoked_at: Option<Millis>,
}

impl ApiKey {
    /// The only channels that it reaches; all of them if there is no list.
    pub(crate) fn channels(&self) -> Result<Option<Vec<String>>, StoreError> {
        let list = self.channels.as_deref().map(serde_json::from_str);
        list.transpose().map_err(|_| StoreError::Corrupt {
            what: "channels of an API key",
        })
    }

    /// Until when its secret with this hash is good, if that is the one before the last rotation.
    pub(crate) fn ends_at(&self, hash: &str) -> Option<Millis> {
        self.old_until.filter(|_| self.hash != hash)
    }
}

const COLUMNS: &str = "id, name, role, hash, channels, shows_texts, old_until, created_at, \
     last_used_at, revoked_at";

/// Adds a key.
pub(crate) fn insert(tx: &Tx<'_>, key: &ApiKey) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO api_keys (id, name, role, hash, channels, shows_texts, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            (&key.id).into(),
            (&key.name).into(),
            (&key.role).into(),
            (&key.hash).into(),
            (&key.channels).into(),
            i64::from(key.shows_texts).into(),
            key.created_at.into(),
        ],
    )?;
    Ok(())
}

/// The key with this hash, or whose secret before the rotation had it and is still good; none if it is
/// revoked.
pub(crate) fn live(tx: &Tx<'_>, hash: &str, now: Millis) -> Result<Option<ApiKey>, StoreError> {
    match live_by_hash(tx, hash)? {
        Some(key) => Ok(Some(key)),
        None => live_by_old_hash(tx, hash, now),
    }
}

fn live_by_hash(tx: &Tx<'_>, hash: &str) -> Result<Option<ApiKey>, StoreError> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM api_keys WHERE hash = $1 AND revoked_at IS NULL"),
        &[hash.into()],
        api_key,
    )
}

fn live_by_old_hash(tx: &Tx<'_>, hash: &str, now: Millis) -> Result<Option<ApiKey>, StoreError> {
    tx.first(
        &format!(
            "SELECT {COLUMNS} FROM api_keys \
             WHERE old_hash = $1 AND old_until > $2 AND revoked_at IS NULL"
        ),
        &[hash.into(), now.into()],
        api_key,
    )
}

/// Gives a key another secret; the one that it had is good until `until`.
pub(crate) fn rotate(tx: &Tx<'_>, id: &str, hash: &str, until: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE api_keys SET old_hash = hash, old_until = $1, hash = $2 \
         WHERE id = $3 AND revoked_at IS NULL",
        &[until.into(), hash.into(), id.into()],
    )
}

/// Whether another key can make all the keys that this one can: it is not revoked, of the role `admin`,
/// has no list of channels, and shows texts if this one does.
pub(crate) fn is_replaceable(tx: &Tx<'_>, key: &ApiKey) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM api_keys WHERE revoked_at IS NULL AND role = 'admin' \
        AND channels IS NULL AND id <> $1 AND shows_texts >= $2 LIMIT 1";
    let values = [(&key.id).into(), i64::from(key.shows_texts).into()];
    Ok(tx.first(sql, &values, |_| Ok(()))?.is_some())
}

/// How many keys are not revoked.
pub(crate) fn count_live(tx: &Tx<'_>) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM api_keys WHERE revoked_at IS NULL";
    Ok(tx.first(sql, &[], |row| row.int(0))?.unwrap_or(0))
}

/// One key, revoked or not.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<ApiKey>, StoreError> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM api_keys WHERE id = $1"),
        &[id.into()],
        api_key,
    )
}

/// A page of keys, newest first.
pub(crate) fn list(tx: &Tx<'_>, page: &Page) -> Result<Vec<ApiKey>, StoreError> {
    let mut sql = Where::new(format!("SELECT {COLUMNS} FROM api_keys"));
    sql.and_older(page);
    sql.all(tx, api_key)
}

/// Ends a key's life, and the sessions that were begun with it; what it did stays on record.
pub(crate) fn revoke(tx: &Tx<'_>, id: &str, now: Millis) -> Result<(), StoreError> {
    sessions::end_all(tx, id)?;
    tx.later(
        "UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
        &[now.into(), id.into()],
    )?;
    Ok(())
}

/// Keeps when a key was used last.
pub(crate) fn note_use(tx: &Tx<'_>, id: &str, now: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE api_keys SET last_used_at = $1 WHERE id = $2",
        &[now.into(), id.into()],
    )?;
    Ok(())
}

fn api_key(row: &Row<'_>) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: row.text(0)?,
        name: row.text(1)?,
        role: row.text(2)?,
        hash: row.text(3)?,
        channels: row.maybe_text(4)?,
        shows_texts: row.int(5)? != 0,
        old_until: row.maybe_int(6)?,
        created_at: row.int(7)?,
        last_used_at: row.maybe_int(8)?,
        revoked_at: row.maybe_int(9)?,
    })
}
