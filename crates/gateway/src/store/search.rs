//! Finding things by any id or number that somebody has at hand. Each look is one at an index, but
//! for that at the WABAs of channels, which are few.

use super::contacts::{self, Identity};
use super::page::Where;
use super::scope::Scope;
use super::templates::{self, Template};
use super::{Row, StoreError, Tx};
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
    /// The id of whom it is about.
    pub(crate) contact: Option<String>,
    /// What they are called, if it is called as they are.
    person: Option<Identity>,
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
    Suppression,
    Template,
    Job,
    ApiKey,
    AuditEntry,
    Erasure,
}

/// What somebody looks for, and where.
#[derive(Debug)]
pub(crate) struct Search {
    text: String,
    /// The channels that are looked at.
    scope: Scope,
    /// Whether keys, the audit and erasures are looked at.
    administers: bool,
    limit: usize,
}

/// Digits that the beginning of a number has at least.
const NUMBER: usize = 4;
/// Letters that the beginning of a name has at least.
const NAME: usize = 2;
/// Rows that one look reads at most.
const LOOK: i64 = 20;
/// Names that are read at once, of which somebody may know few.
const NAMES: i64 = 200;

/// How often.
const LOOKS: u32 = 50;

const MESSAGE: &str = "SELECT id, direction || ' ' || kind || ', ' || state, channel_id, created_at \
    FROM messages";
const CONTACT: &str = "SELECT id, 'contact', NULL, created_at, id, name, username, wa_id, bsuid, \
    group_id FROM contacts";
const CONVERSATION: &str = "SELECT v.id, 'conversation', v.channel_id, v.last_message_at, \
    v.contact_id, k.name, k.username, k.wa_id, k.bsuid, k.group_id FROM conversations v \
    LEFT JOIN contacts k ON k.id = v.contact_id";
const EVENT: &str = "SELECT id, type, channel_id, created_at FROM events";
const DELIVERY: &str = "SELECT d.id, d.state || ' ' || COALESCE(e.type, 'event'), e.channel_id, \
    d.created_at FROM deliveries d LEFT JOIN events e ON e.seq = d.event_seq";
const ENDPOINT: &str = "SELECT id, url, NULL, created_at FROM endpoints";
const CHANNEL: &str = "SELECT id, name, id, created_at FROM channels";
const DEAD_LETTER: &str = "SELECT id, kind || ': ' || reason, channel_id, created_at \
    FROM dead_letters";
const MEDIA: &str = "SELECT id, direction || ' ' || COALESCE(mime_type, 'file') || ', ' || state, \
    channel_id, created_at FROM media";
const SUPPRESSION: &str = "SELECT id, scope || ', ' || source, NULLIF(channel_id, ''), created_at, \
    contact_id FROM suppressions";
const JOB: &str = "SELECT id, action || ' ' || state, NULL, created_at FROM dead_letter_jobs";
const API_KEY: &str = "SELECT id, name || ', ' || role, NULL, created_at FROM api_keys";
const AUDIT_ENTRY: &str = "SELECT id, action, NULL, created_at FROM audit";
const ERASURE: &str = "SELECT id, 'erasure ' || state, NULL, created_at, contact_id FROM erasures";

const OF_WABA: &str = "COALESCE(waba_id, \
    (SELECT h.waba_id FROM channel_hearing h WHERE h.channel_id = channels.id)) = $1";
const NUMBER_USED: &str = "EXISTS (SELECT 1 FROM conversations v \
    WHERE v.contact_id = i.contact_id AND v.number_known = 1 AND v.channel_id";

impl Search {
    pub(crate) fn new(text: &str, scope: Scope, limit: usize) -> Self {
        Self {
            text: text.trim().to_owned(),
            scope,
            administers: false,
            limit,
        }
    }

    /// Looks at keys, the audit and erasures too.
    pub(crate) fn for_admin(self) -> Self {
        Self {
            administers: true,
            ..self
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
            hits.extend(self.conversations_of(tx, &contact.id)?);
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
        self.name(tx, &mut kept)?;
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
            Some(("sup", _)) => Some((Kind::Suppression, SUPPRESSION, "id = $1")),
            Some(("job", _)) => Some((Kind::Job, JOB, "id = $1")),
            Some(("key", _)) if self.administers => Some((Kind::ApiKey, API_KEY, "id = $1")),
            Some(("aud", _)) if self.administers => {
                Some((Kind::AuditEntry, AUDIT_ENTRY, "id = $1"))
            }
            Some(("era", _)) if self.administers => Some((Kind::Erasure, ERASURE, "id = $1")),
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
        for name in ["carrier_id", "request_id"] {
            hits.extend(self.messages(tx, name, text)?);
        }
        let digits = digits(text);
        if let Some(digits) = &digits {
            let number = "carrier = 'cloud' AND phone_number_id = $1";
            hits.extend(look(tx, Kind::Channel, CHANNEL, number, digits)?);
            let shown = "display_phone_number = $1";
            hits.extend(look(tx, Kind::Channel, CHANNEL, shown, digits)?);
            hits.extend(look(tx, Kind::Channel, CHANNEL, OF_WABA, digits)?);
            hits.extend(templates::within(tx, digits, &self.scope)?.map(Into::into));
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
        let mut found = self.numbered(tx, by_identity("'group', 'wa_id'", text)?)?;
        found.extend(self.introduced(tx, by_identity("'bsuid'", text)?)?);
        if let Some(digits) = digits(text) {
            let exactly = by_identity("'group', 'wa_id'", &digits)?;
            found.extend(self.numbered(tx, exactly)?);
            if let (true, Some(end)) = (digits.len() >= NUMBER, after(&digits)) {
                found.extend(self.with_number(tx, &digits, &end)?);
            }
            return Ok(found);
        }
        let name = text.strip_prefix('@').unwrap_or(text).to_lowercase();
        if name.chars().count() >= NAME {
            for column in ["username", "name"] {
                found.extend(self.called(tx, column, &name)?);
            }
        }
        Ok(found)
    }

    /// Contacts whose number lies between these, and was used on a channel of the caller's.
    fn with_number(&self, tx: &Tx<'_>, from: &str, end: &str) -> Result<Vec<Hit>, StoreError> {
        let mut sql = Where::new(format!(
            "{CONTACT} WHERE id IN (SELECT contact_id FROM contact_identities i"
        ));
        sql.and("kind = 'wa_id' AND value >=", from);
        sql.and("value <", end);
        sql.and_in_nested(NUMBER_USED, &self.scope, ")");
        sql.tail(&format!(" LIMIT {LOOK})"));
        sql.all(tx, |row| hit(Kind::Contact, row))
    }

    /// Contacts whose name begins so and who wrote to the caller.
    fn called(&self, tx: &Tx<'_>, column: &str, name: &str) -> Result<Vec<Hit>, StoreError> {
        // What sorts from here on; those that begin otherwise are past the end.
        let sql = format!(
            "SELECT id, 'contact', NULL, created_at, id, name, username, wa_id, bsuid, group_id, \
             LOWER({column}) FROM contacts WHERE {column} IS NOT NULL AND LOWER({column}) >= $1 \
             AND (LOWER({column}) > $1 OR id > $2) ORDER BY LOWER({column}), id LIMIT {NAMES}"
        );
        let limit = usize::try_from(LOOK).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        let mut last = (name.to_owned(), String::new());
        for _ in 0..LOOKS {
            let rows = tx.all(&sql, &[(&last.0).into(), (&last.1).into()], |row| {
                Ok((hit(Kind::Contact, row)?, row.text(10)?))
            })?;
            let Some((hit, value)) = rows.last() else {
                break;
            };
            last = (value.clone(), hit.id.clone());
            let rows = rows.into_iter();
            let named: Vec<Hit> = rows
                .filter(|(_, value)| value.to_lowercase().starts_with(name))
                .map(|(hit, _)| hit)
                .collect();
            if named.is_empty() {
                break;
            }
            found.extend(self.introduced(tx, named)?);
            if found.len() >= limit {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Those contacts who wrote to the caller: nobody else is found by what they call themselves.
    fn introduced(&self, tx: &Tx<'_>, mut hits: Vec<Hit>) -> Result<Vec<Hit>, StoreError> {
        if self.scope.is_limited() {
            let known = contacts::familiar(tx, &ids(&hits), &self.scope)?;
            hits.retain(|hit| known.by_name.contains(&hit.id));
        }
        Ok(hits)
    }

    /// Those contacts whose number the caller knows: nobody else is found by it.
    fn numbered(&self, tx: &Tx<'_>, mut hits: Vec<Hit>) -> Result<Vec<Hit>, StoreError> {
        if self.scope.is_limited() {
            let known = contacts::familiar(tx, &ids(&hits), &self.scope)?;
            hits.retain(|hit| known.by_number.contains(&hit.id));
        }
        Ok(hits)
    }

    /// Calls people what the caller may know them by.
    fn name(&self, tx: &Tx<'_>, hits: &mut [Hit]) -> Result<(), StoreError> {
        let people = hits.iter_mut().filter_map(|hit| {
            let Hit {
                contact, person, ..
            } = hit;
            Some((contact.as_deref()?, person.as_mut()?))
        });
        contacts::hide_unknown(tx, people, &self.scope)?;
        for hit in hits {
            if let Some(person) = &hit.person {
                let named = [&person.name, &person.username, &person.wa_id, &person.bsuid];
                let mut named = named.into_iter().chain([&person.group_id]).flatten();
                if let Some(name) = named.next() {
                    hit.title.clone_from(name);
                }
            }
        }
        Ok(())
    }

    /// Messages on the caller's channels that the carrier or their sender calls so, newest first.
    fn messages(&self, tx: &Tx<'_>, column: &str, value: &str) -> Result<Vec<Hit>, StoreError> {
        let mut sql = Where::new(MESSAGE.to_owned());
        sql.and(&format!("{column} IS NOT NULL AND {column} ="), value);
        sql.and_in("channel_id", &self.scope);
        sql.order("id DESC", LOOK);
        sql.all(tx, |row| hit(Kind::Message, row))
    }

    /// Conversations with a contact on the caller's channels, the latest first.
    fn conversations_of(&self, tx: &Tx<'_>, contact_id: &str) -> Result<Vec<Hit>, StoreError> {
        let mut sql = Where::new(CONVERSATION.to_owned());
        sql.and("v.contact_id =", contact_id);
        sql.and_in("v.channel_id", &self.scope);
        sql.order("v.last_message_at DESC", LOOK);
        sql.all(tx, |row| hit(Kind::Conversation, row))
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
        // Of a contact it was asked for by `knows`, of a template by its WABA.
        matches!(hit.kind, Kind::Contact | Kind::Template)
            || self.scope.includes_maybe(hit.channel.as_deref())
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
    let sql = format!("{select} WHERE {condition} LIMIT {LOOK}");
    tx.all(&sql, &[value.into()], |row| hit(kind, row))
}

fn hit(kind: Kind, row: &Row<'_>) -> Result<Hit, StoreError> {
    Ok(Hit {
        kind,
        id: row.text(0)?,
        title: row.text(1)?,
        channel: row.maybe_text(2)?,
        at: row.int(3)?,
        contact: match kind {
            Kind::Contact | Kind::Conversation | Kind::Suppression | Kind::Erasure => {
                Some(row.text(4)?)
            }
            _ => None,
        },
        person: match kind {
            Kind::Contact | Kind::Conversation => Some(Identity {
                name: row.maybe_text(5)?,
                username: row.maybe_text(6)?,
                wa_id: row.maybe_text(7)?,
                bsuid: row.maybe_text(8)?,
                group_id: row.maybe_text(9)?,
                ..Identity::default()
            }),
            _ => None,
        },
    })
}

impl From<Template> for Hit {
    fn from(template: Template) -> Self {
        let (name, language, status) = (template.name, template.language, template.status);
        Self {
            kind: Kind::Template,
            id: template.id,
            title: format!("{name} {language}, {}", status.to_lowercase()),
            channel: None,
            at: template.status_at,
            contact: None,
            person: None,
        }
    }
}

fn ids(hits: &[Hit]) -> Vec<String> {
    hits.iter().map(|hit| hit.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Random;
    use crate::store::sql::Link;
    use crate::store::{Store, conversations};

    #[test]
    fn numbers_are_read_however_they_are_typed() {
        assert_eq!(digits("+1 (650) 555-1234").as_deref(), Some("16505551234"));
        assert_eq!(digits("16a"), None);
        assert_eq!(digits("+"), None);
        assert_eq!(after("1659").as_deref(), Some("166"));
        assert_eq!(after("99"), None);
    }

    #[tokio::test]
    async fn somebody_is_found_behind_any_number_of_others_whom_the_caller_does_not_know() {
        let folder = test_servers::Folder::new().unwrap();
        let store = Store::for_test(&folder);
        let planted = store.write(|tx| {
            let random = Random::seeded(1);
            let mut last = String::new();
            for index in 0..=2 * NAMES {
                let identity = Identity {
                    wa_id: Some(format!("16505{index:06}")),
                    name: Some("Ada".to_owned()),
                    ..Identity::default()
                };
                last = contacts::find_or_insert(tx, &identity, &random, index)?;
                let channel = if index < 2 * NAMES { "office" } else { "shop" };
                let at = Some(index);
                conversations::touch(tx, channel, &last, at, true, &random, index)?;
            }
            Ok(last)
        });
        let last = planted.await.unwrap();
        for q in ["Ada", "ad", "16505", &format!("16505{:06}", 2 * NAMES)] {
            let scope = Scope::of(Some(&["shop".to_owned()]));
            let search = Search::new(q, scope, 20);
            let hits = store.read(move |tx| search.run(tx)).await.unwrap();
            let kinds: Vec<Kind> = hits.iter().map(|hit| hit.kind).collect();
            assert_eq!(kinds, [Kind::Conversation, Kind::Contact], "{q}");
            assert_eq!(hits[1].id, last);
        }
        store.close().await;
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
                (
                    MESSAGE,
                    "carrier_id IS NOT NULL AND carrier_id = $1 ORDER BY id DESC",
                ),
                (
                    MESSAGE,
                    "request_id IS NOT NULL AND request_id = $1 ORDER BY id DESC",
                ),
                (CONTACT, "id = $1"),
                (CONTACT, identity),
                (
                    CONTACT,
                    "username IS NOT NULL AND LOWER(username) >= $1 AND (LOWER(username) > $1 OR id > '') \
                     ORDER BY LOWER(username), id",
                ),
                (
                    CONTACT,
                    "name IS NOT NULL AND LOWER(name) >= $1 AND (LOWER(name) > $1 OR id > '') \
                     ORDER BY LOWER(name), id",
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
                (SUPPRESSION, "id = $1"),
                (JOB, "id = $1"),
                (API_KEY, "id = $1"),
                (AUDIT_ENTRY, "id = $1"),
                (ERASURE, "id = $1"),
            ] {
                let sql = format!("EXPLAIN QUERY PLAN {select} WHERE {condition} LIMIT {LOOK}");
                let mut statement = connection.prepare(&sql)?;
                let rows = statement.query_map(["x"], |row| row.get::<_, String>(3))?;
                for row in rows {
                    plans.push((sql.clone(), row?));
                }
            }
            Ok(plans)
        });
        let plans = plans.await.unwrap();
        assert!(plans.len() >= 22, "{plans:?}");
        for (sql, step) in plans {
            assert!(!step.starts_with("SCAN"), "{sql}: {step}");
        }
        store.close().await;
    }
}
