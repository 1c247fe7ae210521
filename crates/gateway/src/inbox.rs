//! Where a notification becomes durable before it is acknowledged, and from where it is read.
//!
//! Beside SQLite that is the journal. Gateways that share a PostgreSQL database have a table in it,
//! so that what one has acknowledged another can apply.

mod table;

use bytes::Bytes;
use tokio::sync::watch;

use crate::journal::{Batch, Deleted, Journal, JournalError, Position, Record};
use crate::store::{Store, StoreError, Tx};
pub(crate) use table::{Table, end as end_of_table};

/// The inbox of this gateway.
#[derive(Clone, Debug)]
pub(crate) enum Inbox {
    Journal(Journal),
    Table(Table),
}

impl Inbox {
    /// Stores one notification; returns its name once it is on disk.
    pub(crate) async fn append(
        &self,
        received_at: i64,
        source: &str,
        body: Bytes,
    ) -> Result<Position, JournalError> {
        match self {
            Self::Journal(journal) => journal.append(received_at, source, body).await,
            Self::Table(table) => table.append(received_at, source, body).await,
        }
    }

    /// Changes when something was stored by this process.
    pub(crate) fn news(&self) -> watch::Receiver<Position> {
        match self {
            Self::Journal(journal) => journal.durable_end(),
            Self::Table(table) => table.news(),
        }
    }

    /// Where the durable part ends, whoever stored it.
    pub(crate) fn end(&self, tx: &Tx<'_>) -> Result<Position, StoreError> {
        match self {
            Self::Journal(journal) => Ok(*journal.durable_end().borrow()),
            Self::Table(_) => table::end(tx),
        }
    }

    /// Whether something durable has not been applied yet.
    pub(crate) fn waits(&self, tx: &Tx<'_>, applied: Position) -> Result<bool, StoreError> {
        match self {
            Self::Journal(journal) => Ok(applied < *journal.durable_end().borrow()),
            Self::Table(_) => table::waits(tx, applied),
        }
    }

    /// What is durable from `from` on: see [`Journal::read_batch`]. Blocks with a journal.
    pub(crate) async fn read_batch(
        &self,
        store: &Store,
        from: Position,
        max_records: usize,
        max_bytes: usize,
    ) -> Result<Batch, ReadError> {
        Ok(match self {
            Self::Journal(journal) => journal.read_batch(from, max_records, max_bytes)?,
            Self::Table(_) => {
                let look = move |tx: &Tx<'_>| table::read(tx, from, max_records, max_bytes);
                store.read(look).await?
            }
        })
    }

    /// Removes what lies before `keep_from` and came in before `older_than`.
    pub(crate) async fn delete_before(
        &self,
        store: &Store,
        keep_from: Position,
        older_than: i64,
    ) -> Result<Deleted, ReadError> {
        match self {
            Self::Journal(journal) => {
                let journal = journal.clone();
                let sweep = move || journal.delete_before(keep_from, older_than);
                let swept = tokio::task::spawn_blocking(sweep).await;
                Ok(swept.unwrap_or(Err(JournalError::Closed))?)
            }
            Self::Table(_) => Ok(table::delete_before(store, keep_from, older_than).await?),
        }
    }

    /// Puts notifications in the places of others of the same lengths; how many were there.
    pub(crate) async fn overwrite(
        &self,
        store: &Store,
        changes: Vec<(Position, Record)>,
    ) -> Result<usize, ReadError> {
        match self {
            Self::Journal(journal) => {
                let journal = journal.clone();
                let overwrite = move || journal.overwrite(&changes);
                let done = tokio::task::spawn_blocking(overwrite).await;
                Ok(done.unwrap_or(Err(JournalError::Closed))?)
            }
            Self::Table(_) => {
                let change = move |tx: &Tx<'_>| table::overwrite(tx, &changes);
                Ok(store.write(change).await?)
            }
        }
    }

    /// Refuses what comes from now on, and finishes what is under way.
    pub(crate) async fn close(&self) {
        match self {
            Self::Journal(journal) => journal.clone().close().await,
            Self::Table(table) => table.close().await,
        }
    }
}

/// Why the inbox could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Store(#[from] StoreError),
}
