//! Files: what is known of each, and what the carrier calls those that were uploaded.

use std::collections::HashMap;

use super::messages::Direction;
use super::page::{Found, Page, Where};
use super::scope::Scope;
use super::{Row, StoreError, Tx};
use crate::clock::Millis;

/// After so long nobody brings the bytes of a file any more that was given up.
const LATEST: Millis = 24 * 60 * 60 * 1000;

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Its bytes are on their way.
    Pending,
    Stored,
    /// Given up: `error` says why.
    Failed,
    /// Its time was over, and its bytes are gone.
    Expired,
}

impl State {
    const ALL: [Self; 4] = [Self::Pending, Self::Stored, Self::Failed, Self::Expired];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Stored => "stored",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        let state = Self::ALL.into_iter().find(|state| state.as_str() == text);
        state.ok_or(StoreError::Corrupt {
            what: "media state",
        })
    }
}

/// A file as stored.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub(crate) id: String,
    /// Whose it is; an outbound one may be anybody's.
    pub(crate) channel_id: Option<String>,
    pub(crate) direction: Direction,
    /// The inbound message that it came with.
    pub(crate) message_id: Option<String>,
    /// What the carrier calls an inbound one.
    pub(crate) carrier_media_id: Option<String>,
    /// The sum that the carrier announced.
    pub(crate) wanted_sha256: Option<String>,
    pub(crate) state: State,
    pub(crate) mime_type: Option<String>,
    pub(crate) bytes: Option<i64>,
    /// Hex.
    pub(crate) sha256: Option<String>,
    /// Somebody's name for it: never a path.
    pub(crate) filename: Option<String>,
    /// It can go out as a voice message as it is.
    pub(crate) is_voice: bool,
    pub(crate) object_key: String,
    pub(crate) tries: i64,
    pub(crate) error: Option<String>,
    /// When a pending inbound one is to be fetched.
    pub(crate) due_at: Millis,
    pub(crate) created_at: Millis,
    pub(crate) updated_at: Millis,
    pub(crate) expires_at: Option<Millis>,
}

const COLUMNS: &str = "id, channel_id, direction, message_id, carrier_media_id, wanted_sha256, \
    state, mime_type, bytes, sha256, filename, is_voice, object_key, tries, error, due_at, \
    created_at, updated_at, expires_at";

pub(crate) fn insert(tx: &Tx<'_>, media: &Media) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO media (id, channel_id, direction, message_id, carrier_media_id, \
         wanted_sha256, state, mime_type, bytes, sha256, filename, is_voice, object_key, tries, \
         error, due_at, created_at, updated_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, \
         $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        &[
            (&media.id).into(),
            (&media.channel_id).into(),
            media.direction.as_str().into(),
            (&media.message_id).into(),
            (&media.carrier_media_id).into(),
            (&media.wanted_sha256).into(),
            media.state.as_str().into(),
            (&media.mime_type).into(),
            media.bytes.into(),
            (&media.sha256).into(),
            (&media.filename).into(),
            i64::from(media.is_voice).into(),
            (&media.object_key).into(),
            media.tries.into(),
            (&media.error).into(),
            media.due_at.into(),
            media.created_at.into(),
            media.updated_at.into(),
            media.expires_at.into(),
        ],
    )
}

pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Media>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM media WHERE id = $1");
    tx.first(&sql, &[id.into()], media)
}

/// As [`by_id`]; nobody else changes it until the end of the transaction. Of several files those with
/// lesser ids first, so that nobody waits in a circle.
pub(crate) fn lock(tx: &Tx<'_>, id: &str) -> Result<Option<Media>, StoreError> {
    let held = tx.row_lock();
    let sql = format!("SELECT {COLUMNS} FROM media WHERE id = $1{held}");
    tx.first(&sql, &[id.into()], media)
}

/// As [`give_up`], if the file came with this message, or was sent to its contact and to nobody else:
/// where its bytes are.
pub(crate) fn give_up_of(
    tx: &Tx<'_>,
    id: &str,
    message_id: &str,
    now: Millis,
) -> Result<Option<String>, StoreError> {
    // Who sends it to somebody else at this moment is waited for, and whose it is then decides.
    let sql = format!(
        "SELECT object_key FROM media WHERE id = $1 AND (message_id = $2 \
         OR sent_to = (SELECT contact_id FROM messages WHERE id = $2)){}",
        tx.row_lock()
    );
    let values = &[id.into(), message_id.into()];
    let key = tx.first(&sql, values, |row| row.text(0))?;
    if key.is_some() {
        give_up(tx, id, now)?;
    }
    Ok(key)
}

/// Notes that these files are sent to a contact.
pub(crate) fn sent_to(tx: &Tx<'_>, ids: &[String], contact_id: &str) -> Result<(), StoreError> {
    for id in ids {
        tx.later(
            "UPDATE media SET sent_to = CASE WHEN sent_to IS NULL OR sent_to = $1 THEN $1 \
             ELSE '*' END WHERE id = $2 AND direction = 'outbound'",
            &[contact_id.into(), id.into()],
        )?;
    }
    Ok(())
}

/// The file that came with a message.
pub(crate) fn of_message(tx: &Tx<'_>, message_id: &str) -> Result<Option<Media>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM media WHERE message_id = $1 AND message_id IS NOT NULL ORDER BY id"
    );
    tx.first(&sql, &[message_id.into()], media)
}

/// The files of these inbound messages, by message.
pub(crate) fn of_messages(
    tx: &Tx<'_>,
    message_ids: &[String],
) -> Result<HashMap<String, Media>, StoreError> {
    if message_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Where::new(format!("SELECT {COLUMNS} FROM media"));
    sql.and_one_of("message_id IS NOT NULL AND message_id", message_ids);
    let files = sql.all(tx, media)?.into_iter();
    Ok(files
        .filter_map(|file| Some((file.message_id.clone()?, file)))
        .collect())
}

/// What a list of files is narrowed to.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) channel: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) state: Option<State>,
    pub(crate) direction: Option<Direction>,
    /// Only of these channels.
    pub(crate) scope: Scope,
}

/// A page of files, newest first.
pub(crate) fn list(tx: &Tx<'_>, filter: &Filter, page: &Page) -> Result<Found<Media>, StoreError> {
    let channel = match filter.message {
        Some(_) => None,
        None => filter.channel.as_deref().or(filter.scope.only()),
    };
    let reach = |columns: &str| {
        let mut sql = Where::new(format!("SELECT {columns} FROM media"));
        sql.and_if("message_id =", filter.message.as_deref());
        sql.and_if("channel_id =", channel);
        sql
    };
    page.read(
        tx,
        ("id", COLUMNS),
        reach,
        |sql| {
            if channel.is_none() {
                sql.and_if("channel_id =", filter.channel.as_deref());
            }
            if channel.is_none() || channel != filter.scope.only() {
                sql.and_in("channel_id", &filter.scope);
            }
            sql.and_if("state =", filter.state.map(State::as_str));
            sql.and_if("direction =", filter.direction.map(Direction::as_str));
        },
        media,
    )
}

/// What was learned of a file while its bytes came.
#[derive(Debug, Clone)]
pub(crate) struct Learned {
    pub(crate) mime_type: String,
    pub(crate) bytes: i64,
    pub(crate) sha256: String,
    pub(crate) is_voice: bool,
    pub(crate) expires_at: Option<Millis>,
}

/// Its bytes are in the object store; `false` if it is not pending in its `tries`th try any more.
pub(crate) fn stored(
    tx: &Tx<'_>,
    id: &str,
    tries: i64,
    learned: &Learned,
    now: Millis,
) -> Result<bool, StoreError> {
    let done = tx.execute(
        "UPDATE media SET state = 'stored', mime_type = $1, bytes = $2, sha256 = $3, \
         is_voice = $4, error = NULL, updated_at = $5, expires_at = $6 \
         WHERE id = $7 AND tries = $8 AND state = 'pending'",
        &[
            (&learned.mime_type).into(),
            learned.bytes.into(),
            (&learned.sha256).into(),
            i64::from(learned.is_voice).into(),
            now.into(),
            learned.expires_at.into(),
            id.into(),
            tries.into(),
        ],
    )?;
    Ok(done == 1)
}

/// Takes up to `limit` inbound files that are due, until `until`; each counts a try more.
pub(crate) fn claim(
    tx: &Tx<'_>,
    now: Millis,
    until: Millis,
    limit: i64,
) -> Result<Vec<Media>, StoreError> {
    // Of two nodes that look at once the second one finds the time moved.
    let sql = format!(
        "UPDATE media SET due_at = $1, tries = tries + 1 WHERE state = 'pending' \
         AND direction = 'inbound' AND due_at <= $2 AND id IN (SELECT id FROM media \
         WHERE state = 'pending' AND direction = 'inbound' AND due_at <= $2 \
         ORDER BY due_at, id LIMIT $3) RETURNING {COLUMNS}"
    );
    tx.all(&sql, &[until.into(), now.into(), limit.into()], media)
}

/// Keeps what was claimed for longer; `false` if it is somebody else's by now.
pub(crate) fn hold(tx: &Tx<'_>, id: &str, tries: i64, until: Millis) -> Result<bool, StoreError> {
    let held = tx.execute(
        "UPDATE media SET due_at = $1 WHERE id = $2 AND tries = $3 AND state = 'pending'",
        &[until.into(), id.into(), tries.into()],
    )?;
    Ok(held == 1)
}

/// When the next inbound file is due, if one waits.
pub(crate) fn next_due(tx: &Tx<'_>) -> Result<Option<Millis>, StoreError> {
    let sql = "SELECT MIN(due_at) FROM media WHERE state = 'pending' AND direction = 'inbound'";
    Ok(tx.first(sql, &[], |row| row.maybe_int(0))?.flatten())
}

/// A try that failed: when the next one is due, or never again; `false` as for [`stored`].
pub(crate) fn not_fetched(
    tx: &Tx<'_>,
    id: &str,
    tries: i64,
    error: &str,
    due_at: Option<Millis>,
    now: Millis,
) -> Result<bool, StoreError> {
    let state = match due_at {
        Some(_) => State::Pending,
        None => State::Failed,
    };
    let done = tx.execute(
        "UPDATE media SET state = $1, error = $2, due_at = $3, updated_at = $4 \
         WHERE id = $5 AND tries = $6 AND state = 'pending'",
        &[
            state.as_str().into(),
            error.into(),
            due_at.unwrap_or(now).into(),
            now.into(),
            id.into(),
            tries.into(),
        ],
    )?;
    Ok(done == 1)
}

/// Lets a file that was given up be fetched again, from the first try on.
pub(crate) fn fetch_again(tx: &Tx<'_>, id: &str, now: Millis) -> Result<bool, StoreError> {
    let done = tx.execute(
        "UPDATE media SET state = 'pending', tries = 0, error = NULL, due_at = $1, \
         updated_at = $1 WHERE id = $2 AND state = 'failed' AND direction = 'inbound'",
        &[now.into(), id.into()],
    )?;
    Ok(done == 1)
}

/// As [`fetch_again`], for all files that were given up on a channel.
pub(crate) fn fetch_all_again(
    tx: &Tx<'_>,
    channel_id: &str,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "UPDATE media SET state = 'pending', tries = 0, error = NULL, due_at = $1, \
         updated_at = $1 WHERE channel_id = $2 AND state = 'failed' AND direction = 'inbound'",
        &[now.into(), channel_id.into()],
    )
}

/// Keeps a stored file at least until `until`, because a message needs it.
pub(crate) fn needed_until(tx: &Tx<'_>, id: &str, until: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE media SET expires_at = $1 WHERE id = $2 AND expires_at < $1",
        &[until.into(), id.into()],
    )
}

/// The bytes of a file are about to be removed, whatever it was; nobody fetches them any more. Those
/// that were coming are removed by who fetched them, and should that one die, as a leftover.
pub(crate) fn give_up(tx: &Tx<'_>, id: &str, now: Millis) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO leftover_objects (object_key, due_at) \
         SELECT object_key, CAST($1 AS BIGINT) FROM media WHERE id = $2 AND state = 'pending' \
         ON CONFLICT (object_key) DO NOTHING",
        &[now.saturating_add(LATEST).into(), id.into()],
    )?;
    tx.later(
        "UPDATE media SET state = 'expired', expires_at = 0 WHERE id = $1",
        &[id.into()],
    )
}

/// Keys of objects that may have been left by who died while bringing them.
pub(crate) fn leftovers(tx: &Tx<'_>, now: Millis, limit: i64) -> Result<Vec<String>, StoreError> {
    tx.all(
        "SELECT object_key FROM leftover_objects WHERE due_at <= $1 ORDER BY due_at LIMIT $2",
        &[now.into(), limit.into()],
        |row| row.text(0),
    )
}

/// The object is not there any more.
pub(crate) fn forget_leftover(tx: &Tx<'_>, object_key: &str) -> Result<(), StoreError> {
    tx.later(
        "DELETE FROM leftover_objects WHERE object_key = $1",
        &[object_key.into()],
    )
}

/// Removes a file's row.
pub(crate) fn delete(tx: &Tx<'_>, id: &str) -> Result<bool, StoreError> {
    let gone = tx.execute("DELETE FROM media WHERE id = $1", &[id.into()])?;
    Ok(gone == 1)
}

/// A file whose time is over.
#[derive(Debug, Clone, Default)]
pub(crate) struct Over {
    pub(crate) expires_at: Millis,
    pub(crate) id: String,
    pub(crate) object_key: String,
}

/// Files whose time is over, behind `after` in the order of their ends.
pub(crate) fn over(
    tx: &Tx<'_>,
    after: &Over,
    now: Millis,
    limit: i64,
) -> Result<Vec<Over>, StoreError> {
    tx.all(
        "SELECT expires_at, id, object_key FROM media WHERE object_key <> '' \
         AND expires_at <= $1 AND (expires_at, id) > ($2, $3) \
         AND state IN ('stored', 'expired') ORDER BY expires_at, id LIMIT $4",
        &[
            now.into(),
            after.expires_at.into(),
            (&after.id).into(),
            limit.into(),
        ],
        |row| {
            Ok(Over {
                expires_at: row.int(0)?,
                id: row.text(1)?,
                object_key: row.text(2)?,
            })
        },
    )
}

/// Its bytes are about to be removed; `false` if a message has begun to need it again.
pub(crate) fn expire(tx: &Tx<'_>, id: &str, now: Millis) -> Result<bool, StoreError> {
    let done = tx.execute(
        "UPDATE media SET state = 'expired', updated_at = $1 \
         WHERE id = $2 AND state IN ('stored', 'expired') AND expires_at <= $1",
        &[now.into(), id.into()],
    )?;
    Ok(done == 1)
}

/// Its bytes are removed.
pub(crate) fn removed(tx: &Tx<'_>, id: &str) -> Result<(), StoreError> {
    tx.later(
        "UPDATE media SET object_key = '' WHERE id = $1 AND state = 'expired'",
        &[id.into()],
    )
}

/// Outbound files that were begun before `cutoff` and never came: id and object key.
pub(crate) fn abandoned(
    tx: &Tx<'_>,
    cutoff: Millis,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    tx.all(
        "SELECT id, object_key FROM media WHERE state = 'pending' AND direction = 'outbound' \
         AND due_at < $1 ORDER BY due_at, id LIMIT $2",
        &[cutoff.into(), limit.into()],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )
}

/// What a number's carrier calls a file, as long as it knows it.
pub(crate) fn uploaded(
    tx: &Tx<'_>,
    number_id: &str,
    sha256: &str,
    mime_type: &str,
    now: Millis,
) -> Result<Option<String>, StoreError> {
    tx.first(
        "SELECT carrier_media_id FROM media_uploads \
         WHERE number_id = $1 AND sha256 = $2 AND mime_type = $3 AND expires_at > $4",
        &[
            number_id.into(),
            sha256.into(),
            mime_type.into(),
            now.into(),
        ],
        |row| row.text(0),
    )
}

/// Keeps what the carrier calls a file.
pub(crate) fn keep_upload(
    tx: &Tx<'_>,
    number_id: &str,
    sha256: &str,
    mime_type: &str,
    carrier_media_id: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO media_uploads (number_id, sha256, mime_type, carrier_media_id, created_at, \
         expires_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (number_id, sha256, mime_type) \
         DO UPDATE SET carrier_media_id = excluded.carrier_media_id, \
         created_at = excluded.created_at, expires_at = excluded.expires_at",
        &[
            number_id.into(),
            sha256.into(),
            mime_type.into(),
            carrier_media_id.into(),
            now.into(),
            expires_at.into(),
        ],
    )?;
    Ok(())
}

/// Forgets an upload that the carrier does not know any more.
pub(crate) fn forget_upload(
    tx: &Tx<'_>,
    number_id: &str,
    carrier_media_id: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM media_uploads WHERE number_id = $1 AND carrier_media_id = $2",
        &[number_id.into(), carrier_media_id.into()],
    )?;
    Ok(())
}

/// Forgets up to `limit` uploads whose time is over.
pub(crate) fn forget_uploads(tx: &Tx<'_>, now: Millis, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM media_uploads WHERE (number_id, sha256, mime_type) IN \
         (SELECT number_id, sha256, mime_type FROM media_uploads WHERE expires_at <= $1 \
         ORDER BY expires_at LIMIT $2)",
        &[now.into(), limit.into()],
    )
}

fn media(row: &Row<'_>) -> Result<Media, StoreError> {
    let direction = match row.text(2)?.as_str() {
        "inbound" => Direction::Inbound,
        "outbound" => Direction::Outbound,
        _ => {
            return Err(StoreError::Corrupt {
                what: "media direction",
            });
        }
    };
    Ok(Media {
        id: row.text(0)?,
        channel_id: row.maybe_text(1)?,
        direction,
        message_id: row.maybe_text(3)?,
        carrier_media_id: row.maybe_text(4)?,
        wanted_sha256: row.maybe_text(5)?,
        state: State::parse(&row.text(6)?)?,
        mime_type: row.maybe_text(7)?,
        bytes: row.maybe_int(8)?,
        sha256: row.maybe_text(9)?,
        filename: row.maybe_text(10)?,
        is_voice: row.int(11)? != 0,
        object_key: row.text(12)?,
        tries: row.int(13)?,
        error: row.maybe_text(14)?,
        due_at: row.int(15)?,
        created_at: row.int(16)?,
        updated_at: row.int(17)?,
        expires_at: row.maybe_int(18)?,
    })
}
