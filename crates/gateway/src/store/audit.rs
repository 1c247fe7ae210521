//! The audit: who did what to what, and when. Rows are only ever added.

use serde_json::{Map, Value, json};

use super::page::{Found, Page, Where};
use super::{Row, StoreError, Tx};
use crate::clock::Millis;
use crate::ids::{self, Kind, Random};

/// Something that a person did.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    pub(crate) id: String,
    /// The id of an API key.
    pub(crate) actor: String,
    /// Whether it was done at the console, and not by a program.
    pub(crate) at_console: bool,
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

/// Writes down what one caller does.
#[derive(Debug, Clone)]
pub(crate) struct Scribe {
    /// The id of an API key.
    pub(crate) actor: String,
    pub(crate) at_console: bool,
    pub(crate) random: Random,
    pub(crate) now: Millis,
}

/// What was there before, and what is there since. It holds no secret, no number or name of a person
/// and nothing that one wrote.
#[derive(Debug, Clone, Default)]
pub(crate) struct Difference {
    pub(crate) was: Option<Value>,
    pub(crate) became: Option<Value>,
}

/// Which deeds are wanted: those for which all of this is true.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) actor: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) subject: Option<String>,
    /// At or after this.
    pub(crate) since: Option<Millis>,
    /// Before this.
    pub(crate) until: Option<Millis>,
}

impl Scribe {
    /// Somebody, in a test that is not about who.
    #[cfg(test)]
    pub(crate) fn for_test(app: &crate::app::App) -> Self {
        Self {
            actor: "key_test".to_owned(),
            at_console: false,
            random: app.random.clone(),
            now: app.clock.now(),
        }
    }

    /// Keeps a deed, in the transaction that does it.
    pub(crate) fn note(
        &self,
        tx: &Tx<'_>,
        action: &str,
        subject: &str,
        difference: Difference,
    ) -> Result<(), StoreError> {
        let deed = Deed {
            id: self.random.id(Kind::Audit, self.now),
            actor: self.actor.clone(),
            at_console: self.at_console,
            action: action.to_owned(),
            subject: subject.to_owned(),
            was: difference.was.map(|was| was.to_string()),
            became: difference.became.map(|became| became.to_string()),
            created_at: self.now,
        };
        add(tx, &deed)
    }
}

impl Difference {
    /// Nothing more than the action says.
    pub(crate) const NONE: Self = Self {
        was: None,
        became: None,
    };

    /// Something that was not there before.
    pub(crate) fn made(became: Value) -> Self {
        Self {
            was: None,
            became: Some(became),
        }
    }

    /// Something that is there no more.
    pub(crate) fn gone(was: Value) -> Self {
        Self {
            was: Some(was),
            became: None,
        }
    }

    /// Something that has another state.
    pub(crate) fn of_state(was: &str, became: &str) -> Self {
        Self {
            was: Some(json!({"state": was})),
            became: Some(json!({"state": became})),
        }
    }

    /// The fields that are not as they were, but for when they were changed.
    pub(crate) fn between(was: Value, became: Value) -> Self {
        let (Value::Object(mut was), Value::Object(mut became)) = (was, became) else {
            return Self::NONE;
        };
        let is_same = |field: &str, was: &Map<String, Value>, became: &Map<String, Value>| {
            field == "updated_at" || was.get(field) == became.get(field)
        };
        let (before, after) = (was.clone(), became.clone());
        was.retain(|field, _| !is_same(field, &before, &after));
        became.retain(|field, _| !is_same(field, &before, &after));
        Self {
            was: Some(was.into()),
            became: Some(became.into()),
        }
    }
}

const COLUMNS: &str = "id, actor, at_console, action, subject, was, became, created_at";

/// Keeps it.
pub(crate) fn add(tx: &Tx<'_>, deed: &Deed) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO audit (id, actor, at_console, action, subject, was, became, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            (&deed.id).into(),
            (&deed.actor).into(),
            i64::from(deed.at_console).into(),
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
        &format!("SELECT {COLUMNS} FROM audit WHERE subject = $1 ORDER BY id LIMIT $2"),
        &[subject.into(), limit.into()],
        deed,
    )
}

/// A page of deeds, newest first, each with the name of its actor's key.
pub(crate) fn list(
    tx: &Tx<'_>,
    filter: &Filter,
    page: &Page,
) -> Result<Found<(Deed, Option<String>)>, StoreError> {
    let floor = |at| ids::floor(Kind::Audit, at);
    let (since, until) = (filter.since.map(floor), filter.until.map(floor));
    let columns = format!("{COLUMNS}, (SELECT name FROM api_keys WHERE api_keys.id = audit.actor)");
    let reach = |columns: &str| {
        let mut sql = Where::new(format!("SELECT {columns} FROM audit"));
        sql.and_if("subject =", filter.subject.as_deref());
        sql.and_if("id >=", since.as_deref());
        sql.and_if("id <", until.as_deref());
        sql
    };
    page.read(
        tx,
        ("id", &columns),
        reach,
        |sql| {
            sql.and_if("actor =", filter.actor.as_deref());
            sql.and_if("action =", filter.action.as_deref());
        },
        |row| Ok((deed(row)?, row.maybe_text(8)?)),
    )
}

fn deed(row: &Row<'_>) -> Result<Deed, StoreError> {
    Ok(Deed {
        id: row.text(0)?,
        actor: row.text(1)?,
        at_console: row.int(2)? != 0,
        action: row.text(3)?,
        subject: row.text(4)?,
        was: row.maybe_text(5)?,
        became: row.maybe_text(6)?,
        created_at: row.int(7)?,
    })
}
