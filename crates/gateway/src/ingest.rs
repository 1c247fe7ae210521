//! Ingest: what the journal holds becomes contacts, conversations, messages, statuses and events.
//!
//! The journal is the truth for what came in. This reader takes it in order, in batches; a batch
//! and the reader's new position are one transaction, so a crash repeats a batch or does not, and
//! an update that was applied before is dropped by its identity.

mod apply;
mod event_data;
mod event_name;
mod prepared;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::app::App;
use crate::app::StartError;
use crate::clock::Millis;
use crate::cluster::{Lease, Work};
use crate::config::Config;
use crate::inbox::{self, Inbox, Table};
use crate::journal::{Journal, JournalError, Options, Position};
use crate::priority;
use crate::store::{Place, Store, StoreError, Tx, Value};
use apply::{Applied, Care};
use prepared::Prepared;

/// The reader's name in `inbox_cursors`.
const READER: &str = "ingest";

/// What stands before a channel's id in the source of a notification that is signed with the channel's
/// own app secret.
pub(crate) const SIGNED_FOR: &str = "channel:";

/// Records and bytes of one transaction at most: enough to share its cost, few enough that an API
/// write waits only some milliseconds behind it.
const BATCH_RECORDS: usize = 256;
const BATCH_BYTES: usize = 512 * 1024;

/// How often a batch that could not be applied is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// How often old identities are forgotten.
const SWEEP: Duration = Duration::from_hours(1);

/// How long the identity of an update is remembered. Meta repeats a notification for seven days.
const IDENTITIES_KEPT: Millis = 30 * DAY;
const DAY: Millis = 24 * 3600 * 1000;

/// Identities that are forgotten in one transaction at most.
const FORGOTTEN: i64 = 500;

/// Opens the inbox: a journal in the data folder, or a table of the database that gateways share.
pub(crate) async fn open_inbox(
    config: &Config,
    place: &Place,
    store: &Store,
    applied: Position,
) -> Result<Inbox, StartError> {
    let Place::Postgres(address, _) = place else {
        return Ok(Inbox::Journal(open_journal(config, applied)?));
    };
    let end = store.read(inbox::end_of_table).await?;
    Ok(Inbox::Table(Table::open((**address).clone(), end)?))
}

fn open_journal(config: &Config, applied: Position) -> Result<Journal, JournalError> {
    let options = Options {
        applied,
        ..Options::default()
    };
    let (journal, recovery) = Journal::open(&config.data_dir.join("inbox"), &options)?;
    if let Some(torn) = &recovery.torn {
        tracing::warn!(from = %torn.from, bytes = torn.bytes, "cut the unfinished end of the inbox journal");
    }
    Ok(journal)
}

/// How far the store has applied the journal.
pub(crate) fn position(tx: &Tx<'_>) -> Result<Position, StoreError> {
    let found = tx.first(
        "SELECT segment, byte_offset FROM inbox_cursors WHERE reader = $1",
        &[READER.into()],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    let Some((segment, offset)) = found else {
        return Ok(Position::START);
    };
    let number = |value: i64| {
        u64::try_from(value).map_err(|_| StoreError::Corrupt {
            what: "inbox position",
        })
    };
    Ok(Position {
        segment: number(segment)?,
        offset: number(offset)?,
    })
}

fn move_to(tx: &Tx<'_>, position: Position) -> Result<(), StoreError> {
    let number = |value: u64| {
        i64::try_from(value).map_err(|_| StoreError::Corrupt {
            what: "inbox position",
        })
    };
    let values: [Value<'_>; 3] = [
        READER.into(),
        number(position.segment)?.into(),
        number(position.offset)?.into(),
    ];
    tx.later(
        "INSERT INTO inbox_cursors (reader, segment, byte_offset) VALUES ($1, $2, $3) \
         ON CONFLICT (reader) DO UPDATE SET segment = excluded.segment, \
         byte_offset = excluded.byte_offset",
        &values,
    )?;
    Ok(())
}

/// Starts the reader and the sweeper.
pub(crate) fn start(app: &Arc<App>) -> Result<(), StoreError> {
    let (finish, finished) = oneshot::channel::<()>();
    let (reader, runtime) = (Arc::clone(app), Handle::current());
    std::thread::Builder::new()
        .name("ingest".to_owned())
        .spawn(move || {
            priority::give_way();
            runtime.block_on(read(reader));
            drop(finish);
        })
        .map_err(|source| StoreError::Folder {
            path: "ingest".into(),
            source,
        })?;
    // The tracker waits for the thread, too.
    app.spawn(async move { drop(finished.await) });
    app.spawn(sweep(Arc::clone(app)));
    Ok(())
}

/// A batch on its way through the store's writer.
type Pending = oneshot::Receiver<Result<Applied, StoreError>>;

/// Reads while it is this node's turn.
async fn read(app: Arc<App>) {
    while let Some(lease) = app.acquire(Work::Ingest).await {
        match app.store.read(position).await {
            Ok(from) => read_on(&app, &lease, from).await,
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "cannot see how far the inbox is applied");
                pause(&app, RETRY).await;
            }
        }
    }
}

/// Prepares a batch while the one before it is applied. Blocks, on a thread of its own.
async fn read_on(app: &Arc<App>, lease: &Lease, mut from: Position) {
    let mut news = app.inbox.news();
    let mut others = app.store.inbox();
    let mut applying: Option<Pending> = None;
    let mut next = from;
    let mut care = Care::Batch;
    while lease.is_valid() && !lease.is_over() {
        news.borrow_and_update();
        let prepared = Prepared::read(app, next, BATCH_RECORDS, BATCH_BYTES)
            .await
            .inspect_err(|error| tracing::error!(%error, "the inbox cannot be read"))
            .ok();
        if let Some(pending) = applying.take() {
            if let Some(position) = settle(app, pending.await) {
                from = position;
                care = Care::Batch;
            } else {
                // The batch in hand builds on one that did not happen: begin again behind it, and
                // find out which notification it was. The store knows best how far it has come.
                from = app.store.read(position).await.unwrap_or(from);
                next = from;
                let tried = std::mem::replace(&mut care, Care::Each);
                if tried == Care::Each && pause(app, RETRY).await {
                    return;
                }
                continue;
            }
        }
        match prepared {
            Some(prepared) if !prepared.is_empty() => {
                next = prepared.next();
                let shared = Arc::clone(app);
                match app
                    .store
                    .submit(move |tx| prepared.apply(&shared, tx, care))
                {
                    Ok(pending) => applying = Some(pending),
                    Err(_) => return,
                }
                if app.stopping.is_cancelled() {
                    if let Some(pending) = applying.take() {
                        settle(app, pending.await);
                    }
                    return;
                }
            }
            Some(_) => tokio::select! {
                () = app.stopping.cancelled() => return,
                () = lease.over() => return,
                changed = news.changed() => if changed.is_err() { return },
                // Other nodes store, too.
                _ = others.changed() => {}
            },
            None => {
                if pause(app, RETRY).await {
                    return;
                }
            }
        }
    }
    if let Some(pending) = applying.take() {
        settle(app, pending.await);
    }
}

/// Counts what was applied; `None` when it was not, which has been logged.
fn settle(
    app: &App,
    result: Result<Result<Applied, StoreError>, oneshot::error::RecvError>,
) -> Option<Position> {
    match result.unwrap_or(Err(StoreError::Closed)) {
        Ok(applied) => {
            applied.count(app);
            Some(applied.next)
        }
        Err(error) => {
            tracing::error!(%error, source = ?std::error::Error::source(&error), "a batch of the inbox was not applied; it will be tried again");
            None
        }
    }
}

/// Waits; `true` when a shutdown has begun.
async fn pause(app: &App, time: Duration) -> bool {
    tokio::select! {
        () = app.stopping.cancelled() => true,
        () = tokio::time::sleep(time) => false,
    }
}

/// Forgets the identities of updates that were seen before `cutoff`, a few at a time, so that API
/// writes come in between.
async fn forget(app: &App, cutoff: Millis) -> Result<(), StoreError> {
    let some = move |tx: &Tx<'_>| {
        let sql = "DELETE FROM seen_updates WHERE identity IN \
            (SELECT identity FROM seen_updates WHERE seen_at < $1 LIMIT $2)";
        tx.execute(sql, &[cutoff.into(), FORGOTTEN.into()])
    };
    while app.store.write(some).await? > 0 && !app.stopping.is_cancelled() {}
    Ok(())
}

/// Removes the identities of updates that are not repeated any more.
async fn sweep(app: Arc<App>) {
    while let Some(lease) = app.acquire(Work::Upkeep).await {
        let now = app.clock.now();
        if let Err(error) = forget(&app, now - IDENTITIES_KEPT).await {
            tracing::warn!(%error, "cannot forget old identities");
        }
        app.rest(&lease, SWEEP).await;
    }
}
