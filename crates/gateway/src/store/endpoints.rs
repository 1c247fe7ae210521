//! Endpoints: the subscribers' URLs, what each wants, and how far its fan-out has come.

use url::Url;

use super::{Row, StoreError, Tx, events};
use crate::clock::Millis;
use crate::deliver::TEST;
use crate::deliver::signature::Secret;

/// An endpoint as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) url: Url,
    pub(crate) description: String,
    /// The newest first. More than one only while a secret is being replaced: all of them sign.
    pub(crate) secrets: Vec<Secret>,
    /// Until when those behind the first sign; none: for good.
    pub(crate) old_secrets_until: Option<Millis>,
    /// Event names; none means all.
    pub(crate) event_types: Vec<String>,
    /// Channel ids; none means all.
    pub(crate) channels: Vec<String>,
    pub(crate) disabled: Option<Disabled>,
    pub(crate) created_at: Millis,
    pub(crate) updated_at: Millis,
}

/// Since when, and why, nothing is delivered. What it misses waits until it is enabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Disabled {
    pub(crate) at: Millis,
    pub(crate) reason: String,
}

impl Endpoint {
    /// Whether an event of this name and channel is for this endpoint.
    pub(crate) fn wants(&self, event: &str, channel_id: &str) -> bool {
        if event == TEST {
            return false;
        }
        let holds = |list: &[String], item| list.is_empty() || list.iter().any(|one| one == item);
        holds(&self.event_types, event) && holds(&self.channels, channel_id)
    }

    /// The secrets that sign at this time.
    pub(crate) fn signing(&self, now: Millis) -> &[Secret] {
        if self.old_secrets_until.is_some_and(|until| until <= now) {
            self.secrets.get(..1).unwrap_or_default()
        } else {
            &self.secrets
        }
    }

    fn secrets_text(&self) -> String {
        let secrets: Vec<_> = self.secrets.iter().map(Secret::expose).collect();
        secrets.join(" ")
    }
}

const COLUMNS: &str = "id, url, description, secret, event_types, channels, disabled_at, \
    disabled_reason, created_at, updated_at, old_secrets_until";

/// Adds an endpoint. It gets the events that come after the newest one.
pub(crate) fn insert(tx: &Tx<'_>, endpoint: &Endpoint) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO endpoints (id, url, description, secret, event_types, channels, disabled_at, \
         disabled_reason, created_at, updated_at, cursor_seq, old_secrets_until) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &[
            (&endpoint.id).into(),
            endpoint.url.as_str().into(),
            (&endpoint.description).into(),
            (&endpoint.secrets_text()).into(),
            (&list(&endpoint.event_types)?).into(),
            (&list(&endpoint.channels)?).into(),
            endpoint
                .disabled
                .as_ref()
                .map(|disabled| disabled.at)
                .into(),
            endpoint
                .disabled
                .as_ref()
                .map(|disabled| disabled.reason.as_str())
                .into(),
            endpoint.created_at.into(),
            endpoint.updated_at.into(),
            events::last_seq(tx)?.into(),
            endpoint.old_secrets_until.into(),
        ],
    )?;
    tx.note(|changed| changed.deliveries = true);
    Ok(())
}

/// Writes all that may change; `false` if there is no such endpoint. Its cursor stays; that it failed is
/// forgotten when it was disabled, or has another URL.
pub(crate) fn update(tx: &Tx<'_>, endpoint: &Endpoint) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE endpoints SET url = $1, description = $2, secret = $3, event_types = $4, \
         channels = $5, disabled_at = $6, disabled_reason = $7, updated_at = $8, \
         old_secrets_until = $9, \
         failing_since = CASE WHEN disabled_at IS NULL AND url = $1 THEN failing_since END, \
         failed_at = CASE WHEN disabled_at IS NULL AND url = $1 THEN failed_at END WHERE id = $10",
        &[
            endpoint.url.as_str().into(),
            (&endpoint.description).into(),
            (&endpoint.secrets_text()).into(),
            (&list(&endpoint.event_types)?).into(),
            (&list(&endpoint.channels)?).into(),
            endpoint
                .disabled
                .as_ref()
                .map(|disabled| disabled.at)
                .into(),
            endpoint
                .disabled
                .as_ref()
                .map(|disabled| disabled.reason.as_str())
                .into(),
            endpoint.updated_at.into(),
            endpoint.old_secrets_until.into(),
            (&endpoint.id).into(),
        ],
    )?;
    tx.note(|changed| changed.deliveries = true);
    Ok(changed == 1)
}

/// Removes an endpoint; `false` if there is none. Its pending deliveries are canceled soon after,
/// in slices; the others stay, as history.
pub(crate) fn delete(tx: &Tx<'_>, id: &str) -> Result<bool, StoreError> {
    let gone = tx.execute("DELETE FROM endpoints WHERE id = $1", &[id.into()])?;
    tx.note(|changed| changed.deliveries = true);
    Ok(gone == 1)
}

/// Stops deliveries; `false` if they are stopped already or there is no such endpoint.
pub(crate) fn disable(
    tx: &Tx<'_>,
    id: &str,
    reason: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE endpoints SET disabled_at = $1, disabled_reason = $2, updated_at = $3 \
         WHERE id = $4 AND disabled_at IS NULL",
        &[now.into(), reason.into(), now.into(), id.into()],
    )?;
    tx.note(|changed| changed.deliveries = true);
    Ok(changed == 1)
}

/// After how long without an attempt a failure begins a row of its own: longer than any wait between
/// two attempts of a delivery.
const APART: Millis = 48 * 3600 * 1000;

/// Notes that attempts failed, and nothing was delivered; since when that is so.
pub(crate) fn set_failing(tx: &Tx<'_>, id: &str, at: Millis) -> Result<Option<Millis>, StoreError> {
    let since = tx.first(
        "UPDATE endpoints SET failing_since = CASE WHEN failed_at >= $1 \
         THEN COALESCE(failing_since, $2) ELSE $2 END, failed_at = $2 \
         WHERE id = $3 RETURNING failing_since",
        &[(at - APART).into(), at.into(), id.into()],
        |row| row.maybe_int(0),
    )?;
    Ok(since.flatten())
}

/// Notes that an attempt was successful.
pub(crate) fn set_well(tx: &Tx<'_>, id: &str) -> Result<(), StoreError> {
    tx.later(
        "UPDATE endpoints SET failing_since = NULL, failed_at = NULL \
         WHERE id = $1 AND failing_since IS NOT NULL",
        &[id.into()],
    )
}

/// Resumes deliveries with what waited; `false` if there is no such endpoint.
pub(crate) fn enable(tx: &Tx<'_>, id: &str, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE endpoints SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL, \
         failed_at = NULL, updated_at = $1 WHERE id = $2",
        &[now.into(), id.into()],
    )?;
    tx.note(|changed| changed.deliveries = true);
    Ok(changed == 1)
}

/// One endpoint.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Endpoint>, StoreError> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM endpoints WHERE id = $1"),
        &[id.into()],
        endpoint,
    )
}

/// All endpoints, for the one who calls them.
pub(crate) fn all(tx: &Tx<'_>) -> Result<Vec<Endpoint>, StoreError> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM endpoints ORDER BY id"),
        &[],
        endpoint,
    )
}

/// Up to `limit` endpoints, the newest first, older than `before`.
pub(crate) fn page(
    tx: &Tx<'_>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Endpoint>, StoreError> {
    match before {
        Some(before) => tx.all(
            &format!("SELECT {COLUMNS} FROM endpoints WHERE id < $1 ORDER BY id DESC LIMIT $2"),
            &[before.into(), limit.into()],
            endpoint,
        ),
        None => tx.all(
            &format!("SELECT {COLUMNS} FROM endpoints ORDER BY id DESC LIMIT $1"),
            &[limit.into()],
            endpoint,
        ),
    }
}

/// The number of the last event that was turned into a delivery, or was not wanted.
pub(crate) fn cursor(tx: &Tx<'_>, id: &str) -> Result<Option<i64>, StoreError> {
    tx.first(
        "SELECT cursor_seq FROM endpoints WHERE id = $1",
        &[id.into()],
        |row| row.int(0),
    )
}

/// Moves the cursor; `false`, and nothing is moved, unless it stands at `from`.
pub(crate) fn move_cursor(tx: &Tx<'_>, id: &str, from: i64, to: i64) -> Result<bool, StoreError> {
    let moved = tx.execute(
        "UPDATE endpoints SET cursor_seq = $1 WHERE id = $2 AND cursor_seq = $3",
        &[to.into(), id.into(), from.into()],
    )?;
    Ok(moved == 1)
}

fn list(items: &[String]) -> Result<String, StoreError> {
    serde_json::to_string(items).map_err(|_| StoreError::Corrupt {
        what: "endpoint filter",
    })
}

/// Reads [`COLUMNS`].
fn endpoint(row: &Row<'_>) -> Result<Endpoint, StoreError> {
    let items = |column| -> Result<Vec<String>, StoreError> {
        serde_json::from_str(&row.text(column)?).map_err(|_| StoreError::Corrupt {
            what: "endpoint filter",
        })
    };
    let secrets = row
        .text(3)?
        .split(' ')
        .map(Secret::parse)
        .collect::<Result<_, _>>();
    let disabled = match (row.maybe_int(6)?, row.maybe_text(7)?) {
        (Some(at), reason) => Some(Disabled {
            at,
            reason: reason.unwrap_or_default(),
        }),
        (None, _) => None,
    };
    Ok(Endpoint {
        id: row.text(0)?,
        url: Url::parse(&row.text(1)?).map_err(|_| StoreError::Corrupt {
            what: "endpoint URL",
        })?,
        description: row.text(2)?,
        secrets: secrets.map_err(|_| StoreError::Corrupt {
            what: "endpoint secret",
        })?,
        event_types: items(4)?,
        channels: items(5)?,
        disabled,
        created_at: row.int(8)?,
        updated_at: row.int(9)?,
        old_secrets_until: row.maybe_int(10)?,
    })
}
