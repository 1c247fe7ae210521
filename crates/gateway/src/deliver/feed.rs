//! What a worker has to do: new events become deliveries, deliveries that are due are taken up.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;

use super::TEST;
use crate::app::App;
use crate::clock::Millis;
use crate::envelope;
use crate::ids::Kind;
use crate::store::deliveries::{self, Delivery, State};
use crate::store::endpoints::{self, Endpoint};
use crate::store::events::{self, Event};
use crate::store::{StoreError, Tx};

/// A delivery that is due, with the bytes to deliver.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) delivery_id: String,
    /// Attempts made so far.
    pub(super) attempts: i64,
    pub(super) event_id: String,
    pub(super) event_kind: String,
    pub(super) channel_id: String,
    /// When the event was stored.
    pub(super) told_at: Millis,
    pub(super) body: Bytes,
}

impl Work {
    /// Whether somebody waits for it, and it does not wait for the others.
    pub(super) fn is_test(&self) -> bool {
        self.event_kind == TEST
    }
}

/// What was found for a worker.
#[derive(Debug)]
pub(super) enum Fed {
    /// Pending deliveries whose time has come, and when the next one's comes.
    Due {
        work: Vec<Work>,
        next_due: Option<i64>,
        more: bool,
    },
    /// Tests, though there is enough in hand of what is due.
    Tests { work: Vec<Work> },
    /// Deliveries made of new events; the cursor stands at `position` now.
    Events {
        work: Vec<Work>,
        position: i64,
        more: bool,
    },
    /// Somebody else moved the cursor: read it again.
    Moved,
    /// The endpoint is deleted.
    Gone,
}

/// Deliveries that are taken into memory at once.
pub(super) const BATCH: usize = 256;
/// Deliveries among which tests are looked for.
const TESTS: i64 = 16;
/// Events that are looked at in one go; an endpoint may want few of them.
const SCANNED: usize = 1024;
/// Events that are read between two looks at the size.
const CHUNK: i64 = 16;
/// Bytes of events after which a batch is full.
const BATCH_BYTES: usize = 1024 * 1024;

/// Reads what is due and not in hand already.
///
/// A delivery leaves `in_hand` only after its record is committed, and `in_hand` is from before
/// this read: what is in neither was not yet attempted, or its record is seen here.
pub(super) async fn due(
    app: Arc<App>,
    endpoint_id: String,
    in_hand: HashSet<String>,
) -> Result<Fed, StoreError> {
    let now = app.clock.now();
    let (fed, lost) = app
        .store
        .read(move |tx| {
            let limit = BATCH + in_hand.len();
            let rows = deliveries::due(tx, &endpoint_id, now, i64::try_from(limit).unwrap_or(0))?;
            let mut more = rows.len() == limit;
            let (mut work, mut lost, mut bytes) = (Vec::new(), Vec::new(), 0);
            for delivery in rows.into_iter().filter(|row| !in_hand.contains(&row.id)) {
                if bytes > BATCH_BYTES {
                    more = true;
                    break;
                }
                match events::by_id(tx, &delivery.event_id)?.and_then(|event| Found::of(&event)) {
                    Some(found) => {
                        bytes += found.body.len();
                        work.push(found.into_work(delivery.id, delivery.attempts));
                    }
                    None => lost.push(delivery.id),
                }
            }
            let next_due = deliveries::next_due(tx, &endpoint_id, now)?;
            Ok((
                Fed::Due {
                    work,
                    next_due,
                    more,
                },
                lost,
            ))
        })
        .await?;
    if !lost.is_empty() {
        tracing::warn!(
            deliveries = lost.len(),
            "canceled deliveries whose events are gone"
        );
        let cancel = move |tx: &Tx<'_>| {
            lost.iter()
                .try_for_each(|id| deliveries::cancel(tx, id, now))
        };
        app.store.write(cancel).await?;
    }
    Ok(fed)
}

/// Reads the tests among the first that are due, and not in hand already.
pub(super) async fn tests(
    app: Arc<App>,
    endpoint_id: String,
    in_hand: HashSet<String>,
) -> Result<Fed, StoreError> {
    let now = app.clock.now();
    let look = move |tx: &Tx<'_>| {
        let mut work = Vec::new();
        for delivery in deliveries::due(tx, &endpoint_id, now, TESTS)? {
            if !in_hand.contains(&delivery.id)
                && let Some(event) = events::by_id(tx, &delivery.event_id)?
                && event.kind == TEST
                && let Some(found) = Found::of(&event)
            {
                work.push(found.into_work(delivery.id, delivery.attempts));
            }
        }
        Ok(Fed::Tests { work })
    };
    app.store.read(look).await
}

/// Turns events after the cursor into deliveries: both in one transaction.
///
/// Events are read before it, from what is committed, so that the one writer is not held up by
/// reading; the cursor is moved only from where that reading began.
pub(super) async fn fan_out(
    app: Arc<App>,
    endpoint: Arc<Endpoint>,
    position: Option<i64>,
) -> Result<Fed, StoreError> {
    let subscriber = Arc::clone(&endpoint);
    let scan = app
        .store
        .read(move |tx| scan(tx, &subscriber, position))
        .await?;
    let Some(Scan {
        from,
        to,
        found,
        more,
    }) = scan
    else {
        return Ok(Fed::Gone);
    };
    if from == to {
        return Ok(Fed::Events {
            work: Vec::new(),
            position: from,
            more,
        });
    }
    let now = app.clock.now();
    let mut rows = Vec::with_capacity(found.len());
    let mut work = Vec::with_capacity(found.len());
    for found in found {
        let id = app.random.id(Kind::Delivery, now);
        rows.push(Delivery {
            id: id.clone(),
            endpoint_id: endpoint.id.clone(),
            event_seq: found.seq,
            event_id: found.event_id.clone(),
            state: State::Pending,
            attempts: 0,
            made: 0,
            due_at: now,
            created_at: now,
            updated_at: now,
        });
        work.push(found.into_work(id, 0));
    }
    let moved = app.store.write(move |tx| {
        let moved = endpoints::move_cursor(tx, &endpoint.id, from, to)?;
        if moved {
            rows.iter()
                .try_for_each(|row| deliveries::insert(tx, row))?;
        }
        Ok(moved)
    });
    Ok(if moved.await? {
        Fed::Events {
            work,
            position: to,
            more,
        }
    } else {
        Fed::Moved
    })
}

/// An event that the endpoint wants.
#[derive(Debug)]
struct Found {
    seq: i64,
    event_id: String,
    event_kind: String,
    channel_id: String,
    told_at: Millis,
    body: Bytes,
}

#[derive(Debug)]
struct Scan {
    from: i64,
    to: i64,
    found: Vec<Found>,
    more: bool,
}

/// Looks through the events after the cursor; `None` if the endpoint is deleted.
fn scan(
    tx: &Tx<'_>,
    endpoint: &Endpoint,
    position: Option<i64>,
) -> Result<Option<Scan>, StoreError> {
    let cursor = match position {
        Some(position) => Some(position),
        None => endpoints::cursor(tx, &endpoint.id)?,
    };
    let Some(from) = cursor else { return Ok(None) };
    let mut scan = Scan {
        from,
        to: from,
        found: Vec::new(),
        more: true,
    };
    let (mut scanned, mut bytes) = (0, 0);
    while scanned < SCANNED && scan.found.len() < BATCH && bytes < BATCH_BYTES {
        let chunk = events::after(tx, scan.to, CHUNK)?;
        let Some(last) = chunk.last() else {
            scan.more = false;
            break;
        };
        scan.to = last.seq;
        scanned += chunk.len();
        let wanted = chunk
            .iter()
            .filter(|event| endpoint.wants(&event.kind, &event.channel_id));
        for found in wanted.filter_map(Found::of) {
            bytes += found.body.len();
            scan.found.push(found);
        }
    }
    Ok(Some(scan))
}

impl Found {
    /// `None`, and it has been logged, if the stored event cannot be read.
    fn of(event: &Event) -> Option<Self> {
        match envelope::render(event) {
            Ok(body) => Some(Self {
                seq: event.seq,
                event_id: event.id.clone(),
                event_kind: event.kind.clone(),
                channel_id: event.channel_id.clone(),
                told_at: event.created_at,
                body: body.into(),
            }),
            Err(error) => {
                tracing::error!(event.id = event.id, %error, "an event cannot be delivered");
                None
            }
        }
    }

    fn into_work(self, delivery_id: String, attempts: i64) -> Work {
        let Self {
            event_id,
            event_kind,
            channel_id,
            told_at,
            body,
            ..
        } = self;
        Work {
            delivery_id,
            attempts,
            event_id,
            event_kind,
            channel_id,
            told_at,
            body,
        }
    }
}
