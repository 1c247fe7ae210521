//! The suppression list as stored: each refusal with its proof, also those that were taken back.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::contacts::Identity;
use super::page::{Found, Page, Where};
use super::scope::Scope as Reach;
use super::sql::Link;
use super::{Row, StoreError, Tx, erased, outbound};
use crate::clock::Millis;
use crate::ids::{Kind, Random};
use crate::send::consent::{self, Refusal, Said, Scope, Source};

/// A refusal with its proof.
#[derive(Debug, Clone)]
pub(crate) struct Suppression {
    pub(crate) contact_id: String,
    pub(crate) refusal: Refusal,
    pub(crate) proof: Proof,
    /// When it was written down.
    pub(crate) created_at: Millis,
    pub(crate) lifted_by: Option<String>,
}

/// How we know. What does not apply is absent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Proof {
    /// Where the notification is in the inbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notification: Option<String>,
    /// The carrier's id of the message by which the contact said so, or which was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) carrier_id: Option<String>,
    /// Our id of the message that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_id: Option<String>,
    /// The word that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) keyword: Option<String>,
    /// The language of the list that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    /// Who entered it: the id of an API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
    /// What they say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

/// Whose refusals, and on which channel: empty for all channels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whose<'a> {
    pub(crate) contact_id: &'a str,
    pub(crate) channel_id: &'a str,
}

/// Of whom `lifted_by` says so took the refusal back by themselves.
const BY_CONTACT: &str = "contact (";

/// In the order that [`refusal`] reads.
const REFUSAL: &str = "id, channel_id, scope, source, occurred_at, lifted_at, lifted_by";

const COLUMNS: &str = "id, channel_id, scope, source, occurred_at, lifted_at, lifted_by, \
    contact_id, proof, created_at";

/// Writes down that a contact wants no more of something; the refusal that is new, if it is.
pub(crate) fn stop(
    tx: &Tx<'_>,
    random: &Random,
    whose: Whose<'_>,
    (scope, source): (Scope, Source),
    proof: &Proof,
    occurred_at: Millis,
    now: Millis,
) -> Result<Option<String>, StoreError> {
    let known = of_contact(tx, whose.contact_id)?;
    match consent::hear(&known, whose.channel_id, scope, source, occurred_at) {
        Said::New => {}
        Said::Again(id) => {
            tx.later(
                "UPDATE suppressions SET occurred_at = $1 WHERE id = $2",
                &[occurred_at.into(), id.into()],
            )?;
            return Ok(None);
        }
        Said::Nothing => return Ok(None),
    }
    let id = random.id(Kind::Suppression, now);
    insert(
        tx,
        &id,
        whose,
        (scope, source),
        proof,
        (occurred_at, now),
        None,
    )?;
    Ok(Some(id))
}

/// Writes down that a contact wants messages again, as `source` tells: takes back what they refused
/// before in the same way, and outlasts what they refused before and we have not heard of yet.
pub(crate) fn resume(
    tx: &Tx<'_>,
    random: &Random,
    whose: Whose<'_>,
    source: Source,
    proof: &Proof,
    occurred_at: Millis,
    now: Millis,
) -> Result<(), StoreError> {
    let known = of_contact(tx, whose.contact_id)?;
    let by = format!("{BY_CONTACT}{})", source.as_str());
    let mut lifted = false;
    for refusal in consent::taken_back(&known, whose.channel_id, source, occurred_at) {
        lift(tx, &refusal.id, &by, occurred_at)?;
        lifted = true;
    }
    if lifted {
        return Ok(());
    }
    let id = random.id(Kind::Suppression, now);
    let what = (Scope::Marketing, source);
    let times = (occurred_at, now);
    insert(tx, &id, whose, what, proof, times, Some((occurred_at, &by)))
}

/// Suppresses marketing to whom this message of ours was refused with 131050. A group is none.
pub(crate) fn refused(
    tx: &Tx<'_>,
    random: &Random,
    message_id: &str,
    notification: Option<&str>,
    occurred_at: Millis,
    now: Millis,
) -> Result<(), StoreError> {
    let found = tx.first(
        "SELECT m.contact_id, m.channel_id, m.carrier_id FROM messages m \
         JOIN contacts c ON c.id = m.contact_id AND c.group_id IS NULL WHERE m.id = $1",
        &[message_id.into()],
        |row| Ok((row.text(0)?, row.text(1)?, row.maybe_text(2)?)),
    )?;
    let Some((contact_id, channel_id, carrier_id)) = found else {
        return Ok(());
    };
    let whose = Whose {
        contact_id: &contact_id,
        channel_id: &channel_id,
    };
    let proof = Proof {
        message_id: Some(message_id.to_owned()),
        notification: notification.map(str::to_owned),
        carrier_id,
        ..Proof::default()
    };
    let what = (Scope::Marketing, Source::Refused);
    stop(tx, random, whose, what, &proof, occurred_at, now).map(drop)
}

fn insert(
    tx: &Tx<'_>,
    id: &str,
    whose: Whose<'_>,
    (scope, source): (Scope, Source),
    proof: &Proof,
    (occurred_at, now): (Millis, Millis),
    lifted: Option<(Millis, &str)>,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO suppressions (id, contact_id, channel_id, scope, source, proof, occurred_at, \
         created_at, lifted_at, lifted_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT DO NOTHING",
        &[
            id.into(),
            whose.contact_id.into(),
            whose.channel_id.into(),
            scope.as_str().into(),
            source.as_str().into(),
            (&outbound::json(proof)?).into(),
            occurred_at.into(),
            now.into(),
            lifted.map(|(at, _)| at).into(),
            lifted.map(|(_, by)| by).into(),
        ],
    )
}

/// Takes a refusal back; `false` if it is not there or not in force.
pub(crate) fn lift(tx: &Tx<'_>, id: &str, by: &str, at: Millis) -> Result<bool, StoreError> {
    let lifted = tx.execute(
        "UPDATE suppressions SET lifted_at = CASE WHEN occurred_at > $1 THEN occurred_at ELSE $1 END, \
         lifted_by = $2 WHERE id = $3 AND lifted_at IS NULL",
        &[at.into(), by.into(), id.into()],
    )?;
    Ok(lifted == 1)
}

/// Moves the refusals of a record that is folded into another of the same contact.
pub(super) fn merge(tx: &Tx<'_>, from: &str, into: &str, now: Millis) -> Result<(), StoreError> {
    // One of a kind is in force at a time; the other stays as proof.
    tx.later(
        "UPDATE suppressions SET lifted_at = $1, lifted_by = 'merged' WHERE contact_id = $2 \
         AND lifted_at IS NULL AND EXISTS (SELECT 1 FROM suppressions kept \
         WHERE kept.contact_id = $3 AND kept.lifted_at IS NULL \
         AND kept.channel_id = suppressions.channel_id AND kept.scope = suppressions.scope \
         AND kept.source = suppressions.source)",
        &[now.into(), from.into(), into.into()],
    )?;
    tx.later(
        "UPDATE suppressions SET contact_id = $1 WHERE contact_id = $2",
        &[into.into(), from.into()],
    )
}

/// Leaves what a contact refuses to a stand-in who cannot be told from anybody; how many refusals are
/// in force. The others go, and so does what could lead to the contact.
pub(super) fn give_to_stand_in(tx: &Tx<'_>, from: &str, to: &str) -> Result<i64, StoreError> {
    tx.later(
        "DELETE FROM suppressions WHERE contact_id = $1 AND lifted_at IS NOT NULL",
        &[from.into()],
    )?;
    let proofs = tx.all(
        "SELECT id, proof FROM suppressions WHERE contact_id = $1",
        &[from.into()],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    for (id, proof) in &proofs {
        let proof: Proof = serde_json::from_str(proof).unwrap_or_default();
        let proof = Proof {
            keyword: proof.keyword,
            language: proof.language,
            by: proof.by,
            ..Proof::default()
        };
        tx.later(
            "UPDATE suppressions SET contact_id = $1, proof = $2 WHERE id = $3",
            &[to.into(), (&outbound::json(&proof)?).into(), id.into()],
        )?;
    }
    Ok(i64::try_from(proofs.len()).unwrap_or(i64::MAX))
}

/// Gives the refusals on one channel to another that takes its place.
pub(super) fn give(tx: &Tx<'_>, from: &str, to: &str) -> Result<(), StoreError> {
    tx.later(
        "UPDATE suppressions SET lifted_at = created_at, lifted_by = 'merged' \
         WHERE channel_id = $1 AND lifted_at IS NULL AND EXISTS (SELECT 1 FROM suppressions kept \
         WHERE kept.channel_id = $2 AND kept.lifted_at IS NULL \
         AND kept.contact_id = suppressions.contact_id AND kept.scope = suppressions.scope \
         AND kept.source = suppressions.source)",
        &[from.into(), to.into()],
    )?;
    tx.later(
        "UPDATE suppressions SET channel_id = $1 WHERE channel_id = $2",
        &[to.into(), from.into()],
    )
}

/// All that is known of one contact, also what was taken back.
fn of_contact(tx: &Tx<'_>, contact_id: &str) -> Result<Vec<Refusal>, StoreError> {
    let sql = format!("SELECT {REFUSAL} FROM suppressions WHERE contact_id = $1 ORDER BY id");
    tx.all(&sql, &[contact_id.into()], refusal)
}

/// What these contacts refuse, by contact.
pub(crate) fn in_force(
    tx: &Tx<'_>,
    contact_ids: &[&str],
) -> Result<HashMap<String, Vec<Refusal>>, StoreError> {
    let select = format!(
        "SELECT {REFUSAL}, contact_id FROM suppressions WHERE lifted_at IS NULL AND contact_id"
    );
    let mut refusals: HashMap<String, Vec<Refusal>> = HashMap::new();
    let mut keep = |row: &Row<'_>| {
        let all = refusals.entry(row.text(7)?).or_default();
        all.push(refusal(row)?);
        Ok(())
    };
    match tx.link() {
        Link::Postgres(session) => {
            let sql = format!("{select} = ANY($1::text[])");
            for row in &session.query(&sql, &[&contact_ids])? {
                keep(&Row::Postgres(row))?;
            }
        }
        Link::Sqlite(_) => {
            let sql = format!("{select} = $1");
            for &id in contact_ids {
                tx.all(&sql, &[id.into()], &mut keep)?;
            }
        }
    }
    Ok(refusals)
}

/// What whoever goes by this identity refuses.
pub(crate) fn of_identity(tx: &Tx<'_>, identity: &Identity) -> Result<Vec<Refusal>, StoreError> {
    let (kind, value) = identity.keys().next().unwrap_or_default();
    let mut key = None;
    // The key comes with the rest, so that it costs no round trip.
    let found = tx.all(
        "SELECT s.id, s.channel_id, s.scope, s.source, s.occurred_at, s.lifted_at, s.lifted_by \
         FROM contact_identities i JOIN suppressions s ON s.contact_id = i.contact_id \
         WHERE i.kind = $1 AND i.value = $2 AND s.lifted_at IS NULL \
         UNION ALL SELECT value, '', '', 'key', 0, NULL, NULL FROM erasure_key",
        &[kind.into(), value.into()],
        |row| {
            if row.text(3)? == "key" {
                key = Some(row.text(0)?);
                return Ok(None);
            }
            refusal(row).map(Some)
        },
    )?;
    let mut found: Vec<Refusal> = found.into_iter().flatten().collect();
    if let Some(key) = key
        && let Some(id) = erased::owner(tx, &key, identity)?
    {
        let mut theirs = in_force(tx, &[&id])?;
        found.extend(theirs.remove(&id).unwrap_or_default());
    }
    Ok(found)
}

/// One refusal.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Suppression>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM suppressions WHERE id = $1");
    tx.first(&sql, &[id.into()], suppression)
}

/// The refusal in force of this kind.
pub(crate) fn same(
    tx: &Tx<'_>,
    whose: Whose<'_>,
    scope: Scope,
    source: Source,
) -> Result<Option<Suppression>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM suppressions WHERE contact_id = $1 AND channel_id = $2 \
         AND scope = $3 AND source = $4 AND lifted_at IS NULL"
    );
    let values = &[
        whose.contact_id.into(),
        whose.channel_id.into(),
        scope.as_str().into(),
        source.as_str().into(),
    ];
    tx.first(&sql, values, suppression)
}

/// What a list of refusals is narrowed to.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) contact: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) scope: Option<Scope>,
    pub(crate) source: Option<Source>,
    /// Also those that were taken back.
    pub(crate) lifted: bool,
    /// Only those that name one of these channels.
    pub(crate) reach: Reach,
}

/// A page of refusals, newest first.
pub(crate) fn list(
    tx: &Tx<'_>,
    filter: &Filter,
    page: &Page,
) -> Result<Found<Suppression>, StoreError> {
    let reach = |columns: &str| {
        let mut sql = Where::new(format!("SELECT {columns} FROM suppressions"));
        sql.and_if("contact_id =", filter.contact.as_deref());
        sql
    };
    page.read(
        tx,
        ("id", COLUMNS),
        reach,
        |sql| {
            if !filter.lifted {
                // It is no value to compare with, and goes with a condition that always holds.
                sql.and("lifted_at IS NULL AND created_at >=", Millis::MIN);
            }
            sql.and_if("channel_id =", filter.channel.as_deref());
            sql.and_in("channel_id", &filter.reach);
            sql.and_if("scope =", filter.scope.map(Scope::as_str));
            sql.and_if("source =", filter.source.map(Source::as_str));
        },
        suppression,
    )
}

fn refusal(row: &Row<'_>) -> Result<Refusal, StoreError> {
    let corrupt = StoreError::Corrupt {
        what: "suppression",
    };
    let (Some(scope), Some(source)) = (Scope::parse(&row.text(2)?), Source::parse(&row.text(3)?))
    else {
        return Err(corrupt);
    };
    Ok(Refusal {
        id: row.text(0)?,
        channel_id: row.text(1)?,
        scope,
        source,
        occurred_at: row.int(4)?,
        lifted_at: row.maybe_int(5)?,
        lifted_by_contact: row
            .maybe_text(6)?
            .is_some_and(|by| by.starts_with(BY_CONTACT)),
    })
}

fn suppression(row: &Row<'_>) -> Result<Suppression, StoreError> {
    Ok(Suppression {
        refusal: refusal(row)?,
        lifted_by: row.maybe_text(6)?,
        contact_id: row.text(7)?,
        proof: serde_json::from_str(&row.text(8)?).unwrap_or_default(),
        created_at: row.int(9)?,
    })
}
