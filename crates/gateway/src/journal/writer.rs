//! The writer thread: takes all that waits, writes it in one piece, syncs once, answers everybody.

use std::fs::File;
use std::io;
use std::sync::Arc;

use tokio::sync::watch;

use super::disk::Disk;
use super::frame::{self, SEGMENT_HEADER};
use super::queue::{Pending, Queue};
use super::segments::Segments;
use super::{JournalError, Options, Position, Sync};

/// A segment takes what came in within this time after its first notification, so that it is old
/// enough to be removed some day, however little comes in.
pub(super) const SEGMENT_AGE_MS: i64 = 24 * 60 * 60 * 1000;

/// A buffer that one burst made larger than this is given back.
const KEPT_BUFFER: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct Writer {
    disk: Disk,
    segments: Arc<Segments>,
    queue: Arc<Queue>,
    end: watch::Sender<Position>,
    segment_bytes: u64,
    sync: Sync,
    last_number: u64,
    state: State,
}

/// What the next write goes to.
#[derive(Debug)]
enum State {
    /// A segment has yet to be begun.
    Idle,
    Open(Segment),
    /// A write or sync failed. What the kernel holds of this file can no longer be believed, so
    /// nothing is written to it again: it is cut to its durable end, and a new segment begun.
    Poisoned(Segment),
}

#[derive(Debug)]
struct Segment {
    file: File,
    /// The durable end.
    end: Position,
    /// When its first notification came in, in Unix milliseconds.
    began: i64,
}

impl Segment {
    fn takes(&self, first: i64, segment_bytes: u64) -> bool {
        self.end.offset < segment_bytes && first.saturating_sub(self.began) < SEGMENT_AGE_MS
    }
}

impl Writer {
    pub(super) fn new(
        disk: Disk,
        segments: &Arc<Segments>,
        queue: &Arc<Queue>,
        end: watch::Sender<Position>,
        options: &Options,
    ) -> Self {
        Self {
            disk,
            segments: Arc::clone(segments),
            queue: Arc::clone(queue),
            end,
            segment_bytes: options.segment_bytes,
            sync: options.sync,
            last_number: segments.last(),
            state: State::Idle,
        }
    }

    pub(super) fn run(mut self) {
        let mut pending = Pending::default();
        let mut refusing = false;
        while self.queue.take(&mut pending) {
            let stored = self.store(&mut pending);
            // The callers are told each time; the log hears of the change only.
            match &stored {
                Err(error) if !refusing => {
                    let error = error as &dyn std::error::Error;
                    tracing::error!(error, "the inbox journal refuses notifications");
                }
                Ok(_) if refusing => tracing::info!("the inbox journal takes notifications again"),
                _ => {}
            }
            refusing = stored.is_err();
            for (offset, reply) in pending.frames.drain(..) {
                let answer = stored.clone().map(|base| Position {
                    offset: base.offset + offset as u64,
                    ..base
                });
                // Nobody waits any more when the request was dropped; it is stored anyway.
                let _ = reply.send(answer);
            }
            pending.bytes.clear();
            pending.bytes.shrink_to(KEPT_BUFFER);
        }
    }

    /// Writes and syncs; returns where the first frame stands.
    fn store(&mut self, pending: &mut Pending) -> Result<Position, JournalError> {
        let first = frame::received_at(&pending.bytes);
        let mut segment = match std::mem::replace(&mut self.state, State::Idle) {
            State::Open(segment) if segment.takes(first, self.segment_bytes) => segment,
            State::Idle | State::Open(_) => self.begin(first)?,
            State::Poisoned(segment) => {
                if let Err(error) = self.cut(&segment) {
                    self.state = State::Poisoned(segment);
                    return Err(JournalError::io("cut a failed write")(error));
                }
                self.begin(first)?
            }
        };
        let base = segment.end;
        for (offset, _) in &pending.frames {
            let at = Position {
                offset: base.offset + *offset as u64,
                ..base
            };
            frame::bind(&mut pending.bytes[*offset..], at);
        }
        if let Err(error) = self.write(&segment, &pending.bytes) {
            self.state = State::Poisoned(segment);
            return Err(JournalError::io("write a segment")(error));
        }
        segment.end.offset += pending.bytes.len() as u64;
        self.segments.set_end(segment.end);
        self.end.send_replace(segment.end);
        self.state = State::Open(segment);
        Ok(base)
    }

    fn write(&self, segment: &Segment, bytes: &[u8]) -> io::Result<()> {
        let Position {
            segment: number,
            offset,
        } = segment.end;
        self.disk.write_at(&segment.file, number, offset, bytes)?;
        match self.sync {
            Sync::Data => self.disk.sync(&segment.file, number),
            Sync::None => Ok(()),
        }
    }

    /// Creates the next segment, for what came in from `began` on.
    fn begin(&mut self, began: i64) -> Result<Segment, JournalError> {
        let number = self.last_number + 1;
        let create = || {
            let file = self.disk.create(number)?;
            self.disk
                .write_at(&file, number, 0, &frame::segment_header())?;
            // The header's bytes are synced with the first frames.
            self.disk.sync_dir()?;
            Ok(file)
        };
        let file = create().map_err(JournalError::io("begin a segment"))?;
        self.last_number = number;
        let end = Position {
            segment: number,
            offset: SEGMENT_HEADER as u64,
        };
        self.segments.set_end(end);
        Ok(Segment { file, end, began })
    }

    fn cut(&self, segment: &Segment) -> io::Result<()> {
        let Position {
            segment: number,
            offset,
        } = segment.end;
        self.disk.truncate(&segment.file, number, offset)?;
        self.disk.sync(&segment.file, number)
    }
}
