//! Conversations: one contact on one channel.

use super::contacts::ahead::{self, Known};
use super::{StoreError, Tx};
use crate::clock::Millis;
use crate::ids::{self, Kind, Random};

/// Finds or makes the conversation and notes that a message was exchanged at `at`, and whether it told
/// the channel the contact's number.
pub(crate) fn touch(
    tx: &Tx<'_>,
    channel_id: &str,
    contact_id: &str,
    inbound_at: Option<Millis>,
    number_known: bool,
    random: &Random,
    now: Millis,
) -> Result<String, StoreError> {
    // The carrier tells whole seconds: what came within the last one came now, so that it is not
    // listed below an answer that it came after.
    let at = inbound_at.map_or(now, |at| at.saturating_add(999).min(now).max(at));
    // What we send answers what came before it.
    let seen_to = match inbound_at {
        None => Some(ids::floor(Kind::Message, now)),
        Some(_) => None,
    };
    let known = ahead::conversation(tx, contact_id, channel_id);
    if let Known::Is(id) = &known {
        exchanged(tx, id, at, inbound_at, seen_to.as_deref(), number_known)?;
        return Ok(id.clone());
    }
    let id = random.id(Kind::Conversation, now);
    if matches!(known, Known::Absent) {
        tx.later(
            "INSERT INTO conversations (id, channel_id, contact_id, created_at, last_message_at, \
             last_inbound_at, seen_to, number_known) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                (&id).into(),
                channel_id.into(),
                contact_id.into(),
                now.into(),
                at.into(),
                inbound_at.into(),
                (&seen_to).into(),
                i64::from(number_known).into(),
            ],
        )?;
        ahead::keep_conversation(tx, contact_id, channel_id, &id);
        return Ok(id);
    }
    let id = tx.first(
        "INSERT INTO conversations (id, channel_id, contact_id, created_at, last_message_at, \
         last_inbound_at, seen_to, number_known) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (contact_id, channel_id) DO UPDATE SET \
         last_message_at = CASE WHEN conversations.last_message_at < excluded.last_message_at \
           THEN excluded.last_message_at ELSE conversations.last_message_at END, \
         last_inbound_at = CASE WHEN excluded.last_inbound_at IS NULL \
           OR conversations.last_inbound_at >= excluded.last_inbound_at \
           THEN conversations.last_inbound_at ELSE excluded.last_inbound_at END, \
         seen_to = CASE WHEN excluded.seen_to IS NULL OR conversations.seen_to >= excluded.seen_to \
           THEN conversations.seen_to ELSE excluded.seen_to END, \
         number_known = CASE WHEN conversations.number_known = 0 \
           THEN excluded.number_known ELSE conversations.number_known END \
         RETURNING id",
        &[
            (&id).into(),
            channel_id.into(),
            contact_id.into(),
            now.into(),
            at.into(),
            inbound_at.into(),
            (&seen_to).into(),
            i64::from(number_known).into(),
        ],
        |row| row.text(0),
    )?;
    id.ok_or(StoreError::Corrupt {
        what: "conversation",
    })
}

/// Notes what was exchanged, up to which message all is answered, and whether the number was used.
pub(crate) fn exchanged(
    tx: &Tx<'_>,
    id: &str,
    last_message_at: Millis,
    last_inbound_at: Option<Millis>,
    seen_to: Option<&str>,
    number_known: bool,
) -> Result<(), StoreError> {
    tx.later(
        "UPDATE conversations SET \
         last_message_at = CASE WHEN last_message_at < $1 THEN $1 ELSE last_message_at END, \
         last_inbound_at = CASE WHEN CAST($2 AS BIGINT) IS NULL OR last_inbound_at >= $2 \
           THEN last_inbound_at ELSE $2 END, \
         seen_to = CASE WHEN CAST($3 AS TEXT) IS NULL OR seen_to >= $3 THEN seen_to ELSE $3 END, \
         number_known = CASE WHEN number_known = 0 THEN $4 ELSE number_known END \
         WHERE id = $5",
        &[
            last_message_at.into(),
            last_inbound_at.into(),
            seen_to.into(),
            i64::from(number_known).into(),
            id.into(),
        ],
    )?;
    Ok(())
}

/// Notes that somebody has read everything up to this message.
pub(crate) fn seen(tx: &Tx<'_>, id: &str, message_id: &str) -> Result<(), StoreError> {
    tx.later(
        "UPDATE conversations SET seen_to = $1 WHERE id = $2 AND (seen_to IS NULL OR seen_to < $1)",
        &[message_id.into(), id.into()],
    )
}

/// Notes that the contact came through an advertisement or a page's button.
pub(crate) fn referred(tx: &Tx<'_>, id: &str, at: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE conversations SET referred_at = $1 \
         WHERE id = $2 AND (referred_at IS NULL OR referred_at < $1)",
        &[at.into(), id.into()],
    )
}

/// A conversation as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conversation {
    pub(crate) id: String,
    pub(crate) channel_id: String,
    pub(crate) contact_id: String,
    pub(crate) created_at: Millis,
    pub(crate) last_message_at: Millis,
    /// When the contact wrote or called last; the customer service window is open for 24 hours after it.
    pub(crate) last_inbound_at: Option<Millis>,
    /// When the contact last came through an advertisement; it opens no window.
    pub(crate) referred_at: Option<Millis>,
}

/// The conversations of a contact: one a channel.
pub(crate) fn of_contact(tx: &Tx<'_>, contact_id: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT id FROM conversations WHERE contact_id = $1 ORDER BY id";
    tx.all(sql, &[contact_id.into()], |row| row.text(0))
}
