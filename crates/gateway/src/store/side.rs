//! One connection to a database, without a service on it: for migrating and for copying.

use std::fs::File;

use super::postgres::Session;
use super::{Place, StoreError, Tx, migrations, sqlite};

/// A database that is opened for one piece of work.
#[derive(Debug)]
pub(super) enum Side {
    Sqlite(
        rusqlite::Connection,
        #[expect(
            dead_code,
            reason = "it keeps other processes out as long as it is open"
        )]
        Option<File>,
    ),
    Postgres(Box<Session>),
}

impl Side {
    /// Opens it to work on; a file is made if it is not there, and is for this process alone. Blocks,
    /// and must not run on a thread of a runtime's workers.
    pub(super) fn open(place: &Place) -> Result<Self, StoreError> {
        match place {
            Place::Sqlite(path) => {
                let (connection, lock) = sqlite::open_alone(path)?;
                Ok(Self::Sqlite(connection, Some(lock)))
            }
            Place::Postgres(address, _) => Ok(Self::Postgres(Box::new(Session::open(address)?))),
        }
    }

    /// Opens it to look at, beside a service that may run on it; none if there is no such file.
    pub(super) fn peek(place: &Place) -> Result<Option<Self>, StoreError> {
        match place {
            Place::Sqlite(path) if !path.exists() => Ok(None),
            Place::Sqlite(path) => Ok(Some(Self::Sqlite(sqlite::open_reader(path)?, None))),
            Place::Postgres(..) => Self::open(place).map(Some),
        }
    }

    /// Applies the migrations that are pending.
    pub(super) fn migrate(&mut self, tell: migrations::Tell<'_>) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection, _) => migrations::run(connection, tell),
            Self::Postgres(session) => migrations::run_postgres(session, tell),
        }
    }

    /// Statements and rows in the words of the store; a transaction only between `begin` and `commit`.
    pub(super) fn tx(&self) -> Tx<'_> {
        match self {
            Self::Sqlite(connection, _) => Tx::sqlite(connection),
            Self::Postgres(session) => Tx::postgres(session),
        }
    }

    pub(super) fn begin(&self) -> Result<(), StoreError> {
        self.command("BEGIN")
    }

    pub(super) fn commit(&self) -> Result<(), StoreError> {
        self.command("COMMIT")
    }

    /// Undoes what was done since `begin`.
    pub(super) fn roll_back(&self) {
        let _ = self.command("ROLLBACK");
    }

    pub(super) fn command(&self, command: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection, _) => Ok(connection.execute_batch(command)?),
            Self::Postgres(session) => session.command(command),
        }
    }
}
