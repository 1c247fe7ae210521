//! People who are erased, or were: how far the work has come, and what it came to.

use std::collections::BTreeMap;

use super::{Row, StoreError, Tx, outbound};
use crate::clock::Millis;
use crate::retention::Subject;

pub(crate) mod erase;
pub(crate) mod find;
#[cfg(test)]
mod tests;

/// What is done one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Until what came in before is applied.
    Waiting,
    /// Nobody is found by their names any more.
    Names,
    /// What waits to be sent to them is cancelled.
    Canceling,
    Messages,
    /// Events that are about no message.
    Events,
    /// Statuses of messages that are not theirs alone, or not ours.
    Statuses,
    /// Dead letters, the audit, and answers to requests that may be repeated.
    Records,
    /// Raw notifications.
    Notifications,
    Contact,
}

/// An erasure as stored.
#[derive(Debug, Clone)]
pub(crate) struct Erasure {
    pub(crate) id: String,
    pub(crate) contact_id: String,
    /// As they were known when it began, and from [`Step::Names`] on all that became known until then;
    /// none once it is done.
    pub(crate) subject: Option<Subject>,
    pub(crate) is_done: bool,
    pub(crate) step: Step,
    /// How far the step has come, in its own words; empty at its beginning.
    pub(crate) position: String,
    /// What came in before this place of the inbox must be applied first.
    pub(crate) inbox_from: String,
    /// Notifications before this place may be about them.
    pub(crate) inbox_to: Option<String>,
    /// Events up to this one may be about them.
    pub(crate) events_to: Option<i64>,
    /// How many messages there were when it began.
    pub(crate) total: i64,
    /// What was erased, by kind.
    pub(crate) counts: BTreeMap<String, i64>,
    pub(crate) last_error: Option<String>,
    /// Who asked: the id of an API key.
    pub(crate) actor: String,
    pub(crate) created_at: Millis,
    pub(crate) updated_at: Millis,
    pub(crate) done_at: Option<Millis>,
}

const COLUMNS: &str = "id, contact_id, subject, state, step, position, inbox_from, inbox_to, \
    events_to, total, counts, last_error, actor, created_at, updated_at, done_at";

impl Step {
    const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Names,
        Self::Canceling,
        Self::Messages,
        Self::Events,
        Self::Statuses,
        Self::Records,
        Self::Notifications,
        Self::Contact,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Names => "names",
            Self::Canceling => "canceling",
            Self::Messages => "messages",
            Self::Events => "events",
            Self::Statuses => "statuses",
            Self::Records => "records",
            Self::Notifications => "notifications",
            Self::Contact => "contact",
        }
    }

    /// The one after it.
    pub(crate) fn next(self) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|step| *step == self)?;
        all.next()
    }
}

impl Erasure {
    /// Counts what was erased.
    pub(crate) fn count(&mut self, kind: &str, number: usize) {
        if number > 0 {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            let count = self.counts.entry(kind.to_owned()).or_insert(0);
            *count = count.saturating_add(number);
        }
    }
}

/// Adds one.
pub(crate) fn insert(tx: &Tx<'_>, erasure: &Erasure) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO erasures (id, contact_id, subject, state, step, position, inbox_from, total, \
         counts, actor, created_at, updated_at) \
         VALUES ($1, $2, $3, 'running', $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            (&erasure.id).into(),
            (&erasure.contact_id).into(),
            (&outbound::json(&erasure.subject)?).into(),
            erasure.step.as_str().into(),
            (&erasure.position).into(),
            (&erasure.inbox_from).into(),
            erasure.total.into(),
            (&outbound::json(&erasure.counts)?).into(),
            (&erasure.actor).into(),
            erasure.created_at.into(),
            erasure.updated_at.into(),
        ],
    )
}

/// One erasure.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Erasure>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM erasures WHERE id = $1");
    tx.first(&sql, &[id.into()], erasure)
}

/// The erasure of a contact.
pub(crate) fn of_contact(tx: &Tx<'_>, contact_id: &str) -> Result<Option<Erasure>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM erasures WHERE contact_id = $1");
    tx.first(&sql, &[contact_id.into()], erasure)
}

/// The oldest erasure that is under way, after this one.
pub(crate) fn running(tx: &Tx<'_>, after: &str) -> Result<Option<Erasure>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM erasures WHERE state = 'running' AND id > $1 ORDER BY id LIMIT 1"
    );
    tx.first(&sql, &[after.into()], erasure)
}

/// Writes down how far it has come since it was `from`; `false` if somebody else has, or if it is
/// about another record of the person now.
pub(crate) fn advance(tx: &Tx<'_>, from: &Erasure, to: &Erasure) -> Result<bool, StoreError> {
    let moved = tx.execute(
        "UPDATE erasures SET step = $1, position = $2, inbox_to = $3, events_to = $4, counts = $5, \
         last_error = NULL, updated_at = $6, subject = $7 WHERE id = $8 AND state = 'running' \
         AND step = $9 AND position = $10 AND counts = $11 AND contact_id = $12",
        &[
            to.step.as_str().into(),
            (&to.position).into(),
            (&to.inbox_to).into(),
            to.events_to.into(),
            (&outbound::json(&to.counts)?).into(),
            to.updated_at.into(),
            (&outbound::json(&to.subject)?).into(),
            (&from.id).into(),
            from.step.as_str().into(),
            (&from.position).into(),
            (&outbound::json(&from.counts)?).into(),
            (&from.contact_id).into(),
        ],
    )?;
    Ok(moved == 1)
}

/// Lets the erasure of a record that is folded into another one be that one's. If both are erased,
/// each is: what was the first one's is found under the second one.
pub(super) fn merge(tx: &Tx<'_>, from: &str, into: &str) -> Result<(), StoreError> {
    tx.later(
        "UPDATE erasures SET contact_id = $1 WHERE contact_id = $2 AND state = 'running' \
         AND NOT EXISTS (SELECT 1 FROM erasures WHERE contact_id = $1)",
        &[into.into(), from.into()],
    )
}

/// Ends it: whom it was about is forgotten.
pub(crate) fn end(tx: &Tx<'_>, id: &str, now: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE erasures SET state = 'done', subject = NULL, position = '', updated_at = $1, \
         done_at = $1 WHERE id = $2",
        &[now.into(), id.into()],
    )
}

/// Notes why it does not go on.
pub(crate) fn failed(tx: &Tx<'_>, id: &str, error: &str, now: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE erasures SET last_error = $1, updated_at = $2 WHERE id = $3 AND state = 'running'",
        &[error.into(), now.into(), id.into()],
    )
}

fn erasure(row: &Row<'_>) -> Result<Erasure, StoreError> {
    const CORRUPT: StoreError = StoreError::Corrupt { what: "erasure" };
    let step = row.text(4)?;
    let step = Step::ALL.into_iter().find(|known| known.as_str() == step);
    let subject = match row.maybe_text(2)? {
        Some(json) => serde_json::from_str(&json).map_err(|_| CORRUPT)?,
        None => None,
    };
    Ok(Erasure {
        id: row.text(0)?,
        contact_id: row.text(1)?,
        subject,
        is_done: row.text(3)? == "done",
        step: step.ok_or(CORRUPT)?,
        position: row.text(5)?,
        inbox_from: row.text(6)?,
        inbox_to: row.maybe_text(7)?,
        events_to: row.maybe_int(8)?,
        total: row.int(9)?,
        counts: serde_json::from_str(&row.text(10)?).map_err(|_| CORRUPT)?,
        last_error: row.maybe_text(11)?,
        actor: row.text(12)?,
        created_at: row.int(13)?,
        updated_at: row.int(14)?,
        done_at: row.maybe_int(15)?,
    })
}
