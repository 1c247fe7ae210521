//! Messages, inbound and outbound, and the states of an outbound one.

mod list;

use std::collections::{HashMap, HashSet};

use super::page::Where;
use super::scope::Scope;
use super::sql::Link;
use super::{Locked, Row, StoreError, Tx};
use crate::clock::Millis;
pub(crate) use list::{Filter, Waits, list};

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "inbound" => Ok(Self::Inbound),
            "outbound" => Ok(Self::Outbound),
            _ => Err(StoreError::Corrupt {
                what: "message direction",
            }),
        }
    }
}

/// Where a message stands. An inbound one is `received`; the rest is the life of an outbound one.
///
/// What a state knows beyond its name (error, due time, reason) is JSON in `state_detail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Received,
    Scheduled,
    Queued,
    Sending,
    Accepted,
    Sent,
    Delivered,
    Read,
    Played,
    Unknown,
    RequiresTemplate,
    Failed,
    Expired,
    Canceled,
}

impl State {
    pub(crate) const ALL: [Self; 14] = [
        Self::Received,
        Self::Scheduled,
        Self::Queued,
        Self::Sending,
        Self::Accepted,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Played,
        Self::Unknown,
        Self::RequiresTemplate,
        Self::Failed,
        Self::Expired,
        Self::Canceled,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Unknown => "unknown",
            Self::RequiresTemplate => "requires_template",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Canceled => "canceled",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        let state = Self::ALL.into_iter().find(|state| state.as_str() == text);
        state.ok_or(StoreError::Corrupt {
            what: "message state",
        })
    }

    /// How far along the carrier has taken it; only a higher rank replaces a lower one.
    ///
    /// `failed` by a status outranks what was accepted, and `delivered` outranks `failed`, because
    /// what has been seen on the user's phone was not lost.
    pub(crate) const fn carrier_rank(self) -> u8 {
        match self {
            Self::Received
            | Self::Scheduled
            | Self::Queued
            | Self::Sending
            | Self::Unknown
            | Self::Canceled => 0,
            Self::Accepted => 1,
            Self::Sent => 2,
            Self::RequiresTemplate | Self::Failed | Self::Expired => 3,
            Self::Delivered => 4,
            Self::Read => 5,
            Self::Played => 6,
        }
    }
}

/// A message as stored.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) channel_id: String,
    pub(crate) conversation_id: String,
    pub(crate) contact_id: String,
    pub(crate) direction: Direction,
    /// The carrier's id: a wamid on `cloud`.
    pub(crate) carrier_id: Option<String>,
    pub(crate) kind: String,
    /// JSON in Meta's shape: the whole request body outbound, the message element inbound.
    pub(crate) content: String,
    /// The caller's idempotency key, if the message was sent with one.
    pub(crate) request_id: Option<String>,
    /// What its caller asked for beside the content: [`Options`](crate::send::Options) as JSON.
    pub(crate) options: Option<String>,
    /// What the carrier says that it costs, as JSON.
    pub(crate) pricing: Option<String>,
    pub(crate) state: State,
    pub(crate) state_detail: Option<String>,
    pub(crate) attempts: i64,
    pub(crate) notification: Option<String>,
    pub(crate) occurred_at: Millis,
    pub(crate) created_at: Millis,
    pub(crate) updated_at: Millis,
    /// When its content was removed.
    pub(crate) content_expired_at: Option<Millis>,
}

/// In the order that [`message`] reads.
pub(crate) const COLUMNS: &str = "id, channel_id, conversation_id, contact_id, direction, \
    carrier_id, kind, content, request_id, state, state_detail, attempts, notification, \
    occurred_at, created_at, updated_at, options, pricing, content_expired_at";

/// Adds a message, unless its carrier id is known on the channel already.
pub(crate) fn insert(tx: &Tx<'_>, message: &Message) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO messages (id, channel_id, conversation_id, contact_id, direction, carrier_id, \
         kind, content, request_id, state, state_detail, attempts, notification, occurred_at, \
         created_at, updated_at, options) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
         ON CONFLICT (carrier_id, channel_id) DO NOTHING",
        &[
            (&message.id).into(),
            (&message.channel_id).into(),
            (&message.conversation_id).into(),
            (&message.contact_id).into(),
            message.direction.as_str().into(),
            (&message.carrier_id).into(),
            (&message.kind).into(),
            (&message.content).into(),
            (&message.request_id).into(),
            message.state.as_str().into(),
            (&message.state_detail).into(),
            message.attempts.into(),
            (&message.notification).into(),
            message.occurred_at.into(),
            message.created_at.into(),
            message.updated_at.into(),
            (&message.options).into(),
        ],
    )
}

/// One message by our id.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Message>, StoreError> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM messages WHERE id = $1"),
        &[id.into()],
        message,
    )
}

/// One message by our id, which nobody else changes until the end of this transaction, not even a
/// claim: that asks for rows alone.
pub(crate) fn lock(tx: &Tx<'_>, id: &str) -> Result<Option<Message>, StoreError> {
    tx.lock(Locked::Message(id))?;
    let held = tx.row_lock();
    tx.first(
        &format!("SELECT {COLUMNS} FROM messages WHERE id = $1{held}"),
        &[id.into()],
        message,
    )
}

/// One message by the carrier's id on a channel.
pub(crate) fn by_carrier_id(
    tx: &Tx<'_>,
    channel_id: &str,
    carrier_id: &str,
) -> Result<Option<Message>, StoreError> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM messages WHERE carrier_id = $1 AND channel_id = $2"),
        &[carrier_id.into(), channel_id.into()],
        message,
    )
}

/// Whether this carrier id is known on the channel.
pub(crate) fn is_known(
    tx: &Tx<'_>,
    channel_id: &str,
    carrier_id: &str,
) -> Result<bool, StoreError> {
    let known = tx.first(
        "SELECT 1 FROM messages WHERE carrier_id = $1 AND channel_id = $2",
        &[carrier_id.into(), channel_id.into()],
        |_| Ok(()),
    )?;
    Ok(known.is_some())
}

/// Which of these carrier ids are known, by channel; one round trip instead of many. For PostgreSQL.
pub(crate) fn known_among(
    tx: &Tx<'_>,
    carrier_ids: &[&str],
) -> Result<HashSet<(String, String)>, StoreError> {
    let Link::Postgres(session) = tx.link() else {
        return Ok(HashSet::new());
    };
    let rows = session.query(
        "SELECT channel_id, carrier_id FROM messages WHERE carrier_id = ANY($1::text[])",
        &[&carrier_ids],
    )?;
    let known = rows.iter().map(|row| {
        let row = Row::Postgres(row);
        Ok((row.text(0)?, row.text(1)?))
    });
    known.collect()
}

/// A message that waits to be sent, with what decides whether it may be.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) id: String,
    pub(crate) conversation_id: String,
    pub(crate) contact_id: String,
    pub(crate) kind: String,
    pub(crate) content: String,
    pub(crate) request_id: Option<String>,
    pub(crate) options: Option<String>,
    /// Calls so far.
    pub(crate) attempts: i64,
    pub(crate) created_at: Millis,
    /// It waited for its time until now.
    pub(crate) is_scheduled: bool,
}

/// Those of these messages that wait, in the order of `ids`; nobody else changes them until the end
/// of this transaction.
pub(crate) fn waiting(tx: &Tx<'_>, ids: &[&str]) -> Result<Vec<Waiting>, StoreError> {
    const COLUMNS: &str = "SELECT id, conversation_id, contact_id, kind, content, request_id, \
        options, attempts, created_at, state FROM messages";
    let make = |row: &Row<'_>| {
        Ok(Waiting {
            id: row.text(0)?,
            conversation_id: row.text(1)?,
            contact_id: row.text(2)?,
            kind: row.text(3)?,
            content: row.text(4)?,
            request_id: row.maybe_text(5)?,
            options: row.maybe_text(6)?,
            attempts: row.int(7)?,
            created_at: row.int(8)?,
            is_scheduled: row.text(9)? == State::Scheduled.as_str(),
        })
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    match tx.link() {
        Link::Postgres(session) => {
            // The rows are locked in the order of their ids, as all do who lock several.
            let sql = format!(
                "{COLUMNS} WHERE id = ANY($1::text[]) AND state IN ('queued', 'scheduled') \
                 ORDER BY id{}",
                tx.row_lock()
            );
            let rows = session.query(&sql, &[&ids])?;
            let found = rows.iter().map(|row| make(&Row::Postgres(row)));
            let mut found: Vec<Waiting> = found.collect::<Result<_, _>>()?;
            let order: HashMap<&str, usize> = ids.iter().copied().zip(0..).collect();
            found.sort_by_key(|message| order.get(message.id.as_str()).copied());
            Ok(found)
        }
        Link::Sqlite(_) => {
            let sql = format!("{COLUMNS} WHERE id = $1 AND state IN ('queued', 'scheduled')");
            let found = ids.iter().map(|&id| tx.first(&sql, &[id.into()], make));
            found.filter_map(Result::transpose).collect()
        }
    }
}

/// Moves those of these messages that wait into `sending`; the number of their new attempt.
pub(crate) fn begin_sending(
    tx: &Tx<'_>,
    ids: &[&str],
    now: Millis,
) -> Result<HashMap<String, i64>, StoreError> {
    let mut begun = HashMap::with_capacity(ids.len());
    if ids.is_empty() {
        return Ok(begun);
    }
    match tx.link() {
        Link::Postgres(session) => {
            let sql = "UPDATE messages SET state = 'sending', attempts = attempts + 1, \
                updated_at = $1 WHERE id = ANY($2::text[]) AND state IN ('queued', 'scheduled') \
                RETURNING id, attempts";
            for row in &session.query(sql, &[&now, &ids])? {
                let row = Row::Postgres(row);
                begun.insert(row.text(0)?, row.int(1)?);
            }
        }
        Link::Sqlite(_) => {
            for &id in ids {
                let taken = tx.first(
                    "UPDATE messages SET state = 'sending', attempts = attempts + 1, \
                     updated_at = $1 WHERE id = $2 AND state IN ('queued', 'scheduled') \
                     RETURNING attempts",
                    &[now.into(), id.into()],
                    |row| row.int(0),
                )?;
                begun.extend(taken.map(|attempt| (id.to_owned(), attempt)));
            }
        }
    }
    Ok(begun)
}

/// What a message says, and to whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content<'a> {
    pub(crate) kind: &'a str,
    pub(crate) body: &'a str,
    pub(crate) contact_id: &'a str,
    pub(crate) conversation_id: &'a str,
}

/// Gives a message another content.
pub(crate) fn edit(
    tx: &Tx<'_>,
    id: &str,
    content: &Content<'_>,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "UPDATE messages SET kind = $1, content = $2, replaced = NULL, contact_id = $3, conversation_id = $4, \
         updated_at = $5 WHERE id = $6",
        &[
            content.kind.into(),
            content.body.into(),
            content.contact_id.into(),
            content.conversation_id.into(),
            now.into(),
            id.into(),
        ],
    )
}

/// Gives a message another content in the place of its own, which is kept beside it.
pub(crate) fn replace(
    tx: &Tx<'_>,
    message: &Waiting,
    kind: &str,
    content: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let (of_kind, was) = (&message.kind, &message.content);
    let own: Option<serde_json::Value> = serde_json::from_str(was).ok();
    let own = serde_json::json!({"kind": of_kind, "content": own}).to_string();
    tx.later(
        "UPDATE messages SET kind = $1, content = $2, replaced = $3, updated_at = $4 WHERE id = $5",
        &[
            kind.into(),
            content.into(),
            (&own).into(),
            now.into(),
            (&message.id).into(),
        ],
    )
}

/// Changes what a message's caller asked for beside its content.
pub(crate) fn set_options(tx: &Tx<'_>, id: &str, options: Option<&str>) -> Result<(), StoreError> {
    tx.later(
        "UPDATE messages SET options = $1 WHERE id = $2",
        &[options.into(), id.into()],
    )
}

/// Moves a message to another state.
pub(crate) fn set_state(
    tx: &Tx<'_>,
    id: &str,
    state: State,
    detail: Option<&str>,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "UPDATE messages SET state = $1, state_detail = $2, updated_at = $3 WHERE id = $4",
        &[state.as_str().into(), detail.into(), now.into(), id.into()],
    )?;
    Ok(())
}

/// Keeps what the carrier says that a message costs.
pub(crate) fn set_pricing(tx: &Tx<'_>, id: &str, pricing: &str) -> Result<(), StoreError> {
    tx.later(
        "UPDATE messages SET pricing = $1 WHERE id = $2",
        &[pricing.into(), id.into()],
    )
}

/// Reads [`COLUMNS`].
pub(crate) fn message(row: &Row<'_>) -> Result<Message, StoreError> {
    let direction = Direction::parse(&row.text(4)?)?;
    Ok(Message {
        id: row.text(0)?,
        channel_id: row.text(1)?,
        conversation_id: row.text(2)?,
        contact_id: row.text(3)?,
        direction,
        carrier_id: row.maybe_text(5)?,
        kind: row.text(6)?,
        content: row.text(7)?,
        request_id: row.maybe_text(8)?,
        state: State::parse(&row.text(9)?)?,
        state_detail: row.maybe_text(10)?,
        attempts: row.int(11)?,
        notification: row.maybe_text(12)?,
        occurred_at: row.int(13)?,
        created_at: row.int(14)?,
        updated_at: row.int(15)?,
        options: row.maybe_text(16)?,
        pricing: row.maybe_text(17)?,
        content_expired_at: row.maybe_int(18)?,
    })
}

/// One message of these channels by our id or by the carrier's, on whichever of them it was seen
/// last.
pub(crate) fn by_any_id(
    tx: &Tx<'_>,
    id: &str,
    scope: &Scope,
) -> Result<Option<Message>, StoreError> {
    if let Some(message) = by_id(tx, id)? {
        return Ok(Some(message).filter(|message| scope.includes(&message.channel_id)));
    }
    newest_by(tx, "carrier_id =", id, scope)
}

/// The newest message of these channels for which the condition holds.
pub(super) fn newest_by(
    tx: &Tx<'_>,
    condition: &str,
    value: &str,
    scope: &Scope,
) -> Result<Option<Message>, StoreError> {
    let mut sql = Where::new(format!("SELECT {COLUMNS} FROM messages"));
    sql.and(condition, value);
    sql.and_in("channel_id", scope);
    sql.order("id DESC", 1);
    Ok(sql.all(tx, message)?.pop())
}

/// One status that the carrier reported.
#[derive(Debug)]
pub(crate) struct Status {
    /// `sent`, `delivered`, …
    pub(crate) name: String,
    pub(crate) recipient: String,
    pub(crate) occurred_at: Millis,
    pub(crate) received_at: Millis,
    /// The status element verbatim.
    pub(crate) raw: String,
}

/// The statuses of a message in the order in which they happened.
pub(crate) fn statuses(tx: &Tx<'_>, message: &Message) -> Result<Vec<Status>, StoreError> {
    tx.all(
        "SELECT status, recipient, occurred_at, received_at, raw FROM message_statuses \
         WHERE carrier_id = $1 AND channel_id = $2 ORDER BY occurred_at, received_at",
        &[(&message.carrier_id).into(), (&message.channel_id).into()],
        |row| {
            Ok(Status {
                name: row.text(0)?,
                recipient: row.text(1)?,
                occurred_at: row.int(2)?,
                received_at: row.int(3)?,
                raw: row.text(4)?,
            })
        },
    )
}
