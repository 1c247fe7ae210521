//! The journal beside a file, read as the rows that the table `inbox` has for it on a server.

use std::path::Path;

use super::CopyError;
use super::page::{BYTES, ROWS};
use super::schema::Values;
use crate::journal::{Entry, Journal, JournalError, Options, Position, Record};
use crate::store::sql::Owned;

/// The notifications that a source has on disk.
#[derive(Debug)]
pub(super) struct Raw {
    journal: Journal,
    pub(super) found: Found,
}

/// What is in a journal.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Found {
    pub(super) records: u64,
    /// Those of them that the store has not applied.
    pub(super) unread: u64,
    /// Stretches that do not read as notifications.
    pub(super) damaged: u64,
    /// The greatest number of a segment.
    pub(super) last_segment: u64,
}

impl Raw {
    /// Opens the journal and counts what is in it.
    pub(super) fn open(folder: &Path, applied: Position) -> Result<Self, CopyError> {
        if !folder.is_dir() {
            return Err(CopyError::NoJournal {
                path: folder.to_owned(),
            });
        }
        let (journal, recovery) = Journal::open(folder, &Options::default())?;
        // The newest segment is never deleted, so that an empty folder has been read by nobody.
        let was_read = applied > Position::START;
        if recovery.end.segment < applied.segment || (recovery.segments == 0 && was_read) {
            return Err(CopyError::OtherJournal {
                path: folder.to_owned(),
            });
        }
        let mut found = Found {
            last_segment: recovery.end.segment,
            ..Found::default()
        };
        let mut from = Position::START;
        loop {
            let batch = journal.read_batch(from, ROWS, BYTES)?;
            if batch.entries.is_empty() {
                break;
            }
            for entry in &batch.entries {
                match entry {
                    Entry::Record { at, .. } => {
                        found.records += 1;
                        found.unread += u64::from(*at >= applied);
                    }
                    Entry::Corrupt { .. } => found.damaged += 1,
                }
            }
            from = batch.next;
        }
        Ok(Self { journal, found })
    }

    /// The rows after a key.
    pub(super) fn read(&self, after: Option<&[Owned]>) -> Result<Vec<Values>, JournalError> {
        let after = after.and_then(position);
        let mut from = after.unwrap_or(Position::START);
        loop {
            let batch = self.journal.read_batch(from, ROWS, BYTES)?;
            let is_end = batch.entries.is_empty();
            let rows: Vec<Values> = batch
                .entries
                .into_iter()
                .filter_map(|entry| match entry {
                    Entry::Record { at, record } if Some(at) > after => Some(row(at, record)),
                    Entry::Record { .. } | Entry::Corrupt { .. } => None,
                })
                .collect();
            if is_end || !rows.is_empty() {
                return Ok(rows);
            }
            from = batch.next;
        }
    }

    /// The row of a key.
    pub(super) fn get(&self, key: &[Owned]) -> Result<Option<Values>, JournalError> {
        let Some(at) = position(key) else {
            return Ok(None);
        };
        Ok(self.journal.get(at)?.map(|record| row(at, record)))
    }
}

/// In the order of the columns of `inbox`.
fn row(at: Position, record: Record) -> Values {
    let number = |value: u64| Owned::Int(i64::try_from(value).unwrap_or(i64::MAX));
    vec![
        number(at.segment),
        number(at.offset),
        Owned::Int(record.received_at),
        Owned::Text(record.source),
        Owned::Bytes(record.body.into()),
    ]
}

fn position(key: &[Owned]) -> Option<Position> {
    let [Owned::Int(segment), Owned::Int(offset)] = key else {
        return None;
    };
    Some(Position {
        segment: u64::try_from(*segment).ok()?,
        offset: u64::try_from(*offset).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_folder_is_not_the_journal_of_a_store_that_has_read_one() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Raw::open(folder.path(), Position::START).is_ok());
        let folder = tempfile::tempdir().unwrap();
        let applied = Position {
            offset: Position::START.offset + 1,
            ..Position::START
        };
        let refused = Raw::open(folder.path(), applied);
        assert!(matches!(refused, Err(CopyError::OtherJournal { .. })));
    }
}
