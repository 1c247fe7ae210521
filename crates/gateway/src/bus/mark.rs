//! A place in a stream, to notice that the server has forgotten what it had acknowledged.
//!
//! `JetStream` writes to disk lazily: a power cut may cost it messages after their acknowledgement.
//! Then its newest number is lower than one that it gave out before.

use std::fmt;

use async_nats::jetstream::stream::Info;

/// The newest message of a stream that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// When the stream was made, in nanoseconds: one that is made anew counts from 1 again.
    created: i128,
    sequence: u64,
}

impl Mark {
    /// The stream as it is now.
    pub(super) fn of(stream: &Info) -> Self {
        Self {
            created: stream.created.unix_timestamp_nanos(),
            sequence: stream.state.last_sequence,
        }
    }

    /// As it was written; nothing if it is not understood.
    pub(super) fn read(text: Option<&str>) -> Option<Self> {
        let (created, sequence) = text?.split_once('/')?;
        Some(Self {
            created: created.parse().ok()?,
            sequence: sequence.parse().ok()?,
        })
    }

    /// A message with this number was acknowledged.
    pub(super) fn advance(&mut self, sequence: u64) {
        self.sequence = self.sequence.max(sequence);
    }

    /// How many messages at most the stream has lost since this mark. A purge takes messages and
    /// not numbers; a stream that is made anew was deleted, and its messages with it.
    pub(super) fn lost(self, now: Self) -> i64 {
        if self.created == now.created {
            i64::try_from(self.sequence.saturating_sub(now.sequence)).unwrap_or(i64::MAX)
        } else {
            0
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.created, self.sequence)
    }
}
