//! Reads a stretch of one segment frame by frame, and finds its way past damage.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use bytes::{Bytes, BytesMut};

use super::disk::Disk;
use super::frame::{FRAME_HEADER, Header, MARKER, SEGMENT_HEADER};
use super::{JournalError, Position, Record};

const CHUNK: std::ops::RangeInclusive<usize> = 4096..=256 * 1024;

/// Walks from a position to an end, holding one chunk of the file.
#[derive(Debug)]
pub(super) struct Scanner {
    file: File,
    at: Position,
    end: u64,
    chunk: usize,
    held: Bytes,
    held_at: u64,
}

/// What stands next in the stretch.
#[derive(Debug)]
pub(super) enum Step {
    Record { at: Position, record: Record },
    Corrupt { from: Position, to: Position },
    End,
}

impl Scanner {
    /// Reads in chunks of about `chunk` bytes, within limits.
    pub(super) fn open(
        disk: &Disk,
        from: Position,
        end: u64,
        chunk: usize,
    ) -> Result<Self, JournalError> {
        let file = disk
            .read(from.segment)
            .map_err(JournalError::io("open a segment"))?;
        let at = Position {
            offset: from.offset.max(SEGMENT_HEADER as u64),
            ..from
        };
        let chunk = chunk.clamp(*CHUNK.start(), *CHUNK.end());
        Ok(Self {
            file,
            at,
            end,
            chunk,
            held: Bytes::new(),
            held_at: 0,
        })
    }

    /// Where the next step starts.
    pub(super) fn position(&self) -> Position {
        self.at
    }

    pub(super) fn next(&mut self) -> Result<Step, JournalError> {
        let from = self.at;
        if from.offset >= self.end {
            return Ok(Step::End);
        }
        if let Some((record, len)) = self.frame(from.offset)? {
            self.at.offset += len;
            return Ok(Step::Record { at: from, record });
        }
        self.at.offset = self.resume(from.offset + 1)?;
        Ok(Step::Corrupt { from, to: self.at })
    }

    /// The record exactly at the current position.
    pub(super) fn record_here(&mut self) -> Result<Option<Record>, JournalError> {
        Ok(self.frame(self.at.offset)?.map(|(record, _)| record))
    }

    /// The offset of the next valid frame, or the end.
    fn resume(&mut self, mut offset: u64) -> Result<u64, JournalError> {
        while offset < self.end {
            let bytes = self.bytes(offset, FRAME_HEADER)?;
            if bytes.len() < FRAME_HEADER {
                break;
            }
            let Some(found) = bytes.windows(MARKER.len()).position(|four| four == MARKER) else {
                offset += (bytes.len() - (MARKER.len() - 1)) as u64;
                continue;
            };
            offset += found as u64;
            if self.frame(offset)?.is_some() {
                return Ok(offset);
            }
            offset += 1;
        }
        Ok(self.end)
    }

    fn frame(&mut self, offset: u64) -> Result<Option<(Record, u64)>, JournalError> {
        let Some(header) = Header::read(&self.bytes(offset, FRAME_HEADER)?) else {
            return Ok(None);
        };
        let len = header.frame_len();
        if len as u64 > self.end - offset {
            return Ok(None);
        }
        let mut frame = self.bytes(offset, len)?;
        frame.truncate(len);
        let record = header.record(&frame, Position { offset, ..self.at });
        Ok(record.map(|record| (record, len as u64)))
    }

    /// All held bytes from `offset` on, at least `len` of them unless the stretch is shorter.
    fn bytes(&mut self, offset: u64, len: usize) -> Result<Bytes, JournalError> {
        let held_end = self.held_at + self.held.len() as u64;
        let wanted = (offset + len as u64).min(self.end);
        if offset < self.held_at || wanted > held_end {
            let room = self
                .end
                .saturating_sub(offset)
                .min(self.chunk.max(len) as u64);
            let room = usize::try_from(room).unwrap_or(usize::MAX);
            self.held =
                read_up_to(&self.file, offset, room).map_err(JournalError::io("read a segment"))?;
            self.held_at = offset;
        }
        let skip = usize::try_from(offset - self.held_at).unwrap_or(usize::MAX);
        Ok(self.held.slice(skip.min(self.held.len())..))
    }
}

fn read_up_to(file: &File, offset: u64, len: usize) -> io::Result<Bytes> {
    let mut bytes = BytesMut::zeroed(len);
    let mut filled = 0;
    while filled < len {
        match file.read_at(&mut bytes[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes.freeze())
}
