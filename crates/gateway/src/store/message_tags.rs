//! The tags of messages, to find messages by.

use super::{StoreError, Tx};

/// Keeps the tags of a new message.
pub(crate) fn insert(tx: &Tx<'_>, message_id: &str, tags: &[String]) -> Result<(), StoreError> {
    for tag in tags {
        tx.later(
            "INSERT INTO message_tags (tag, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[tag.into(), message_id.into()],
        )?;
    }
    Ok(())
}
