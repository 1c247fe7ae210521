//! Pages of lists: newest first by id, stable while rows are added.

use std::fmt::Write;

use super::{Row, StoreError, Tx, Value};

/// Rows that one look passes through where no index leads to what is wanted.
pub(crate) const LOOK: i64 = 10_000;

/// Which stretch of a list is wanted. Ids sort by time, so that new rows never move a page.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// The last id of the page before; none for the first page.
    pub(crate) before: Option<String>,
    /// Rows at most.
    pub(crate) limit: i64,
    /// Rows that are passed through at most: see [`LOOK`].
    pub(crate) look: i64,
}

/// The rows of a page.
#[derive(Debug)]
pub(crate) struct Found<T> {
    pub(crate) rows: Vec<T>,
    /// The key of the last row that was looked at, if others may stand behind it: the page may be
    /// short then, or empty.
    pub(crate) looked_to: Option<String>,
}

impl Page {
    pub(crate) const fn new(before: Option<String>, limit: i64) -> Self {
        Self {
            before,
            limit,
            look: LOOK,
        }
    }

    /// Reads the rows newest first by `key`. `reach` begins a SELECT of columns with the conditions
    /// that an index serves in this order; if `narrow` has more, only so many rows are looked at.
    pub(crate) fn read<'a, T>(
        &'a self,
        tx: &Tx<'_>,
        (key, columns): (&str, &str),
        reach: impl Fn(&str) -> Where<'a>,
        narrow: impl FnOnce(&mut Where<'a>),
        make: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Found<T>, StoreError> {
        let older = |columns: &str| {
            let mut sql = reach(columns);
            sql.and_if(&format!("{key} <"), self.before.as_deref());
            sql
        };
        let mut sql = older(columns);
        let reached = sql.values.len();
        narrow(&mut sql);
        let looked_to = if sql.values.len() > reached {
            let mut keys = older(key);
            let last = self.look - 1;
            keys.tail(&format!(" ORDER BY {key} DESC LIMIT 1 OFFSET {last}"));
            keys.all(tx, |row| row.text(0))?.pop()
        } else {
            None
        };
        let mut sql: Where<'_> = sql;
        sql.and_if(&format!("{key} >="), looked_to.as_deref());
        sql.order(&format!("{key} DESC"), self.limit);
        let rows = sql.all(tx, make)?;
        Ok(Found { rows, looked_to })
    }
}

impl<T> From<Vec<T>> for Found<T> {
    fn from(rows: Vec<T>) -> Self {
        Self {
            rows,
            looked_to: None,
        }
    }
}

/// A SELECT whose conditions are known only at run time.
#[derive(Debug)]
pub(crate) struct Where<'a> {
    sql: String,
    tail: String,
    values: Vec<Value<'a>>,
}

impl<'a> Where<'a> {
    /// Begins with everything up to, not including, `WHERE`.
    pub(crate) fn new(select: String) -> Self {
        Self {
            sql: select,
            tail: String::new(),
            values: Vec::new(),
        }
    }

    /// Adds `condition`, such as `channel_id =`, in front of the value's placeholder.
    pub(crate) fn and(&mut self, condition: &str, value: impl Into<Value<'a>>) {
        let word = if self.values.is_empty() {
            "WHERE"
        } else {
            "AND"
        };
        self.values.push(value.into());
        // Writing to a string does not fail.
        let _ = write!(self.sql, " {word} {condition} ${}", self.values.len());
    }

    /// As [`Where::and`], with what closes the condition after the value.
    pub(crate) fn and_nested(&mut self, condition: &str, value: impl Into<Value<'a>>, after: &str) {
        self.and(condition, value);
        self.sql.push_str(after);
    }

    /// Adds the condition when there is a value for it.
    pub(crate) fn and_if(&mut self, condition: &str, value: Option<&'a str>) {
        if let Some(value) = value {
            self.and(condition, value);
        }
    }

    /// Adds the condition that `column` is one of `values`, of which there is at least one.
    pub(crate) fn and_one_of(&mut self, column: &str, values: &'a [String]) {
        self.and_list(column, values, "");
    }

    /// As [`Where::and_one_of`], with what closes the condition after the list.
    pub(super) fn and_list(&mut self, column: &str, values: &'a [String], after: &str) {
        for (index, value) in values.iter().enumerate() {
            if index == 0 {
                self.and(&format!("{column} IN ("), value);
            } else {
                self.values.push(value.into());
                // Writing to a string does not fail.
                let _ = write!(self.sql, ", ${}", self.values.len());
            }
        }
        self.sql.push(')');
        self.sql.push_str(after);
    }

    /// Adds what comes after the conditions, such as `GROUP BY`.
    pub(crate) fn tail(&mut self, tail: &str) {
        tail.clone_into(&mut self.tail);
    }

    /// Newest first by the column `id`, from where the page begins, up to its limit.
    pub(crate) fn and_older(&mut self, page: &'a Page) {
        self.and_if("id <", page.before.as_deref());
        self.order("id DESC", page.limit);
    }

    /// Sets the order and the number of rows at most.
    pub(crate) fn order(&mut self, order: &str, limit: i64) {
        self.tail = format!(" ORDER BY {order} LIMIT {limit}");
    }

    /// Selects from what it selects so far, which has a limit.
    pub(crate) fn within(mut self, select: &str, tail: &str) -> Self {
        self.sql = format!("{select} FROM ({}{}) AS picked", self.sql, self.tail);
        tail.clone_into(&mut self.tail);
        self
    }

    /// Runs it.
    pub(crate) fn all<T>(
        self,
        tx: &Tx<'_>,
        make: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        tx.all(&(self.sql + &self.tail), &self.values, make)
    }
}

#[cfg(test)]
mod tests;
