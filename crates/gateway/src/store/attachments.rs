//! Files of outbound messages, from acceptance until the carrier has the message.

use super::{StoreError, Tx};
use crate::clock::Millis;

/// A file as stored.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) mime_type: String,
    pub(crate) filename: Option<String>,
    /// Base64; empty once the carrier has the message.
    pub(crate) content: String,
    /// What the carrier calls it, once it is uploaded.
    pub(crate) media_id: Option<String>,
}

/// Keeps the file of a message that is added in the same transaction.
pub(crate) fn insert(
    tx: &Tx<'_>,
    message_id: &str,
    file: &Stored,
    now: Millis,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO attachments (message_id, mime_type, filename, content, media_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            message_id.into(),
            (&file.mime_type).into(),
            (&file.filename).into(),
            (&file.content).into(),
            (&file.media_id).into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// The file of a message.
pub(crate) fn of_message(tx: &Tx<'_>, message_id: &str) -> Result<Option<Stored>, StoreError> {
    tx.first(
        "SELECT mime_type, filename, content, media_id FROM attachments WHERE message_id = $1",
        &[message_id.into()],
        |row| {
            Ok(Stored {
                mime_type: row.text(0)?,
                filename: row.maybe_text(1)?,
                content: row.text(2)?,
                media_id: row.maybe_text(3)?,
            })
        },
    )
}

/// Notes what the carrier calls the file, and the message with that name in it.
pub(crate) fn uploaded(
    tx: &Tx<'_>,
    message_id: &str,
    media_id: &str,
    content: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE attachments SET media_id = $1 WHERE message_id = $2",
        &[media_id.into(), message_id.into()],
    )?;
    tx.execute(
        "UPDATE messages SET content = $1 WHERE id = $2",
        &[content.into(), message_id.into()],
    )?;
    Ok(())
}

/// Empties up to `limit` files whose message the carrier has, or nobody wants any more; how many
/// there were.
pub(crate) fn empty_sent(tx: &Tx<'_>, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE attachments SET content = '' WHERE message_id IN \
         (SELECT attachments.message_id FROM attachments \
         JOIN messages ON messages.id = attachments.message_id \
         WHERE attachments.content <> '' AND messages.state IN \
         ('accepted', 'sent', 'delivered', 'read', 'played', 'canceled') LIMIT $1)",
        &[limit.into()],
    )
}

/// Empties the file of a message that the carrier has.
pub(crate) fn empty(tx: &Tx<'_>, message_id: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE attachments SET content = '' WHERE message_id = $1",
        &[message_id.into()],
    )?;
    Ok(())
}

/// Forgets up to `limit` files from before `cutoff`; how many there were. The carrier has forgotten
/// them too by then.
pub(crate) fn forget(tx: &Tx<'_>, cutoff: Millis, limit: i64) -> Result<usize, StoreError> {
    tx.execute(
        "DELETE FROM attachments WHERE message_id IN (SELECT message_id FROM attachments \
         WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
        &[cutoff.into(), limit.into()],
    )
}
