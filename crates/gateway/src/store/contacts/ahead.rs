//! People looked up all at once, for a transaction that is about many of them.
//!
//! With a database at the other end of a connection, each question costs a round trip. A batch asks
//! once about everybody in it, under locks, and is its own memory from there: what it changes itself
//! it notes here, and nobody else can change.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{COLUMNS, Contact, Identity, contact};
use crate::store::sql::Link;
use crate::store::{Row, StoreError, Tx, erased};

/// What is known of the people of a batch.
#[derive(Debug, Default)]
pub(crate) struct People {
    /// Whose an identity is, by [`key`]; nobody's if none.
    owners: HashMap<String, Option<String>>,
    contacts: HashMap<String, Contact>,
    /// Ids of conversations by contact and channel, all of each contact in `contacts`.
    conversations: HashMap<(String, String), String>,
    /// See [`super::super::erased`].
    erasure_key: Option<String>,
}

/// What is known without asking.
#[derive(Debug)]
pub(crate) enum Known<T> {
    Is(T),
    /// There is none.
    Absent,
    /// Nobody has looked.
    Unasked,
}

fn key(kind: &str, value: &str) -> String {
    format!("{kind}/{value}")
}

/// Locks these people and learns what is known of them, in few round trips, so that asking for each
/// of them costs none. Nothing on SQLite, where asking costs nothing.
///
/// For the beginning of a transaction, outside of savepoints, which would let go of the locks.
pub(crate) fn look_ahead(tx: &Tx<'_>, identities: &[Identity]) -> Result<(), StoreError> {
    let Link::Postgres(session) = tx.link() else {
        return Ok(());
    };
    tx.lock_contacts(&identities.iter().flat_map(Identity::names).collect())?;
    let asked: HashSet<(&str, &str)> = identities.iter().flat_map(Identity::keys).collect();
    let (kinds, values): (Vec<&str>, Vec<&str>) = asked.iter().copied().unzip();
    let owned = session.query(
        "SELECT i.kind, i.value, i.contact_id FROM UNNEST($1::text[], $2::text[]) AS a (kind, value) \
         JOIN contact_identities i ON i.kind = a.kind AND i.value = a.value \
         UNION ALL SELECT '', '', value FROM erasure_key",
        &[&kinds, &values],
    )?;
    let mut people = People::default();
    for (kind, value) in asked {
        people.owners.insert(key(kind, value), None);
    }
    let mut ids = BTreeSet::new();
    for row in &owned {
        let row = Row::Postgres(row);
        let (kind, value, id) = (row.text(0)?, row.text(1)?, row.text(2)?);
        if kind.is_empty() {
            people.erasure_key = Some(id);
            continue;
        }
        people.owners.insert(key(&kind, &value), Some(id.clone()));
        ids.insert(id);
    }
    // Whoever knows one of them by another name holds this lock too: see `find_or_insert`.
    tx.lock_contacts(&ids.iter().map(String::as_str).collect())?;
    let ids: Vec<String> = ids.into_iter().collect();
    let sql = format!("SELECT {COLUMNS} FROM contacts WHERE id = ANY($1::text[])");
    for row in &session.query(&sql, &[&ids])? {
        people.keep(contact(&Row::Postgres(row))?);
    }
    let sql =
        "SELECT contact_id, channel_id, id FROM conversations WHERE contact_id = ANY($1::text[])";
    for row in &session.query(sql, &[&ids])? {
        let row = Row::Postgres(row);
        let place = (row.text(0)?, row.text(1)?);
        people.conversations.insert(place, row.text(2)?);
    }
    *tx.people() = Some(people);
    Ok(())
}

/// The person by this identity.
pub(super) fn owner(tx: &Tx<'_>, kind: &str, value: &str) -> Known<Contact> {
    let people = tx.people();
    let Some(people) = people.as_ref() else {
        return Known::Unasked;
    };
    match people.owners.get(&key(kind, value)) {
        None => Known::Unasked,
        Some(None) => Known::Absent,
        Some(Some(id)) => people
            .contacts
            .get(id)
            .map_or(Known::Unasked, |contact| Known::Is(contact.clone())),
    }
}

/// The key of the hashes that stand for erased people.
pub(super) fn erasure_key(tx: &Tx<'_>) -> Result<Option<String>, StoreError> {
    if let Some(people) = tx.people().as_ref() {
        return Ok(people.erasure_key.clone());
    }
    erased::key(tx)
}

/// Notes a person as this transaction has made or changed it.
pub(super) fn keep(tx: &Tx<'_>, contact: Contact) {
    if let Some(people) = tx.people().as_mut() {
        people.keep(contact);
    }
}

/// Notes whose an identity is from now on. A number leaves whoever had it.
pub(super) fn give(tx: &Tx<'_>, kind: &str, value: &str, id: &str) {
    let mut people = tx.people();
    let Some(people) = people.as_mut() else {
        return;
    };
    let before = people.owners.insert(key(kind, value), Some(id.to_owned()));
    if kind == "wa_id"
        && let Some(Some(before)) = before
        && before != id
        && let Some(loser) = people.contacts.get_mut(&before)
        && loser.identity.wa_id.as_deref() == Some(value)
    {
        loser.identity.wa_id = None;
    }
}

/// Forgets what was learned, where it would take too much to follow a change.
pub(super) fn forget(tx: &Tx<'_>) {
    *tx.people() = None;
}

/// The conversation of a contact on a channel.
pub(crate) fn conversation(tx: &Tx<'_>, contact_id: &str, channel_id: &str) -> Known<String> {
    let people = tx.people();
    let Some(people) = people.as_ref() else {
        return Known::Unasked;
    };
    if !people.contacts.contains_key(contact_id) {
        return Known::Unasked;
    }
    let place = (contact_id.to_owned(), channel_id.to_owned());
    let found = people.conversations.get(&place);
    found.map_or(Known::Absent, |id| Known::Is(id.clone()))
}

/// Notes a conversation that this transaction has made.
pub(crate) fn keep_conversation(tx: &Tx<'_>, contact_id: &str, channel_id: &str, id: &str) {
    if let Some(people) = tx.people().as_mut() {
        let place = (contact_id.to_owned(), channel_id.to_owned());
        people.conversations.insert(place, id.to_owned());
    }
}

impl People {
    fn keep(&mut self, contact: Contact) {
        self.contacts.insert(contact.id.clone(), contact);
    }
}
