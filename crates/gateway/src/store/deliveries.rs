//! Deliveries: one event for one endpoint, and the attempts that were made.

use super::page::{Found, Page, Where};
use super::scope::Scope;
use super::{Row, StoreError, Tx};
use crate::clock::Millis;
use crate::ids::{self, Kind};

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Waits for its time, or for its endpoint to be enabled.
    Pending,
    /// The endpoint answered 2xx.
    Delivered,
    /// The schedule is over; a dead letter tells of it.
    Failed,
    /// Somebody discarded it, or its endpoint or event is gone.
    Canceled,
}

impl State {
    pub(crate) const ALL: [Self; 4] =
        [Self::Pending, Self::Delivered, Self::Failed, Self::Canceled];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// `None` for a word that is no state.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A delivery as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) endpoint_id: String,
    pub(crate) event_seq: i64,
    pub(crate) event_id: String,
    pub(crate) state: State,
    /// Attempts of the schedule that runs; a retry by hand begins it again.
    pub(crate) attempts: i64,
    /// Attempts on record, of all its schedules.
    pub(crate) made: i64,
    /// When it is tried next; counts only while it is pending.
    pub(crate) due_at: Millis,
    pub(crate) created_at: Millis,
    pub(crate) updated_at: Millis,
}

/// A delivery in a list, with what stands in other tables.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) delivery: Delivery,
    /// What the event is called; none once it is not kept any more.
    pub(crate) event: Option<String>,
    /// The HTTP status of the newest attempt, if there was an answer.
    pub(crate) last_status: Option<i64>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// From 1, over all schedules of the delivery.
    pub(crate) number: i64,
    pub(crate) started_at: Millis,
    pub(crate) duration_ms: i64,
    /// The HTTP status, if there was an answer.
    pub(crate) status: Option<i64>,
    /// What was wrong, for a person; none when it was delivered.
    pub(crate) error: Option<String>,
    /// The beginning of the answer's body. It may hold personal data.
    pub(crate) response: Option<String>,
    /// What was sent and what came, as JSON lists of name and value. The secret is in neither.
    pub(crate) request_headers: Option<String>,
    pub(crate) response_headers: Option<String>,
}

/// Which deliveries to list.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Filter<'a> {
    pub(crate) endpoint_id: Option<&'a str>,
    pub(crate) event_id: Option<&'a str>,
    pub(crate) state: Option<State>,
    /// Of which at least one attempt failed.
    pub(crate) failures: bool,
    /// Of which at least one attempt, one that failed if `failures` is set, was made at this time or
    /// later.
    pub(crate) tried_since: Option<Millis>,
    /// Created at this time or later.
    pub(crate) since: Option<Millis>,
    /// Created before this time.
    pub(crate) until: Option<Millis>,
}

const COLUMNS: &str = "id, endpoint_id, event_seq, event_id, state, attempts, due_at, created_at, \
    updated_at, (SELECT COALESCE(MAX(t.attempt), 0) FROM delivery_attempts t \
    WHERE t.delivery_id = deliveries.id)";

/// What [`Listed`] says more, after [`COLUMNS`].
const MORE: &str = "(SELECT e.type FROM events e WHERE e.seq = deliveries.event_seq), \
    (SELECT a.status FROM delivery_attempts a WHERE a.delivery_id = deliveries.id \
    ORDER BY a.attempt DESC LIMIT 1)";

/// Attempts that are shown of one delivery: the newest of them.
const SHOWN_ATTEMPTS: i64 = 100;

/// Adds a delivery. Whoever adds one that no worker knows of also wakes them: see [`wake`].
pub(crate) fn insert(tx: &Tx<'_>, delivery: &Delivery) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO deliveries (id, endpoint_id, event_seq, event_id, state, attempts, due_at, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            (&delivery.id).into(),
            (&delivery.endpoint_id).into(),
            delivery.event_seq.into(),
            (&delivery.event_id).into(),
            delivery.state.as_str().into(),
            delivery.attempts.into(),
            delivery.due_at.into(),
            delivery.created_at.into(),
            delivery.updated_at.into(),
        ],
    )?;
    Ok(())
}

/// Has the workers look for due deliveries after the commit.
pub(crate) fn wake(tx: &Tx<'_>) {
    tx.note(|changed| changed.deliveries = true);
}

/// One delivery.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Delivery>, StoreError> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM deliveries WHERE id = $1"),
        &[id.into()],
        delivery,
    )
}

/// The newest attempts of a delivery, in the order in which they were made.
pub(crate) fn attempts(tx: &Tx<'_>, delivery_id: &str) -> Result<Vec<Attempt>, StoreError> {
    let mut attempts = tx.all(
        "SELECT attempt, started_at, duration_ms, status, error, response, request_headers, \
         response_headers FROM delivery_attempts \
         WHERE delivery_id = $1 ORDER BY attempt DESC LIMIT $2",
        &[delivery_id.into(), SHOWN_ATTEMPTS.into()],
        |row| {
            Ok(Attempt {
                number: row.int(0)?,
                started_at: row.int(1)?,
                duration_ms: row.int(2)?,
                status: row.maybe_int(3)?,
                error: row.maybe_text(4)?,
                response: row.maybe_text(5)?,
                request_headers: row.maybe_text(6)?,
                response_headers: row.maybe_text(7)?,
            })
        },
    )?;
    attempts.reverse();
    Ok(attempts)
}

/// A delivery of an event of these channels.
pub(crate) fn within(tx: &Tx<'_>, id: &str, scope: &Scope) -> Result<Option<Delivery>, StoreError> {
    let mut sql = Where::new(format!("SELECT {COLUMNS} FROM deliveries"));
    sql.and("id =", id);
    sql.and_in_nested(OF_CHANNELS, scope, ")");
    Ok(sql.all(tx, delivery)?.pop())
}

const TRIES: &str = "EXISTS (SELECT 1 FROM delivery_attempts t WHERE t.delivery_id = deliveries.id";

const OF_CHANNELS: &str =
    "EXISTS (SELECT 1 FROM events e WHERE e.seq = deliveries.event_seq AND e.channel_id";

/// A page of deliveries, newest first.
pub(crate) fn page(
    tx: &Tx<'_>,
    filter: Filter<'_>,
    scope: &Scope,
    page: &Page,
) -> Result<Found<Listed>, StoreError> {
    let floor = |at| ids::floor(Kind::Delivery, at);
    let (since, until) = (filter.since.map(floor), filter.until.map(floor));
    let has_index = filter.state == Some(State::Failed)
        && filter.endpoint_id.is_none()
        && filter.event_id.is_none();
    let reach = |columns: &str| {
        // Written out, not bound: a partial index serves only a query that names its state.
        let from = if has_index {
            "(SELECT * FROM deliveries WHERE state = 'failed') AS deliveries"
        } else {
            "deliveries"
        };
        let mut sql = Where::new(format!("SELECT {columns} FROM {from}"));
        match filter.event_id {
            Some(event) => sql.and("event_id =", event),
            None => sql.and_if("endpoint_id =", filter.endpoint_id),
        }
        sql.and_if("id >=", since.as_deref());
        sql.and_if("id <", until.as_deref());
        sql
    };
    page.read(
        tx,
        ("id", &format!("{COLUMNS}, {MORE}")),
        reach,
        |sql| {
            if filter.event_id.is_some() {
                sql.and_if("endpoint_id =", filter.endpoint_id);
            }
            if !has_index {
                sql.and_if("state =", filter.state.map(State::as_str));
            }
            if filter.failures || filter.tried_since.is_some() {
                let failed = if filter.failures {
                    "t.error IS NOT NULL AND "
                } else {
                    ""
                };
                let since = filter.tried_since.unwrap_or(Millis::MIN);
                // Each try changes it: those of long ago need no look at their tries.
                sql.and("updated_at >=", since);
                sql.and_nested(&format!("{TRIES} AND {failed}t.started_at >="), since, ")");
            }
            sql.and_in_nested(OF_CHANNELS, scope, ")");
        },
        |row| {
            Ok(Listed {
                delivery: delivery(row)?,
                event: row.maybe_text(10)?,
                last_status: row.maybe_int(11)?,
            })
        },
    )
}

/// A delivery whose time has come.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) id: String,
    pub(crate) event_id: String,
    /// As [`Delivery::attempts`].
    pub(crate) attempts: i64,
}

/// Up to `limit` deliveries of an endpoint whose time has come, the longest due first.
pub(crate) fn due(
    tx: &Tx<'_>,
    endpoint_id: &str,
    now: Millis,
    limit: i64,
) -> Result<Vec<Due>, StoreError> {
    tx.all(
        "SELECT id, event_id, attempts FROM deliveries WHERE state = 'pending' \
         AND endpoint_id = $1 AND due_at <= $2 ORDER BY due_at, id LIMIT $3",
        &[endpoint_id.into(), now.into(), limit.into()],
        |row| {
            Ok(Due {
                id: row.text(0)?,
                event_id: row.text(1)?,
                attempts: row.int(2)?,
            })
        },
    )
}

/// The time by which a delivery comes before all others of an endpoint that are due.
pub(crate) fn front(tx: &Tx<'_>, endpoint_id: &str, now: Millis) -> Result<Millis, StoreError> {
    let first = tx.first(
        "SELECT MIN(due_at) FROM deliveries WHERE state = 'pending' AND endpoint_id = $1",
        &[endpoint_id.into()],
        |row| row.maybe_int(0),
    )?;
    Ok(first.flatten().map_or(now, |first| now.min(first - 1)))
}

/// When the next delivery of an endpoint after `now` is due.
pub(crate) fn next_due(
    tx: &Tx<'_>,
    endpoint_id: &str,
    now: Millis,
) -> Result<Option<Millis>, StoreError> {
    tx.first(
        "SELECT due_at FROM deliveries WHERE state = 'pending' AND endpoint_id = $1 \
         AND due_at > $2 ORDER BY due_at LIMIT 1",
        &[endpoint_id.into(), now.into()],
        |row| row.int(0),
    )
}

/// Pending deliveries that are counted at most.
const COUNTED: i64 = 100_000;

/// What waits for an endpoint.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Waiting {
    pub(crate) count: i64,
    /// Those that were tried, and failed so far.
    pub(crate) failing: i64,
    pub(crate) first_due: Option<Millis>,
}

/// What waits for an endpoint.
pub(crate) fn waiting(tx: &Tx<'_>, endpoint_id: &str) -> Result<Waiting, StoreError> {
    let sql = format!(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN attempts > 0 THEN 1 ELSE 0 END), 0), MIN(due_at) \
         FROM (SELECT due_at, attempts FROM deliveries WHERE state = 'pending' \
         AND endpoint_id = $1 ORDER BY due_at, id LIMIT {COUNTED}) AS due"
    );
    let found = tx.first(&sql, &[endpoint_id.into()], |row| {
        Ok(Waiting {
            count: row.int(0)?,
            failing: row.int(1)?,
            first_due: row.maybe_int(2)?,
        })
    })?;
    Ok(found.unwrap_or_default())
}

/// Deliveries of an endpoint that failed, for good or so far, from this id on, up to `limit`.
pub(crate) fn failed_since(
    tx: &Tx<'_>,
    endpoint_id: &str,
    first_id: &str,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    tx.all(
        "SELECT id FROM (SELECT id FROM deliveries WHERE state = 'failed' AND id >= $1 \
         AND endpoint_id = $2 UNION ALL SELECT id FROM deliveries WHERE state = 'pending' \
         AND attempts > 0 AND id >= $1 AND endpoint_id = $2) AS failed ORDER BY id LIMIT $3",
        &[first_id.into(), endpoint_id.into(), limit.into()],
        |row| row.text(0),
    )
}

/// Records an attempt under the next free number.
pub(crate) fn add_attempt(
    tx: &Tx<'_>,
    delivery_id: &str,
    attempt: &Attempt,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO delivery_attempts (delivery_id, attempt, started_at, duration_ms, status, \
         error, response, request_headers, response_headers) SELECT CAST($1 AS TEXT), \
         COALESCE(MAX(attempt), 0) + 1, CAST($2 AS BIGINT), CAST($3 AS BIGINT), \
         CAST($4 AS BIGINT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT), \
         CAST($8 AS TEXT) FROM delivery_attempts WHERE delivery_id = $9",
        &[
            delivery_id.into(),
            attempt.started_at.into(),
            attempt.duration_ms.into(),
            attempt.status.into(),
            (&attempt.error).into(),
            (&attempt.response).into(),
            (&attempt.request_headers).into(),
            (&attempt.response_headers).into(),
            delivery_id.into(),
        ],
    )?;
    Ok(())
}

/// The endpoint has it, whatever else was decided meanwhile.
pub(crate) fn set_delivered(tx: &Tx<'_>, id: &str, now: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE deliveries SET state = 'delivered', attempts = attempts + 1, updated_at = $1 \
         WHERE id = $2",
        &[now.into(), id.into()],
    )?;
    Ok(())
}

/// The nth attempt failed and it is tried again; `false`, and it stays as it is, if it is no longer
/// pending or its schedule was begun again meanwhile.
pub(crate) fn set_due(
    tx: &Tx<'_>,
    id: &str,
    nth: i64,
    due_at: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE deliveries SET attempts = $1, due_at = $2, updated_at = $3 \
         WHERE id = $4 AND state = 'pending' AND attempts = $5",
        &[
            nth.into(),
            due_at.into(),
            now.into(),
            id.into(),
            (nth - 1).into(),
        ],
    )?;
    Ok(changed == 1)
}

/// The nth attempt failed and there is no other: it is over. As for [`set_due`].
pub(crate) fn set_over(
    tx: &Tx<'_>,
    id: &str,
    nth: i64,
    state: State,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE deliveries SET state = $1, attempts = $2, updated_at = $3 \
         WHERE id = $4 AND state = 'pending' AND attempts = $5",
        &[
            state.as_str().into(),
            nth.into(),
            now.into(),
            id.into(),
            (nth - 1).into(),
        ],
    )?;
    Ok(changed == 1)
}

/// Begins the schedule again, now.
pub(crate) fn restart(tx: &Tx<'_>, id: &str, now: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE deliveries SET state = 'pending', attempts = 0, due_at = $1, updated_at = $2 \
         WHERE id = $3",
        &[now.into(), now.into(), id.into()],
    )?;
    wake(tx);
    Ok(())
}

/// Gives a delivery up unless it was made.
pub(crate) fn cancel(tx: &Tx<'_>, id: &str, now: Millis) -> Result<(), StoreError> {
    tx.later(
        "UPDATE deliveries SET state = 'canceled', updated_at = $1 \
         WHERE id = $2 AND state IN ('pending', 'failed')",
        &[now.into(), id.into()],
    )?;
    Ok(())
}

/// Cancels up to `limit` pending deliveries of an endpoint that is gone; how many there were.
pub(crate) fn cancel_some_of(
    tx: &Tx<'_>,
    endpoint_id: &str,
    now: Millis,
    limit: i64,
) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE deliveries SET state = 'canceled', updated_at = $1 WHERE id IN (SELECT id \
         FROM deliveries WHERE state = 'pending' AND endpoint_id = $2 \
         AND endpoint_id NOT IN (SELECT id FROM endpoints) LIMIT $3)",
        &[now.into(), endpoint_id.into(), limit.into()],
    )
}

/// Endpoints that are gone while deliveries to them are pending.
pub(crate) fn orphaned_endpoints(tx: &Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.all(
        "SELECT DISTINCT endpoint_id FROM deliveries WHERE state = 'pending' \
         AND endpoint_id NOT IN (SELECT id FROM endpoints)",
        &[],
        |row| row.text(0),
    )
}

/// Closes the open dead letter of a delivery, if there is one.
pub(crate) fn resolve_dead_letter(
    tx: &Tx<'_>,
    delivery_id: &str,
    resolution: &str,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "UPDATE dead_letters SET resolved_at = $1, resolution = $2 \
         WHERE delivery_id = $3 AND resolved_at IS NULL",
        &[now.into(), resolution.into(), delivery_id.into()],
    )?;
    Ok(())
}

/// Reads [`COLUMNS`].
fn delivery(row: &Row<'_>) -> Result<Delivery, StoreError> {
    let state = State::parse(&row.text(4)?);
    Ok(Delivery {
        id: row.text(0)?,
        endpoint_id: row.text(1)?,
        event_seq: row.int(2)?,
        event_id: row.text(3)?,
        state: state.ok_or(StoreError::Corrupt {
            what: "delivery state",
        })?,
        attempts: row.int(5)?,
        due_at: row.int(6)?,
        created_at: row.int(7)?,
        updated_at: row.int(8)?,
        made: row.int(9)?,
    })
}
