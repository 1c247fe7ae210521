//! The two drivers behind one face: statements, values and rows as the rest of the store sees them.
//!
//! SQL texts are written for SQLite and PostgreSQL alike: `$1` placeholders in ascending order,
//! `ON CONFLICT`, `RETURNING`. Nothing above this file names a driver.

use std::cell::{Cell, RefCell, RefMut};
use std::collections::{BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::BytesMut;
use tokio_postgres::types as postgres;

use super::StoreError;
use super::contacts::ahead::People;
use super::events::NewEvent;
use super::postgres::Session;

/// A value bound to a placeholder.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// A value kept until its statement is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owned {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Value<'_> {
    pub(super) fn owned(self) -> Owned {
        match self {
            Self::Null => Owned::Null,
            Self::Int(number) => Owned::Int(number),
            Self::Text(text) => Owned::Text(text.to_owned()),
            Self::Bytes(bytes) => Owned::Bytes(bytes.to_vec()),
        }
    }
}

impl Owned {
    pub(super) fn as_value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
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
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

impl postgres::ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &postgres::Type,
        out: &mut BytesMut,
    ) -> Result<postgres::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(postgres::IsNull::Yes),
            Self::Int(number) if *kind == postgres::Type::INT4 => {
                i32::try_from(*number)?.to_sql(kind, out)
            }
            Self::Int(number) => number.to_sql(kind, out),
            // PostgreSQL takes no NUL in a text; somebody's name may have one.
            Self::Text(text) if text.contains('\0') => {
                text.replace('\0', "\u{fffd}").to_sql(kind, out)
            }
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &postgres::Type) -> bool {
        true
    }

    postgres::to_sql_checked!();
}

impl postgres::ToSql for Owned {
    fn to_sql(
        &self,
        kind: &postgres::Type,
        out: &mut BytesMut,
    ) -> Result<postgres::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.as_value().to_sql(kind, out)
    }

    fn accepts(_: &postgres::Type) -> bool {
        true
    }

    postgres::to_sql_checked!();
}

/// A whole number of whatever width PostgreSQL makes of an expression.
struct AnyInt(i64);

impl<'a> postgres::FromSql<'a> for AnyInt {
    fn from_sql(
        kind: &postgres::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let number = match *kind {
            postgres::Type::INT2 => i64::from(i16::from_sql(kind, raw)?),
            postgres::Type::INT4 => i64::from(i32::from_sql(kind, raw)?),
            _ => i64::from_sql(kind, raw)?,
        };
        Ok(Self(number))
    }

    fn accepts(kind: &postgres::Type) -> bool {
        matches!(
            *kind,
            postgres::Type::INT2 | postgres::Type::INT4 | postgres::Type::INT8
        )
    }
}

/// What a transaction changed that somebody waits for; told to them after the commit.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) event_seq: Option<i64>,
    pub(crate) deliveries: bool,
    pub(crate) channels: bool,
    /// A message may leave that waited for another.
    pub(crate) queue: bool,
}

/// What a transaction may have for itself: see [`Tx::lock`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Locked<'a> {
    /// The reading of the inbox.
    Inbox,
    /// Who has a lease, and with which token.
    Lease(&'a str),
    /// An idempotency key in its scope.
    Key(&'a str, &'a str),
    /// What a carrier calls a message.
    Wamid(&'a str),
    Message(&'a str),
    /// Whoever has this number, BSUID or group id.
    Contact(&'a str),
    /// The messages of a conversation that leave in order.
    Line(&'a str),
    /// The set of channels, and what each is.
    Channels,
    /// Whether a channel is there: shared by those who take messages for it, and had alone by who
    /// deletes it.
    Channel(&'a str),
    /// Whether a channel sends: who takes messages out of its queue, or stops it.
    Sending(&'a str),
    Endpoint(&'a str),
    Delivery(&'a str),
    ApiKeys,
}

impl std::fmt::Display for Locked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Inbox => f.write_str("inbox"),
            Self::Lease(name) => write!(f, "lease/{name}"),
            Self::Key(scope, key) => write!(f, "key/{scope}/{key}"),
            Self::Wamid(id) => write!(f, "wamid/{id}"),
            Self::Message(id) => write!(f, "message/{id}"),
            Self::Contact(value) => write!(f, "contact/{value}"),
            Self::Line(id) => write!(f, "line/{id}"),
            Self::Channels => f.write_str("channels"),
            Self::Channel(id) => write!(f, "channel/{id}"),
            Self::Sending(id) => write!(f, "sending/{id}"),
            Self::Endpoint(id) => write!(f, "endpoint/{id}"),
            Self::Delivery(id) => write!(f, "delivery/{id}"),
            Self::ApiKeys => f.write_str("api-keys"),
        }
    }
}

/// One transaction, or one consistent read.
#[derive(Debug)]
pub(crate) struct Tx<'a> {
    link: Link<'a>,
    changed: Cell<Changed>,
    /// Events that are numbered and added at the end: see [`super::events::append`].
    events: RefCell<Vec<NewEvent>>,
    /// Locks that were taken all at once.
    held: RefCell<HashSet<String>>,
    /// People who were looked up all at once.
    people: RefCell<Option<People>>,
}

/// The driver that runs it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Link<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a Session),
}

impl<'a> Tx<'a> {
    pub(super) fn sqlite(connection: &'a rusqlite::Connection) -> Self {
        Self::new(Link::Sqlite(connection))
    }

    pub(super) fn postgres(session: &'a Session) -> Self {
        Self::new(Link::Postgres(session))
    }

    fn new(link: Link<'a>) -> Self {
        Self {
            link,
            changed: Cell::default(),
            events: RefCell::default(),
            held: RefCell::default(),
            people: RefCell::default(),
        }
    }

    pub(super) fn link(&self) -> Link<'a> {
        self.link
    }

    /// Waits until nobody else has what goes by this name, and keeps it until the end.
    ///
    /// Whoever reads in order to change what it has read takes the lock first, because on PostgreSQL
    /// others change things at the same time. SQLite has one writer, which needs no locks.
    ///
    /// Order, so that nobody waits in a circle: a lease, a wamid, a message, a channel
    /// that messages are taken for, a contact, then the rest.
    pub(crate) fn lock(&self, name: Locked<'_>) -> Result<(), StoreError> {
        match self.link {
            Link::Sqlite(_) => Ok(()),
            Link::Postgres(session) => {
                let name = name.to_string();
                if self.held.borrow().contains(&name) {
                    return Ok(());
                }
                session.later(
                    "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
                    &[name.as_str().into()],
                )
            }
        }
    }

    /// Ends a SELECT whose rows nobody else is to change until the end of this transaction: it waits
    /// for those who do, and finds what they have left.
    pub(crate) fn row_lock(&self) -> &'static str {
        match self.link {
            Link::Sqlite(_) => "",
            Link::Postgres(_) => " FOR NO KEY UPDATE",
        }
    }

    /// As [`Tx::lock`], but waits only for those who have it alone, and lets others share it.
    pub(crate) fn lock_shared(&self, name: Locked<'_>) -> Result<(), StoreError> {
        match self.link {
            Link::Sqlite(_) => Ok(()),
            Link::Postgres(session) => session.later(
                "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))",
                &[name.to_string().as_str().into()],
            ),
        }
    }

    /// As [`Tx::lock`], but does not wait: `false` if somebody else has it.
    pub(crate) fn try_lock(&self, name: Locked<'_>) -> Result<bool, StoreError> {
        match self.link {
            Link::Sqlite(_) => Ok(true),
            Link::Postgres(session) => {
                let name = name.to_string();
                let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))";
                match session.query(sql, &[&name])?.first() {
                    Some(row) => Ok(row.try_get(0)?),
                    None => Ok(false),
                }
            }
        }
    }

    /// Locks all these contacts in one order, so that those who do so never wait in a circle; further
    /// locks of them cost nothing.
    ///
    /// For the beginning of a transaction: outside of savepoints, which would let go of them. Wamids
    /// and messages may come after, because nobody who has one of those asks for a contact.
    pub(crate) fn lock_contacts(&self, contacts: &BTreeSet<&str>) -> Result<(), StoreError> {
        if let Link::Postgres(session) = self.link {
            let names: Vec<String> = contacts
                .iter()
                .map(|name| Locked::Contact(name).to_string())
                .collect();
            session.query(
                "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) \
                 FROM UNNEST($1::text[]) AS locked(name)",
                &[&names],
            )?;
            self.held.borrow_mut().extend(names);
        }
        Ok(())
    }

    /// People who were looked up all at once: see [`super::contacts::ahead`].
    pub(super) fn people(&self) -> RefMut<'_, Option<People>> {
        self.people.borrow_mut()
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

    /// The events that this transaction has told, to be numbered.
    pub(super) fn events(&self) -> &RefCell<Vec<NewEvent>> {
        &self.events
    }

    /// Whether the transaction still stands. SQLite undoes all of it by itself when the disk is full
    /// or fails in the middle of a statement; what ran after that would be committed one by one.
    pub(super) fn is_open(&self) -> bool {
        match self.link {
            Link::Sqlite(connection) => !connection.is_autocommit(),
            Link::Postgres(_) => true,
        }
    }

    /// Runs `part`; if it fails or panics, what it changed is undone and the rest of the
    /// transaction stands.
    pub(crate) fn savepoint<T>(
        &self,
        part: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let told = self.events.borrow().len();
        self.command("SAVEPOINT part")?;
        let result = caught(part).and_then(|result| {
            // Learns now of what fails among the statements that nobody waited for.
            self.settle()?;
            Ok(result)
        });
        if result.is_err() {
            self.events.borrow_mut().truncate(told);
            if !self.is_open() {
                return result;
            }
            self.command("ROLLBACK TO part")?;
        }
        self.command("RELEASE part")?;
        result
    }

    /// Runs a statement and counts the rows it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        match self.link {
            Link::Sqlite(connection) => {
                let mut statement = prepare(connection, sql)?;
                Ok(statement.execute(rusqlite::params_from_iter(values))?)
            }
            Link::Postgres(session) => session.execute(sql, values),
        }
    }

    /// Runs a statement whose answer nobody waits for: over a network it shares the round trip of
    /// the next one. If it fails, so does what comes after it, or the commit.
    pub(crate) fn later(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        match self.link {
            Link::Sqlite(_) => self.execute(sql, values).map(drop),
            Link::Postgres(session) => session.later(sql, values),
        }
    }

    /// All rows, each made into a `T`.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut make: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        match self.link {
            Link::Sqlite(connection) => {
                let mut statement = prepare(connection, sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                let mut all = Vec::new();
                while let Some(row) = rows.next()? {
                    all.push(make(&Row::Sqlite(row))?);
                }
                Ok(all)
            }
            Link::Postgres(session) => {
                let rows = session.query(sql, &refs(values))?;
                rows.iter().map(|row| make(&Row::Postgres(row))).collect()
            }
        }
    }

    /// The first row, if there is one.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        make: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match self.link {
            Link::Sqlite(connection) => {
                let mut statement = prepare(connection, sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                match rows.next()? {
                    Some(row) => Ok(Some(make(&Row::Sqlite(row))?)),
                    None => Ok(None),
                }
            }
            Link::Postgres(session) => {
                let rows = session.query(sql, &refs(values))?;
                rows.first()
                    .map(|row| make(&Row::Postgres(row)))
                    .transpose()
            }
        }
    }

    /// Runs one of the few commands that a transaction is made of.
    pub(super) fn command(&self, command: &'static str) -> Result<(), StoreError> {
        match self.link {
            Link::Sqlite(_) => self.execute(command, &[]).map(drop),
            Link::Postgres(session) if command.starts_with("ROLLBACK") => session.command(command),
            Link::Postgres(session) => {
                session.soon(command);
                Ok(())
            }
        }
    }

    /// Waits for the statements that nobody waited for.
    fn settle(&self) -> Result<(), StoreError> {
        match self.link {
            Link::Sqlite(_) => Ok(()),
            Link::Postgres(session) => session.command(""),
        }
    }
}

/// The values as the PostgreSQL driver takes them.
fn refs<'a>(values: &'a [Value<'a>]) -> Vec<&'a (dyn postgres::ToSql + Sync)> {
    values.iter().map(|value| value as _).collect()
}

fn prepare<'a>(
    connection: &'a rusqlite::Connection,
    sql: &str,
) -> Result<rusqlite::CachedStatement<'a>, StoreError> {
    let statement = connection.prepare_cached(sql)?;
    debug_assert!(
        placeholders_ascend(&statement),
        "placeholders out of order: {sql}"
    );
    Ok(statement)
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
pub(crate) enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get(column)?),
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get(column)?),
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get(column)?),
            Self::Postgres(row) => Ok(row.try_get::<_, AnyInt>(column)?.0),
        }
    }

    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get(column)?),
            Self::Postgres(row) => {
                let number = row.try_get::<_, Option<AnyInt>>(column)?;
                Ok(number.map(|number| number.0))
            }
        }
    }

    pub(crate) fn maybe_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get(column)?),
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get(column)?),
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }
}
