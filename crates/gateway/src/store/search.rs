//! Finding things by any id or number that somebody has at hand. Each look is one at an index.

use super::contacts;
use super::scope::Scope;
use super::{Row, StoreError, Tx, Value};
use crate::clock::Millis;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) kind: Kind,
    pub(crate) id: String,
    /// For people; never what somebody has written.
    pub(crate) title: String,
    /// Whose it is; none: not any one channel's.
    pub(crate) channel: Option<String>,
    pub(crate) at: Millis,
    /// Whom it is about, if it is named after a person.
    person: Option<Person>,
}

/// Somebody whom not everybody may name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Person {
    /// The contact's id.
    id: String,
    /// The title for those to whom they have not written.
    unnamed: String,
}

/// What sort of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Message,
    Contact,
    Conversation,
    Event,
    Delivery,
    Endpoint,
    Channel,
    DeadLetter,
    Media,
}

/// What somebody looks for, and where.
#[derive(Debug)]
pub(crate) struct Search {
    text: String,
    /// The channels that are looked at.
    scope: Scope,
    limit: usize,
}

/// Digits that the beginning of a number has at least.
const NUMBER: usize = 4;
/// Letters that the beginning of a name has at least.
const NAME: usize = 2;
/// Rows that one look reads at most.
const LOOK: i64 = 20;

const MESSAGE: &str = "SELECT id, direction || ' ' || kind || ', ' || state, channel_id, created_at \
    FROM messages WHERE";
const CONTACT: &str = "SELECT id, COALESCE(name, username, wa_id, bsuid, group_id, 'contact'), NULL, \
    created_at, id, COALESCE(wa_id, group_id, 'contact') FROM contacts WHERE";
const CONVERSATION: &str = "SELECT v.id, COALESCE(k.name, k.username, k.wa_id, k.bsuid, k.group_id, \
    'conversation'), v.channel_id, v.last_message_at, v.contact_id, \
    COALESCE(k.wa_id, k.group_id, 'conversation') FROM conversations v \
    LEFT JOIN contacts k ON k.id = v.contact_id WHERE";
const EVENT: &str = "SELECT id, type, channel_id, created_at FROM events WHERE";
const DELIVERY: &str = "SELECT d.id, d.state || ' ' || COALESCE(e.type, 'event'), e.channel_id, \
    d.created_at FROM deliveries d LEFT JOIN events e ON e.seq = d.event_seq WHERE";
const ENDPOINT: &str = "SELECT id, url, NULL, created_at FROM endpoints WHERE";
const CHANNEL: &str = "SELECT id, name, id, created_at FROM channels WHERE";
const DEAD_LETTER: &str = "SELECT id, kind || ': ' || reason, channel_id, created_at \
    FROM dead_letters WHERE";
const MEDIA: &str = "SELECT id, direction || ' ' || COALESCE(mime_type, 'file') || ', ' || state, \
    channel_id, created_at FROM media WHERE";

impl Search {
    pub(crate) fn new(text: &str, scope: Scope, limit: usize) -> Self {
        Self {
            text: text.trim().to_owned(),
            scope,
            limit,
        }
    }

    /// What goes by this text, the surest first.
    pub(crate) fn run(&self, tx: &Tx<'_>) -> Result<Vec<Hit>, StoreError> {
        let mut hits = Vec::new();
        let text = self.text.as_str();
        if text.is_empty() {
            return Ok(hits);
        }
        self.by_id(tx, &mut hits)?;
        let of_person = self.people(tx)?;
        for contact in &of_person {
            Self::conversations_of(tx, &contact.id, &mut hits)?;
        }
        for contact in of_person {
            if self.knows(tx, &contact.id)? {
                hits.push(contact);
            }
        }
        let mut kept: Vec<Hit> = Vec::new();
        for hit in hits {
            let is_new = !kept
                .iter()
                .any(|one| (one.kind, &one.id) == (hit.kind, &hit.id));
            if is_new && self.reaches(&hit) {
                kept.push(hit);
            }
        }
        kept.truncate(self.limit);
        self.unname(tx, &mut kept)?;
        Ok(kept)
    }

    /// Whatever has this for its id, or was sent with this as its caller's name for the request.
    fn by_id(&self, tx: &Tx<'_>, hits: &mut Vec<Hit>) -> Result<(), StoreError> {
        let text = self.text.as_str();
        // Of ours the prefix tells what it is.
        let own = match text.split_once('_') {
            Some(("msg", _)) => Some((Kind::Message, MESSAGE, "id = $1")),
            Some(("cnt", _)) => Some((Kind::Contact, CONTACT, "id = $1")),
            Some(("cnv", _)) => Some((Kind::Conversation, CONVERSATION, "v.id = $1")),
            Some(("evt", _)) => Some((Kind::Event, EVENT, "id = $1")),
            Some(("dlv", _)) => Some((Kind::Delivery, DELIVERY, "d.id = $1")),
            Some(("ep", _)) => Some((Kind::Endpoint, ENDPOINT, "id = $1")),
            Some(("dl", _)) => Some((Kind::DeadLetter, DEAD_LETTER, "id = $1")),
            Some(("med", _)) => Some((Kind::Media, MEDIA, "id = $1")),
            _ => None,
        };
        if let Some((kind, select, condition)) = own {
            let found = look(tx, kind, select, condition, text)?;
            for hit in found {
                // A contact is shown to whoever reaches one of its conversations.
                if kind != Kind::Contact || self.knows(tx, &hit.id)? {
                    hits.push(hit);
                }
            }
        }
        hits.extend(look(tx, Kind::Channel, CHANNEL, "id = $1", text)?);
        let carried = "carrier_id = $1 ORDER BY id DESC";
        hits.extend(look(tx, Kind::Message, MESSAGE, carried, text)?);
        let asked = "request_id = $1 AND request_id IS NOT NULL ORDER BY id DESC";
        hits.extend(look(tx, Kind::Message, MESSAGE, asked, text)?);
        let digits = digits(text);
        if let Some(digits) = &digits {
            let number = "carrier = 'cloud' AND phone_number_id = $1";
            hits.extend(look(tx, Kind::Channel, CHANNEL, number, digits)?);
            let shown = "display_phone_number = $1";
            hits.extend(look(tx, Kind::Channel, CHANNEL, shown, digits)?);
        }
        Ok(())
    }

    /// Contacts that are called so, or whose number or name begins so.
    fn people(&self, tx: &Tx<'_>) -> Result<Vec<Hit>, StoreError> {
        let text = self.text.as_str();
        let by_identity = |kinds: &str, value: &str| {
            let condition = format!(
                "id IN (SELECT contact_id FROM contact_identities \
                 WHERE kind IN ({kinds}) AND value = $1)"
            );
            look(tx, Kind::Contact, CONTACT, &condition, value)
        };
        let mut found = by_identity("'group', 'wa_id'", text)?;
        found.extend(self.introduced(tx, by_identity("'bsuid'", text)?)?);
        if let Some(digits) = digits(text) {
            found.extend(by_identity("'group', 'wa_id'", &digits)?);
            if let (true, Some(end)) = (digits.len() >= NUMBER, after(&digits)) {
                let sql = format!(
                    "{CONTACT} id IN (SELECT contact_id FROM contact_identities \
                     WHERE kind = 'wa_id' AND value >= $1 AND value < $2 LIMIT {LOOK})"
                );
                let values: [Value<'_>; 2] = [(&digits).into(), (&end).into()];
                found.extend(tx.all(&sql, &values, |row| hit(Kind::Contact, row))?);
            }
            return Ok(found);
        }
        let name = text.strip_prefix('@').unwrap_or(text).to_lowercase();
        if name.chars().count() >= NAME {
            for column in ["username", "name"] {
                // What sorts from here on; those that begin otherwise are past the end.
                let condition = format!(
                    "{column} IS NOT NULL AND LOWER({column}) >= $1 ORDER BY LOWER({column})"
                );
                let sql = format!(
                    "SELECT id, COALESCE(name, username, wa_id, bsuid, group_id, 'contact'), NULL, \
                     created_at, id, COALESCE(wa_id, group_id, 'contact'), {column} FROM contacts \
                     WHERE {condition} LIMIT {LOOK}"
                );
                let rows = tx.all(&sql, &[(&name).into()], |row| {
                    Ok((hit(Kind::Contact, row)?, row.text(6)?))
                })?;
                let rows = rows.into_iter();
                let named = rows
                    .filter(|(_, value)| value.to_lowercase().starts_with(&name))
                    .map(|(hit, _)| hit);
                found.extend(self.introduced(tx, named.collect())?);
            }
        }
        Ok(found)
    }

    /// Those contacts who wrote to the caller: nobody else is found by what they call themselves.
    fn introduced(&self, tx: &Tx<'_>, mut hits: Vec<Hit>) -> Result<Vec<Hit>, StoreError> {
        if self.scope.is_limited() {
            let ids: Vec<String> = hits.iter().map(|hit| hit.id.clone()).collect();
            let known = contacts::who_wrote(tx, &ids, &self.scope)?;
            hits.retain(|hit| known.contains(&hit.id));
        }
        Ok(hits)
    }

    /// Takes the names of people away who did not write to the caller.
    fn unname(&self, tx: &Tx<'_>, hits: &mut [Hit]) -> Result<(), StoreError> {
        if !self.scope.is_limited() {
            return Ok(());
        }
        let people = hits.iter().filter_map(|hit| hit.person.as_ref());
        let ids: Vec<String> = people.map(|person| person.id.clone()).collect();
        let known = contacts::who_wrote(tx, &ids, &self.scope)?;
        for hit in hits {
            if let Some(person) = &hit.person
                && !known.contains(&person.id)
            {
                hit.title.clone_from(&person.unnamed);
            }
        }
        Ok(())
    }

    fn conversations_of(
        tx: &Tx<'_>,
        contact_id: &str,
        hits: &mut Vec<Hit>,
    ) -> Result<(), StoreError> {
        let condition = "v.contact_id = $1 ORDER BY v.last_message_at DESC";
        let found = look(tx, Kind::Conversation, CONVERSATION, condition, contact_id)?;
        hits.extend(found);
        Ok(())
    }

    /// Whether the caller reaches a conversation of this contact's.
    fn knows(&self, tx: &Tx<'_>, contact_id: &str) -> Result<bool, StoreError> {
        if !self.scope.is_limited() {
            return Ok(true);
        }
        let sql = "SELECT channel_id FROM conversations WHERE contact_id = $1";
        let of = tx.all(sql, &[contact_id.into()], |row| row.text(0))?;
        Ok(of.iter().any(|channel| self.scope.includes(channel)))
    }

    /// Whether the caller may see it. What belongs to no channel is for those who reach all.
    fn reaches(&self, hit: &Hit) -> bool {
        // Of a contact it was asked for by `knows`.
        hit.kind == Kind::Contact || self.scope.includes_maybe(hit.channel.as_deref())
    }
}

/// A phone number as WhatsApp writes it, however somebody has typed it.
fn digits(text: &str) -> Option<String> {
    let typed =
        |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/');
    if !text.chars().all(typed) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// The first text of digits that no longer begins with `digits`; none after all nines.
fn after(digits: &str) -> Option<String> {
    let stem = digits.trim_end_matches('9');
    let last = stem.bytes().last()?;
    let mut next = stem.get(..stem.len() - 1)?.to_owned();
    next.push(char::from(last + 1));
    Some(next)
}

fn look(
    tx: &Tx<'_>,
    kind: Kind,
    select: &str,
    condition: &str,
    value: &str,
) -> Result<Vec<Hit>, StoreError> {
    let sql = format!("{select} {condition} LIMIT {LOOK}");
    tx.all(&sql, &[value.into()], |row| hit(kind, row))
}

fn hit(kind: Kind, row: &Row<'_>) -> Result<Hit, StoreError> {
    Ok(Hit {
        kind,
        id: row.text(0)?,
        title: row.text(1)?,
        channel: row.maybe_text(2)?,
        at: row.int(3)?,
        person: match kind {
            Kind::Contact | Kind::Conversation => Some(Person {
                id: row.text(4)?,
                unnamed: row.text(5)?,
            }),
            _ => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::sql::Link;

    #[test]
    fn numbers_are_read_however_they_are_typed() {
        assert_eq!(digits("+1 (650) 555-1234").as_deref(), Some("16505551234"));
        assert_eq!(digits("16a"), None);
        assert_eq!(digits("+"), None);
        assert_eq!(after("1659").as_deref(), Some("166"));
        assert_eq!(after("99"), None);
    }

    /// Every look is one at an index: no plan scans a table.
    #[tokio::test]
    async fn nothing_is_searched_row_by_row() {
        let folder = test_servers::Folder::new().unwrap();
        let store = Store::open(&folder.path().join("plans.db")).unwrap();
        let plans = store.read(|tx| {
            let Link::Sqlite(connection) = tx.link() else {
                return Ok(Vec::new());
            };
            let mut plans = Vec::new();
            let identity = "id IN (SELECT contact_id FROM contact_identities \
                WHERE kind IN ('group', 'wa_id') AND value = $1)";
            for (select, condition) in [
                (MESSAGE, "id = $1"),
                (MESSAGE, "carrier_id = $1 ORDER BY id DESC"),
                (
                    MESSAGE,
                    "request_id = $1 AND request_id IS NOT NULL ORDER BY id DESC",
                ),
                (CONTACT, "id = $1"),
                (CONTACT, identity),
                (
                    CONTACT,
                    "username IS NOT NULL AND LOWER(username) >= $1 ORDER BY LOWER(username)",
                ),
                (
                    CONTACT,
                    "name IS NOT NULL AND LOWER(name) >= $1 ORDER BY LOWER(name)",
                ),
                (CONVERSATION, "v.id = $1"),
                (
                    CONVERSATION,
                    "v.contact_id = $1 ORDER BY v.last_message_at DESC",
                ),
                (EVENT, "id = $1"),
                (DELIVERY, "d.id = $1"),
                (ENDPOINT, "id = $1"),
                (CHANNEL, "id = $1"),
                (CHANNEL, "carrier = 'cloud' AND phone_number_id = $1"),
                (CHANNEL, "display_phone_number = $1"),
                (DEAD_LETTER, "id = $1"),
                (MEDIA, "id = $1"),
            ] {
                let sql = format!("EXPLAIN QUERY PLAN {select} {condition} LIMIT {LOOK}");
                let mut statement = connection.prepare(&sql)?;
                let rows = statement.query_map(["x"], |row| row.get::<_, String>(3))?;
                for row in rows {
                    plans.push((sql.clone(), row?));
                }
            }
            Ok(plans)
        });
        let plans = plans.await.unwrap();
        assert!(plans.len() >= 17, "{plans:?}");
        for (sql, step) in plans {
            assert!(!step.starts_with("SCAN"), "{sql}: {step}");
        }
        store.close().await;
    }
}
