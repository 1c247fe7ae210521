//! The tables that are copied: all that the migrations make, so that none can be forgotten.

use crate::store::sql::Owned;
use crate::store::{StoreError, migrations};

/// What a column holds. SQLite would take anything anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    Text,
    Bytes,
}

#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// A table, and the words that its statements are made of.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// Which columns are the primary key, in its order.
    pub(super) key: Vec<usize>,
}

/// A row, its values in the order of [`Table::columns`].
pub(super) type Values = Vec<Owned>;

impl Table {
    /// The columns of a row that are its key.
    pub(super) fn key_of(&self, row: &[Owned]) -> Values {
        self.key
            .iter()
            .filter_map(|&column| row.get(column).cloned())
            .collect()
    }

    pub(super) fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.key
            .iter()
            .filter_map(|&column| self.columns.get(column))
    }

    /// `"a", "b"`
    pub(super) fn list<'a>(columns: impl Iterator<Item = &'a Column>) -> String {
        let quoted: Vec<String> = columns
            .map(|column| format!("\"{}\"", column.name))
            .collect();
        quoted.join(", ")
    }

    /// A key for people. Those that may be somebody's number or name are shown as a hash.
    pub(super) fn show(&self, key: &[Owned]) -> String {
        let parts = self.key_columns().zip(key).map(|(column, value)| {
            let is_harmless = column.name.ends_with("id")
                || ["name", "kind", "status", "reader"].contains(&column.name.as_str());
            match value {
                Owned::Int(number) => number.to_string(),
                Owned::Text(text) if is_harmless => text.clone(),
                Owned::Text(text) => {
                    format!("sha256:{}", super::verify::Hash::of_bytes(text.as_bytes()))
                }
                Owned::Null | Owned::Bytes(_) => "?".to_owned(),
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// Every table but those that are about the database itself.
pub(super) fn tables() -> Result<Vec<Table>, StoreError> {
    let mut connection = rusqlite::Connection::open_in_memory()?;
    migrations::run(&mut connection, &mut |_, _| ())?;
    let mut names = connection.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
         AND name NOT IN ('migrations', 'store_copy') ORDER BY name",
    )?;
    let names = names.query_map([], |row| row.get(0))?;
    let names = names.collect::<Result<Vec<String>, _>>()?;
    let tables = names.into_iter().map(|name| table(&connection, name));
    tables.collect()
}

fn table(connection: &rusqlite::Connection, name: String) -> Result<Table, StoreError> {
    let mut statement =
        connection.prepare("SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid")?;
    let mut rows = statement.query([&name])?;
    let mut columns = Vec::new();
    let mut key = Vec::new();
    while let Some(row) = rows.next()? {
        let kind = match row.get::<_, String>(1)?.as_str() {
            "BIGINT" | "INTEGER" => Kind::Int,
            "TEXT" => Kind::Text,
            "BLOB" => Kind::Bytes,
            _ => return Err(StoreError::Corrupt { what: "schema" }),
        };
        let place: i64 = row.get(2)?;
        if place > 0 {
            key.push((place, columns.len()));
        }
        columns.push(Column {
            name: row.get(0)?,
            kind,
        });
    }
    key.sort_unstable();
    let key: Vec<usize> = key.into_iter().map(|(_, column)| column).collect();
    if key.is_empty() {
        return Err(StoreError::Corrupt { what: "schema" });
    }
    Ok(Table { name, columns, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_columns_of_known_kinds_and_a_key() {
        let tables = tables().unwrap();
        assert!(tables.len() > 20, "{}", tables.len());
        let find = |name| tables.iter().find(|table| table.name == name).unwrap();
        let statuses = find("message_statuses");
        let key: Vec<&str> = statuses
            .key_columns()
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(key, ["carrier_id", "channel_id", "status", "recipient"]);
        assert_eq!(find("inbox").columns.last().unwrap().kind, Kind::Bytes);
        assert!(
            find("events")
                .columns
                .iter()
                .any(|column| column.name == "type")
        );
    }

    #[test]
    fn a_key_that_may_be_personal_is_not_shown() {
        let tables = tables().unwrap();
        let identities = tables
            .iter()
            .find(|table| table.name == "contact_identities");
        let key = ["wa_id", "15550100123"].map(|text| Owned::Text(text.to_owned()));
        let shown = identities.unwrap().show(&key);
        assert!(
            shown.starts_with("wa_id/sha256:") && !shown.contains("555"),
            "{shown}"
        );
    }
}
