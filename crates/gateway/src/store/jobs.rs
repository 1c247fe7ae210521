//! Jobs over dead letters: many of them settled one after the other, over restarts.

use super::dead_letters::{self, Filter};
use super::page::{Page, Where};
use super::{Row, StoreError, Tx};
use crate::clock::Millis;

/// What is done to each dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Retry,
    Discard,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    Done,
    Canceled,
}

/// A job as stored.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) action: Action,
    /// Why they are discarded.
    pub(crate) reason: Option<String>,
    pub(crate) filter: Filter,
    pub(crate) per_second: i64,
    pub(crate) state: State,
    /// How many there were when it began; it comes to no more.
    pub(crate) total: i64,
    pub(crate) done: i64,
    /// Those that were refused; they stay open.
    pub(crate) failed: i64,
    /// The last letter that it came to; empty before the first.
    pub(crate) last_id: String,
    pub(crate) last_error: Option<String>,
    /// Who asked: the id of an API key.
    pub(crate) actor: String,
    pub(crate) created_at: Millis,
    pub(crate) updated_at: Millis,
}

const COLUMNS: &str = "id, action, reason, filter, per_second, state, total, done, failed, \
    last_id, last_error, actor, created_at, updated_at";

impl Action {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Discard => "discard",
        }
    }
}

impl State {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Canceled => "canceled",
        }
    }
}

/// Adds one.
pub(crate) fn insert(tx: &Tx<'_>, job: &Job) -> Result<(), StoreError> {
    let filter = super::outbound::json(&job.filter)?;
    tx.later(
        "INSERT INTO dead_letter_jobs (id, action, reason, filter, per_second, state, total, done, \
         failed, last_id, last_error, actor, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &[
            (&job.id).into(),
            job.action.as_str().into(),
            (&job.reason).into(),
            (&filter).into(),
            job.per_second.into(),
            job.state.as_str().into(),
            job.total.into(),
            job.done.into(),
            job.failed.into(),
            (&job.last_id).into(),
            (&job.last_error).into(),
            (&job.actor).into(),
            job.created_at.into(),
            job.updated_at.into(),
        ],
    )
}

/// One job.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Job>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM dead_letter_jobs WHERE id = $1");
    tx.first(&sql, &[id.into()], job)
}

/// A page of jobs, newest first.
pub(crate) fn list(tx: &Tx<'_>, page: &Page) -> Result<Vec<Job>, StoreError> {
    let mut sql = Where::new(format!("SELECT {COLUMNS} FROM dead_letter_jobs"));
    sql.and_older(page);
    sql.all(tx, job)
}

/// The oldest job that runs.
pub(crate) fn running(tx: &Tx<'_>) -> Result<Option<Job>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM dead_letter_jobs WHERE state = 'running' ORDER BY id LIMIT 1"
    );
    tx.first(&sql, &[], job)
}

/// Moves a job on to its next letter; `false` if it was cancelled, or another node has moved it.
pub(crate) fn step(tx: &Tx<'_>, job: &Job, to: &str, now: Millis) -> Result<bool, StoreError> {
    let moved = tx.execute(
        "UPDATE dead_letter_jobs SET last_id = $1, updated_at = $2 \
         WHERE id = $3 AND state = 'running' AND last_id = $4",
        &[
            to.into(),
            now.into(),
            (&job.id).into(),
            (&job.last_id).into(),
        ],
    )?;
    Ok(moved == 1)
}

/// Counts a letter as settled, or as refused and why.
pub(crate) fn count(
    tx: &Tx<'_>,
    id: &str,
    letter_id: &str,
    error: Option<&str>,
) -> Result<(), StoreError> {
    dead_letters::of_job(tx, letter_id, id, error.is_some())?;
    match error {
        None => tx.later(
            "UPDATE dead_letter_jobs SET done = done + 1 WHERE id = $1",
            &[id.into()],
        ),
        Some(error) => tx.later(
            "UPDATE dead_letter_jobs SET failed = failed + 1, last_error = $1 WHERE id = $2",
            &[error.into(), id.into()],
        ),
    }
}

/// Ends a job that runs; `false` if it has ended.
pub(crate) fn end(tx: &Tx<'_>, id: &str, state: State, now: Millis) -> Result<bool, StoreError> {
    let ended = tx.execute(
        "UPDATE dead_letter_jobs SET state = $1, updated_at = $2 \
         WHERE id = $3 AND state = 'running'",
        &[state.as_str().into(), now.into(), id.into()],
    )?;
    Ok(ended == 1)
}

/// Forgets jobs that ended before `cutoff`.
pub(crate) fn forget(tx: &Tx<'_>, cutoff: Millis) -> Result<(), StoreError> {
    tx.later(
        "DELETE FROM dead_letter_jobs WHERE state <> 'running' AND updated_at < $1",
        &[cutoff.into()],
    )
}

fn job(row: &Row<'_>) -> Result<Job, StoreError> {
    const CORRUPT: StoreError = StoreError::Corrupt {
        what: "dead letter job",
    };
    let action = match row.text(1)?.as_str() {
        "retry" => Action::Retry,
        "discard" => Action::Discard,
        _ => return Err(CORRUPT),
    };
    let state = match row.text(5)?.as_str() {
        "running" => State::Running,
        "done" => State::Done,
        "canceled" => State::Canceled,
        _ => return Err(CORRUPT),
    };
    Ok(Job {
        id: row.text(0)?,
        action,
        reason: row.maybe_text(2)?,
        filter: serde_json::from_str(&row.text(3)?).map_err(|_| CORRUPT)?,
        per_second: row.int(4)?,
        state,
        total: row.int(6)?,
        done: row.int(7)?,
        failed: row.int(8)?,
        last_id: row.text(9)?,
        last_error: row.maybe_text(10)?,
        actor: row.text(11)?,
        created_at: row.int(12)?,
        updated_at: row.int(13)?,
    })
}
