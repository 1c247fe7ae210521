//! Channels: our sending identities, one row each.

use super::page::{Page, Where};
use super::scope::Scope;
use super::{Locked, Row, StoreError, Tx, lanes, media, suppressions, windows};
use crate::clock::Millis;

#[cfg(test)]
mod tests;

/// A channel as stored. Secrets are references (`env:NAME`, `file:PATH`), never values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) id: String,
    pub(crate) carrier: String,
    pub(crate) name: String,
    pub(crate) phone_number_id: Option<String>,
    pub(crate) waba_id: Option<String>,
    pub(crate) display_phone_number: Option<String>,
    pub(crate) access_token: Option<String>,
    pub(crate) app_secret: Option<String>,
    pub(crate) verify_token: Option<String>,
    /// Messages a second, as a person has set them; 0: what the carrier says.
    pub(crate) throughput: i64,
    /// What the carrier said.
    pub(crate) learned: Option<Learned>,
    pub(crate) paused: Option<Paused>,
    pub(crate) created_at: Millis,
    pub(crate) updated_at: Millis,
}

/// What the carrier said that a number may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Learned {
    /// Messages a second; none if it did not say.
    pub(crate) throughput: Option<i64>,
    /// When it was asked. None: it is to be asked again.
    pub(crate) at: Option<Millis>,
}

/// Messages a second of a number that nobody has told us more about. See [Cloud API/Throughput].
const THROUGHPUT: i64 = 80;

/// Since when, and why, nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paused {
    pub(crate) at: Millis,
    pub(crate) reason: String,
}

/// The name of a channel that a webhook made, before a person set its number up.
pub(crate) const UNCLAIMED: &str = "received before it was set up";

impl Channel {
    /// Whether a webhook made it and nobody has set it up since.
    pub(crate) fn is_unclaimed(&self) -> bool {
        self.name == UNCLAIMED && self.access_token.is_none()
    }

    /// Messages a second that it sends at most: a person's word, else the carrier's.
    pub(crate) fn rate(&self) -> i64 {
        match self.throughput {
            0 => {
                let learned = self.learned.and_then(|learned| learned.throughput);
                learned.unwrap_or(THROUGHPUT)
            }
            set => set,
        }
    }
}

const COLUMNS: &str = "id, carrier, name, phone_number_id, waba_id, display_phone_number, \
    access_token, app_secret, verify_token, throughput, paused_at, pause_reason, created_at, \
    updated_at, learned_throughput, learned_at";

/// Adds a channel; `false` if its id or its number is taken.
pub(crate) fn insert(tx: &Tx<'_>, channel: &Channel) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO channels (id, carrier, name, phone_number_id, waba_id, display_phone_number, \
         access_token, app_secret, verify_token, throughput, paused_at, pause_reason, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT DO NOTHING",
        &[
            (&channel.id).into(),
            (&channel.carrier).into(),
            (&channel.name).into(),
            (&channel.phone_number_id).into(),
            (&channel.waba_id).into(),
            (&channel.display_phone_number).into(),
            (&channel.access_token).into(),
            (&channel.app_secret).into(),
            (&channel.verify_token).into(),
            channel.throughput.into(),
            channel.paused.as_ref().map(|paused| paused.at).into(),
            channel
                .paused
                .as_ref()
                .map(|paused| paused.reason.as_str())
                .into(),
            channel.created_at.into(),
            channel.updated_at.into(),
        ],
    )?;
    tx.note(|changed| changed.channels = true);
    Ok(added == 1)
}

/// Writes all that may change; the id, carrier and creation time stay. What was learned of a number is
/// forgotten with it.
pub(crate) fn update(tx: &Tx<'_>, channel: &Channel) -> Result<(), StoreError> {
    tx.lock(Locked::Sending(&channel.id))?;
    tx.later(
        "UPDATE channels SET name = $1, phone_number_id = $2, waba_id = $3, \
         display_phone_number = $4, access_token = $5, app_secret = $6, verify_token = $7, \
         throughput = $8, paused_at = $9, pause_reason = $10, updated_at = $11, \
         learned_at = CASE WHEN COALESCE(phone_number_id, '') = COALESCE($2, '') \
         THEN learned_at END, \
         learned_throughput = CASE WHEN COALESCE(phone_number_id, '') = COALESCE($2, '') \
         THEN learned_throughput END WHERE id = $12",
        &[
            (&channel.name).into(),
            (&channel.phone_number_id).into(),
            (&channel.waba_id).into(),
            (&channel.display_phone_number).into(),
            (&channel.access_token).into(),
            (&channel.app_secret).into(),
            (&channel.verify_token).into(),
            channel.throughput.into(),
            channel.paused.as_ref().map(|paused| paused.at).into(),
            channel
                .paused
                .as_ref()
                .map(|paused| paused.reason.as_str())
                .into(),
            channel.updated_at.into(),
            (&channel.id).into(),
        ],
    )?;
    tx.note(|changed| changed.channels = true);
    Ok(())
}

/// Keeps what the carrier said of a channel's number, if it is the channel's still.
pub(crate) fn learn(
    tx: &Tx<'_>,
    id: &str,
    number: Option<&str>,
    throughput: Option<i64>,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "UPDATE channels SET learned_throughput = COALESCE($1, learned_throughput), \
         learned_at = $2 WHERE id = $3 AND COALESCE(phone_number_id, '') = COALESCE($4, '')",
        &[throughput.into(), now.into(), id.into(), number.into()],
    )?;
    tx.note(|changed| changed.channels = true);
    Ok(())
}

/// Keeps how the carrier judges a channel's number, if it is the channel's still: its quality and its
/// tier, if it said so.
pub(crate) fn set_standing(
    tx: &Tx<'_>,
    id: &str,
    number: Option<&str>,
    quality: Option<&str>,
    tier: Option<&str>,
) -> Result<(), StoreError> {
    tx.later(
        "UPDATE channels SET quality = COALESCE($1, quality), tier = COALESCE($2, tier) \
         WHERE id = $3 AND COALESCE(phone_number_id, '') = COALESCE($4, '')",
        &[quality.into(), tier.into(), id.into(), number.into()],
    )
}

/// How the carrier judges a number: its quality and its tier.
pub(crate) fn standing(
    tx: &Tx<'_>,
    id: &str,
) -> Result<(Option<String>, Option<String>), StoreError> {
    let sql = "SELECT quality, tier FROM channels WHERE id = $1";
    let found = tx.first(sql, &[id.into()], |row| {
        Ok((row.maybe_text(0)?, row.maybe_text(1)?))
    })?;
    Ok(found.unwrap_or_default())
}

/// The carrier says that numbers of a WABA have changed: it is asked again what they may send.
pub(crate) fn learn_again(tx: &Tx<'_>, waba_id: &str) -> Result<(), StoreError> {
    tx.later(
        "UPDATE channels SET learned_at = NULL WHERE waba_id = $1 OR waba_id IS NULL",
        &[waba_id.into()],
    )?;
    tx.note(|changed| changed.channels = true);
    Ok(())
}

/// Removes a channel; its messages and events stay.
pub(crate) fn delete(tx: &Tx<'_>, id: &str) -> Result<bool, StoreError> {
    windows::forget(tx, id)?;
    remove(tx, id)
}

fn remove(tx: &Tx<'_>, id: &str) -> Result<bool, StoreError> {
    let gone = tx.execute("DELETE FROM channels WHERE id = $1", &[id.into()])?;
    tx.note(|changed| changed.channels = true);
    Ok(gone == 1)
}

/// All channels, by id.
pub(crate) fn all(tx: &Tx<'_>) -> Result<Vec<Channel>, StoreError> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM channels ORDER BY id"),
        &[],
        channel,
    )
}

/// One channel.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Channel>, StoreError> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM channels WHERE id = $1"),
        &[id.into()],
        channel,
    )
}

/// One channel, which nobody deletes until the end of this transaction.
pub(crate) fn hold(tx: &Tx<'_>, id: &str) -> Result<Option<Channel>, StoreError> {
    tx.lock_shared(Locked::Channel(id))?;
    by_id(tx, id)
}

/// Puts `new` in the place of the unclaimed channel of its number, with all that came in for it.
///
/// Files that could not be fetched without a token are due now.
/// Events stay under the id that they were told with. Looks through all conversations and statuses,
/// which is bearable once in a number's life.
pub(crate) fn claim(tx: &Tx<'_>, found: &Channel, new: &Channel) -> Result<(), StoreError> {
    let names: &[super::Value<'_>] = &[(&new.id).into(), (&found.id).into()];
    if new.id != found.id {
        for sql in [
            "UPDATE messages SET channel_id = $1 WHERE conversation_id IN \
             (SELECT id FROM conversations WHERE channel_id = $2)",
            "UPDATE conversations SET channel_id = $1 WHERE channel_id = $2",
            "UPDATE message_statuses SET channel_id = $1 WHERE channel_id = $2",
            "UPDATE dead_letters SET channel_id = $1 WHERE channel_id = $2",
            "UPDATE media SET channel_id = $1 WHERE channel_id = $2",
        ] {
            tx.later(sql, names)?;
        }
        windows::give(tx, &found.id, &new.id)?;
        suppressions::give(tx, &found.id, &new.id)?;
    }
    media::fetch_all_again(tx, &new.id, new.created_at)?;
    remove(tx, &found.id)?;
    let channel = Channel {
        waba_id: new.waba_id.clone().or_else(|| found.waba_id.clone()),
        display_phone_number: found.display_phone_number.clone(),
        learned: None,
        ..new.clone()
    };
    insert(tx, &channel)?;
    Ok(())
}

/// The id of the channel that sends from a number.
pub(crate) fn by_number(
    tx: &Tx<'_>,
    carrier: &str,
    phone_number_id: &str,
) -> Result<Option<String>, StoreError> {
    tx.first(
        "SELECT id FROM channels WHERE carrier = $1 AND phone_number_id = $2",
        &[carrier.into(), phone_number_id.into()],
        |row| row.text(0),
    )
}

/// The ids of a WABA's channels.
pub(crate) fn of_waba(tx: &Tx<'_>, waba_id: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT id FROM channels WHERE waba_id = $1 ORDER BY id LIMIT 2";
    tx.all(sql, &[waba_id.into()], |row| row.text(0))
}

fn channel(row: &Row<'_>) -> Result<Channel, StoreError> {
    let paused = match (row.maybe_int(10)?, row.maybe_text(11)?) {
        (Some(at), reason) => Some(Paused {
            at,
            reason: reason.unwrap_or_default(),
        }),
        (None, _) => None,
    };
    let learned = match (row.maybe_int(14)?, row.maybe_int(15)?) {
        (None, None) => None,
        (throughput, at) => Some(Learned { throughput, at }),
    };
    Ok(Channel {
        id: row.text(0)?,
        carrier: row.text(1)?,
        name: row.text(2)?,
        phone_number_id: row.maybe_text(3)?,
        waba_id: row.maybe_text(4)?,
        display_phone_number: row.maybe_text(5)?,
        access_token: row.maybe_text(6)?,
        app_secret: row.maybe_text(7)?,
        verify_token: row.maybe_text(8)?,
        throughput: row.int(9)?,
        learned,
        paused,
        created_at: row.int(12)?,
        updated_at: row.int(13)?,
    })
}

/// A page of channels in the order of their ids, which people choose: `before` is the last id seen.
pub(crate) fn list(tx: &Tx<'_>, scope: &Scope, page: &Page) -> Result<Vec<Channel>, StoreError> {
    let mut sql = Where::new(format!("SELECT {COLUMNS} FROM channels"));
    sql.and_in("id", scope);
    sql.and_if("id >", page.before.as_deref());
    sql.order("id", page.limit);
    sql.all(tx, channel)
}

/// Whether messages of this channel wait to be sent, are being sent, or await their outcome; until
/// the end of this transaction no more are taken for it.
///
/// For the beginning of a transaction: whoever takes a message asks for contacts and more after this.
pub(crate) fn is_busy(tx: &Tx<'_>, id: &str) -> Result<bool, StoreError> {
    tx.lock(Locked::Channel(id))?;
    if !lanes::is_empty(tx, id)? {
        return Ok(true);
    }
    let unsettled = tx.first(
        "SELECT 1 FROM messages WHERE channel_id = $1 AND state IN ('sending', 'unknown') LIMIT 1",
        &[id.into()],
        |_| Ok(()),
    )?;
    Ok(unsettled.is_some())
}
