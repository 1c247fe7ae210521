//! Contacts: one record a person, found by any of their identities.
//!
//! A BSUID names a person for good; a phone number may be absent and may move to somebody else.

use std::collections::HashSet;

use super::page::{Found, Page, Where};
use super::scope::Scope;
use super::{Locked, Row, StoreError, Tx, conversations, erased, erasures, suppressions};
use crate::clock::Millis;
use crate::ids::{Kind, Random};
use ahead::Known;

pub(crate) mod ahead;
#[cfg(test)]
mod tests;

/// What a notification or a send says about a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) wa_id: Option<String>,
    pub(crate) bsuid: Option<String>,
    pub(crate) parent_bsuid: Option<String>,
    pub(crate) group_id: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) name: Option<String>,
}

/// A contact as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    pub(crate) id: String,
    pub(crate) identity: Identity,
    pub(crate) created_at: Millis,
    pub(crate) updated_at: Millis,
}

pub(crate) const COLUMNS: &str =
    "id, name, username, wa_id, bsuid, parent_bsuid, group_id, created_at, updated_at";

/// Finds the person, makes the record if there is none, and keeps what is new about them.
///
/// With a BSUID and a number that belong to two records, the record that was only a number is the
/// same person and is folded in; a record with another BSUID loses the number, which has moved.
pub(crate) fn find_or_insert(
    tx: &Tx<'_>,
    identity: &Identity,
    random: &Random,
    now: Millis,
) -> Result<String, StoreError> {
    lock(tx, identity)?;
    let mut by_user = match identity.bsuid.as_deref() {
        Some(bsuid) => by_identity(tx, "bsuid", bsuid)?,
        None => None,
    };
    // Another portfolio knows the same person by another BSUID and the same parent.
    if by_user.is_none()
        && let Some(parent) = identity.parent_bsuid.as_deref()
    {
        by_user = by_identity(tx, "bsuid", parent)?;
    }
    let by_group = match identity.group_id.as_deref() {
        Some(group) => by_identity(tx, "group", group)?,
        None => None,
    };
    let known = by_user.or(by_group);
    // The number column is cleared when a number moves, so an equal one needs no second look.
    let same_number = known
        .as_ref()
        .is_some_and(|known| known.identity.wa_id == identity.wa_id);
    let by_number = match identity.wa_id.as_deref() {
        Some(wa_id) if !same_number => by_identity(tx, "wa_id", wa_id)?,
        _ => None,
    };
    // Nobody else changes them, or makes a conversation of theirs, until the end.
    let mut ids: Vec<&str> = [&known, &by_number]
        .into_iter()
        .flatten()
        .map(|contact| contact.id.as_str())
        .collect();
    ids.sort_unstable();
    for id in ids {
        tx.lock(Locked::Contact(id))?;
    }
    let mut folded = None;
    let found = match (known, by_number) {
        (Some(user), Some(number)) if user.id != number.id => {
            if number.identity.bsuid.is_none() {
                merge(tx, &number.id, &user.id, now)?;
                folded = Some(number.identity);
            }
            Some(user)
        }
        (None, Some(number))
            if identity.bsuid.is_some()
                && number.identity.bsuid.is_some()
                && number.identity.bsuid != identity.bsuid =>
        {
            None
        }
        (user, number) => user.or(number),
    };
    let found = match found {
        None => erased::come_back(tx, ahead::erasure_key(tx)?.as_deref(), identity, now)?,
        found => found,
    };
    let Some(found) = found else {
        return insert(tx, identity, random, now);
    };
    let known = match folded {
        Some(older) => older.with(&found.identity),
        None => found.identity.clone(),
    };
    let merged = known.with(identity);
    if merged != found.identity {
        write(tx, &found.id, &merged, now)?;
        write_identities(tx, &found.id, identity)?;
        let contact = Contact {
            identity: merged,
            updated_at: now,
            ..found.clone()
        };
        ahead::keep(tx, contact);
    }
    Ok(found.id)
}

/// Locks whoever goes by this identity, as [`find_or_insert`] does.
pub(crate) fn lock(tx: &Tx<'_>, identity: &Identity) -> Result<(), StoreError> {
    let mut names: Vec<&str> = identity.names().collect();
    names.sort_unstable();
    let mut names = names.into_iter();
    names.try_for_each(|name| tx.lock(Locked::Contact(name)))
}

/// One contact by its id.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Contact>, StoreError> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM contacts WHERE id = $1"),
        &[id.into()],
        contact,
    )
}

fn by_identity(tx: &Tx<'_>, kind: &str, value: &str) -> Result<Option<Contact>, StoreError> {
    match ahead::owner(tx, kind, value) {
        Known::Is(contact) => return Ok(Some(contact)),
        Known::Absent => return Ok(None),
        Known::Unasked => {}
    }
    tx.first(
        "SELECT c.id, c.name, c.username, c.wa_id, c.bsuid, c.parent_bsuid, c.group_id, \
         c.created_at, c.updated_at FROM contact_identities i JOIN contacts c \
         ON c.id = i.contact_id WHERE i.kind = $1 AND i.value = $2",
        &[kind.into(), value.into()],
        contact,
    )
}

/// Reads [`COLUMNS`].
pub(crate) fn contact(row: &Row<'_>) -> Result<Contact, StoreError> {
    Ok(Contact {
        id: row.text(0)?,
        identity: Identity {
            name: row.maybe_text(1)?,
            username: row.maybe_text(2)?,
            wa_id: row.maybe_text(3)?,
            bsuid: row.maybe_text(4)?,
            parent_bsuid: row.maybe_text(5)?,
            group_id: row.maybe_text(6)?,
        },
        created_at: row.int(7)?,
        updated_at: row.int(8)?,
    })
}

impl Contact {
    /// Its id, and who it is.
    pub(crate) fn person(&mut self) -> (&str, &mut Identity) {
        (&self.id, &mut self.identity)
    }
}

impl Identity {
    /// By what the person can be found, and is locked.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        [&self.wa_id, &self.bsuid, &self.parent_bsuid, &self.group_id]
            .into_iter()
            .filter_map(Option::as_deref)
    }

    /// By what the person can be found, each with its kind.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let keys = [
            ("wa_id", &self.wa_id),
            ("bsuid", &self.bsuid),
            ("bsuid", &self.parent_bsuid),
            ("group", &self.group_id),
        ];
        keys.into_iter()
            .filter_map(|(kind, value)| Some((kind, value.as_deref()?)))
    }

    /// What is said now, over what was known.
    fn with(&self, newer: &Self) -> Self {
        let pick = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
        Self {
            wa_id: pick(&newer.wa_id, &self.wa_id),
            bsuid: pick(&newer.bsuid, &self.bsuid),
            parent_bsuid: pick(&newer.parent_bsuid, &self.parent_bsuid),
            group_id: pick(&newer.group_id, &self.group_id),
            username: pick(&newer.username, &self.username),
            name: pick(&newer.name, &self.name),
        }
    }
}

fn insert(
    tx: &Tx<'_>,
    identity: &Identity,
    random: &Random,
    now: Millis,
) -> Result<String, StoreError> {
    let id = random.id(Kind::Contact, now);
    tx.later(
        "INSERT INTO contacts (id, name, username, wa_id, bsuid, parent_bsuid, group_id, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            (&id).into(),
            (&identity.name).into(),
            (&identity.username).into(),
            (&identity.wa_id).into(),
            (&identity.bsuid).into(),
            (&identity.parent_bsuid).into(),
            (&identity.group_id).into(),
            now.into(),
            now.into(),
        ],
    )?;
    write_identities(tx, &id, identity)?;
    let contact = Contact {
        id: id.clone(),
        identity: identity.clone(),
        created_at: now,
        updated_at: now,
    };
    ahead::keep(tx, contact);
    Ok(id)
}

fn write(tx: &Tx<'_>, id: &str, identity: &Identity, now: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE contacts SET name = $1, username = $2, wa_id = $3, bsuid = $4, parent_bsuid = $5, \
         group_id = $6, updated_at = $7 WHERE id = $8",
        &[
            (&identity.name).into(),
            (&identity.username).into(),
            (&identity.wa_id).into(),
            (&identity.bsuid).into(),
            (&identity.parent_bsuid).into(),
            (&identity.group_id).into(),
            now.into(),
            id.into(),
        ],
    )?;
    Ok(())
}

fn write_identities(tx: &Tx<'_>, id: &str, identity: &Identity) -> Result<(), StoreError> {
    for (kind, value) in identity.keys() {
        // The number leaves whoever had it: a recycled number must not show two people as one.
        if kind == "wa_id" {
            tx.later(
                "UPDATE contacts SET wa_id = NULL WHERE wa_id = $1 AND id <> $2 AND id IN \
                 (SELECT contact_id FROM contact_identities WHERE kind = 'wa_id' AND value = $1)",
                &[value.into(), id.into()],
            )?;
        }
        tx.later(
            "INSERT INTO contact_identities (kind, value, contact_id) VALUES ($1, $2, $3) \
             ON CONFLICT (kind, value) DO UPDATE SET contact_id = excluded.contact_id",
            &[kind.into(), value.into(), id.into()],
        )?;
        ahead::give(tx, kind, value, id);
    }
    Ok(())
}

/// Folds the record `from` into `into`: conversations, messages, refusals and identities move, and so
/// does the wish to erase the person.
fn merge(tx: &Tx<'_>, from: &str, into: &str, now: Millis) -> Result<(), StoreError> {
    ahead::forget(tx);
    suppressions::merge(tx, from, into, now)?;
    erasures::merge(tx, from, into)?;
    let both: &[super::Value<'_>] = &[into.into(), from.into()];
    let shared = tx.all(
        "SELECT old.id, kept.id, old.last_message_at, old.last_inbound_at, old.number_known \
         FROM conversations old \
         JOIN conversations kept ON kept.channel_id = old.channel_id AND kept.contact_id = $1 \
         WHERE old.contact_id = $2",
        both,
        |row| {
            let exchanged = (row.int(2)?, row.maybe_int(3)?, row.int(4)? != 0);
            Ok((row.text(0)?, row.text(1)?, exchanged))
        },
    )?;
    for (old, kept, (last, inbound, number_known)) in &shared {
        conversations::exchanged(tx, kept, *last, *inbound, None, *number_known)?;
        tx.later(
            "UPDATE messages SET conversation_id = $1 WHERE conversation_id = $2",
            &[kept.into(), old.into()],
        )?;
        tx.later("DELETE FROM conversations WHERE id = $1", &[old.into()])?;
    }
    tx.later(
        "UPDATE conversations SET contact_id = $1 WHERE contact_id = $2",
        both,
    )?;
    // Messages are found by their conversations: the person's own, and those of groups.
    tx.later(
        "UPDATE messages SET contact_id = $1 WHERE contact_id = $2 AND conversation_id IN \
         (SELECT id FROM conversations WHERE contact_id = $1 OR contact_id IN \
         (SELECT contact_id FROM contact_identities WHERE kind = 'group'))",
        both,
    )?;
    tx.later(
        "UPDATE contact_identities SET contact_id = $1 WHERE contact_id = $2",
        both,
    )?;
    tx.later(
        "UPDATE media SET sent_to = $1 WHERE sent_to = $2 AND sent_to IS NOT NULL",
        both,
    )?;
    tx.later("DELETE FROM contacts WHERE id = $1", &[from.into()])?;
    Ok(())
}

/// A page of the contacts who have a conversation on one of these channels, newest first.
pub(crate) fn list(tx: &Tx<'_>, scope: &Scope, page: &Page) -> Result<Found<Contact>, StoreError> {
    let mut found = page.read(
        tx,
        ("id", COLUMNS),
        |columns| Where::new(format!("SELECT {columns} FROM contacts")),
        |sql| sql.and_in_nested(ON_CHANNELS, scope, ")"),
        contact,
    )?;
    hide_unknown(tx, found.rows.iter_mut().map(Contact::person), scope)?;
    Ok(found)
}

/// A contact who has a conversation on one of these channels.
pub(crate) fn known(tx: &Tx<'_>, id: &str, scope: &Scope) -> Result<Option<Contact>, StoreError> {
    if !scope.is_limited() {
        return by_id(tx, id);
    }
    let mut sql = Where::new(format!("SELECT {COLUMNS} FROM contacts"));
    sql.and("id =", id);
    sql.and_in_nested(ON_CHANNELS, scope, ")");
    let mut row = sql.all(tx, contact)?.pop();
    hide_unknown(tx, row.iter_mut().map(Contact::person), scope)?;
    Ok(row)
}

const ON_CHANNELS: &str = "EXISTS (SELECT 1 FROM conversations v WHERE v.contact_id = contacts.id \
    AND v.channel_id";

/// Takes from these contacts, by their ids, what they call themselves, unless they wrote to a channel of
/// the scope, and their number, unless it was used on one: a message that was sent to a number or a BSUID
/// must not tell what other channels know of it.
pub(crate) fn hide_unknown<'a>(
    tx: &Tx<'_>,
    people: impl Iterator<Item = (&'a str, &'a mut Identity)>,
    scope: &Scope,
) -> Result<(), StoreError> {
    if !scope.is_limited() {
        return Ok(());
    }
    let people: Vec<_> = people.collect();
    let ids: Vec<String> = people.iter().map(|(id, _)| (*id).to_owned()).collect();
    let known = familiar(tx, &ids, scope)?;
    for (id, identity) in people {
        if !known.by_name.contains(id) {
            *identity = Identity {
                wa_id: identity.wa_id.take(),
                group_id: identity.group_id.take(),
                ..Identity::default()
            };
        }
        if !known.by_number.contains(id) {
            identity.wa_id = None;
        }
    }
    Ok(())
}

/// What somebody's channels know of people.
#[derive(Debug, Default)]
pub(crate) struct Familiar {
    /// Who wrote to one of them.
    pub(crate) by_name: HashSet<String>,
    /// Whose number was used on one of them.
    pub(crate) by_number: HashSet<String>,
}

/// Which of these contacts the channels of the scope know.
pub(crate) fn familiar(tx: &Tx<'_>, ids: &[String], scope: &Scope) -> Result<Familiar, StoreError> {
    let mut known = Familiar::default();
    if ids.is_empty() {
        return Ok(known);
    }
    let select = "SELECT contact_id, last_inbound_at, number_known FROM conversations";
    let mut sql = Where::new(select.to_owned());
    sql.and_one_of("contact_id", ids);
    sql.and_in("channel_id", scope);
    let rows = sql.all(tx, |row| {
        Ok((row.text(0)?, row.maybe_int(1)?, row.int(2)? != 0))
    })?;
    for (id, inbound_at, number_known) in rows {
        if number_known {
            known.by_number.insert(id.clone());
        }
        if inbound_at.is_some() {
            known.by_name.insert(id);
        }
    }
    Ok(known)
}
