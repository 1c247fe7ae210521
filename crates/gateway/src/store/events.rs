//! Events: one normalised fact each, numbered without gaps in the order of their commits.

use super::page::{Found, Where};
use super::postgres::Session;
use super::scope::Scope;
use super::sql::Link;
use super::{Row, StoreError, Tx};
use crate::clock::Millis;

/// An event to append.
#[derive(Debug)]
pub(crate) struct NewEvent {
    pub(crate) id: String,
    pub(crate) channel_id: String,
    /// The event name, e.g. `message`: see `docs/events.md`.
    pub(crate) kind: &'static str,
    pub(crate) occurred_at: Millis,
    pub(crate) created_at: Millis,
    pub(crate) message_id: Option<String>,
    /// The position of the notification that it was made from.
    pub(crate) notification: Option<String>,
    /// JSON of the envelope's `data`.
    pub(crate) data: String,
}

/// An event as stored.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) channel_id: String,
    pub(crate) kind: String,
    pub(crate) occurred_at: Millis,
    pub(crate) created_at: Millis,
    pub(crate) message_id: Option<String>,
    pub(crate) notification: Option<String>,
    pub(crate) data: String,
}

const COLUMNS: &str =
    "seq, id, channel_id, type, occurred_at, created_at, message_id, notification, data";

/// Tells an event: it is numbered and added when the transaction ends.
///
/// Numbering takes the lock that orders committers, so nothing comes after it; events become
/// visible in the order of their numbers.
pub(crate) fn append(tx: &Tx<'_>, event: NewEvent) {
    tx.events().borrow_mut().push(event);
}

/// Numbers and adds what was told, right before the commit.
pub(super) fn flush(tx: &Tx<'_>) -> Result<(), StoreError> {
    let events = tx.events().take();
    let Ok(count @ 1..) = i64::try_from(events.len()) else {
        return Ok(());
    };
    let last = match tx.link() {
        Link::Sqlite(_) => {
            let last = reserve(tx, count)?;
            for (seq, event) in (last - count + 1..).zip(&events) {
                append_at(tx, seq, event)?;
            }
            last
        }
        Link::Postgres(session) => append_all(session, count, &events)?,
    };
    tx.note(|changed| changed.event_seq = Some(last));
    Ok(())
}

/// Takes `count` numbers; the last is returned.
fn reserve(tx: &Tx<'_>, count: i64) -> Result<i64, StoreError> {
    let last = tx.first(
        "UPDATE counters SET value = value + $1 WHERE name = 'events' RETURNING value",
        &[count.into()],
        |row| row.int(0),
    )?;
    last.ok_or(StoreError::Corrupt {
        what: "event counter",
    })
}

fn append_at(tx: &Tx<'_>, seq: i64, event: &NewEvent) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO events (seq, id, channel_id, type, occurred_at, created_at, message_id, \
         notification, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            seq.into(),
            (&event.id).into(),
            (&event.channel_id).into(),
            event.kind.into(),
            event.occurred_at.into(),
            event.created_at.into(),
            (&event.message_id).into(),
            (&event.notification).into(),
            (&event.data).into(),
        ],
    )?;
    Ok(())
}

/// Numbers and adds all in one statement: the counter's row is locked for one round trip, and the
/// commit's. The last number is returned.
fn append_all(session: &Session, count: i64, events: &[NewEvent]) -> Result<i64, StoreError> {
    let texts = |pick: fn(&NewEvent) -> &str| events.iter().map(pick).collect::<Vec<_>>();
    let ints = |pick: fn(&NewEvent) -> i64| events.iter().map(pick).collect::<Vec<_>>();
    let maybe = |pick: fn(&NewEvent) -> Option<&str>| events.iter().map(pick).collect::<Vec<_>>();
    let rows = session.query(
        "WITH numbered AS (UPDATE counters SET value = value + $1 WHERE name = 'events' \
         RETURNING value), added AS (INSERT INTO events (seq, id, channel_id, type, occurred_at, \
         created_at, message_id, notification, data) \
         SELECT numbered.value - $1 + new.place, new.id, new.channel_id, new.type, \
         new.occurred_at, new.created_at, new.message_id, new.notification, new.data \
         FROM numbered, UNNEST($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], \
         $7::text[], $8::text[], $9::text[]) WITH ORDINALITY AS new(id, channel_id, type, \
         occurred_at, created_at, message_id, notification, data, place)) \
         SELECT value FROM numbered",
        &[
            &count,
            &texts(|event| &event.id),
            &texts(|event| &event.channel_id),
            &texts(|event| event.kind),
            &ints(|event| event.occurred_at),
            &ints(|event| event.created_at),
            &maybe(|event| event.message_id.as_deref()),
            &maybe(|event| event.notification.as_deref()),
            &texts(|event| &event.data),
        ],
    )?;
    let last = rows.first().ok_or(StoreError::Corrupt {
        what: "event counter",
    })?;
    Row::Postgres(last).int(0)
}

/// The newest number given out.
pub(crate) fn last_seq(tx: &Tx<'_>) -> Result<i64, StoreError> {
    let last = tx.first(
        "SELECT value FROM counters WHERE name = 'events'",
        &[],
        |row| row.int(0),
    )?;
    Ok(last.unwrap_or(0))
}

/// Up to `limit` events after `seq`, oldest first.
pub(crate) fn after(tx: &Tx<'_>, seq: i64, limit: i64) -> Result<Vec<Event>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE seq > $1 ORDER BY seq LIMIT $2");
    tx.all(&sql, &[seq.into(), limit.into()], event)
}

/// One event by its id.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Event>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE id = $1");
    tx.first(&sql, &[id.into()], event)
}

/// The number after which events were stored at `time` or later, found in a few looks: events are
/// numbered in the order in which they were stored.
pub(crate) fn seq_before(tx: &Tx<'_>, time: Millis) -> Result<i64, StoreError> {
    // All up to `low` are older, all above `high` are not.
    let (mut low, mut high) = (0, last_seq(tx)?);
    while low < high {
        let middle = low + (high - low) / 2;
        let next = tx.first(
            "SELECT seq, created_at FROM events WHERE seq > $1 ORDER BY seq LIMIT 1",
            &[middle.into()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )?;
        match next {
            Some((seq, stored)) if stored < time && seq <= high => low = seq,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// Reads [`COLUMNS`].
pub(crate) fn event(row: &Row<'_>) -> Result<Event, StoreError> {
    Ok(Event {
        seq: row.int(0)?,
        id: row.text(1)?,
        channel_id: row.text(2)?,
        kind: row.text(3)?,
        occurred_at: row.int(4)?,
        created_at: row.int(5)?,
        message_id: row.maybe_text(6)?,
        notification: row.maybe_text(7)?,
        data: row.text(8)?,
    })
}

/// Which events are listed.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) kind: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) scope: Scope,
}

/// Up to `limit` events after `seq`, oldest first; if not all are wanted, one `look` passes through so
/// many.
pub(crate) fn list(
    tx: &Tx<'_>,
    filter: &Filter,
    (seq, limit, look): (i64, i64, i64),
) -> Result<Found<Event>, StoreError> {
    let is_whole = filter.kind.is_none() && filter.channel.is_none() && !filter.scope.is_limited();
    let end = if is_whole {
        None
    } else {
        end_of_look(tx, seq, look)?
    };
    let mut sql = Where::new(format!("SELECT {COLUMNS} FROM events"));
    sql.and("seq >", seq);
    if let Some(end) = end {
        sql.and("seq <=", end);
    }
    sql.and_if("type =", filter.kind.as_deref());
    sql.and_if("channel_id =", filter.channel.as_deref());
    sql.and_in("channel_id", &filter.scope);
    sql.order("seq", limit);
    let rows = sql.all(tx, event)?;
    let looked_to = end.map(|end| end.to_string());
    Ok(Found { rows, looked_to })
}

/// Where a look at events after `seq` ends; none if it comes to the last of them.
fn end_of_look(tx: &Tx<'_>, seq: i64, look: i64) -> Result<Option<i64>, StoreError> {
    let first = tx.first(
        "SELECT seq FROM events WHERE seq > $1 ORDER BY seq LIMIT 1",
        &[seq.into()],
        |row| row.int(0),
    )?;
    let last = last_seq(tx)?;
    let end = first.map(|first| first + look - 1);
    Ok(end.filter(|end| *end < last))
}

/// Like [`after`], but ends when the data of a page reaches `bytes`; the first event always comes.
pub(crate) fn after_within(
    tx: &Tx<'_>,
    seq: i64,
    limit: i64,
    bytes: i64,
) -> Result<Vec<Event>, StoreError> {
    let sizes = tx.all(
        "SELECT OCTET_LENGTH(data) FROM events WHERE seq > $1 ORDER BY seq LIMIT $2",
        &[seq.into(), limit.into()],
        |row| row.int(0),
    )?;
    let mut total = 0;
    let fits = sizes.iter().take_while(|size| {
        total += *size;
        total <= bytes
    });
    let count = i64::try_from(fits.count()).unwrap_or(limit).max(1);
    if sizes.is_empty() {
        Ok(Vec::new())
    } else {
        after(tx, seq, count)
    }
}

/// The number of the event of these channels with this id.
pub(crate) fn seq_of(tx: &Tx<'_>, id: &str, scope: &Scope) -> Result<Option<i64>, StoreError> {
    let mut sql = Where::new("SELECT seq FROM events".to_owned());
    sql.and("id =", id);
    sql.and_in("channel_id", scope);
    Ok(sql.all(tx, |row| row.int(0))?.pop())
}
