//! What waits for the writer: frames laid end to end, and who wants to know.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::frame::{self, FRAME_HEADER};
use super::{JournalError, Position};

type Answer = Result<Position, JournalError>;

/// The hand-off between the appenders and the writer.
#[derive(Debug)]
pub(super) struct Queue {
    limit: usize,
    waiting: Mutex<Waiting>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    pending: Pending,
    closed: bool,
    writer_sleeps: bool,
}

/// Frames for one write.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// The frames, not yet bound to their place.
    pub(super) bytes: Vec<u8>,
    /// Where each frame starts in `bytes`, and who waits for it.
    pub(super) frames: Vec<(usize, oneshot::Sender<Answer>)>,
}

impl Queue {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            waiting: Mutex::default(),
            wake: Condvar::new(),
        }
    }

    /// Lays a frame down for the next write.
    pub(super) fn push(
        &self,
        received_at: i64,
        source: &str,
        body: &[u8],
    ) -> Result<oneshot::Receiver<Answer>, JournalError> {
        let bytes = FRAME_HEADER + source.len() + body.len();
        let too_large = JournalError::TooLarge {
            bytes,
            limit: self.limit,
        };
        if bytes > self.limit {
            return Err(too_large);
        }
        let header = frame::header(received_at, source, body).map_err(|_| too_large)?;
        let (reply, answer) = oneshot::channel();
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(JournalError::Closed);
        }
        let pending = &mut waiting.pending;
        let start = pending.bytes.len();
        if start + bytes > self.limit {
            return Err(JournalError::Busy);
        }
        pending.bytes.extend_from_slice(&header);
        pending.bytes.extend_from_slice(source.as_bytes());
        pending.bytes.extend_from_slice(body);
        pending.frames.push((start, reply));
        let wake = std::mem::take(&mut waiting.writer_sleeps);
        drop(waiting);
        if wake {
            self.wake.notify_one();
        }
        Ok(answer)
    }

    /// Waits for frames and swaps them into `spent`; false when closed and drained.
    pub(super) fn take(&self, spent: &mut Pending) -> bool {
        spent.bytes.clear();
        spent.frames.clear();
        let mut waiting = self.lock();
        while waiting.pending.frames.is_empty() {
            if waiting.closed {
                return false;
            }
            waiting.writer_sleeps = true;
            waiting = self
                .wake
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
        waiting.writer_sleeps = false;
        std::mem::swap(&mut waiting.pending, spent);
        true
    }

    /// Refuses further frames and lets the writer end once it has drained.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
