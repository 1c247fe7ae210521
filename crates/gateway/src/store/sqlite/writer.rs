//! The one thread that writes to SQLite: it commits everything that waits in one transaction.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;
use tokio::sync::oneshot;

use crate::priority;
use crate::store::sql::caught;
use crate::store::{Signals, StoreError, Tx, events};

/// How many changes share one commit at most, so that the first of them does not wait for ever.
const GROUP: usize = 512;

/// Statements kept prepared for each connection.
const STATEMENTS: usize = 192;

/// Runs the change, or is told why it cannot; what it returns answers the waiter once the commit's
/// fate is known.
type Job = Box<dyn FnOnce(Result<&Tx<'_>, &StoreError>, Place) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), &StoreError>) + Send>;

/// Where a change stands in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// If it fails the transaction begins anew: there is nothing else in it to keep. A large change
    /// is spared the copies of pages that a savepoint makes.
    First,
    /// If it fails only its own savepoint is undone.
    Later,
}

#[derive(Debug, Clone)]
pub(super) struct Writer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    jobs: Mutex<Option<Sender<Job>>>,
    finished: Mutex<Option<oneshot::Receiver<()>>>,
}

impl Writer {
    pub(super) fn start(
        connection: rusqlite::Connection,
        lock: std::fs::File,
        signals: Signals,
    ) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let (finish, finished) = oneshot::channel();
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                priority::give_way();
                run(&connection, &queue, &signals);
                drop(connection);
                drop(lock);
                let _ = finish.send(());
            })
            .map_err(|source| StoreError::Folder {
                path: "store-writer".into(),
                source,
            })?;
        Ok(Self(Arc::new(Inner {
            jobs: Mutex::new(Some(jobs)),
            finished: Mutex::new(Some(finished)),
        })))
    }

    pub(super) fn submit<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (answer, receiver) = oneshot::channel();
        let job: Job = Box::new(move |tx, place| {
            let result = match (tx, place) {
                (Ok(tx), Place::First) => alone(tx, change),
                (Ok(tx), Place::Later) => tx.savepoint(|| change(tx)),
                (Err(error), _) => Err(StoreError::Commit(error.to_string())),
            };
            Box::new(move |commit| {
                let result = match (result, commit) {
                    (Ok(_), Err(error)) => Err(StoreError::Commit(error.to_string())),
                    (result, _) => result,
                };
                let _ = answer.send(result);
            })
        });
        let jobs = self.0.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.as_ref()
            .ok_or(StoreError::Closed)?
            .send(job)
            .map_err(|_| StoreError::Closed)?;
        Ok(receiver)
    }

    pub(super) async fn close(&self) {
        drop(
            self.0
                .jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let finished = self
            .0
            .finished
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(finished) = finished {
            let _ = finished.await;
        }
    }
}

fn run(connection: &rusqlite::Connection, queue: &Receiver<Job>, signals: &Signals) {
    while let Ok(first) = queue.recv() {
        let tx = Tx::sqlite(connection);
        let mut answers: Vec<Answer> = Vec::new();
        let begun = tx.execute("BEGIN IMMEDIATE", &[]);
        if let Err(error) = &begun {
            answers.push(first(Err(error), Place::First));
        } else {
            answers.push(first(Ok(&tx), Place::First));
            while answers.len() < GROUP
                && tx.is_open()
                && let Ok(job) = queue.try_recv()
            {
                answers.push(job(Ok(&tx), Place::Later));
            }
        }
        let committed = begun
            .and_then(|_| events::flush(&tx))
            .and_then(|()| tx.execute("COMMIT", &[]));
        if let Err(error) = &committed {
            let source = std::error::Error::source(error);
            tracing::error!(%error, ?source, waiting = answers.len(), "commit failed");
            if tx.is_open() {
                let _ = tx.execute("ROLLBACK", &[]);
            }
        }
        let fate = committed.as_ref().map(|_| ());
        if fate.is_ok() {
            signals.changed_here(tx.changed());
        }
        for answer in answers {
            answer(fate);
        }
    }
    // What was queued is done; leave one file behind instead of a database and its log.
    let _ = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// Runs the first change of a transaction; if it fails, the transaction is begun anew.
fn alone<T>(
    tx: &Tx<'_>,
    change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let result = caught(|| change(tx));
    if result.is_err() {
        tx.events().take();
        if tx.is_open() {
            tx.execute("ROLLBACK", &[])?;
        }
        tx.execute("BEGIN IMMEDIATE", &[])?;
    }
    result
}

/// Settings of the writing connection: write-ahead log, every commit synced.
pub(super) fn prepare(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // What is deleted is overwritten in its page, which is written anyway.
    connection.pragma_update(None, "secure_delete", true)?;
    tune(connection)
}

/// What every connection has: patience, kept statements, and plans that do not depend on values
/// (else a statement is prepared again whenever a value is bound that a partial index asks for).
fn tune(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

pub(in crate::store) fn open_reader(path: &Path) -> Result<rusqlite::Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "cache_size", -2_048)?;
    tune(&connection)?;
    Ok(connection)
}
