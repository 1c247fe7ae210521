//! Conversations: one contact on one channel.

use super::contacts::ahead::{self, Known};
use super::page::{Page, Where};
use super::scope::Scope;
use super::{Row, StoreError, Tx};
use crate::clock::Millis;
use crate::ids::{Kind, Random};

/// Finds or makes the conversation and notes that a message was exchanged at `at`.
pub(crate) fn touch(
    tx: &Tx<'_>,
    channel_id: &str,
    contact_id: &str,
    inbound_at: Option<Millis>,
    random: &Random,
    now: Millis,
) -> Result<String, StoreError> {
    let at = inbound_at.unwrap_or(now);
    let known = ahead::conversation(tx, contact_id, channel_id);
    if let Known::Is(id) = &known {
        exchanged(tx, id, at, inbound_at)?;
        return Ok(id.clone());
    }
    let id = random.id(Kind::Conversation, now);
    if matches!(known, Known::Absent) {
        tx.later(
            "INSERT INTO conversations (id, channel_id, contact_id, created_at, last_message_at, \
             last_inbound_at) VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                (&id).into(),
                channel_id.into(),
                contact_id.into(),
                now.into(),
                at.into(),
                inbound_at.into(),
            ],
        )?;
        ahead::keep_conversation(tx, contact_id, channel_id, &id);
        return Ok(id);
    }
    let id = tx.first(
        "INSERT INTO conversations (id, channel_id, contact_id, created_at, last_message_at, \
         last_inbound_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (contact_id, channel_id) DO UPDATE SET \
         last_message_at = CASE WHEN conversations.last_message_at < excluded.last_message_at \
           THEN excluded.last_message_at ELSE conversations.last_message_at END, \
         last_inbound_at = CASE WHEN excluded.last_inbound_at IS NULL \
           OR conversations.last_inbound_at >= excluded.last_inbound_at \
           THEN conversations.last_inbound_at ELSE excluded.last_inbound_at END \
         RETURNING id",
        &[
            (&id).into(),
            channel_id.into(),
            contact_id.into(),
            now.into(),
            at.into(),
            inbound_at.into(),
        ],
        |row| row.text(0),
    )?;
    id.ok_or(StoreError::Corrupt {
        what: "conversation",
    })
}

/// Notes what was exchanged under another record of the same contact.
pub(crate) fn exchanged(
    tx: &Tx<'_>,
    id: &str,
    last_message_at: Millis,
    last_inbound_at: Option<Millis>,
) -> Result<(), StoreError> {
    tx.later(
        "UPDATE conversations SET \
         last_message_at = CASE WHEN last_message_at < $1 THEN $1 ELSE last_message_at END, \
         last_inbound_at = CASE WHEN CAST($2 AS BIGINT) IS NULL OR last_inbound_at >= $2 \
           THEN last_inbound_at ELSE $2 END \
         WHERE id = $3",
        &[last_message_at.into(), last_inbound_at.into(), id.into()],
    )?;
    Ok(())
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

const COLUMNS: &str = "id, channel_id, contact_id, created_at, last_message_at, last_inbound_at, \
    referred_at";

/// One conversation.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Conversation>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM conversations WHERE id = $1");
    tx.first(&sql, &[id.into()], conversation)
}

/// A page of conversations, newest first, of one channel, of one contact, or of all.
pub(crate) fn list(
    tx: &Tx<'_>,
    channel: Option<&str>,
    contact: Option<&str>,
    scope: &Scope,
    page: &Page,
) -> Result<Vec<Conversation>, StoreError> {
    let mut sql = Where::new(format!("SELECT {COLUMNS} FROM conversations"));
    sql.and_if("channel_id =", channel);
    sql.and_if("contact_id =", contact);
    sql.and_in("channel_id", scope);
    sql.and_older(page);
    sql.all(tx, conversation)
}

/// The conversations of a contact: one a channel.
pub(crate) fn of_contact(tx: &Tx<'_>, contact_id: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT id FROM conversations WHERE contact_id = $1 ORDER BY id";
    tx.all(sql, &[contact_id.into()], |row| row.text(0))
}

fn conversation(row: &Row<'_>) -> Result<Conversation, StoreError> {
    Ok(Conversation {
        id: row.text(0)?,
        channel_id: row.text(1)?,
        contact_id: row.text(2)?,
        created_at: row.int(3)?,
        last_message_at: row.int(4)?,
        last_inbound_at: row.maybe_int(5)?,
        referred_at: row.maybe_int(6)?,
    })
}
