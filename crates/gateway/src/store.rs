//! The database: one writer with group commit, a few readers, and one file per aggregate.
//!
//! A write is a closure over a [`Tx`]. On SQLite all closures that wait run in one transaction, each
//! in a savepoint of its own, and share one fsync; none is answered before it. A closure must not
//! block or await: it holds the only writer. On PostgreSQL each closure is a transaction of its own,
//! beside others of this process and of other nodes: it locks what it reads and then changes.

pub(crate) mod api_keys;
pub(crate) mod attachments;
pub(crate) mod audit;
pub(crate) mod bus_cursors;
pub(crate) mod channels;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub mod copy;
pub(crate) mod dead_letters;
pub(crate) mod deadlines;
pub(crate) mod deliveries;
pub(crate) mod ended;
pub(crate) mod endpoints;
pub(crate) mod erased;
pub(crate) mod erasures;
pub(crate) mod errors;
pub(crate) mod events;
pub(crate) mod idempotency;
pub(crate) mod inbox;
pub(crate) mod jobs;
pub(crate) mod lanes;
pub(crate) mod leases;
pub(crate) mod lines;
pub(crate) mod media;
pub(crate) mod message_tags;
pub(crate) mod messages;
pub mod migrate;
mod migrations;
pub(crate) mod outbound;
pub(crate) mod page;
pub(crate) mod pairs;
pub(crate) mod pauses;
mod postgres;
pub(crate) mod read_receipts;
pub(crate) mod retention;
pub(crate) mod samples;
pub(crate) mod scope;
pub(crate) mod search;
pub(crate) mod sessions;
mod side;
pub(crate) mod sql;
mod sqlite;
pub(crate) mod statuses;
pub(crate) mod suppressions;
pub(crate) mod templates;
#[cfg(test)]
mod tests;
pub(crate) mod timeline;
pub(crate) mod unsettled;
pub(crate) mod waiting;
pub(crate) mod windows;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::{broadcast, oneshot, watch};

use crate::clock::Millis;
pub use postgres::Address;
pub(crate) use postgres::Session;
use postgres::{Postgres, Told};
pub(crate) use sql::{Locked, Row, Tx, Value};
use sqlite::Sqlite;

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
    /// PostgreSQL refused: the class of the fault, and the constraint if it is one. Its own words
    /// are left out, because they quote values.
    #[error("the database refused: {state}{}", .constraint.as_deref().map(|name| format!(" ({name})")).unwrap_or_default())]
    Refused {
        /// SQLSTATE, e.g. `23505`.
        state: String,
        /// The constraint's name.
        constraint: Option<String>,
    },
    /// The database is not there, or the connection broke before the commit: nothing happened.
    #[error("the database cannot be reached")]
    Away(#[source] Option<std::io::Error>),
    /// The connection broke during the commit: it may have happened or not.
    #[error("the connection to the database broke during a commit")]
    Uncertain,
    /// `store` is not an address that can be used.
    #[error("store is not usable: {0}")]
    Address(String),
    /// A newer version has changed the database in a way that this one cannot work with.
    #[error("a newer wharf has migrated the database ({migration}); run that one")]
    Newer {
        /// The newest migration.
        migration: String,
    },
    /// `wharf store copy` has not come to its end.
    #[error(
        "the database is a half copy of {source_name}; repeat the same `wharf store copy` to finish it"
    )]
    HalfCopied {
        /// Where it is copied from.
        source_name: String,
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
            // Data exceptions, broken constraints, statements that are wrong.
            Self::Refused { state, .. } => ["22", "23", "42"]
                .iter()
                .any(|class| state.starts_with(class)),
            _ => false,
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(refused) = error.as_db_error() {
            let state = refused.code().code();
            // Shutting down, starting up, no room for connections: it comes back.
            if state.starts_with("57P") || state.starts_with("53") || state.starts_with("08") {
                return Self::Away(None);
            }
            return Self::Refused {
                state: state.to_owned(),
                constraint: refused.constraint().map(str::to_owned),
            };
        }
        let wrong = std::error::Error::source(&error).is_some_and(|source| {
            source.is::<tokio_postgres::types::WrongType>()
                || source.is::<tokio_postgres::types::WasNull>()
                || source.is::<std::string::FromUtf8Error>()
        });
        if wrong {
            return Self::Corrupt { what: "row" };
        }
        let source = error.into_source();
        let source = source.and_then(|source| source.downcast::<std::io::Error>().ok());
        Self::Away(source.map(|source| *source))
    }
}

/// How often the log is tried to be emptied, and when again.
const TRIES_TO_TRUNCATE: usize = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Handle of the database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    backend: Backend,
    signals: Signals,
}

#[derive(Debug, Clone)]
enum Backend {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// Where a database is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// A database on a server, and how many connections to it this process may have.
    Postgres(Box<Address>, usize),
}

/// Wakes those who wait for a change; each value is only ever a hint to look.
#[derive(Debug, Clone)]
pub(crate) struct Signals {
    pub(crate) events: watch::Sender<i64>,
    pub(crate) deliveries: watch::Sender<u64>,
    pub(crate) channels: watch::Sender<u64>,
    /// Another node has stored something in the inbox.
    inbox: watch::Sender<u64>,
    /// Something was put into a channel's queue, due at a time; none: look at all.
    queue: broadcast::Sender<Option<(String, Millis)>>,
}

impl Signals {
    fn new(last_seq: i64) -> Self {
        Self {
            events: watch::Sender::new(last_seq),
            deliveries: watch::Sender::new(0),
            channels: watch::Sender::new(0),
            inbox: watch::Sender::new(0),
            queue: broadcast::Sender::new(1024),
        }
    }

    fn changed_here(&self, changed: sql::Changed) {
        if let Some(seq) = changed.event_seq {
            // Of two that commit at once the later one may come first here.
            self.events.send_if_modified(|last| {
                let newer = seq > *last;
                *last = seq.max(*last);
                newer
            });
        }
        for (touched, signal) in [
            (changed.deliveries, &self.deliveries),
            (changed.channels, &self.channels),
        ] {
            if touched {
                signal.send_modify(|version| *version = version.wrapping_add(1));
            }
        }
        if changed.queue {
            // Nobody hears it while there are no senders.
            let _ = self.queue.send(None);
        }
    }
}

impl Store {
    /// Opens the SQLite database at `path`: see [`Store::open_at`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_at(&Place::Sqlite(path.to_owned()))
    }

    /// Opens a database, makes what is not there, and brings it up to date. Blocks.
    ///
    /// A file is refused, before anything is changed, while another process has it open. What is made
    /// is readable by its owner only: it holds messages and the endpoints' secrets.
    pub fn open_at(place: &Place) -> Result<Self, StoreError> {
        let backend = match place {
            Place::Sqlite(path) => Backend::Sqlite(Sqlite::open(path)?),
            Place::Postgres(address, connections) => {
                Backend::Postgres(Postgres::open(address, *connections)?)
            }
        };
        let signals = match &backend {
            Backend::Sqlite(sqlite) => sqlite.signals().clone(),
            Backend::Postgres(postgres) => postgres.signals().clone(),
        };
        Ok(Self { backend, signals })
    }

    #[cfg(test)]
    pub(crate) fn for_test(folder: &test_servers::Folder) -> Self {
        let config = crate::config::Config {
            store: folder.store(),
            ..crate::config::Config::default()
        };
        Self::open_at(&config.store_place().unwrap()).unwrap()
    }

    /// Whether other nodes may use it at the same time.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.backend, Backend::Postgres(_))
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
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.submit(change),
            Backend::Postgres(postgres) => postgres.submit(change),
        }
    }

    /// Runs `look` against a consistent snapshot.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.read(look).await,
            Backend::Postgres(postgres) => postgres.read(look).await,
        }
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

    /// Changes when another node has stored something in the inbox.
    pub(crate) fn inbox(&self) -> watch::Receiver<u64> {
        self.signals.inbox.subscribe()
    }

    /// Tells the other nodes that this one has stored something in the inbox.
    pub(crate) fn tell_inbox(&self) {
        if let Backend::Postgres(postgres) = &self.backend {
            postgres.tell(Told::Inbox);
        }
    }

    /// What others have put into the queues: a channel and when it is due; none: look at all.
    pub(crate) fn queue_wakes(&self) -> broadcast::Receiver<Option<(String, Millis)>> {
        self.signals.queue.subscribe()
    }

    /// Tells the other nodes that something is due in a channel's queue.
    pub(crate) fn wake_queue(&self, channel_id: &str, due_at: Millis) {
        if let Backend::Postgres(postgres) = &self.backend {
            postgres.tell(Told::Queue(channel_id.to_owned(), due_at));
        }
    }

    /// The clock that all nodes share, in Unix milliseconds; none with SQLite.
    pub(crate) async fn time(&self) -> Result<Option<Millis>, StoreError> {
        if !self.is_shared() {
            return Ok(None);
        }
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
        self.read(move |tx| tx.first(sql, &[], |row| row.int(0)))
            .await
    }

    /// Empties SQLite's log of what was overwritten since, a few tries long. Later the log is
    /// overwritten from its beginning anyway.
    pub(crate) async fn truncate_log(&self) {
        let Backend::Sqlite(sqlite) = &self.backend else {
            return;
        };
        for _ in 0..TRIES_TO_TRUNCATE {
            match sqlite.truncate_log().await {
                Ok(true) => return,
                Ok(false) => tokio::time::sleep(BETWEEN_TRIES).await,
                Err(error) => {
                    tracing::warn!(%error, "the log of the database was not emptied");
                    return;
                }
            }
        }
    }

    /// Finishes what is queued, and closes the database.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => postgres.close().await,
        }
    }
}
