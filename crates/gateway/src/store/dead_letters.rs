//! Dead letters: what could not be processed, kept until somebody retries or discards it.

use serde::{Deserialize, Serialize};

use super::page::{Found, Page, Where};
use super::scope::Scope;
use super::{Row, StoreError, Tx};
use crate::clock::Millis;
use crate::ids;

/// What kind of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// An outbound message that the carrier refused for good.
    Send,
    /// An event that an endpoint did not take within the schedule.
    Delivery,
    /// A notification, or a part of one, that was not understood.
    Ingest,
    /// A command from the bus that was not done.
    Command,
    /// A file of a user's that could not be fetched.
    Media,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Delivery => "delivery",
            Self::Ingest => "ingest",
            Self::Command => "command",
            Self::Media => "media",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        let kind = [
            Self::Send,
            Self::Delivery,
            Self::Ingest,
            Self::Command,
            Self::Media,
        ];
        let kind = kind.into_iter().find(|kind| kind.as_str() == text);
        kind.ok_or(StoreError::Corrupt {
            what: "dead letter kind",
        })
    }
}

/// A dead letter to keep. `reason` is a stable code, `detail` JSON for a person.
#[derive(Debug, Default)]
pub(crate) struct NewDeadLetter {
    pub(crate) id: String,
    pub(crate) channel_id: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) delivery_id: Option<String>,
    pub(crate) event_id: Option<String>,
    pub(crate) notification: Option<String>,
    pub(crate) reason: String,
    pub(crate) detail: String,
}

/// Keeps it; the caller appends the `dead_letter` or `unrecognised` event.
pub(crate) fn insert(
    tx: &Tx<'_>,
    kind: Kind,
    letter: &NewDeadLetter,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO dead_letters (id, kind, channel_id, message_id, delivery_id, event_id, \
         notification, reason, detail, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            (&letter.id).into(),
            kind.as_str().into(),
            (&letter.channel_id).into(),
            (&letter.message_id).into(),
            (&letter.delivery_id).into(),
            (&letter.event_id).into(),
            (&letter.notification).into(),
            (&letter.reason).into(),
            (&letter.detail).into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Ends the open dead letters of a message, saying how; how many there were.
pub(crate) fn resolve_of_message(
    tx: &Tx<'_>,
    message_id: &str,
    resolution: &str,
    now: Millis,
) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE dead_letters SET resolved_at = $1, resolution = $2 \
         WHERE message_id = $3 AND message_id IS NOT NULL AND resolved_at IS NULL \
         AND kind <> 'media'",
        &[now.into(), resolution.into(), message_id.into()],
    )
}

/// Ends the open dead letters of the file of an inbound message.
pub(crate) fn resolve_of_media(
    tx: &Tx<'_>,
    message_id: &str,
    resolution: &str,
    now: Millis,
) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE dead_letters SET resolved_at = $1, resolution = $2 WHERE message_id = $3 \
         AND message_id IS NOT NULL AND resolved_at IS NULL AND kind = 'media'",
        &[now.into(), resolution.into(), message_id.into()],
    )
}

/// A dead letter as stored.
#[derive(Debug, Clone)]
pub(crate) struct DeadLetter {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) channel_id: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) delivery_id: Option<String>,
    pub(crate) event_id: Option<String>,
    pub(crate) notification: Option<String>,
    pub(crate) reason: String,
    /// JSON.
    pub(crate) detail: String,
    pub(crate) created_at: Millis,
    pub(crate) resolved: Option<Resolved>,
}

/// When a dead letter was settled, and how: `retried`, or the reason of a discard.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) at: Millis,
    pub(crate) resolution: String,
}

const COLUMNS: &str = "id, kind, channel_id, message_id, delivery_id, event_id, notification, \
    reason, detail, created_at, resolved_at, resolution";

/// One dead letter.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<DeadLetter>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM dead_letters WHERE id = $1");
    tx.first(&sql, &[id.into()], dead_letter)
}

/// Which of the open dead letters are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<String>,
    /// At or after this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_after: Option<Millis>,
    /// At or before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_before: Option<Millis>,
    /// Jobs settle those that are open.
    #[serde(skip)]
    pub(crate) standing: Standing,
    /// Only those that this job has settled.
    #[serde(skip)]
    pub(crate) settled_by: Option<String>,
    /// Only those that it was refused, settled since or not.
    #[serde(skip)]
    pub(crate) refused_by: Option<String>,
    /// Only those that can be tried again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) retryable: bool,
    /// Only of these channels. Jobs have none: they concern the whole gateway.
    #[serde(skip)]
    pub(crate) scope: Scope,
}

/// Whether somebody has settled them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    #[default]
    Open,
    Resolved,
    Any,
}

impl Filter {
    fn select(&self, columns: &str) -> Where<'_> {
        let mut sql = self.reach(columns);
        self.narrow(&mut sql);
        if let Some(time) = self.created_after {
            sql.and("created_at >=", time);
        }
        if let Some(time) = self.created_before {
            sql.and("created_at <=", time);
        }
        sql
    }

    /// Begins a SELECT with what an index serves, the time left out.
    fn reach(&self, columns: &str) -> Where<'_> {
        let standing = match self.standing {
            Standing::Open => "resolved_at IS NULL",
            Standing::Resolved | Standing::Any => "1 = 1",
        };
        let kinds = if self.retryable {
            " AND kind <> 'ingest'"
        } else {
            ""
        };
        let mut sql = Where::new(format!(
            "SELECT {columns} FROM (SELECT * FROM dead_letters WHERE {standing}{kinds}) AS letters"
        ));
        if !self.ids.is_empty() {
            sql.and_one_of("id", &self.ids);
        }
        sql.and_if("job_refused = 0 AND job_id =", self.settled_by.as_deref());
        sql.and_if("job_refused = 1 AND job_id =", self.refused_by.as_deref());
        sql
    }

    fn narrow<'a>(&'a self, sql: &mut Where<'a>) {
        if self.standing == Standing::Resolved {
            sql.and("resolved_at >=", Millis::MIN);
        }
        sql.and_if("kind =", self.kind.map(Kind::as_str));
        sql.and_if("reason =", self.reason.as_deref());
        sql.and_if("channel_id =", self.channel.as_deref());
        sql.and_in("channel_id", &self.scope);
    }
}

/// What dead letters are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Kind,
    Reason,
    Channel,
}

/// A page of dead letters, newest first.
pub(crate) fn list(
    tx: &Tx<'_>,
    filter: &Filter,
    page: &Page,
) -> Result<Found<DeadLetter>, StoreError> {
    // Ids grow with time.
    let floor = |at| ids::floor(ids::Kind::DeadLetter, at);
    let since = filter.created_after.map(floor);
    let until = filter.created_before.map(|at| floor(at.saturating_add(1)));
    let reach = |columns: &str| {
        let mut sql = filter.reach(columns);
        sql.and_if("id >=", since.as_deref());
        sql.and_if("id <", until.as_deref());
        sql
    };
    page.read(
        tx,
        ("id", COLUMNS),
        reach,
        |sql| filter.narrow(sql),
        dead_letter,
    )
}

/// How many are open.
pub(crate) fn count_open(tx: &Tx<'_>, filter: &Filter) -> Result<i64, StoreError> {
    let counts = filter.select("COUNT(*)").all(tx, |row| row.int(0))?;
    Ok(counts.into_iter().sum())
}

/// How many of the newest `most` are open.
pub(crate) fn count_some_open(tx: &Tx<'_>, filter: &Filter, most: i64) -> Result<i64, StoreError> {
    let mut sql = filter.select("id");
    sql.order("id DESC", most);
    let counts = sql.within("SELECT COUNT(*)", "");
    Ok(counts.all(tx, |row| row.int(0))?.into_iter().sum())
}

/// How many are open of each sort, the most first; up to `limit` sorts.
pub(crate) fn count_open_by(
    tx: &Tx<'_>,
    filter: &Filter,
    by: By,
    limit: i64,
) -> Result<Vec<(Option<String>, i64)>, StoreError> {
    let column = match by {
        By::Kind => "kind",
        By::Reason => "reason",
        By::Channel => "channel_id",
    };
    let mut sql = filter.select(&format!("{column}, COUNT(*)"));
    sql.tail(&format!(
        " GROUP BY {column} ORDER BY COUNT(*) DESC, {column} LIMIT {limit}"
    ));
    sql.all(tx, |row| Ok((row.maybe_text(0)?, row.int(1)?)))
}

/// Open dead letters of one kind with one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) reason: String,
    pub(crate) kind: Kind,
    pub(crate) count: i64,
    pub(crate) oldest_at: Millis,
    pub(crate) newest_at: Millis,
}

/// The newest `most` open ones by reason and kind, the most first; of these channels if there is a
/// list.
pub(crate) fn groups(
    tx: &Tx<'_>,
    channels: Option<&[String]>,
    (most, limit): (i64, i64),
) -> Result<Vec<Group>, StoreError> {
    let every = Filter::default();
    let mut sql = every.select("reason, kind, created_at");
    match channels {
        None => {}
        Some([]) => return Ok(Vec::new()),
        Some(channels) => sql.and_one_of("channel_id", channels),
    }
    sql.order("id DESC", most);
    let groups = sql.within(
        "SELECT reason, kind, COUNT(*), MIN(created_at), MAX(created_at)",
        &format!(" GROUP BY reason, kind ORDER BY COUNT(*) DESC, reason, kind LIMIT {limit}"),
    );
    groups.all(tx, |row| {
        Ok(Group {
            reason: row.text(0)?,
            kind: Kind::parse(&row.text(1)?)?,
            count: row.int(2)?,
            oldest_at: row.int(3)?,
            newest_at: row.int(4)?,
        })
    })
}

/// The first open one whose id sorts after `last_id`.
pub(crate) fn next_open(
    tx: &Tx<'_>,
    filter: &Filter,
    last_id: &str,
) -> Result<Option<DeadLetter>, StoreError> {
    let mut sql = filter.select(COLUMNS);
    sql.and("id >", last_id);
    sql.order("id", 1);
    Ok(sql.all(tx, dead_letter)?.pop())
}

/// Notes that somebody settled it; `false` if it was settled before.
pub(crate) fn resolve(
    tx: &Tx<'_>,
    id: &str,
    resolution: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let settled = tx.execute(
        "UPDATE dead_letters SET resolved_at = $1, resolution = $2 \
         WHERE id = $3 AND resolved_at IS NULL",
        &[now.into(), resolution.into(), id.into()],
    )?;
    Ok(settled == 1)
}

/// Notes that a job came to it.
pub(crate) fn of_job(tx: &Tx<'_>, id: &str, job_id: &str, refused: bool) -> Result<(), StoreError> {
    tx.later(
        "UPDATE dead_letters SET job_id = $1, job_refused = $2 WHERE id = $3",
        &[job_id.into(), i64::from(refused).into(), id.into()],
    )
}

/// Takes a settlement back in the transaction that made it.
pub(crate) fn reopen(tx: &Tx<'_>, id: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE dead_letters SET resolved_at = NULL, resolution = NULL WHERE id = $1",
        &[id.into()],
    )?;
    Ok(())
}

fn dead_letter(row: &Row<'_>) -> Result<DeadLetter, StoreError> {
    let resolved = match (row.maybe_int(10)?, row.maybe_text(11)?) {
        (Some(at), resolution) => Some(Resolved {
            at,
            resolution: resolution.unwrap_or_default(),
        }),
        (None, _) => None,
    };
    Ok(DeadLetter {
        id: row.text(0)?,
        kind: Kind::parse(&row.text(1)?)?,
        channel_id: row.maybe_text(2)?,
        message_id: row.maybe_text(3)?,
        delivery_id: row.maybe_text(4)?,
        event_id: row.maybe_text(5)?,
        notification: row.maybe_text(6)?,
        reason: row.text(7)?,
        detail: row.text(8)?,
        created_at: row.int(9)?,
        resolved,
    })
}
