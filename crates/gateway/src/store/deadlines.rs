//! Until when the carrier tries to deliver an accepted message: after that it has expired.

use super::messages::State;
use super::{Locked, StoreError, Tx};
use crate::clock::Millis;
use crate::config::Send;

/// Statuses may come this much later than what they tell of.
const BUFFER: Millis = 5 * 60 * 1000;

/// How long the carrier tries to deliver. See [Cloud API/Time-to-live].
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeToLive {
    usual: Millis,
    authentication: Millis,
}

/// A message that was not delivered in time.
#[derive(Debug)]
pub(crate) struct Overdue {
    pub(crate) id: String,
    pub(crate) channel_id: String,
    pub(crate) conversation_id: String,
    pub(crate) contact_id: String,
    pub(crate) carrier_id: Option<String>,
}

impl TimeToLive {
    pub(crate) fn of(settings: &Send) -> Self {
        let millis =
            |seconds: u64| Millis::try_from(seconds.saturating_mul(1000)).unwrap_or(Millis::MAX);
        Self {
            usual: millis(settings.ttl_seconds),
            authentication: millis(settings.authentication_ttl_seconds),
        }
    }

    /// Until when a message may be delivered that was accepted at `accepted_at`.
    pub(crate) fn deadline(self, accepted_at: Millis) -> Millis {
        accepted_at
            .saturating_add(self.usual)
            .saturating_add(BUFFER)
    }

    /// The same once a price tells its category; `None` if that changes nothing.
    pub(crate) fn deadline_of(self, category: &str, sent_at: Millis) -> Option<Millis> {
        let deadline = sent_at
            .saturating_add(self.authentication)
            .saturating_add(BUFFER);
        category.starts_with("authentication").then_some(deadline)
    }
}

/// Moves the deadline of a message, never to a later time.
pub(crate) fn tighten(tx: &Tx<'_>, id: &str, deadline: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE messages SET deadline_at = $1 WHERE id = $2 \
         AND (deadline_at IS NULL OR deadline_at > $1)",
        &[deadline.into(), id.into()],
    )
}

/// Messages whose time is over, a batch of them.
pub(crate) fn overdue(tx: &Tx<'_>, now: Millis, limit: i64) -> Result<Vec<String>, StoreError> {
    tx.all(
        "SELECT id FROM messages WHERE state IN ('accepted', 'sent') AND deadline_at <= $1 \
         ORDER BY deadline_at LIMIT $2",
        &[now.into(), limit.into()],
        |row| row.text(0),
    )
}

/// Ends a message whose time is over; `None` if it was delivered meanwhile.
pub(crate) fn expire(
    tx: &Tx<'_>,
    id: &str,
    detail: &str,
    now: Millis,
) -> Result<Option<Overdue>, StoreError> {
    tx.lock(Locked::Message(id))?;
    tx.first(
        "UPDATE messages SET state = $1, state_detail = $2, updated_at = $3 WHERE id = $4 \
         AND state IN ('accepted', 'sent') AND deadline_at <= $3 \
         RETURNING id, channel_id, conversation_id, contact_id, carrier_id",
        &[
            State::Expired.as_str().into(),
            detail.into(),
            now.into(),
            id.into(),
        ],
        |row| {
            Ok(Overdue {
                id: row.text(0)?,
                channel_id: row.text(1)?,
                conversation_id: row.text(2)?,
                contact_id: row.text(3)?,
                carrier_id: row.maybe_text(4)?,
            })
        },
    )
}
