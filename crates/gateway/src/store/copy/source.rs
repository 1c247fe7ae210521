//! The database that is copied, as the target is to see it.

use std::path::Path;

use super::raw::Raw;
use super::schema::{Table, Values};
use super::{CopyError, page};
use crate::ingest;
use crate::journal::Position;
use crate::store::side::Side;
use crate::store::sql::Owned;
use crate::store::{Place, StoreError, copy::mark, migrations};

/// A source that nobody serves from.
#[derive(Debug)]
pub(super) struct Source {
    side: Side,
    inbox: Inbox,
    /// The target takes no text with a NUL in it.
    without_nul: bool,
}

/// What becomes of the notifications as they were received.
#[derive(Debug)]
enum Inbox {
    /// A table here and there.
    Table,
    /// A journal here, a table there; the first segment that is new there.
    Journal(Raw, i64),
    /// All is applied; the target begins a journal of its own. How many are left behind.
    Stays(u64),
}

/// Where a database is, for people, and to know it again. Without a password.
pub(super) fn name(place: &Place) -> String {
    match place {
        Place::Sqlite(path) => {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let path = path.canonicalize().unwrap_or(path);
            format!("sqlite:{}", path.display())
        }
        Place::Postgres(address, _) => format!("postgres://{address}"),
    }
}

impl Source {
    pub(super) fn open(from: &Place, journal: &Path, to: &Place) -> Result<Self, CopyError> {
        if let Place::Sqlite(path) = from
            && !path.exists()
        {
            return Err(CopyError::NoDatabase { path: path.clone() });
        }
        let side = Side::open(from).map_err(CopyError::Source)?;
        let applied = migrations::applied(&side.tx()).map_err(CopyError::Source)?;
        if !migrations::is_current(&applied) {
            return Err(CopyError::OtherVersion);
        }
        protect(&side).map_err(CopyError::Source)?;
        refuse_served(&side, "source")?;
        let begun = mark::begun(&side.tx()).map_err(CopyError::Source)?;
        if begun.is_some_and(|begun| !begun.is_done) {
            return Err(CopyError::HalfSource);
        }
        let inbox = inbox(&side, journal, to)?;
        Ok(Self {
            side,
            inbox,
            without_nul: matches!(to, Place::Postgres(..)),
        })
    }

    pub(super) fn count(&self, table: &Table) -> Result<u64, CopyError> {
        match (&self.inbox, table.name.as_str()) {
            (Inbox::Journal(raw, _), "inbox") => Ok(raw.found.records),
            (Inbox::Stays(_), "inbox") => Ok(0),
            _ => page::count(&self.side, table).map_err(CopyError::Source),
        }
    }

    /// The rows after a key.
    pub(super) fn read(
        &self,
        table: &Table,
        after: Option<&[Owned]>,
    ) -> Result<Vec<Values>, CopyError> {
        let rows = match (&self.inbox, table.name.as_str()) {
            (Inbox::Journal(raw, _), "inbox") => Ok(raw.read(after)?),
            (Inbox::Stays(_), "inbox") => Ok(Vec::new()),
            _ => page::read(&self.side, table, after),
        };
        let mut rows = rows.map_err(failed(table, after))?;
        for row in &mut rows {
            self.adapt(table, row);
        }
        Ok(rows)
    }

    /// The row of a key.
    pub(super) fn get(&self, table: &Table, key: &[Owned]) -> Result<Option<Values>, CopyError> {
        let row = match (&self.inbox, table.name.as_str()) {
            (Inbox::Journal(raw, _), "inbox") => Ok(raw.get(key)?),
            (Inbox::Stays(_), "inbox") => Ok(None),
            _ => page::get(&self.side, table, key),
        };
        let mut row = row.map_err(failed(table, Some(key)))?;
        if let Some(row) = &mut row {
            self.adapt(table, row);
        }
        Ok(row)
    }

    /// What must read otherwise in the target.
    fn adapt(&self, table: &Table, row: &mut Values) {
        if let (Inbox::Journal(_, segment), "counters", [Owned::Text(name), value]) =
            (&self.inbox, table.name.as_str(), row.as_mut_slice())
            && name == "inbox_segment"
        {
            *value = Owned::Int(*segment);
        }
        if self.without_nul {
            for cell in row {
                if let Owned::Text(text) = cell
                    && text.contains('\0')
                {
                    *text = text.replace('\0', "\u{fffd}");
                }
            }
        }
    }

    /// Looks once more, since nothing keeps a node from starting on a server.
    pub(super) fn is_still_alone(&self) -> Result<(), CopyError> {
        refuse_served(&self.side, "source")
    }

    pub(super) fn damaged(&self) -> u64 {
        match &self.inbox {
            Inbox::Journal(raw, _) => raw.found.damaged,
            Inbox::Table | Inbox::Stays(_) => 0,
        }
    }

    pub(super) fn left_behind(&self) -> u64 {
        match &self.inbox {
            Inbox::Stays(count) => *count,
            Inbox::Table | Inbox::Journal(..) => 0,
        }
    }
}

/// A long count or a pause is no fault here; and nothing is written.
fn protect(side: &Side) -> Result<(), StoreError> {
    side.command(match side {
        Side::Sqlite(..) => "PRAGMA query_only = ON",
        Side::Postgres(_) => "SET statement_timeout = 0; SET default_transaction_read_only = on",
    })
}

/// Fails while a node lives; a file has a lock instead.
pub(super) fn refuse_served(side: &Side, which: &'static str) -> Result<(), CopyError> {
    let Side::Postgres(_) = side else {
        return Ok(());
    };
    let sql = "SELECT 1 FROM leases WHERE name LIKE 'node/%' AND expires_at > \
               CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) LIMIT 1";
    let alive = side.tx().first(sql, &[], |_| Ok(()));
    match alive.map_err(CopyError::Source)? {
        Some(()) => Err(CopyError::Served { side: which }),
        None => Ok(()),
    }
}

fn inbox(side: &Side, journal: &Path, to: &Place) -> Result<Inbox, CopyError> {
    let tx = side.tx();
    let applied = ingest::position(&tx).map_err(CopyError::Source)?;
    if let Side::Sqlite(..) = side {
        let raw = Raw::open(journal, applied)?;
        return match to {
            Place::Sqlite(_) => stays(raw.found.records, raw.found.unread),
            Place::Postgres(..) => {
                let counter = "SELECT value FROM counters WHERE name = 'inbox_segment'";
                let counter = tx.first(counter, &[], |row| row.int(0));
                let used = raw.found.last_segment.max(applied.segment);
                let next = i64::try_from(used).unwrap_or(i64::MAX).saturating_add(1);
                let counter = counter.map_err(CopyError::Source)?.unwrap_or(1);
                Ok(Inbox::Journal(raw, next.max(counter)))
            }
        };
    }
    match to {
        Place::Postgres(..) => Ok(Inbox::Table),
        Place::Sqlite(_) => {
            let (all, unread) = counts(side, applied).map_err(CopyError::Source)?;
            stays(all, unread)
        }
    }
}

fn stays(all: u64, unread: u64) -> Result<Inbox, CopyError> {
    match unread {
        0 => Ok(Inbox::Stays(all)),
        count => Err(CopyError::Unread { count }),
    }
}

/// All notifications of a table, and those that are not applied.
fn counts(side: &Side, applied: Position) -> Result<(u64, u64), StoreError> {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let found = side.tx().first(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE (segment, byte_offset) >= ($1, $2)) FROM inbox",
        &[
            number(applied.segment).into(),
            number(applied.offset).into(),
        ],
        |row| Ok((row.int(0)?.unsigned_abs(), row.int(1)?.unsigned_abs())),
    )?;
    Ok(found.unwrap_or_default())
}

/// Names the table and the place.
pub(super) fn failed<'a>(
    table: &'a Table,
    after: Option<&'a [Owned]>,
) -> impl FnOnce(StoreError) -> CopyError + 'a {
    move |source| CopyError::Table {
        table: table.name.clone(),
        after: after.map_or_else(|| "(none)".to_owned(), |key| table.show(key)),
        source,
    }
}
