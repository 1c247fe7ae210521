//! The audit: who did what to what, and when. Rows are only ever added.

use super::{StoreError, Tx};
use crate::clock::Millis;

/// Something that a person did.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    pub(crate) id: String,
    /// The id of an API key.
    pub(crate) actor: String,
    /// A stable word such as `dead_letter.retried`.
    pub(crate) action: String,
    /// The id of what it was done to.
    pub(crate) subject: String,
    /// What was there before, as JSON, if something was replaced.
    pub(crate) was: Option<String>,
    /// What is there since, as JSON.
    pub(crate) became: Option<String>,
    pub(crate) created_at: Millis,
}

/// Keeps it.
pub(crate) fn add(tx: &Tx<'_>, deed: &Deed) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO audit (id, actor, action, subject, was, became, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            (&deed.id).into(),
            (&deed.actor).into(),
            (&deed.action).into(),
            (&deed.subject).into(),
            (&deed.was).into(),
            (&deed.became).into(),
            deed.created_at.into(),
        ],
    )
}

/// What was done to this, oldest first, up to `limit` deeds.
pub(crate) fn of_subject(tx: &Tx<'_>, subject: &str, limit: i64) -> Result<Vec<Deed>, StoreError> {
    tx.all(
        "SELECT id, actor, action, subject, was, became, created_at FROM audit \
         WHERE subject = $1 ORDER BY id LIMIT $2",
        &[subject.into(), limit.into()],
        |row| {
            Ok(Deed {
                id: row.text(0)?,
                actor: row.text(1)?,
                action: row.text(2)?,
                subject: row.text(3)?,
                was: row.maybe_text(4)?,
                became: row.maybe_text(5)?,
                created_at: row.int(6)?,
            })
        },
    )
}
