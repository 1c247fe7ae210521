//! The database: one writer with group commit, a few readers, and one file per aggregate.
//!
//! A write is a closure over a [`Tx`]. On SQLite all closures that wait run in one transaction, each
//! in a savepoint of its own, and share one fsync; none is answered before it. A closure must not
//! block or await: it holds the only writer.

pub(crate) mod api_keys;
pub(crate) mod channels;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub(crate) mod dead_letters;
pub(crate) mod deliveries;
pub(crate) mod ended;
pub(crate) mod endpoints;
pub(crate) mod events;
pub(crate) mod idempotency;
pub(crate) mod leases;
mod lock;
pub(crate) mod messages;
mod migrations;
pub(crate) mod outbound;
pub(crate) mod page;
pub(crate) mod sql;
pub(crate) mod statuses;
#[cfg(test)]
mod tests;
pub(crate) mod unsettled;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, oneshot, watch};

pub(crate) use sql::{Row, Tx, Value};

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database refused or failed: full disk, damaged file, broken constraint.
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
    /// The folder or file cannot be made or read.
    #[error("cannot use the data folder {path}")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process has the database open.
    #[error("another process uses the database {path}; stop it, or name another one with store")]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// The group that this write was part of did not commit; nothing of it happened.
    #[error("the commit failed: {0}")]
    Commit(String),
    /// The change has an error of ours in it; nothing of it happened.
    #[error("the change panicked")]
    Panicked,
    /// What is stored is not of the form that this version writes.
    #[error("the stored {what} is not readable")]
    Corrupt {
        /// Which column or value.
        what: &'static str,
    },
    /// The store is shut down.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Whether the same change fails the same way tomorrow: the data is at fault, not the machine.
    pub(crate) fn is_lasting(&self) -> bool {
        use rusqlite::ErrorCode::{ConstraintViolation, TypeMismatch};
        match self {
            Self::Corrupt { .. } | Self::Panicked => true,
            Self::Database(error) => error
                .sqlite_error_code()
                .is_none_or(|code| matches!(code, ConstraintViolation | TypeMismatch)),
            _ => false,
        }
    }
}

/// Handle of the database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: writer::Writer,
    readers: Arc<Readers>,
    signals: Signals,
}

/// Wakes those who wait for a change; each value is only ever a hint to look.
#[derive(Debug, Clone)]
pub(crate) struct Signals {
    pub(crate) events: watch::Sender<i64>,
    pub(crate) deliveries: watch::Sender<u64>,
    pub(crate) channels: watch::Sender<u64>,
}

#[derive(Debug)]
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<rusqlite::Connection>>,
    permits: Arc<Semaphore>,
}

/// How many reads run at once; more wait.
const READERS: usize = 4;

impl Store {
    /// Opens the database at `path`, makes it if it is not there, and brings it up to date.
    ///
    /// Refused, before anything is changed, while another process has it open. What is made is
    /// readable by its owner only: it holds messages and the endpoints' secrets.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let lock = lock::take(path)?;
        let mut connection = rusqlite::Connection::open(path)?;
        writer::prepare(&connection)?;
        migrations::run(&mut connection)?;
        let last_seq = events::last_seq(&Tx::new(&connection))?;
        let signals = Signals {
            events: watch::Sender::new(last_seq),
            deliveries: watch::Sender::new(0),
            channels: watch::Sender::new(0),
        };
        let readers = Readers {
            path: path.to_owned(),
            idle: Mutex::new(Vec::new()),
            permits: Arc::new(Semaphore::new(READERS)),
        };
        let writer = writer::Writer::start(connection, lock, signals.clone())?;
        Ok(Self {
            writer,
            readers: Arc::new(readers),
            signals,
        })
    }

    /// Runs `change` in a transaction; returns after the commit that holds it is on disk.
    ///
    /// Dropping the future does not undo the change.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.submit(change)?
            .await
            .unwrap_or(Err(StoreError::Closed))
    }

    /// Queues `change` and returns at once; the receiver is answered after the commit.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        self.writer.submit(change)
    }

    /// Runs `look` against a consistent snapshot.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = Arc::clone(&self.readers.permits).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::Closed)?;
        let readers = Arc::clone(&self.readers);
        let done = tokio::task::spawn_blocking(move || {
            let connection = readers.take()?;
            connection.execute_batch("BEGIN")?;
            let result = look(&Tx::new(&connection));
            connection.execute_batch("COMMIT")?;
            readers.give_back(connection);
            drop(permit);
            result
        });
        done.await.unwrap_or(Err(StoreError::Closed))
    }

    /// The sequence number of the newest committed event; changes when one is added.
    pub(crate) fn events(&self) -> watch::Receiver<i64> {
        self.signals.events.subscribe()
    }

    /// Changes when an endpoint or a due delivery was added or changed.
    pub(crate) fn deliveries(&self) -> watch::Receiver<u64> {
        self.signals.deliveries.subscribe()
    }

    /// Changes when a channel was added or changed.
    pub(crate) fn channels(&self) -> watch::Receiver<u64> {
        self.signals.channels.subscribe()
    }

    /// Finishes what is queued, syncs, and closes the database.
    pub async fn close(&self) {
        self.readers.permits.close();
        self.writer.close().await;
    }
}

impl Readers {
    fn take(&self) -> Result<rusqlite::Connection, StoreError> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        match idle {
            Some(connection) => Ok(connection),
            None => writer::open_reader(&self.path),
        }
    }

    fn give_back(&self, connection: rusqlite::Connection) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
    }
}
