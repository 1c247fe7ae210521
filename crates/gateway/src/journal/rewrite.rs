//! Overwrites what notifications say, each in its place, for a person who is erased.
//!
//! The journal is otherwise append-only, and a frame that a crash tears in the middle of overwriting
//! would be unreadable with half of the old bytes in it. So the new frames go into a file beside the
//! segments first, synced; opening the journal writes them again if that file is still there.

use std::io;

use bytes::Bytes;

use super::disk::Disk;
use super::frame;
use super::scan::Scanner;
use super::segments::Segments;
use super::{JournalError, Position, RETENTION_CHUNK, Record};

/// What precedes each frame in the file: segment, offset and length.
const LEAD: usize = 24;

/// Puts records in the places of others of the same lengths; how many were there to be overwritten.
/// Those that are gone or unreadable are passed over.
pub(super) fn overwrite(
    disk: &Disk,
    segments: &Segments,
    changes: &[(Position, Record)],
) -> Result<usize, JournalError> {
    let mut frames = Vec::with_capacity(changes.len());
    for (at, record) in changes {
        if fits(disk, segments, *at, record)? {
            frames.push((*at, framed(*at, record)?));
        }
    }
    if frames.is_empty() {
        return Ok(0);
    }
    disk.keep_rewrite(&packed(&frames))
        .map_err(JournalError::io("note what is overwritten"))?;
    write(disk, &frames).map_err(JournalError::io("overwrite a segment"))?;
    disk.drop_rewrite()
        .map_err(JournalError::io("finish overwriting"))?;
    Ok(frames.len())
}

/// Does again what a crash may have cut off.
pub(super) fn finish(disk: &Disk) -> Result<(), JournalError> {
    let kept = disk.read_rewrite();
    let Some(kept) = kept.map_err(JournalError::io("read what is overwritten"))? else {
        return Ok(());
    };
    // What is not whole was not begun.
    if let Some(frames) = unpacked(&kept) {
        write(disk, &frames).map_err(JournalError::io("overwrite a segment"))?;
    }
    disk.drop_rewrite()
        .map_err(JournalError::io("finish overwriting"))
}

/// Whether a record of the same lengths stands there.
fn fits(
    disk: &Disk,
    segments: &Segments,
    at: Position,
    record: &Record,
) -> Result<bool, JournalError> {
    let Some(end) = segments.end_of(at.segment) else {
        return Ok(false);
    };
    let found = Scanner::open(disk, at, end, RETENTION_CHUNK)?.record_here()?;
    Ok(found.is_some_and(|found| {
        found.body.len() == record.body.len() && found.source.len() == record.source.len()
    }))
}

fn framed(at: Position, record: &Record) -> Result<Bytes, JournalError> {
    let header = frame::header(record.received_at, &record.source, &record.body);
    let header = header.map_err(|_| JournalError::TooLarge {
        bytes: record.body.len(),
        limit: u32::MAX as usize,
    })?;
    let mut bytes = header.to_vec();
    bytes.extend_from_slice(record.source.as_bytes());
    bytes.extend_from_slice(&record.body);
    frame::bind(&mut bytes, at);
    Ok(bytes.into())
}

fn write(disk: &Disk, frames: &[(Position, Bytes)]) -> io::Result<()> {
    let mut frames = frames.iter().peekable();
    while let Some((at, _)) = frames.peek() {
        let segment = at.segment;
        let file = match disk.write(segment) {
            Ok(file) => Some(file),
            // It is past its retention, and so are the bytes.
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        while let Some((at, bytes)) = frames.next_if(|(at, _)| at.segment == segment) {
            if let Some(file) = &file
                && at.offset + bytes.len() as u64 <= file.metadata()?.len()
            {
                disk.write_at(file, segment, at.offset, bytes)?;
            }
        }
        if let Some(file) = &file {
            disk.sync(file, segment)?;
        }
    }
    Ok(())
}

fn packed(frames: &[(Position, Bytes)]) -> Vec<u8> {
    let mut packed = Vec::new();
    for (at, bytes) in frames {
        for number in [at.segment, at.offset, bytes.len() as u64] {
            packed.extend_from_slice(&number.to_le_bytes());
        }
        packed.extend_from_slice(bytes);
    }
    packed.extend_from_slice(&crc32c::crc32c(&packed).to_le_bytes());
    packed
}

fn unpacked(kept: &[u8]) -> Option<Vec<(Position, Bytes)>> {
    let (mut rest, checksum) = kept.split_last_chunk::<4>()?;
    if crc32c::crc32c(rest) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let (lead, after) = rest.split_at_checked(LEAD)?;
        let number = |at: usize| {
            let bytes = lead.get(at..at + 8)?.first_chunk()?;
            Some(u64::from_le_bytes(*bytes))
        };
        let at = Position {
            segment: number(0)?,
            offset: number(8)?,
        };
        let (bytes, after) = after.split_at_checked(usize::try_from(number(16)?).ok()?)?;
        frames.push((at, Bytes::copy_from_slice(bytes)));
        rest = after;
    }
    Some(frames)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Journal, Options};

    fn record(body: &str) -> Record {
        Record {
            received_at: 7,
            source: "app:1".to_owned(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    #[tokio::test]
    async fn what_is_overwritten_stays_in_its_place_and_over_a_torn_write() {
        let folder = tempfile::tempdir().unwrap();
        let (journal, _) = Journal::open(folder.path(), &Options::default()).unwrap();
        let mut places = Vec::new();
        for body in ["{\"a\":1}", "secret!", "{\"b\":2}"] {
            let body = Bytes::copy_from_slice(body.as_bytes());
            places.push(journal.append(7, "app:1", body).await.unwrap());
        }
        let changes = [(places[1], record("{}     "))];
        assert_eq!(journal.overwrite(&changes).unwrap(), 1);
        let other_length = [(places[1], record("{}"))];
        assert_eq!(journal.overwrite(&other_length).unwrap(), 0);
        let found = journal.get(places[1]).unwrap().unwrap();
        assert_eq!(found, record("{}     "));
        // A crash in the middle: the note is there, and the frame is torn.
        let frames = [(places[1], framed(places[1], &record("{ }    ")).unwrap())];
        journal.close().await;
        let disk = Disk::open(folder.path(), None).unwrap();
        disk.keep_rewrite(&packed(&frames)).unwrap();
        let file = disk.write(places[1].segment).unwrap();
        disk.write_at(&file, places[1].segment, places[1].offset + 20, b"torn")
            .unwrap();
        drop((disk, file));
        let (journal, recovery) = Journal::open(folder.path(), &Options::default()).unwrap();
        assert_eq!(recovery.torn, None);
        let batch = journal.read_batch(Position::START, 10, 1 << 20).unwrap();
        assert_eq!(batch.entries.len(), 3, "{batch:?}");
        let found = journal.get(places[1]).unwrap().unwrap();
        assert_eq!(found, record("{ }    "));
        journal.close().await;
        let left = std::fs::read_dir(folder.path()).unwrap();
        let left = left.filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().contains("rewrite")
        });
        assert_eq!(left.count(), 0);
    }
}
