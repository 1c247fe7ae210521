//! All that happened to one message, from every table that knows of it: a handful of queries.

use super::channels::{self, Paused};
use super::messages::{self, Message, Status};
use super::pairs::{self, Pair};
use super::scope::Scope;
use super::{Row, StoreError, Tx};
use crate::clock::Millis;

/// Rows of each kind at most, but for attempts of deliveries.
const MOST: usize = 500;
const MOST_DELIVERY_ATTEMPTS: usize = 2000;

/// A message and its rows, each kind in the order of its time.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) message: Message,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) events: Vec<Event>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) delivery_attempts: Vec<DeliveryAttempt>,
    pub(crate) dead_letters: Vec<DeadLetter>,
    /// Of a message that is queued: why its channel sends nothing, and how its user's pair rests.
    pub(crate) paused: Option<Paused>,
    pub(crate) pair: Option<Pair>,
    /// There is more than is shown of something.
    pub(crate) truncated: bool,
}

/// One call to the carrier.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// Counts from 1.
    pub(crate) number: i64,
    pub(crate) started_at: Millis,
    pub(crate) finished_at: Option<Millis>,
    pub(crate) outcome: Option<String>,
    /// JSON: the carrier's answer, or what is known.
    pub(crate) detail: Option<String>,
    pub(crate) node: Option<String>,
    pub(crate) http_status: Option<i64>,
}

/// One event about the message.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) created_at: Millis,
    /// Its `data`, of a `send_result` only.
    pub(crate) data: Option<String>,
}

/// One of its events for one endpoint.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) endpoint_id: String,
    pub(crate) event_id: String,
    pub(crate) state: String,
    /// Attempts of the schedule that runs.
    pub(crate) attempts: i64,
    /// The number of its last attempt, over all schedules.
    pub(crate) last_attempt: i64,
    pub(crate) due_at: Millis,
    pub(crate) created_at: Millis,
}

/// One try of a delivery.
#[derive(Debug)]
pub(crate) struct DeliveryAttempt {
    pub(crate) delivery_id: String,
    pub(crate) attempt: i64,
    pub(crate) started_at: Millis,
    pub(crate) duration_ms: i64,
    pub(crate) status: Option<i64>,
    pub(crate) error: Option<String>,
}

/// A dead letter of the message, or of a delivery.
#[derive(Debug)]
pub(crate) struct DeadLetter {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) reason: String,
    pub(crate) created_at: Millis,
    pub(crate) resolved_at: Option<Millis>,
    pub(crate) resolution: Option<String>,
}

/// One message of these channels by our id, the carrier's, or its caller's name for the request: the
/// newest.
pub(crate) fn find(tx: &Tx<'_>, id: &str, scope: &Scope) -> Result<Option<Message>, StoreError> {
    if let Some(message) = messages::by_any_id(tx, id, scope)? {
        return Ok(Some(message));
    }
    messages::newest_by(tx, "request_id =", id, scope)
}

/// Reads all of it.
pub(crate) fn read(tx: &Tx<'_>, message: Message) -> Result<Rows, StoreError> {
    let id = message.id.clone();
    let statuses = match message.carrier_id {
        Some(_) => messages::statuses(tx, &message)?,
        None => Vec::new(),
    };
    let (paused, pair) = match message.state {
        messages::State::Queued => (
            channels::by_id(tx, &message.channel_id)?.and_then(|channel| channel.paused),
            pairs::of(tx, &message.channel_id, &message.conversation_id)?,
        ),
        _ => (None, None),
    };
    let mut rows = Rows {
        message,
        attempts: page(tx, ATTEMPTS, &id, MOST, attempt)?,
        statuses,
        events: page(tx, EVENTS, &id, MOST, event)?,
        deliveries: page(tx, DELIVERIES, &id, MOST, delivery)?,
        delivery_attempts: page(
            tx,
            DELIVERY_ATTEMPTS,
            &id,
            MOST_DELIVERY_ATTEMPTS,
            delivery_attempt,
        )?,
        dead_letters: page(tx, DEAD_LETTERS, &id, MOST, dead_letter)?,
        paused,
        pair,
        truncated: false,
    };
    rows.dead_letters
        .extend(page(tx, DEAD_DELIVERIES, &id, MOST, dead_letter)?);
    rows.truncated = cut(&mut rows.attempts, MOST)
        | cut(&mut rows.statuses, MOST)
        | cut(&mut rows.events, MOST)
        | cut(&mut rows.deliveries, MOST)
        | cut(&mut rows.delivery_attempts, MOST_DELIVERY_ATTEMPTS)
        | cut(&mut rows.dead_letters, MOST);
    Ok(rows)
}

const ATTEMPTS: &str = "SELECT attempt, started_at, finished_at, outcome, detail, node, http_status \
    FROM send_attempts WHERE message_id = $1 ORDER BY attempt";

const EVENTS: &str = "SELECT id, type, created_at, \
    CASE WHEN type = 'send_result' THEN data ELSE NULL END \
    FROM events WHERE message_id = $1 ORDER BY seq";

const DELIVERIES: &str = "SELECT d.id, d.endpoint_id, d.event_id, d.state, d.attempts, d.due_at, \
    d.created_at, (SELECT COALESCE(MAX(t.attempt), 0) FROM delivery_attempts t \
    WHERE t.delivery_id = d.id) FROM events e JOIN deliveries d ON d.event_id = e.id \
    WHERE e.message_id = $1 ORDER BY d.id";

const DELIVERY_ATTEMPTS: &str = "SELECT a.delivery_id, a.attempt, a.started_at, a.duration_ms, \
    a.status, a.error FROM events e JOIN deliveries d ON d.event_id = e.id \
    JOIN delivery_attempts a ON a.delivery_id = d.id \
    WHERE e.message_id = $1 ORDER BY a.started_at, a.delivery_id, a.attempt";

const DEAD_LETTERS: &str = "SELECT id, kind, reason, created_at, resolved_at, resolution \
    FROM dead_letters WHERE message_id = $1 ORDER BY id";

/// Those of deliveries, which may not name the message.
const DEAD_DELIVERIES: &str = "SELECT l.id, l.kind, l.reason, l.created_at, l.resolved_at, \
    l.resolution FROM events e JOIN deliveries d ON d.event_id = e.id \
    JOIN dead_letters l ON l.delivery_id = d.id \
    WHERE e.message_id = $1 AND l.message_id IS NULL ORDER BY l.id";

/// Up to one row more than `most`, which tells that there are more.
fn page<T>(
    tx: &Tx<'_>,
    sql: &str,
    id: &str,
    most: usize,
    make: fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    tx.all(&format!("{sql} LIMIT {}", most + 1), &[id.into()], make)
}

fn cut<T>(rows: &mut Vec<T>, most: usize) -> bool {
    let more = rows.len() > most;
    rows.truncate(most);
    more
}

fn attempt(row: &Row<'_>) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        number: row.int(0)?,
        started_at: row.int(1)?,
        finished_at: row.maybe_int(2)?,
        outcome: row.maybe_text(3)?,
        detail: row.maybe_text(4)?,
        node: row.maybe_text(5)?,
        http_status: row.maybe_int(6)?,
    })
}

fn event(row: &Row<'_>) -> Result<Event, StoreError> {
    Ok(Event {
        id: row.text(0)?,
        kind: row.text(1)?,
        created_at: row.int(2)?,
        data: row.maybe_text(3)?,
    })
}

fn delivery(row: &Row<'_>) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: row.text(0)?,
        endpoint_id: row.text(1)?,
        event_id: row.text(2)?,
        state: row.text(3)?,
        attempts: row.int(4)?,
        due_at: row.int(5)?,
        created_at: row.int(6)?,
        last_attempt: row.int(7)?,
    })
}

fn delivery_attempt(row: &Row<'_>) -> Result<DeliveryAttempt, StoreError> {
    Ok(DeliveryAttempt {
        delivery_id: row.text(0)?,
        attempt: row.int(1)?,
        started_at: row.int(2)?,
        duration_ms: row.int(3)?,
        status: row.maybe_int(4)?,
        error: row.maybe_text(5)?,
    })
}

fn dead_letter(row: &Row<'_>) -> Result<DeadLetter, StoreError> {
    Ok(DeadLetter {
        id: row.text(0)?,
        kind: row.text(1)?,
        reason: row.text(2)?,
        created_at: row.int(3)?,
        resolved_at: row.maybe_int(4)?,
        resolution: row.maybe_text(5)?,
    })
}
