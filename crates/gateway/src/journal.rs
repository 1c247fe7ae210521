//! The inbox journal: where a notification becomes durable before it is acknowledged.
//!
//! Append-only segments of checksummed frames; one writer thread; many appends share one
//! `fdatasync`. What the journal holds is the truth for everything that came in: a reader follows
//! it and commits its [`Position`] together with what it applied. `docs/design.md` has the figures
//! and what happens at each crash point.

mod disk;
mod error;
mod frame;
mod position;
mod queue;
mod rewrite;
mod scan;
mod segments;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;
use tokio::sync::watch;

use self::disk::Disk;
pub use self::disk::{Op, Tap};
pub use self::error::JournalError;
pub use self::position::{ParsePositionError, Position};
use self::queue::Queue;
use self::scan::{Scanner, Step};
pub use self::segments::{Deleted, Recovery, Torn};
use self::segments::{RETENTION_CHUNK, Segments};
use self::writer::Writer;

/// One notification as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When it arrived, in milliseconds since the Unix epoch.
    pub received_at: i64,
    /// Whose secret it is signed with: `app`, or `channel:<id>` of a channel that has its own.
    pub source: String,
    /// The bytes that were signed, unchanged.
    pub body: Bytes,
}

/// One thing found by [`Journal::read_batch`], in the order of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A notification.
    Record {
        /// Its name for ever.
        at: Position,
        /// What came in.
        record: Record,
    },
    /// Bytes that no longer read as frames, or segments that are gone. What follows is unharmed.
    Corrupt {
        /// The first unreadable byte.
        from: Position,
        /// Where reading goes on.
        to: Position,
    },
}

/// What one call of [`Journal::read_batch`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// In order; empty when the reader has caught up.
    pub entries: Vec<Entry>,
    /// Where the next call starts: commit it with what these entries changed.
    pub next: Position,
}

/// When an append is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sync {
    /// After `fdatasync` has returned.
    #[default]
    Data,
    /// Before it, or without it. Loses acknowledged notifications in a power cut: only for the
    /// tests that must fail with it, and not reachable from the configuration.
    None,
}

/// How a journal is opened.
#[derive(Clone)]
pub struct Options {
    /// A segment that has reached this many bytes is closed and the next one begun.
    pub segment_bytes: u64,
    /// Appends that would make more bytes than this wait for the disk are refused as busy.
    pub max_pending_bytes: usize,
    /// How far the store has applied: new segments are numbered beyond it, even when the journal's
    /// files are gone, so that no position is given out twice.
    pub applied: Position,
    /// Whether an append waits for the disk.
    #[doc(hidden)]
    pub sync: Sync,
    /// Sees, and may refuse, each change to the files; for tests of power cuts and broken disks.
    #[doc(hidden)]
    pub tap: Option<Tap>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            max_pending_bytes: 16 << 20,
            applied: Position::START,
            sync: Sync::Data,
            tap: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("segment_bytes", &self.segment_bytes)
            .field("max_pending_bytes", &self.max_pending_bytes)
            .field("applied", &self.applied)
            .field("sync", &self.sync)
            .finish_non_exhaustive()
    }
}

/// A handle on the open journal; clones share it. When the last one is dropped the journal drains
/// and its thread ends.
#[derive(Clone, Debug)]
pub struct Journal {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    disk: Disk,
    queue: Arc<Queue>,
    segments: Arc<Segments>,
    end: watch::Receiver<Position>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// One at a time overwrites.
    overwriting: Mutex<()>,
}

impl Journal {
    /// Opens the journal in `dir`, creating it if need be, cuts a torn tail and starts the writer.
    ///
    /// Blocking: it reads the last segment once.
    pub fn open(dir: &Path, options: &Options) -> Result<(Self, Recovery), JournalError> {
        let disk = Disk::open(dir, options.tap.clone())?;
        rewrite::finish(&disk)?;
        let (segments, recovery) = Segments::recover(&disk, options.applied)?;
        let segments = Arc::new(segments);
        let queue = Arc::new(Queue::new(options.max_pending_bytes));
        let (end_out, end) = watch::channel(recovery.end);
        let writer = Writer::new(disk.clone(), &segments, &queue, end_out, options);
        let thread = std::thread::Builder::new()
            .name("inbox-journal".to_owned())
            .spawn(move || writer.run())
            .map_err(JournalError::io("start the writer thread"))?;
        let thread = Mutex::new(Some(thread));
        let inner = Arc::new(Inner {
            disk,
            queue,
            segments,
            end,
            thread,
            overwriting: Mutex::default(),
        });
        Ok((Self { inner }, recovery))
    }

    /// Stores one notification; returns its name once it is on disk.
    ///
    /// Dropping the future does not take the notification back: it may be stored all the same.
    pub async fn append(
        &self,
        received_at: i64,
        source: &str,
        body: Bytes,
    ) -> Result<Position, JournalError> {
        let reply = self.inner.queue.push(received_at, source, &body)?;
        drop(body);
        reply.await.map_err(|_| JournalError::Closed)?
    }

    /// Where the durable part ends; changes wake the reader. Closed once the journal is.
    pub fn durable_end(&self) -> watch::Receiver<Position> {
        self.inner.end.clone()
    }

    /// Reads durable entries from `from` on, across segments: at most `max_records`, and no more
    /// once `max_bytes` of bodies are reached (but always one). Blocking.
    ///
    /// Bodies share the read buffer; copy what is kept for long.
    pub fn read_batch(
        &self,
        from: Position,
        max_records: usize,
        max_bytes: usize,
    ) -> Result<Batch, JournalError> {
        let mut batch = Batch {
            entries: Vec::new(),
            next: from,
        };
        let mut bytes = 0;
        while let Some(stretch) = self.inner.segments.stretch(batch.next) {
            if let Some(to) = stretch.gap_to {
                batch.entries.push(Entry::Corrupt {
                    from: batch.next,
                    to,
                });
            }
            batch.next = stretch.from;
            let mut scanner =
                Scanner::open(&self.inner.disk, stretch.from, stretch.end, max_bytes)?;
            loop {
                if batch.entries.len() >= max_records || bytes >= max_bytes {
                    return Ok(batch);
                }
                match scanner.next()? {
                    Step::Record { at, record } => {
                        bytes += record.body.len();
                        batch.entries.push(Entry::Record { at, record });
                    }
                    Step::Corrupt { from, to } => batch.entries.push(Entry::Corrupt { from, to }),
                    Step::End => break,
                }
                batch.next = scanner.position();
            }
        }
        Ok(batch)
    }

    /// One notification again, by its name; `None` when it is past its retention, unreadable, or
    /// never was. Blocking.
    pub fn get(&self, at: Position) -> Result<Option<Record>, JournalError> {
        let Some(end) = self.inner.segments.end_of(at.segment) else {
            return Ok(None);
        };
        Scanner::open(&self.inner.disk, at, end, RETENTION_CHUNK)?.record_here()
    }

    /// Puts records in the places of others whose body and source have the same lengths, over a crash
    /// too; how many were there. Only for what its reader has passed. Blocking.
    pub fn overwrite(&self, changes: &[(Position, Record)]) -> Result<usize, JournalError> {
        let overwriting = self.inner.overwriting.lock();
        let _one = overwriting.unwrap_or_else(PoisonError::into_inner);
        rewrite::overwrite(&self.inner.disk, &self.inner.segments, changes)
    }

    /// Deletes the segments that lie wholly before `keep_from` and whose notifications all came in
    /// before `older_than_ms` (Unix time). The newest segment always stays. Blocking.
    pub fn delete_before(
        &self,
        keep_from: Position,
        older_than_ms: i64,
    ) -> Result<Deleted, JournalError> {
        self.inner
            .segments
            .delete_before(&self.inner.disk, keep_from, older_than_ms)
    }

    /// Refuses further appends, on every clone, and waits until those before are answered and
    /// the writer has ended.
    pub async fn close(self) {
        self.inner.queue.close();
        let mut end = self.inner.end.clone();
        while end.changed().await.is_ok() {}
        self.inner.join();
    }
}

impl Inner {
    fn join(&self) {
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the inbox journal's writer thread panicked");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.close();
        self.join();
    }
}
