//! A batch of notifications, read and parsed outside any transaction.

use std::panic::catch_unwind;

use wharf_webhook::{Notification, ParseError};

use crate::app::App;
use crate::clock::Millis;
use crate::inbox::ReadError;
use crate::journal::{Entry, Position};

/// A batch, parsed.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) from: Position,
    pub(super) next: Position,
    pub(super) items: Vec<Item>,
}

#[derive(Debug)]
pub(super) struct Item {
    /// The notification's name.
    pub(super) at: String,
    pub(super) received_at: Millis,
    /// By whose secret it was signed, as the inbox has it.
    pub(super) source: String,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Notification(Notification),
    /// Signed by Meta, yet not a notification.
    Malformed(ParseError),
    /// Parsing it panicked; what stands behind it must not wait for a version that does not.
    Panicked,
    /// The journal could not read its own bytes.
    Corrupt {
        to: Position,
    },
}

impl Prepared {
    /// Reads and parses what is durable behind `from`. Blocks.
    pub(super) async fn read(
        app: &App,
        from: Position,
        records: usize,
        bytes: usize,
    ) -> Result<Self, ReadError> {
        let batch = app
            .inbox
            .read_batch(&app.store, from, records, bytes)
            .await?;
        let item = |entry| match entry {
            Entry::Record { at, record } => Item {
                at: at.to_string(),
                received_at: record.received_at,
                source: record.source,
                content: match catch_unwind(|| wharf_webhook::parse(&record.body)) {
                    Ok(Ok(notification)) => Content::Notification(notification),
                    Ok(Err(error)) => Content::Malformed(error),
                    Err(_) => Content::Panicked,
                },
            },
            Entry::Corrupt { from, to } => Item {
                at: from.to_string(),
                received_at: app.clock.now(),
                source: String::new(),
                content: Content::Corrupt { to },
            },
        };
        Ok(Self {
            from,
            next: batch.next,
            items: batch.entries.into_iter().map(item).collect(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.next == self.from
    }

    pub(super) fn next(&self) -> Position {
        self.next
    }
}
