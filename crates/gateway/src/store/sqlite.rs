//! The SQLite back end: one writer with group commit, a few readers.

mod lock;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};

use super::{Signals, StoreError, Tx, copy, events, migrations};
pub(super) use writer::open_reader;

/// How many reads run at once; more wait.
const READERS: usize = 4;

/// How long writers may be held up while the log is emptied.
const LOG_PATIENCE: Duration = Duration::from_millis(200);

/// The open file.
#[derive(Debug, Clone)]
pub(super) struct Sqlite {
    writer: writer::Writer,
    readers: Arc<Readers>,
    signals: Signals,
}

#[derive(Debug)]
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<rusqlite::Connection>>,
    permits: Arc<Semaphore>,
}

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let (mut connection, lock) = open_alone(path)?;
        migrations::run(&mut connection, &mut |name, _| {
            tracing::info!(name, "migrated the database");
        })?;
        copy::refuse_half(&Tx::sqlite(&connection))?;
        let signals = Signals::new(events::last_seq(&Tx::sqlite(&connection))?);
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

    pub(super) fn signals(&self) -> &Signals {
        &self.signals
    }

    pub(super) fn submit<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        self.writer.submit(change)
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = Arc::clone(&self.readers.permits).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::Closed)?;
        let readers = Arc::clone(&self.readers);
        let done = tokio::task::spawn_blocking(move || {
            let connection = readers.take()?;
            connection.execute_batch("BEGIN")?;
            let result = look(&Tx::sqlite(&connection));
            connection.execute_batch("COMMIT")?;
            readers.give_back(connection);
            drop(permit);
            result
        });
        done.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Moves all that is in the write-ahead log into the database and empties the log, as soon as
    /// nobody reads; `false` if somebody always did.
    pub(super) async fn truncate_log(&self) -> Result<bool, StoreError> {
        let path = self.readers.path.clone();
        let done = tokio::task::spawn_blocking(move || {
            let connection = rusqlite::Connection::open(path)?;
            connection.busy_timeout(LOG_PATIENCE)?;
            let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                row.get::<_, i64>(0)
            })?;
            Ok(busy == 0)
        });
        done.await.unwrap_or(Err(StoreError::Closed))
    }

    pub(super) async fn close(&self) {
        self.readers.permits.close();
        self.writer.close().await;
    }
}

/// Opens the file, which is made if it is not there, for this process alone.
pub(super) fn open_alone(path: &Path) -> Result<(rusqlite::Connection, File), StoreError> {
    let lock = lock::take(path)?;
    let connection = rusqlite::Connection::open(path)?;
    writer::prepare(&connection)?;
    Ok((connection, lock))
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
