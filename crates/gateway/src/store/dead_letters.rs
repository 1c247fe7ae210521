//! Dead letters: what could not be processed, kept until somebody retries or discards it.

use super::{StoreError, Tx};
use crate::clock::Millis;

/// What kind of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An outbound message that the carrier refused for good.
    Send,
    /// An event that an endpoint did not take within the schedule.
    Delivery,
    /// A notification, or a part of one, that was not understood.
    Ingest,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Delivery => "delivery",
            Self::Ingest => "ingest",
        }
    }
}

/// A dead letter to keep. `reason` is a stable code, `detail` JSON for a person.
#[derive(Debug, Default)]
pub(crate) struct NewDeadLetter {
    pub(crate) id: String,
    pub(crate) channel_id: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) delivery_id: Option<String>,
    pub(crate) event_id: Option<String>,
    pub(crate) notification: Option<String>,
    pub(crate) reason: String,
    pub(crate) detail: String,
}

/// Keeps it; the caller appends the `dead_letter` or `unrecognised` event.
pub(crate) fn insert(
    tx: &Tx<'_>,
    kind: Kind,
    letter: &NewDeadLetter,
    now: Millis,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO dead_letters (id, kind, channel_id, message_id, delivery_id, event_id, \
         notification, reason, detail, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            (&letter.id).into(),
            kind.as_str().into(),
            (&letter.channel_id).into(),
            (&letter.message_id).into(),
            (&letter.delivery_id).into(),
            (&letter.event_id).into(),
            (&letter.notification).into(),
            (&letter.reason).into(),
            (&letter.detail).into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Ends the open dead letters of a message, saying how; how many there were.
pub(crate) fn resolve_of_message(
    tx: &Tx<'_>,
    message_id: &str,
    resolution: &str,
    now: Millis,
) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE dead_letters SET resolved_at = $1, resolution = $2 \
         WHERE message_id = $3 AND message_id IS NOT NULL AND resolved_at IS NULL",
        &[now.into(), resolution.into(), message_id.into()],
    )
}
