//! The database that is filled: empty, or half filled by the same copy.

use super::mark::{self, Reached};
use super::schema::Table;
use super::source::{Source, failed, refuse_served};
use super::{CopyError, Step, Teller, page};
use crate::store::side::Side;
use crate::store::{Place, StoreError, migrations};

/// Whoever copies into a PostgreSQL database holds this lock of it.
const LOCK: i64 = 0x0077_6861_7267;

#[derive(Debug)]
pub(super) struct Target {
    side: Side,
    /// The source's name.
    source: String,
    is_done: bool,
}

impl Target {
    /// Opens it, sees that it is empty or a half copy of `source`, and marks it as one.
    pub(super) fn open(
        to: &Place,
        tables: &[Table],
        source: &str,
        restart: bool,
    ) -> Result<Self, CopyError> {
        let mut side = Side::open(to).map_err(CopyError::Target)?;
        alone(&side).map_err(CopyError::Target)?;
        let is_ours = migrations::has_table(&side.tx(), "store_copy").map_err(CopyError::Target)?;
        let begun = if is_ours {
            mark::begun(&side.tx()).map_err(CopyError::Target)?
        } else {
            None
        };
        if begun.is_none() {
            refuse_used(&side, tables)?;
        }
        side.migrate(&mut |_, _| ()).map_err(CopyError::Target)?;
        refuse_served(&side, "target")?;
        let (is_done, clear) = match &begun {
            Some(begun) if begun.is_done && restart => return Err(CopyError::Whole),
            Some(_) if restart => (false, true),
            Some(begun) if begun.source != source => {
                return Err(CopyError::OtherSource {
                    source_name: begun.source.clone(),
                });
            }
            Some(begun) => (begun.is_done, false),
            // The counters that the migrations have made are copied with all others.
            None => (false, true),
        };
        let target = Self {
            side,
            source: source.to_owned(),
            is_done,
        };
        if clear {
            target.begin(tables).map_err(CopyError::Target)?;
        }
        Ok(target)
    }

    /// Whether an earlier run came to the end.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    pub(super) fn side(&mut self) -> &mut Side {
        &mut self.side
    }

    /// Copies a table, or what is left of it to copy.
    pub(super) fn fill(
        &self,
        table: &Table,
        source: &Source,
        teller: &mut Teller<'_>,
    ) -> Result<(), CopyError> {
        let mut reached = mark::reached(&self.side.tx(), table).map_err(CopyError::Target)?;
        if reached.is_done {
            teller.pass(reached.copied);
            return Ok(());
        }
        while !reached.is_done {
            let rows = source.read(table, reached.last_key.as_deref())?;
            let next = Reached {
                last_key: rows
                    .last()
                    .map(|row| table.key_of(row))
                    .or_else(|| reached.last_key.clone()),
                copied: reached.copied + rows.len() as u64,
                is_done: rows.is_empty(),
            };
            let written = self.transaction(|| {
                if !rows.is_empty() {
                    page::write(&self.side, table, &rows)?;
                }
                mark::reach(&self.side.tx(), table, &self.source, &next)
            });
            written.map_err(failed(table, reached.last_key.as_deref()))?;
            teller.fresh += rows.len() as u64;
            reached = next;
            if !reached.is_done {
                teller.tell(Step::Copy, &table.name, reached.copied, false);
            }
        }
        teller.tell(Step::Copy, &table.name, reached.copied, true);
        Ok(())
    }

    /// From here on it may be served from.
    pub(super) fn finish(&self, tables: &[Table]) -> Result<(), CopyError> {
        if self.is_done {
            return Ok(());
        }
        if let Side::Postgres(_) = self.side {
            // The first queries should not wait for the server to learn what it has.
            for table in tables {
                let analyze = format!("ANALYZE \"{}\"", table.name);
                self.side.command(&analyze).map_err(CopyError::Target)?;
            }
        }
        self.transaction(|| mark::finish(&self.side.tx()))
            .map_err(CopyError::Target)
    }

    fn begin(&self, tables: &[Table]) -> Result<(), StoreError> {
        self.transaction(|| {
            for table in tables.iter().map(|table| table.name.as_str()) {
                let delete = format!("DELETE FROM \"{table}\"");
                self.side.tx().execute(&delete, &[])?;
            }
            self.side.tx().execute("DELETE FROM store_copy", &[])?;
            mark::begin(&self.side.tx(), &self.source)
        })
    }

    fn transaction(&self, run: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.side.begin()?;
        let done = run().and_then(|()| self.side.commit());
        if done.is_err() {
            self.side.roll_back();
        }
        done
    }
}

/// Waits until no other copy runs into it; one that was killed is gone in a moment.
fn alone(side: &Side) -> Result<(), StoreError> {
    if let Side::Postgres(session) = side {
        side.command("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")?;
        session.query("SELECT pg_advisory_lock($1)", &[&LOCK])?;
    }
    Ok(())
}

/// Fails if anything is in it but what the migrations put there.
fn refuse_used(side: &Side, tables: &[Table]) -> Result<(), CopyError> {
    let tx = side.tx();
    for table in tables {
        if !migrations::has_table(&tx, &table.name).map_err(CopyError::Target)? {
            continue;
        }
        let mut sql = format!("SELECT 1 FROM \"{}\"", table.name);
        if table.name == "counters" {
            sql.push_str(" WHERE name IN ('events', 'inbox') AND value <> 0");
        }
        sql.push_str(" LIMIT 1");
        let row = tx.first(&sql, &[], |_| Ok(()));
        if row.map_err(CopyError::Target)?.is_some() {
            return Err(CopyError::NotEmpty {
                table: table.name.clone(),
            });
        }
    }
    Ok(())
}
