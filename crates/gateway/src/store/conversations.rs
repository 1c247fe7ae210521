//! Conversations: one contact on one channel.

use super::{StoreError, Tx};
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
    let known = tx.first(
        "UPDATE conversations SET \
         last_message_at = CASE WHEN last_message_at < $1 THEN $1 ELSE last_message_at END, \
         last_inbound_at = CASE WHEN $2 IS NULL THEN last_inbound_at \
           WHEN last_inbound_at IS NULL OR last_inbound_at < $2 THEN $2 \
           ELSE last_inbound_at END \
         WHERE contact_id = $3 AND channel_id = $4 RETURNING id",
        &[
            at.into(),
            inbound_at.into(),
            contact_id.into(),
            channel_id.into(),
        ],
        |row| row.text(0),
    )?;
    if let Some(id) = known {
        return Ok(id);
    }
    let id = random.id(Kind::Conversation, now);
    tx.execute(
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
    Ok(id)
}
