//! The inbox: conversations by their last activity, each with its contact and its newest message.

use super::contacts::{self, Contact, Identity};
use super::conversations::Conversation;
use super::page::{Page, Where};
use super::scope::Scope;
use super::{Row, StoreError, Tx, Value};
use crate::clock::Millis;

#[cfg(test)]
mod tests;

/// A conversation as a person looks at it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) conversation: Conversation,
    /// None only while the contact is being merged or erased.
    pub(crate) contact: Option<Contact>,
    pub(crate) last: Option<Newest>,
    /// Messages of the user's since the last answer, or since somebody has read them: up to [`UNREAD`].
    pub(crate) unread: i64,
}

/// The newest message of a conversation.
#[derive(Debug)]
pub(crate) struct Newest {
    pub(crate) id: String,
    pub(crate) direction: String,
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) content: String,
    pub(crate) created_at: Millis,
}

/// Unread messages that are counted at most.
pub(crate) const UNREAD: i64 = 100;

/// Channels that are asked for in one statement.
const CHANNELS: usize = 100;

/// What the inbox is narrowed to.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) contact: Option<String>,
    /// Only of these channels; of all if there is no list.
    pub(crate) channels: Option<Vec<String>>,
}

/// Where a page by activity begins: behind the conversation of this time and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) at: Millis,
    pub(crate) id: String,
}

/// A page of the inbox, the last active first. Who writes while somebody pages goes to the top; the
/// others stay where they are.
pub(crate) fn by_activity(
    tx: &Tx<'_>,
    filter: &Filter,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let top = Place {
        at: Millis::MAX,
        id: String::new(),
    };
    let after = after.unwrap_or(&top);
    let mut places = match (&filter.contact, &filter.channels) {
        (Some(contact), channels) => of_contact(tx, contact, channels.as_deref(), after)?,
        (None, Some(channels)) => of_channels(tx, channels, after, limit)?,
        (None, None) => of_channels(tx, &every_channel(tx)?, after, limit)?,
    };
    places.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
    places.truncate(usize::try_from(limit).unwrap_or(0));
    let ids: Vec<String> = places.into_iter().map(|place| place.id).collect();
    entries(tx, &ids)
}

/// A page of conversations by when they began, the newest first.
pub(crate) fn by_beginning(
    tx: &Tx<'_>,
    filter: &Filter,
    page: &Page,
) -> Result<Vec<Entry>, StoreError> {
    let mut sql = Where::new("SELECT id FROM conversations".to_owned());
    sql.and_if("contact_id =", filter.contact.as_deref());
    match filter.channels.as_deref() {
        None => {}
        Some([]) => return Ok(Vec::new()),
        Some(channels) => sql.and_one_of("channel_id", channels),
    }
    sql.and_older(page);
    let ids = sql.all(tx, |row| row.text(0))?;
    entries(tx, &ids)
}

/// One conversation.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Entry>, StoreError> {
    Ok(entries(tx, &[id.to_owned()])?.pop())
}

/// These conversations as somebody with this scope may see them: who only was written to is not named,
/// and a number that was not used is not told.
pub(crate) fn as_known(
    tx: &Tx<'_>,
    mut entries: Vec<Entry>,
    scope: &Scope,
) -> Result<Vec<Entry>, StoreError> {
    let contacts = entries
        .iter_mut()
        .filter_map(|entry| entry.contact.as_mut());
    contacts::hide_unknown(tx, contacts.map(Contact::person), scope)?;
    Ok(entries)
}

/// The channels that have conversations, those that are deleted too: one look at the index each.
fn every_channel(tx: &Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.all(
        "WITH RECURSIVE known (id) AS (SELECT MIN(channel_id) FROM conversations UNION ALL \
         SELECT (SELECT MIN(v.channel_id) FROM conversations v WHERE v.channel_id > known.id) \
         FROM known WHERE known.id IS NOT NULL) SELECT id FROM known WHERE id IS NOT NULL",
        &[],
        |row| row.text(0),
    )
}

/// The first of each channel.
fn of_channels(
    tx: &Tx<'_>,
    channels: &[String],
    after: &Place,
    limit: i64,
) -> Result<Vec<Place>, StoreError> {
    let mut places = Vec::new();
    for channels in channels.chunks(CHANNELS) {
        let mut values: Vec<Value<'_>> = vec![after.at.into(), (&after.id).into()];
        let mut parts = Vec::new();
        for channel in channels {
            values.push(channel.into());
            let place = values.len();
            parts.push(format!(
                "SELECT id, last_message_at FROM (SELECT id, last_message_at FROM conversations \
                 WHERE (last_message_at, id) < ($1, $2) AND channel_id = ${place} \
                 ORDER BY last_message_at DESC, id DESC LIMIT {limit}) AS part_{place}"
            ));
        }
        places.extend(tx.all(&parts.join(" UNION ALL "), &values, place)?);
    }
    Ok(places)
}

/// A contact has one conversation a channel: few.
fn of_contact(
    tx: &Tx<'_>,
    contact: &str,
    channels: Option<&[String]>,
    after: &Place,
) -> Result<Vec<Place>, StoreError> {
    let rows = tx.all(
        "SELECT id, last_message_at, channel_id FROM conversations \
         WHERE contact_id = $1 AND (last_message_at, id) < ($2, $3)",
        &[contact.into(), after.at.into(), (&after.id).into()],
        |row| Ok((place(row)?, row.text(2)?)),
    )?;
    let reached = |channel: &String| channels.is_none_or(|channels| channels.contains(channel));
    let rows = rows.into_iter().filter(|(_, channel)| reached(channel));
    Ok(rows.map(|(place, _)| place).collect())
}

fn place(row: &Row<'_>) -> Result<Place, StoreError> {
    Ok(Place {
        id: row.text(0)?,
        at: row.int(1)?,
    })
}

/// These conversations with all that belongs to them, in the order of `ids`.
fn entries(tx: &Tx<'_>, ids: &[String]) -> Result<Vec<Entry>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Where::new(format!(
        "SELECT v.id, v.channel_id, v.contact_id, v.created_at, v.last_message_at, \
         v.last_inbound_at, v.referred_at, \
         k.id, k.name, k.username, k.wa_id, k.bsuid, k.parent_bsuid, k.group_id, k.created_at, \
         k.updated_at, m.id, m.direction, m.kind, m.state, m.content, m.created_at, \
         (SELECT COUNT(*) FROM (SELECT u.direction FROM messages u \
           WHERE u.conversation_id = v.id AND u.id > COALESCE(v.seen_to, '') LIMIT {UNREAD}) AS new \
           WHERE new.direction = 'inbound') \
         FROM conversations v LEFT JOIN contacts k ON k.id = v.contact_id \
         LEFT JOIN messages m ON m.id = (SELECT n.id FROM messages n \
           WHERE n.conversation_id = v.id ORDER BY n.id DESC LIMIT 1)"
    ));
    sql.and_one_of("v.id", ids);
    let mut found = sql.all(tx, entry)?;
    let order = |entry: &Entry| ids.iter().position(|id| *id == entry.conversation.id);
    found.sort_by_cached_key(order);
    Ok(found)
}

fn entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    let contact = match row.maybe_text(7)? {
        None => None,
        Some(id) => Some(Contact {
            id,
            identity: Identity {
                name: row.maybe_text(8)?,
                username: row.maybe_text(9)?,
                wa_id: row.maybe_text(10)?,
                bsuid: row.maybe_text(11)?,
                parent_bsuid: row.maybe_text(12)?,
                group_id: row.maybe_text(13)?,
            },
            created_at: row.int(14)?,
            updated_at: row.int(15)?,
        }),
    };
    let last = match row.maybe_text(16)? {
        None => None,
        Some(id) => Some(Newest {
            id,
            direction: row.text(17)?,
            kind: row.text(18)?,
            state: row.text(19)?,
            content: row.text(20)?,
            created_at: row.int(21)?,
        }),
    };
    Ok(Entry {
        conversation: Conversation {
            id: row.text(0)?,
            channel_id: row.text(1)?,
            contact_id: row.text(2)?,
            created_at: row.int(3)?,
            last_message_at: row.int(4)?,
            last_inbound_at: row.maybe_int(5)?,
            referred_at: row.maybe_int(6)?,
        },
        contact,
        last,
        unread: row.int(22)?,
    })
}
