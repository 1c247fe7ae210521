//! People who were erased and want no messages: known by hashes of their names, so that they are not
//! written to again when they turn up anew.
//!
//! A hash is keyed, and stands in `contact_identities` in the place of the name it was made of, for a
//! contact that has no row. Whoever turns up under such a name becomes that contact, and is as
//! suppressed as before. It leads to nothing else of theirs: that contact never had anything else.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::contacts::{self, Contact, Identity};
use super::{StoreError, Tx, suppressions};
use crate::clock::Millis;
use crate::ids::{Kind, Random};

/// The kind of a name that is a hash.
const KIND: &str = "erased";

/// The key, if anybody was erased who wants no messages.
pub(crate) fn key(tx: &Tx<'_>) -> Result<Option<String>, StoreError> {
    tx.first("SELECT value FROM erasure_key", &[], |row| row.text(0))
}

/// The key, which is made if there is none.
fn key_or_new(tx: &Tx<'_>, random: &Random) -> Result<String, StoreError> {
    if let Some(key) = key(tx)? {
        return Ok(key);
    }
    let key = hex(&random.bytes::<32>());
    tx.execute(
        "INSERT INTO erasure_key (value) SELECT CAST($1 AS TEXT) \
         WHERE NOT EXISTS (SELECT 1 FROM erasure_key)",
        &[(&key).into()],
    )?;
    Ok(key)
}

/// Keeps what a contact refuses, under hashes of what they are found by, and forgets what they have
/// taken back; how many refusals are kept.
pub(crate) fn keep_refusals(
    tx: &Tx<'_>,
    random: &Random,
    contact_id: &str,
    names: &[(String, String)],
    now: Millis,
) -> Result<i64, StoreError> {
    let stand_in = random.id(Kind::Contact, now);
    let kept = suppressions::give_to_stand_in(tx, contact_id, &stand_in)?;
    if kept > 0 {
        let key = key_or_new(tx, random)?;
        for (kind, value) in names {
            tx.later(
                "INSERT INTO contact_identities (kind, value, contact_id) VALUES ($1, $2, $3) \
                 ON CONFLICT (kind, value) DO UPDATE SET contact_id = excluded.contact_id",
                &[
                    KIND.into(),
                    (&hash(&key, kind, value)).into(),
                    (&stand_in).into(),
                ],
            )?;
        }
    }
    Ok(kept)
}

/// Who was erased and went by this identity.
pub(crate) fn owner(
    tx: &Tx<'_>,
    key: &str,
    identity: &Identity,
) -> Result<Option<String>, StoreError> {
    for (kind, value) in identity.keys() {
        let found = tx.first(
            "SELECT contact_id FROM contact_identities WHERE kind = $1 AND value = $2",
            &[KIND.into(), (&hash(key, kind, value)).into()],
            |row| row.text(0),
        )?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Makes the contact again who was erased and went by this identity, with what they refuse.
pub(super) fn come_back(
    tx: &Tx<'_>,
    key: Option<&str>,
    identity: &Identity,
    now: Millis,
) -> Result<Option<Contact>, StoreError> {
    let Some(key) = key else {
        return Ok(None);
    };
    let Some(id) = owner(tx, key, identity)? else {
        return Ok(None);
    };
    for (kind, value) in identity.keys() {
        tx.later(
            "DELETE FROM contact_identities WHERE kind = $1 AND value = $2",
            &[KIND.into(), (&hash(key, kind, value)).into()],
        )?;
    }
    if let Some(contact) = contacts::by_id(tx, &id)? {
        return Ok(Some(contact));
    }
    tx.later(
        "INSERT INTO contacts (id, created_at, updated_at) VALUES ($1, $2, $2)",
        &[(&id).into(), now.into()],
    )?;
    Ok(Some(Contact {
        id,
        identity: Identity::default(),
        created_at: now,
        updated_at: now,
    }))
}

/// What stands for something of a person that must stay apart from others of its kind, and tells
/// nothing.
pub(crate) fn pseudonym(secret: &str, text: &str) -> String {
    format!("erased:{}", hash(secret, "", text))
}

fn hash(key: &str, kind: &str, value: &str) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return String::new();
    };
    mac.update(kind.as_bytes());
    mac.update(b"/");
    mac.update(value.as_bytes());
    hex(&mac.finalize().into_bytes())
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
