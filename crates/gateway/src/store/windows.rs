//! Service windows as stored: who was heard of when, and since when a channel hears at all.

use super::contacts::Identity;
use super::sql::Link;
use super::{Row, StoreError, Tx};
use crate::clock::Millis;
use crate::send::Heard;

/// Notes that a channel hears of its users, and to which WABA it belongs.
pub(crate) fn hears(
    tx: &Tx<'_>,
    channel_id: &str,
    waba_id: Option<&str>,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO channel_hearing (channel_id, since, waba_id) VALUES ($1, $2, $3) \
         ON CONFLICT (channel_id) DO UPDATE SET waba_id = excluded.waba_id \
         WHERE channel_hearing.waba_id IS DISTINCT FROM excluded.waba_id",
        &[channel_id.into(), now.into(), waba_id.into()],
    )
}

/// Forgets it, of a channel that is deleted.
pub(super) fn forget(tx: &Tx<'_>, channel_id: &str) -> Result<(), StoreError> {
    tx.later(
        "DELETE FROM channel_hearing WHERE channel_id = $1",
        &[channel_id.into()],
    )
}

/// Gives what is known of one channel to another that takes its place.
pub(super) fn give(tx: &Tx<'_>, from: &str, to: &str) -> Result<(), StoreError> {
    forget(tx, to)?;
    tx.later(
        "UPDATE channel_hearing SET channel_id = $1 WHERE channel_id = $2",
        &[to.into(), from.into()],
    )
}

/// The WABA of a channel, as a person or a webhook has said.
pub(crate) fn waba_of(tx: &Tx<'_>, channel_id: &str) -> Result<Option<String>, StoreError> {
    let found = tx.first(
        "SELECT COALESCE(c.waba_id, h.waba_id) FROM channels c \
         LEFT JOIN channel_hearing h ON h.channel_id = c.id WHERE c.id = $1",
        &[channel_id.into()],
        |row| row.maybe_text(0),
    )?;
    Ok(found.flatten())
}

/// What was heard of whoever goes by this identity on a channel.
pub(crate) fn of_identity(
    tx: &Tx<'_>,
    channel_id: &str,
    identity: &Identity,
) -> Result<Heard, StoreError> {
    let (kind, value) = identity.keys().next().unwrap_or_default();
    let found = tx.first(
        "SELECT v.last_inbound_at, h.since FROM channels c \
         LEFT JOIN channel_hearing h ON h.channel_id = c.id \
         LEFT JOIN contact_identities i ON i.kind = $1 AND i.value = $2 \
         LEFT JOIN conversations v ON v.contact_id = i.contact_id AND v.channel_id = c.id \
         WHERE c.id = $3",
        &[kind.into(), value.into(), channel_id.into()],
        heard,
    )?;
    Ok(found.unwrap_or_default())
}

/// What was heard in these conversations, by their ids.
pub(crate) fn of_conversations(
    tx: &Tx<'_>,
    ids: &[&str],
) -> Result<Vec<(String, Heard)>, StoreError> {
    const SELECT: &str = "SELECT v.last_inbound_at, h.since, v.id FROM conversations v \
        LEFT JOIN channel_hearing h ON h.channel_id = v.channel_id";
    let make = |row: &Row<'_>| Ok((row.text(2)?, heard(row)?));
    match tx.link() {
        Link::Postgres(session) => {
            let sql = format!("{SELECT} WHERE v.id = ANY($1::text[])");
            let rows = session.query(&sql, &[&ids])?;
            rows.iter().map(|row| make(&Row::Postgres(row))).collect()
        }
        Link::Sqlite(_) => {
            let sql = format!("{SELECT} WHERE v.id = $1");
            let found = ids.iter().map(|&id| tx.first(&sql, &[id.into()], make));
            found.filter_map(Result::transpose).collect()
        }
    }
}

fn heard(row: &Row<'_>) -> Result<Heard, StoreError> {
    Ok(Heard {
        last_inbound_at: row.maybe_int(0)?,
        since: row.maybe_int(1)?,
    })
}
