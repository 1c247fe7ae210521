//! One connection, driven by the thread that uses it; what nobody waits for shares a round trip.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Instant;

use futures_util::future::{join, join_all};
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row, Statement};

use super::connect::Address;
use crate::store::StoreError;
use crate::store::sql::{Owned, Value};

/// Statements kept prepared; beyond it all are forgotten, since their texts are made somewhere.
const STATEMENTS: usize = 512;

/// After so long without use a connection is tried before it is trusted.
const IDLE: std::time::Duration = std::time::Duration::from_millis(500);

/// A connection to PostgreSQL and what waits to be sent over it.
#[derive(Debug)]
pub(crate) struct Session {
    runtime: Runtime,
    client: Client,
    statements: RefCell<HashMap<String, Statement>>,
    waiting: RefCell<Vec<Waiting>>,
    used_at: Cell<Instant>,
}

/// Goes out in front of the next statement whose answer somebody waits for.
#[derive(Debug)]
enum Waiting {
    Command(&'static str),
    Statement(Statement, Vec<Owned>),
}

impl Session {
    pub(crate) fn open(address: &Address) -> Result<Self, StoreError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|_| StoreError::Closed)?;
        let client = runtime.block_on(address.connect())?;
        Ok(Self {
            runtime,
            client,
            statements: RefCell::default(),
            waiting: RefCell::default(),
            used_at: Cell::new(Instant::now()),
        })
    }

    /// Whether the connection still stands; one that idled is asked.
    pub(crate) fn is_alive(&self) -> bool {
        if self.client.is_closed() {
            return false;
        }
        if self.used_at.get().elapsed() < IDLE {
            return true;
        }
        let alive = self.runtime.block_on(self.client.simple_query("")).is_ok();
        self.used_at.set(Instant::now());
        alive
    }

    /// Sends a command in front of the next statement.
    pub(crate) fn soon(&self, command: &'static str) {
        self.waiting.borrow_mut().push(Waiting::Command(command));
    }

    /// Ends the transaction, together with what waits; one round trip.
    ///
    /// If one of those that waited fails, PostgreSQL answers COMMIT by undoing everything.
    pub(super) fn commit(&self) -> Result<(), StoreError> {
        let waiting = self.waiting.take();
        if let [Waiting::Command(_)] = waiting.as_slice() {
            // Nothing but BEGIN: there is no transaction to end.
            return Ok(());
        }
        let (before, last) = self.runtime.block_on(async {
            let before = waiting.iter().map(|waiting| self.send(waiting));
            join(join_all(before), self.client.batch_execute("COMMIT")).await
        });
        let mut results = before.into_iter().chain([last]);
        match results.find_map(Result::err) {
            None => Ok(()),
            Some(error) if error.as_db_error().is_some() => Err(error.into()),
            Some(_) => Err(StoreError::Uncertain),
        }
    }

    /// Undoes the transaction; a connection that cannot is closed by then.
    pub(super) fn roll_back(&self) {
        let waiting = self.waiting.take();
        let unsent = waiting.first().is_some_and(
            |first| matches!(first, Waiting::Command(word) if word.starts_with("BEGIN")),
        );
        if !unsent {
            let _ = self.runtime.block_on(self.client.batch_execute("ROLLBACK"));
        }
    }

    /// Sends a statement in front of the next one; its failure is the next one's.
    pub(crate) fn later(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        let statement = self.statement(sql)?;
        let values = values.iter().map(|value| value.owned()).collect();
        let mut waiting = self.waiting.borrow_mut();
        waiting.push(Waiting::Statement(statement, values));
        Ok(())
    }

    /// Runs a command, after all that waits; one round trip.
    pub(crate) fn command(&self, command: &str) -> Result<(), StoreError> {
        self.run(self.client.batch_execute(command))
    }

    /// Runs a statement and counts the rows it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        let statement = self.statement(sql)?;
        let count = self.run(self.client.execute_raw(&statement, values))?;
        usize::try_from(count).map_err(|_| StoreError::Corrupt { what: "row count" })
    }

    /// All rows of an answer.
    pub(crate) fn query(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let statement = self.statement(sql)?;
        self.run(self.client.query(&statement, values))
    }

    fn statement(&self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        // What waits goes first: it may be what the statement needs, such as a table.
        let statement = self.run(self.client.prepare(sql)).inspect_err(|error| {
            // The text of a statement holds no values.
            tracing::debug!(%error, sql, "a statement cannot be prepared");
        })?;
        let mut statements = self.statements.borrow_mut();
        if statements.len() >= STATEMENTS {
            statements.clear();
        }
        statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Sends what waits and then `last`, all before the first answer is read.
    fn run<T>(&self, last: impl Future<Output = Result<T, Error>>) -> Result<T, StoreError> {
        let waiting = self.waiting.take();
        let (before, last) = self.runtime.block_on(async {
            let before = waiting.iter().map(|waiting| self.send(waiting));
            join(join_all(before), last).await
        });
        self.used_at.set(Instant::now());
        // The first failure is the cause of those behind it.
        for result in before {
            result?;
        }
        Ok(last?)
    }

    async fn send(&self, waiting: &Waiting) -> Result<(), Error> {
        match waiting {
            Waiting::Command(command) => self.client.batch_execute(command).await,
            Waiting::Statement(statement, values) => {
                self.client.execute_raw(statement, values).await.map(drop)
            }
        }
    }
}
