//! The table `store_copy`: how far a copy has come, kept in the database that is filled.

use super::schema::{Column, Kind, Table, Values};
use crate::store::sql::Owned;
use crate::store::{StoreError, Tx};

/// The row that stands for the copy as a whole.
const WHOLE: &str = "*";

/// A copy as a whole.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) source: String,
    pub(super) is_done: bool,
}

/// How far a table has come.
#[derive(Debug, Default)]
pub(super) struct Reached {
    pub(super) last_key: Option<Values>,
    pub(super) copied: u64,
    pub(super) is_done: bool,
}

/// Whether this database is a copy.
pub(super) fn begun(tx: &Tx<'_>) -> Result<Option<Begun>, StoreError> {
    let sql = "SELECT source, done FROM store_copy WHERE name = $1";
    tx.first(sql, &[WHOLE.into()], |row| {
        Ok(Begun {
            source: row.text(0)?,
            is_done: row.int(1)? != 0,
        })
    })
}

/// Fails on a half copy: what it lacks would be missed, or made a second time.
pub(in crate::store) fn refuse_half(tx: &Tx<'_>) -> Result<(), StoreError> {
    match begun(tx)? {
        Some(Begun {
            source,
            is_done: false,
        }) => Err(StoreError::HalfCopied {
            source_name: source,
        }),
        _ => Ok(()),
    }
}

pub(super) fn begin(tx: &Tx<'_>, source: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO store_copy (name, source, copied, done) VALUES ($1, $2, 0, 0)";
    tx.execute(sql, &[WHOLE.into(), source.into()]).map(drop)
}

/// The copy is whole; only that and where it is from stays known.
pub(super) fn finish(tx: &Tx<'_>) -> Result<(), StoreError> {
    let sql = "DELETE FROM store_copy WHERE name <> $1";
    tx.execute(sql, &[WHOLE.into()])?;
    let sql = "UPDATE store_copy SET done = 1 WHERE name = $1";
    tx.execute(sql, &[WHOLE.into()]).map(drop)
}

pub(super) fn reached(tx: &Tx<'_>, table: &Table) -> Result<Reached, StoreError> {
    let sql = "SELECT last_key, copied, done FROM store_copy WHERE name = $1";
    let found = tx.first(sql, &[(&table.name).into()], |row| {
        let last_key = row.maybe_text(0)?;
        Ok(Reached {
            last_key: last_key.map(|key| parse(table, &key)).transpose()?,
            copied: row.int(1)?.unsigned_abs(),
            is_done: row.int(2)? != 0,
        })
    })?;
    Ok(found.unwrap_or_default())
}

/// Notes how far a table has come, in the transaction that brought it there.
pub(super) fn reach(
    tx: &Tx<'_>,
    table: &Table,
    source: &str,
    reached: &Reached,
) -> Result<(), StoreError> {
    let key = reached.last_key.as_deref().map(render);
    let copied = i64::try_from(reached.copied).unwrap_or(i64::MAX);
    tx.execute(
        "INSERT INTO store_copy (name, source, last_key, copied, done) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO UPDATE SET \
         last_key = excluded.last_key, copied = excluded.copied, done = excluded.done",
        &[
            (&table.name).into(),
            source.into(),
            (&key).into(),
            copied.into(),
            i64::from(reached.is_done).into(),
        ],
    )
    .map(drop)
}

fn render(key: &[Owned]) -> String {
    let parts = key.iter().map(|part| match part {
        Owned::Int(number) => (*number).into(),
        Owned::Text(text) => text.as_str().into(),
        // No key has such a column.
        Owned::Null | Owned::Bytes(_) => serde_json::Value::Null,
    });
    parts.collect::<serde_json::Value>().to_string()
}

fn parse(table: &Table, key: &str) -> Result<Values, StoreError> {
    let corrupt = || StoreError::Corrupt { what: "copy mark" };
    let parts: Vec<serde_json::Value> = serde_json::from_str(key).map_err(|_| corrupt())?;
    if parts.len() != table.key.len() {
        return Err(corrupt());
    }
    let part = |(column, part): (&Column, serde_json::Value)| match (column.kind, part) {
        (Kind::Int, part) => part.as_i64().map(Owned::Int),
        (Kind::Text, serde_json::Value::String(text)) => Some(Owned::Text(text)),
        _ => None,
    };
    let parts = table.key_columns().zip(parts).map(part);
    parts.collect::<Option<_>>().ok_or_else(corrupt)
}
