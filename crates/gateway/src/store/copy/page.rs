//! Rows of a table in the order of its key, a page at a time, out of either database and into it.

use tokio_postgres::types::ToSql;

use super::schema::{Kind, Table, Values};
use crate::store::side::Side;
use crate::store::sql::{Owned, Row, Value};
use crate::store::{Session, StoreError};

/// Rows of a page at most, and bytes, unless a single row is larger.
pub(super) const ROWS: usize = 2000;
pub(super) const BYTES: usize = 2 << 20;

/// The rows after a key, in the order of this database.
pub(super) fn read(
    side: &Side,
    table: &Table,
    after: Option<&[Owned]>,
) -> Result<Vec<Values>, StoreError> {
    let key = Table::list(table.key_columns());
    let rest = after.map_or(String::new(), |_| {
        let marks: Vec<String> = (1..=table.key.len()).map(|n| format!("${n}")).collect();
        format!("WHERE ({key}) > ({})", marks.join(", "))
    });
    let columns = Table::list(table.columns.iter());
    let name = &table.name;
    let values: Vec<Value<'_>> = after.into_iter().flatten().map(Owned::as_value).collect();
    let few = format!("FROM \"{name}\" {rest} ORDER BY {key} LIMIT {ROWS}");
    match side {
        Side::Sqlite(connection, _) => {
            let mut statement = connection.prepare_cached(&format!("SELECT {columns} {few}"))?;
            let mut rows = statement.query(rusqlite::params_from_iter(values))?;
            let (mut page, mut bytes) = (Vec::new(), 0);
            while bytes < BYTES
                && let Some(row) = rows.next()?
            {
                let row = values_of(&Row::Sqlite(row), table)?;
                bytes += row.iter().map(size).sum::<usize>();
                page.push(row);
            }
            Ok(page)
        }
        Side::Postgres(session) => {
            // The driver takes a whole answer into memory, so that the server is asked to stop.
            let octets: Vec<String> = table
                .columns
                .iter()
                .filter(|column| column.kind != Kind::Int)
                .map(|column| format!("COALESCE(OCTET_LENGTH(\"{}\"), 0)::bigint", column.name))
                .collect();
            let weight = if octets.is_empty() {
                "0::bigint".to_owned()
            } else {
                octets.join(" + ")
            };
            let sql = format!(
                "SELECT {columns} FROM (SELECT *, SUM(page_size) OVER (ORDER BY {key}) - page_size \
                 AS page_before FROM (SELECT *, {weight} AS page_size {few}) sized) summed \
                 WHERE page_before < {BYTES} ORDER BY {key}"
            );
            let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
            let rows = session.query(&sql, &values)?;
            rows.iter()
                .map(|row| values_of(&Row::Postgres(row), table))
                .collect()
        }
    }
}

/// The row of a key.
pub(super) fn get(side: &Side, table: &Table, key: &[Owned]) -> Result<Option<Values>, StoreError> {
    let wanted: Vec<String> = table
        .key_columns()
        .zip(1..)
        .map(|(column, n)| format!("\"{}\" = ${n}", column.name))
        .collect();
    let sql = format!(
        "SELECT {} FROM \"{}\" WHERE {}",
        Table::list(table.columns.iter()),
        table.name,
        wanted.join(" AND ")
    );
    let key: Vec<Value<'_>> = key.iter().map(Owned::as_value).collect();
    side.tx().first(&sql, &key, |row| values_of(row, table))
}

pub(super) fn count(side: &Side, table: &Table) -> Result<u64, StoreError> {
    let sql = format!("SELECT COUNT(*) FROM \"{}\"", table.name);
    let count = side.tx().first(&sql, &[], |row| row.int(0))?;
    Ok(count.unwrap_or(0).unsigned_abs())
}

/// Adds rows that are not there.
pub(super) fn write(side: &Side, table: &Table, rows: &[Values]) -> Result<(), StoreError> {
    let insert = format!(
        "INSERT INTO \"{}\" ({})",
        table.name,
        Table::list(table.columns.iter())
    );
    match side {
        Side::Sqlite(connection, _) => {
            let marks: Vec<String> = (1..=table.columns.len()).map(|n| format!("${n}")).collect();
            let sql = format!("{insert} VALUES ({})", marks.join(", "));
            let mut statement = connection.prepare_cached(&sql)?;
            for row in rows {
                statement.execute(rusqlite::params_from_iter(row.iter().map(Owned::as_value)))?;
            }
            Ok(())
        }
        Side::Postgres(session) => write_arrays(session, &insert, table, rows),
    }
}

/// One statement with an array a column.
fn write_arrays(
    session: &Session,
    insert: &str,
    table: &Table,
    rows: &[Values],
) -> Result<(), StoreError> {
    let mut kinds = Vec::with_capacity(table.columns.len());
    let mut arrays: Vec<Box<dyn ToSql + Sync + '_>> = Vec::with_capacity(table.columns.len());
    for (n, column) in table.columns.iter().enumerate() {
        let cells = rows.iter().map(move |row| row.get(n));
        let (kind, array): (_, Box<dyn ToSql + Sync>) = match column.kind {
            Kind::Int => ("bigint", Box::new(cells.map(int).collect::<Vec<_>>())),
            Kind::Text => ("text", Box::new(cells.map(text).collect::<Vec<_>>())),
            Kind::Bytes => ("bytea", Box::new(cells.map(bytes).collect::<Vec<_>>())),
        };
        kinds.push(format!("${}::{kind}[]", n + 1));
        arrays.push(array);
    }
    let sql = format!("{insert} SELECT * FROM UNNEST({})", kinds.join(", "));
    let arrays: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|array| &**array as _).collect();
    session.query(&sql, &arrays).map(drop)
}

fn int(cell: Option<&Owned>) -> Option<i64> {
    match cell {
        Some(Owned::Int(number)) => Some(*number),
        _ => None,
    }
}

fn text(cell: Option<&Owned>) -> Option<&str> {
    match cell {
        Some(Owned::Text(text)) => Some(text),
        _ => None,
    }
}

fn bytes(cell: Option<&Owned>) -> Option<&[u8]> {
    match cell {
        Some(Owned::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

/// A value that is not of its column's kind, which SQLite permits, is an error and not a null.
fn values_of(row: &Row<'_>, table: &Table) -> Result<Values, StoreError> {
    let cells = table.columns.iter().enumerate().map(|(n, column)| {
        let cell = match column.kind {
            Kind::Int => row.maybe_int(n)?.map(Owned::Int),
            Kind::Text => row.maybe_text(n)?.map(Owned::Text),
            Kind::Bytes => row.maybe_bytes(n)?.map(Owned::Bytes),
        };
        Ok(cell.unwrap_or(Owned::Null))
    });
    cells.collect()
}

fn size(cell: &Owned) -> usize {
    match cell {
        Owned::Null | Owned::Int(_) => 0,
        Owned::Text(text) => text.len(),
        Owned::Bytes(bytes) => bytes.len(),
    }
}
