//! The inbox as a table of PostgreSQL: one thread stores all that waits in one statement.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{oneshot, watch};

use crate::journal::{Batch, Deleted, Entry, JournalError, Position, Record};
use crate::store::{Address, Session, Store, StoreError, Tx, Value};

/// Bytes that may wait to be stored; beyond it the carrier is told to come again.
const WAITING: usize = 16 << 20;
/// Notifications and bytes of one statement at most.
const GROUP: usize = 1024;
const GROUP_BYTES: usize = 4 << 20;
/// How long the thread rests after the database could not be reached.
const RECONNECT: Duration = Duration::from_millis(200);
/// Rows that are removed in one transaction.
const SLICE: i64 = 500;

/// A handle on the table; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Table(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    queue: Mutex<Option<Sender<Waiting>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    bytes: Arc<AtomicUsize>,
    end: watch::Receiver<Position>,
}

/// A notification that is not stored yet.
#[derive(Debug)]
struct Waiting {
    received_at: i64,
    source: String,
    body: Bytes,
    reply: oneshot::Sender<Result<Position, JournalError>>,
}

impl Table {
    /// Starts the thread; it connects by itself, and again whenever the connection breaks.
    pub(crate) fn open(address: Address, end: Position) -> Result<Self, JournalError> {
        let (queue, waiting) = channel();
        let (tell, end) = watch::channel(end);
        let bytes = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&bytes);
        let thread = std::thread::Builder::new()
            .name("inbox-table".to_owned())
            .spawn(move || run(&address, &waiting, &counted, &tell))
            .map_err(failed("start the thread"))?;
        Ok(Self(Arc::new(Shared {
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(Some(thread)),
            bytes,
            end,
        })))
    }

    pub(crate) async fn append(
        &self,
        received_at: i64,
        source: &str,
        body: Bytes,
    ) -> Result<Position, JournalError> {
        let size = body.len();
        let before = self.0.bytes.fetch_add(size, Ordering::Relaxed);
        if before + size > WAITING && before > 0 {
            self.0.bytes.fetch_sub(size, Ordering::Relaxed);
            return Err(JournalError::Busy);
        }
        let (reply, stored) = oneshot::channel();
        let waiting = Waiting {
            received_at,
            source: source.to_owned(),
            body,
            reply,
        };
        {
            let queue = self.0.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = queue.as_ref().ok_or(JournalError::Closed)?;
            queue.send(waiting).map_err(|_| JournalError::Closed)?;
        }
        stored.await.map_err(|_| JournalError::Closed)?
    }

    pub(crate) fn news(&self) -> watch::Receiver<Position> {
        self.0.end.clone()
    }

    pub(crate) async fn close(&self) {
        let shared = Arc::clone(&self.0);
        let closing = tokio::task::spawn_blocking(move || {
            drop(
                shared
                    .queue
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .take(),
            );
            let thread = shared
                .thread
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            thread.map(JoinHandle::join)
        });
        let _ = closing.await;
    }
}

fn run(
    address: &Address,
    waiting: &Receiver<Waiting>,
    bytes: &AtomicUsize,
    end: &watch::Sender<Position>,
) {
    let mut session: Option<Session> = None;
    while let Ok(first) = waiting.recv() {
        let mut size = first.body.len();
        let mut group = vec![first];
        while group.len() < GROUP
            && size < GROUP_BYTES
            && let Ok(next) = waiting.try_recv()
        {
            size += next.body.len();
            group.push(next);
        }
        let stored = connected(&mut session, address).and_then(|session| store(session, &group));
        bytes.fetch_sub(size, Ordering::Relaxed);
        match stored {
            Ok(first) => {
                let last = Position {
                    offset: first.offset + group.len() as u64,
                    ..first
                };
                end.send_replace(last);
                for (offset, waiting) in (first.offset..).zip(group) {
                    let _ = waiting.reply.send(Ok(Position { offset, ..first }));
                }
            }
            Err(error) => {
                // Whether it is stored or not: nobody has been told so, and Meta comes again.
                session = None;
                let failed = failed("store in the table")(io::Error::other(error));
                for waiting in group {
                    let _ = waiting.reply.send(Err(failed.clone()));
                }
                std::thread::sleep(RECONNECT);
            }
        }
    }
}

fn connected<'a>(
    session: &'a mut Option<Session>,
    address: &Address,
) -> Result<&'a Session, StoreError> {
    if session.as_ref().is_none_or(|session| !session.is_alive()) {
        *session = Some(Session::open(address)?);
    }
    session.as_ref().ok_or(StoreError::Closed)
}

/// Stores a group; where its first one stands. One statement, so that the lock of the counter, which
/// keeps the order of numbers that of the commits, is held for the commit alone.
fn store(session: &Session, group: &[Waiting]) -> Result<Position, StoreError> {
    let count = i64::try_from(group.len()).unwrap_or(i64::MAX);
    let times: Vec<i64> = group.iter().map(|waiting| waiting.received_at).collect();
    let sources: Vec<&str> = group
        .iter()
        .map(|waiting| waiting.source.as_str())
        .collect();
    let bodies: Vec<&[u8]> = group.iter().map(|waiting| &waiting.body[..]).collect();
    let rows = session.query(
        "WITH numbered AS (UPDATE counters SET value = value + $1 WHERE name = 'inbox' \
         RETURNING value), \
         place AS (SELECT value AS segment FROM counters WHERE name = 'inbox_segment'), \
         added AS (INSERT INTO inbox (segment, byte_offset, received_at, source, body) \
         SELECT place.segment, numbered.value - $1 + new.nth, new.received_at, new.source, new.body \
         FROM numbered, place, UNNEST($2::bigint[], $3::text[], $4::bytea[]) \
         WITH ORDINALITY AS new(received_at, source, body, nth)) \
         SELECT place.segment, numbered.value FROM numbered, place",
        &[&count, &times, &sources, &bodies],
    )?;
    let row = rows.first().ok_or(StoreError::Corrupt {
        what: "inbox counter",
    })?;
    let row = crate::store::Row::Postgres(row);
    position(row.int(0)?, row.int(1)? - count + 1)
}

/// Behind the last one that is stored.
pub(crate) fn end(tx: &Tx<'_>) -> Result<Position, StoreError> {
    let found = tx.first(
        "SELECT s.value, n.value FROM counters s, counters n \
         WHERE s.name = 'inbox_segment' AND n.name = 'inbox'",
        &[],
        |row| position(row.int(0)?, row.int(1)? + 1),
    )?;
    found.ok_or(StoreError::Corrupt {
        what: "inbox counter",
    })
}

/// Whether there is a row that has not been applied. The counter does not tell: after a copy the
/// next name is far behind the last one.
pub(super) fn waits(tx: &Tx<'_>, applied: Position) -> Result<bool, StoreError> {
    let found = tx.first(
        "SELECT 1 FROM inbox WHERE (segment, byte_offset) >= ($1, $2) LIMIT 1",
        &[
            number(applied.segment).into(),
            number(applied.offset).into(),
        ],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

pub(super) fn read(
    tx: &Tx<'_>,
    from: Position,
    max_records: usize,
    max_bytes: usize,
) -> Result<Batch, StoreError> {
    // Sizes are known without fetching the bodies, of which the first always comes.
    let mut next = from;
    let entries = tx.all(
        "SELECT segment, byte_offset, received_at, source, body FROM (SELECT i.*, \
         SUM(OCTET_LENGTH(body)) OVER (ORDER BY segment, byte_offset) - OCTET_LENGTH(body) AS before \
         FROM (SELECT * FROM inbox WHERE (segment, byte_offset) >= ($1, $2) \
         ORDER BY segment, byte_offset LIMIT $3) i) sized \
         WHERE before < $4 ORDER BY segment, byte_offset",
        &[
            number(from.segment).into(),
            number(from.offset).into(),
            Value::Int(i64::try_from(max_records).unwrap_or(i64::MAX)),
            Value::Int(i64::try_from(max_bytes).unwrap_or(i64::MAX)),
        ],
        |row| {
            let at = position(row.int(0)?, row.int(1)?)?;
            next = Position {
                offset: at.offset + 1,
                ..at
            };
            let record = Record {
                received_at: row.int(2)?,
                source: row.text(3)?,
                body: row.bytes(4)?.into(),
            };
            Ok(Entry::Record { at, record })
        },
    )?;
    Ok(Batch { entries, next })
}

pub(super) async fn delete_before(
    store: &Store,
    keep_from: Position,
    older_than: i64,
) -> Result<Deleted, StoreError> {
    let mut deleted = Deleted::default();
    loop {
        let some = move |tx: &Tx<'_>| {
            tx.all(
                "DELETE FROM inbox WHERE (segment, byte_offset) IN (SELECT segment, byte_offset \
                 FROM (SELECT segment, byte_offset, received_at FROM inbox \
                 WHERE (segment, byte_offset) < ($1, $2) ORDER BY segment, byte_offset LIMIT $3) \
                 AS first WHERE received_at < $4) RETURNING OCTET_LENGTH(body)",
                &[
                    number(keep_from.segment).into(),
                    number(keep_from.offset).into(),
                    SLICE.into(),
                    older_than.into(),
                ],
                |row| row.int(0),
            )
        };
        let sizes = store.write(some).await?;
        deleted.segments += sizes.len();
        deleted.bytes += sizes.iter().sum::<i64>().unsigned_abs();
        if i64::try_from(sizes.len()).unwrap_or(0) < SLICE {
            return Ok(deleted);
        }
    }
}

pub(super) fn overwrite(tx: &Tx<'_>, changes: &[(Position, Record)]) -> Result<usize, StoreError> {
    let mut done = 0;
    for (at, record) in changes {
        done += tx.execute(
            "UPDATE inbox SET body = $1 WHERE segment = $2 AND byte_offset = $3",
            &[
                Value::Bytes(&record.body),
                number(at.segment).into(),
                number(at.offset).into(),
            ],
        )?;
    }
    Ok(done)
}

fn position(segment: i64, offset: i64) -> Result<Position, StoreError> {
    let whole = |value: i64| {
        u64::try_from(value).map_err(|_| StoreError::Corrupt {
            what: "inbox position",
        })
    };
    Ok(Position {
        segment: whole(segment)?,
        offset: whole(offset)?,
    })
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> JournalError {
    move |source| JournalError::Io {
        doing,
        source: Arc::new(source),
    }
}

#[cfg(test)]
mod tests {
    use test_servers::Database;

    use super::*;
    use crate::store::Place;

    #[tokio::test]
    async fn only_what_is_stored_and_not_applied_waits() {
        let database = Database::shared().unwrap();
        let address = Address::parse(&database.url(), None).unwrap();
        let store = Store::open_at(&Place::Postgres(Box::new(address), 4)).unwrap();
        let waits = async |segment, offset| {
            let applied = Position { segment, offset };
            store.read(move |tx| waits(tx, applied)).await.unwrap()
        };
        assert!(!waits(0, 0).await, "nothing was ever received");
        // As a copy leaves it: new names begin with the next segment.
        let copied = |tx: &Tx<'_>| {
            tx.execute(
                "UPDATE counters SET value = 8 WHERE name = 'inbox_segment'",
                &[],
            )?;
            tx.execute("INSERT INTO inbox VALUES (7, 16, 0, 'app:1', '')", &[])
        };
        store.write(copied).await.unwrap();
        assert!(waits(7, 16).await);
        assert!(!waits(7, 17).await);
        store.close().await;
    }

    #[tokio::test]
    async fn old_ones_are_removed_up_to_a_slice_with_one_that_is_kept() {
        let database = Database::shared().unwrap();
        let address = Address::parse(&database.url(), None).unwrap();
        let store = Store::open_at(&Place::Postgres(Box::new(address), 4)).unwrap();
        // Those at the multiples of a slice and a half are young.
        let fill = |tx: &Tx<'_>| {
            tx.execute(
                "INSERT INTO inbox (segment, byte_offset, received_at, source, body) \
                 SELECT 7, n, CASE WHEN n % $1 = 0 THEN 200 ELSE 100 END, 'app:1', '' \
                 FROM GENERATE_SERIES(1, $2) AS n",
                &[(SLICE + SLICE / 2).into(), (4 * SLICE).into()],
            )
        };
        store.write(fill).await.unwrap();
        let end = Position {
            segment: 8,
            offset: 0,
        };
        let left = async || {
            let count = "SELECT COUNT(*) FROM inbox";
            let look = move |tx: &Tx<'_>| tx.first(count, &[], |row| row.int(0));
            store.read(look).await.unwrap().unwrap()
        };
        let deleted = delete_before(&store, end, 150).await.unwrap();
        let two_slices = usize::try_from(2 * SLICE).unwrap();
        assert_eq!(deleted.segments, two_slices - 1, "it looks no further");
        assert_eq!(left().await, 2 * SLICE + 1);
        delete_before(&store, end, 250).await.unwrap();
        assert_eq!(left().await, 0);
        store.close().await;
    }
}
