//! What can go wrong with the journal, by what the caller can do about it.

use std::io;
use std::sync::Arc;

/// Why an operation on the journal failed. Nothing that failed has been acknowledged.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Too much waits for the disk already; worth trying again.
    #[error("the inbox journal has too much waiting for the disk")]
    Busy,
    /// The journal was closed.
    #[error("the inbox journal is closed")]
    Closed,
    /// The notification can never be stored.
    #[error("a notification of {bytes} bytes is over the inbox journal's limit of {limit}")]
    TooLarge {
        /// Its size with source and framing.
        bytes: usize,
        /// What the journal takes.
        limit: usize,
    },
    /// Another process has this journal open.
    #[error("another process has the inbox journal open")]
    Locked,
    /// A segment was written by a later Wharf.
    #[error("journal segment {segment} has format {version}, which this version cannot read")]
    Version {
        /// Which segment.
        segment: u64,
        /// The format that its header names.
        version: u32,
    },
    /// The disk refused.
    #[error("cannot {doing} of the inbox journal")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: Arc<io::Error>,
    },
}

impl JournalError {
    pub(super) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            doing,
            source: Arc::new(source),
        }
    }

    /// Whether the disk, or the share of it that we may use, is full.
    pub fn is_disk_full(&self) -> bool {
        let Self::Io { source, .. } = self else {
            return false;
        };
        matches!(
            source.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        )
    }
}
