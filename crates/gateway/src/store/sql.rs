//! The two drivers behind one face: statements, values and rows as the rest of the store sees them.
//!
//! SQL texts are written for SQLite and PostgreSQL alike: `$1` placeholders in ascending order,
//! `ON CONFLICT`, `RETURNING`. Nothing above this file names a driver.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::StoreError;

/// A value bound to a placeholder.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(text: &'a Option<String>) -> Self {
        text.as_deref().into()
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Owned::Null),
            Self::Int(number) => ToSqlOutput::Owned(Owned::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

/// What a transaction changed that somebody waits for; told to them after the commit.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Changed {
    pub(crate) event_seq: Option<i64>,
    pub(crate) deliveries: bool,
    pub(crate) channels: bool,
}

/// One transaction, or one consistent read.
#[derive(Debug)]
pub(crate) struct Tx<'a> {
    connection: &'a rusqlite::Connection,
    changed: Cell<Changed>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(connection: &'a rusqlite::Connection) -> Self {
        Self {
            connection,
            changed: Cell::default(),
        }
    }

    pub(super) fn changed(&self) -> Changed {
        self.changed.get()
    }

    /// Notes a change, for those who wait for it.
    pub(crate) fn note(&self, note: impl FnOnce(&mut Changed)) {
        let mut changed = self.changed.get();
        note(&mut changed);
        self.changed.set(changed);
    }

    /// Whether the transaction still stands. SQLite undoes all of it by itself when the disk is full
    /// or fails in the middle of a statement; what ran after that would be committed one by one.
    pub(super) fn is_open(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Runs `part`; if it fails or panics, what it changed is undone and the rest of the
    /// transaction stands.
    pub(crate) fn savepoint<T>(
        &self,
        part: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.execute("SAVEPOINT part", &[])?;
        let result = caught(part);
        if result.is_err() && !self.is_open() {
            return result;
        }
        if result.is_err() {
            self.execute("ROLLBACK TO part", &[])?;
        }
        self.execute("RELEASE part", &[])?;
        result
    }

    /// Runs a statement and counts the rows it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        debug_assert!(
            placeholders_ascend(&statement),
            "placeholders out of order: {sql}"
        );
        Ok(statement.execute(rusqlite::params_from_iter(values))?)
    }

    /// All rows, each made into a `T`.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut make: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        debug_assert!(
            placeholders_ascend(&statement),
            "placeholders out of order: {sql}"
        );
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(make(&Row(row))?);
        }
        Ok(all)
    }

    /// The first row, if there is one.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        make: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        debug_assert!(
            placeholders_ascend(&statement),
            "placeholders out of order: {sql}"
        );
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        match rows.next()? {
            Some(row) => Ok(Some(make(&Row(row))?)),
            None => Ok(None),
        }
    }
}

/// Runs a part of a change; a panic fails it and spares the others.
pub(super) fn caught<T>(part: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(part)).unwrap_or_else(|_| {
        tracing::error!("a database change panicked and was undone");
        Err(StoreError::Panicked)
    })
}

/// SQLite numbers `$1`, `$2` … by first appearance, PostgreSQL by their digits: keep both the same.
fn placeholders_ascend(statement: &rusqlite::Statement<'_>) -> bool {
    (1..=statement.parameter_count())
        .all(|index| statement.parameter_name(index) == Some(format!("${index}").as_str()))
}

/// A row of an answer; columns are counted from 0 in the order of the SELECT.
#[derive(Debug)]
pub(crate) struct Row<'a>(&'a rusqlite::Row<'a>);

impl Row<'_> {
    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        Ok(self.0.get(column)?)
    }

    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(self.0.get(column)?)
    }

    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        Ok(self.0.get(column)?)
    }

    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.0.get(column)?)
    }
}
