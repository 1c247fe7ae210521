//! Which segments there are and how far each is durable; recovery and retention.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::disk::Disk;
use super::frame::{self, SEGMENT_HEADER};
use super::scan::{Scanner, Step};
use super::writer::SEGMENT_AGE_MS;
use super::{JournalError, Position};

/// How much retention reads to see when a segment began.
pub(super) const RETENTION_CHUNK: usize = 4096;

/// What opening the journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The end of what is durable.
    pub end: Position,
    /// How many segments there are.
    pub segments: usize,
    /// The torn tail that was cut off.
    pub torn: Option<Torn>,
}

/// Bytes of a write that was under way when the machine stopped; nobody got an answer for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// Where the last whole frame ends.
    pub from: Position,
    /// How many bytes followed.
    pub bytes: u64,
}

/// What [`super::Journal::delete_before`] removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// How many files.
    pub segments: usize,
    /// How many bytes they held.
    pub bytes: u64,
}

/// The durable end of each segment, by number.
#[derive(Debug)]
pub(super) struct Segments {
    ends: Mutex<BTreeMap<u64, u64>>,
    /// The greatest number ever seen, of a file or in what the store has applied.
    last: u64,
}

/// A stretch of one segment that can be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) from: Position,
    pub(super) end: u64,
    /// Set when segments between the asked position and this stretch are gone.
    pub(super) gap_to: Option<Position>,
}

impl Segments {
    /// Lists the segments, checks their versions and cuts the torn tail of the last one.
    pub(super) fn recover(
        disk: &Disk,
        applied: Position,
    ) -> Result<(Self, Recovery), JournalError> {
        let mut ends = BTreeMap::new();
        let mut torn = None;
        let numbers = disk.list().map_err(JournalError::io("list the segments"))?;
        for &segment in &numbers {
            let len = check_header(disk, segment)?;
            ends.insert(segment, len.max(SEGMENT_HEADER as u64));
        }
        let mut end = applied;
        if let Some((&segment, len)) = ends.last_key_value() {
            let from = frames_end(disk, segment, *len)?;
            torn = settle(disk, from, *len)?;
            ends.insert(segment, from.offset);
            end = end.max(from);
        }
        let last = end.segment;
        let segments = numbers.len();
        Ok((
            Self {
                ends: Mutex::new(ends),
                last,
            },
            Recovery {
                end,
                segments,
                torn,
            },
        ))
    }

    /// The greatest segment number that must not be used again.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    pub(super) fn set_end(&self, end: Position) {
        self.lock().insert(end.segment, end.offset);
    }

    pub(super) fn end_of(&self, segment: u64) -> Option<u64> {
        self.lock().get(&segment).copied()
    }

    /// The next durable stretch at or after `from`.
    pub(super) fn stretch(&self, from: Position) -> Option<Stretch> {
        let ends = self.lock();
        if let Some(&end) = ends.get(&from.segment)
            && from.offset < end
        {
            return Some(Stretch {
                from,
                end,
                gap_to: None,
            });
        }
        let known = ends.contains_key(&from.segment);
        let after = (Bound::Excluded(from.segment), Bound::Unbounded);
        let (&segment, &end) = ends
            .range(after)
            .find(|(_, end)| **end > SEGMENT_HEADER as u64)?;
        let start = Position {
            segment,
            offset: SEGMENT_HEADER as u64,
        };
        let first_possible = if known {
            from.segment + 1
        } else {
            from.segment
        };
        let whole = from == Position::START
            || (first_possible..segment).all(|number| ends.contains_key(&number));
        Some(Stretch {
            from: start,
            end,
            gap_to: (!whole).then_some(start),
        })
    }

    pub(super) fn delete_before(
        &self,
        disk: &Disk,
        keep_from: Position,
        older_than_ms: i64,
    ) -> Result<Deleted, JournalError> {
        let ends: Vec<(u64, u64)> = self
            .lock()
            .iter()
            .map(|(&number, &end)| (number, end))
            .collect();
        // All that stands before a notification came in before it, so the first one of a later
        // segment tells the age of those before. It may have come much later: no segment takes in
        // for longer than a day.
        let mut keep = 0;
        for (before, &(segment, end)) in ends.iter().zip(ends.iter().skip(1)) {
            if segment > keep_from.segment {
                break;
            }
            let is_over = |began: i64| began < older_than_ms.saturating_sub(2 * SEGMENT_AGE_MS);
            match began_at(disk, segment, end)? {
                Some(began) if began < older_than_ms => keep = segment,
                Some(_) if began_at(disk, before.0, before.1)?.is_some_and(is_over) => {
                    keep = segment;
                }
                Some(_) => break,
                None => {}
            }
        }
        let mut deleted = Deleted::default();
        for (segment, end) in ends.into_iter().take_while(|(segment, _)| *segment < keep) {
            self.lock().remove(&segment);
            disk.delete(segment)
                .map_err(JournalError::io("delete a segment"))?;
            deleted.segments += 1;
            deleted.bytes += end;
        }
        if deleted.segments > 0 {
            disk.sync_dir()
                .map_err(JournalError::io("sync the folder"))?;
        }
        Ok(deleted)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, u64>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The file's length, after a look at its version.
fn check_header(disk: &Disk, segment: u64) -> Result<u64, JournalError> {
    use std::io::Read;
    let read = || {
        let file = disk.read(segment)?;
        let mut header = Vec::with_capacity(SEGMENT_HEADER);
        (&file)
            .take(SEGMENT_HEADER as u64)
            .read_to_end(&mut header)?;
        Ok((header, file.metadata()?.len()))
    };
    let (header, len) = read().map_err(JournalError::io("read a segment's header"))?;
    match frame::foreign_version(&header) {
        Some(version) => Err(JournalError::Version { segment, version }),
        None => Ok(len),
    }
}

/// Where the last valid frame of a segment ends. Damage before it stays, for the reader to report.
fn frames_end(disk: &Disk, segment: u64, len: u64) -> Result<Position, JournalError> {
    let start = Position {
        segment,
        offset: SEGMENT_HEADER as u64,
    };
    let mut scanner = Scanner::open(disk, start, len, usize::MAX)?;
    let mut end = start;
    loop {
        match scanner.next()? {
            Step::Record { .. } => end = scanner.position(),
            Step::Corrupt { .. } => {}
            Step::End => return Ok(end),
        }
    }
}

/// Cuts what lies behind `from`, and syncs: a killed process may have written without syncing, and
/// what is read from now on must not go away again.
fn settle(disk: &Disk, from: Position, len: u64) -> Result<Option<Torn>, JournalError> {
    let bytes = len.saturating_sub(from.offset);
    let settle = || {
        let file = disk.write(from.segment)?;
        if bytes > 0 {
            disk.truncate(&file, from.segment, from.offset)?;
        }
        disk.sync(&file, from.segment)
    };
    settle().map_err(JournalError::io("settle the last segment"))?;
    Ok((bytes > 0).then_some(Torn { from, bytes }))
}

/// When the first readable notification of a segment came in.
fn began_at(disk: &Disk, segment: u64, end: u64) -> Result<Option<i64>, JournalError> {
    let start = Position {
        segment,
        offset: SEGMENT_HEADER as u64,
    };
    let mut scanner = Scanner::open(disk, start, end, RETENTION_CHUNK)?;
    loop {
        match scanner.next()? {
            Step::Record { record, .. } => return Ok(Some(record.received_at)),
            Step::Corrupt { .. } => {}
            Step::End => return Ok(None),
        }
    }
}
