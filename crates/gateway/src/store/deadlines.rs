//! Until when a message may be sent, and then until when the carrier tries to deliver it: after that
//! it has expired.

use serde_json::Value;

use super::messages::{Message, State};
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

    /// The same once a price tells its category, and the template its own time (seconds, or -1 for
    /// the usual); `None` if that changes nothing.
    pub(crate) fn deadline_of(
        self,
        category: &str,
        own: Option<i64>,
        sent_at: Millis,
    ) -> Option<Millis> {
        let time = match own {
            Some(seconds) if seconds > 0 => seconds.saturating_mul(1000),
            None if category.starts_with("authentication") => self.authentication,
            _ => return None,
        };
        Some(sent_at.saturating_add(time).saturating_add(BUFFER))
    }
}

/// The time to live that the template of a message has, in seconds, as far as it is known.
pub(crate) fn of_template(tx: &Tx<'_>, message: &Message) -> Result<Option<i64>, StoreError> {
    if message.kind != "template" {
        return Ok(None);
    }
    let content: Value = serde_json::from_str(&message.content).unwrap_or_default();
    let text = |path| content.pointer(path).and_then(Value::as_str);
    let (Some(name), Some(language)) = (text("/template/name"), text("/template/language/code"))
    else {
        return Ok(None);
    };
    let definition = tx.first(
        "SELECT t.definition FROM channels c LEFT JOIN channel_hearing h ON h.channel_id = c.id \
         JOIN templates t ON t.waba_id = COALESCE(c.waba_id, h.waba_id) \
         WHERE c.id = $1 AND t.name = $2 AND t.language = $3 AND t.status <> 'DELETED'",
        &[(&message.channel_id).into(), name.into(), language.into()],
        |row| row.text(0),
    )?;
    let definition: Value = definition.map_or(Value::Null, |text| {
        serde_json::from_str(&text).unwrap_or_default()
    });
    Ok(definition["message_send_ttl_seconds"].as_i64())
}

/// Moves the deadline of a message, never to a later time.
pub(crate) fn tighten(tx: &Tx<'_>, id: &str, deadline: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE messages SET deadline_at = $1 WHERE id = $2 \
         AND (deadline_at IS NULL OR deadline_at > $1)",
        &[deadline.into(), id.into()],
    )
}

/// Messages that wait and whose time is over, a batch of them.
pub(crate) fn overdue_waiting(
    tx: &Tx<'_>,
    now: Millis,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    tx.all(
        "SELECT id FROM messages WHERE state IN ('queued', 'scheduled') AND deadline_at IS NOT NULL \
         AND deadline_at <= $1 ORDER BY deadline_at LIMIT $2",
        &[now.into(), limit.into()],
        |row| row.text(0),
    )
}

/// Lets a message wait for as long as it takes.
pub(crate) fn lift(tx: &Tx<'_>, id: &str) -> Result<(), StoreError> {
    tx.later(
        "UPDATE messages SET deadline_at = NULL WHERE id = $1",
        &[id.into()],
    )
}

/// Messages that the carrier has and whose time is over, a batch of them.
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
