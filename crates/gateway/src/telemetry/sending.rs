//! Metrics of the way out: what waits, what comes of a call, and how long it all takes.

use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tokio::time::Instant;
use wharf_model::ErrorClass;

use crate::app::App;
use crate::store::StoreError;
use crate::store::waiting::{self, Queue};

/// How long what was counted in the database is shown before it is counted again.
const FRESH: Duration = Duration::from_secs(10);

/// One label, `channel`: its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfChannel {
    channel: String,
}

/// One label, `state`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: String,
}

/// One label, `limit`: what was too fast.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Limit {
    limit: &'static str,
}

/// One label, `reason`: a stable code of ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: String,
}

/// Labels of a status.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: &'static str,
    /// The error class of a failure; else empty.
    class: &'static str,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Sending {
    queued: Family<OfChannel, Gauge<i64, AtomicI64>>,
    scheduled: Family<OfChannel, Gauge<i64, AtomicI64>>,
    oldest: Family<OfChannel, Gauge<i64, AtomicI64>>,
    unsettled: Family<InState, Gauge<i64, AtomicI64>>,
    throttles: Family<Limit, Counter<u64, AtomicU64>>,
    refusals: Family<Reason, Counter<u64, AtomicU64>>,
    dead: Family<Reason, Counter<u64, AtomicU64>>,
    statuses: Family<Status, Counter<u64, AtomicU64>>,
    /// From our accepting a message to the carrier's accepting it.
    pub(crate) to_carrier: Histogram,
    /// From our accepting a message to its delivery.
    pub(crate) to_delivered: Histogram,
    /// When the gauges were counted; one counts at a time.
    counted: tokio::sync::Mutex<Option<Instant>>,
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            queued: Family::default(),
            scheduled: Family::default(),
            oldest: Family::default(),
            unsettled: Family::default(),
            throttles: Family::default(),
            refusals: Family::default(),
            dead: Family::default(),
            statuses: Family::default(),
            to_carrier: Histogram::new(LONG),
            to_delivered: Histogram::new(LONG),
            counted: tokio::sync::Mutex::default(),
        }
    }
}

/// Seconds: from ten milliseconds to a day.
const LONG: [f64; 14] = [
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 300.0, 1800.0, 7200.0, 86_400.0,
];

impl Sending {
    pub(super) fn register(&self, to: &mut Registry) {
        to.register(
            "queue_messages",
            "Messages of a channel that are due and wait for their turn",
            self.queued.clone(),
        );
        to.register(
            "queue_later_messages",
            "Messages of a channel that wait for their time, or to be tried again",
            self.scheduled.clone(),
        );
        to.register(
            "queue_oldest_seconds",
            "Since when the oldest message that is due was accepted, of each channel",
            self.oldest.clone(),
        );
        to.register(
            "unsettled_messages",
            "Messages that are being sent, or whose outcome is unknown",
            self.unsettled.clone(),
        );
        to.register(
            "throttles",
            "Calls that the carrier refused as too many, by the limit that was reached",
            self.throttles.clone(),
        );
        to.register(
            "send_refusals",
            "Messages that were not sent because the policy forbids it, by reason",
            self.refusals.clone(),
        );
        to.register(
            "send_dead_letters",
            "Messages that the carrier refused for good, by reason",
            self.dead.clone(),
        );
        to.register(
            "message_statuses",
            "Statuses that the carrier reported, with the error class of failures",
            self.statuses.clone(),
        );
        to.register(
            "accept_to_carrier_seconds",
            "From accepting a message that is due at once to its acceptance by the carrier",
            self.to_carrier.clone(),
        );
        to.register(
            "accept_to_delivered_seconds",
            "From accepting a message to its delivery",
            self.to_delivered.clone(),
        );
    }

    /// A call was refused; counts it if it was one too many.
    pub(crate) fn throttled(&self, class: ErrorClass) {
        let limit = match class {
            ErrorClass::RetryNumber => "number",
            ErrorClass::RetryPair => "pair",
            ErrorClass::RetryAccount => "account",
            _ => return,
        };
        self.throttles.get_or_create(&Limit { limit }).inc();
    }

    /// A message was not sent because it may not be.
    pub(crate) fn refused(&self, reason: &str) {
        let reason = reason.to_owned();
        self.refusals.get_or_create(&Reason { reason }).inc();
    }

    /// A message was given up.
    pub(crate) fn buried(&self, reason: &str) {
        let reason = reason.to_owned();
        self.dead.get_or_create(&Reason { reason }).inc();
    }

    /// A status came.
    pub(crate) fn told(&self, status: &'static str, class: &'static str) {
        self.statuses.get_or_create(&Status { status, class }).inc();
    }
}

/// Counts what waits, unless that was done a moment ago.
pub(crate) async fn count(app: &App) -> Result<(), StoreError> {
    let sending = &app.metrics.sending;
    let mut counted = sending.counted.lock().await;
    if counted.is_some_and(|counted| counted.elapsed() < FRESH) {
        return Ok(());
    }
    let now = app.clock.now();
    let (queues, unsettled) = app
        .store
        .read(move |tx| Ok((waiting::queues(tx, now)?, waiting::unsettled(tx)?)))
        .await?;
    *counted = Some(Instant::now());
    sending.queued.clear();
    sending.scheduled.clear();
    sending.oldest.clear();
    for queue in queues {
        let Queue {
            channel,
            due,
            later,
            oldest,
        } = queue;
        let label = OfChannel { channel };
        let age = oldest.map_or(0, |oldest| now.saturating_sub(oldest).max(0) / 1000);
        sending.queued.get_or_create(&label).set(due);
        sending.scheduled.get_or_create(&label).set(later);
        sending.oldest.get_or_create(&label).set(age);
    }
    for (state, count) in unsettled {
        sending
            .unsettled
            .get_or_create(&InState { state })
            .set(count);
    }
    Ok(())
}
