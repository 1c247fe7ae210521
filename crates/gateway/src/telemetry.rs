//! Metrics and logs. No number, name, text, token or id of a person is a label or a field.

pub(crate) mod samples;
mod sending;
mod tally;

use std::io::IsTerminal;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tracing_subscriber::EnvFilter;

use crate::clock::Millis;
use crate::config::{Log, LogFormat};
pub(crate) use sending::{Sending, count};
pub(crate) use tally::{Counted, Tally};

/// One label, `outcome`, from a fixed list of words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Outcome {
    pub(crate) outcome: &'static str,
}

/// One label, `event`, from the list of event names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct EventName {
    pub(crate) event: &'static str,
}

/// One label, `kind`: what was too old.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Removed {
    pub(crate) kind: &'static str,
}

/// Labels of an API request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
#[expect(clippy::struct_field_names, reason = "the label's name")]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// The pattern, e.g. `/api/v1/messages/{id}`, never the path itself.
    pub(crate) route: String,
    pub(crate) status: u16,
}

/// One label, `work`: what a lease is on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Leased {
    pub(crate) work: &'static str,
}

/// What a node among others has. A node that is alone leaves it at nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cluster {
    pub(crate) leases: Family<Leased, Gauge<i64, AtomicI64>>,
    pub(crate) nodes: Gauge<i64, AtomicI64>,
    pub(crate) take_overs: Counter<u64, AtomicU64>,
}

/// Every metric of the service, in a registry of its own.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) webhooks: Family<Outcome, Counter<u64, AtomicU64>>,
    pub(crate) webhook_seconds: Histogram,
    pub(crate) ingested: Family<EventName, Counter<u64, AtomicU64>>,
    pub(crate) repeated_updates: Counter<u64, AtomicU64>,
    pub(crate) inbox_lag: Gauge<i64, AtomicI64>,
    pub(crate) sends: Family<Outcome, Counter<u64, AtomicU64>>,
    pub(crate) send_seconds: Histogram,
    pub(crate) deliveries: Family<Outcome, Counter<u64, AtomicU64>>,
    pub(crate) delivery_seconds: Histogram,
    pub(crate) requests: Family<Route, Counter<u64, AtomicU64>>,
    pub(crate) bus_published: Counter<u64, AtomicU64>,
    pub(crate) bus_publish_errors: Counter<u64, AtomicU64>,
    pub(crate) bus_lag: Gauge<i64, AtomicI64>,
    pub(crate) bus_commands: Family<Outcome, Counter<u64, AtomicU64>>,
    pub(crate) bus_redeliveries: Counter<u64, AtomicU64>,
    removed: Family<Removed, Counter<u64, AtomicU64>>,
    pub(crate) cluster: Cluster,
    pub(crate) sending: Sending,
    /// For the screens, not for Prometheus.
    pub(crate) tally: Tally,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("wharf"),
            webhooks: Family::default(),
            webhook_seconds: Histogram::new(BUCKETS),
            ingested: Family::default(),
            repeated_updates: Counter::default(),
            inbox_lag: Gauge::default(),
            sends: Family::default(),
            send_seconds: Histogram::new(BUCKETS),
            deliveries: Family::default(),
            delivery_seconds: Histogram::new(BUCKETS),
            requests: Family::default(),
            bus_published: Counter::default(),
            bus_publish_errors: Counter::default(),
            bus_lag: Gauge::default(),
            bus_commands: Family::default(),
            bus_redeliveries: Counter::default(),
            removed: Family::default(),
            cluster: Cluster::default(),
            sending: Sending::default(),
            tally: Tally::default(),
        };
        metrics.register()
    }

    fn register(mut self) -> Self {
        let to = &mut self.registry;
        to.register(
            "webhooks",
            "Webhooks received, by outcome",
            self.webhooks.clone(),
        );
        to.register(
            "webhook_seconds",
            "From the first byte of an accepted webhook to its acknowledgement",
            self.webhook_seconds.clone(),
        );
        to.register(
            "ingested_events",
            "Events made of updates",
            self.ingested.clone(),
        );
        to.register(
            "repeated_updates",
            "Updates that had been seen before and were dropped",
            self.repeated_updates.clone(),
        );
        to.register(
            "inbox_lag_milliseconds",
            "Age of the notification that was applied last, when it was applied",
            self.inbox_lag.clone(),
        );
        to.register(
            "sends",
            "Calls to the carrier, by outcome",
            self.sends.clone(),
        );
        to.register(
            "send_seconds",
            "Duration of calls to the carrier",
            self.send_seconds.clone(),
        );
        to.register(
            "deliveries",
            "Attempts to deliver, by outcome",
            self.deliveries.clone(),
        );
        to.register(
            "delivery_seconds",
            "Duration of attempts to deliver",
            self.delivery_seconds.clone(),
        );
        to.register(
            "api_requests",
            "API requests, by route and status",
            self.requests.clone(),
        );
        to.register(
            "retention_removed",
            "What was too old and is removed, by kind",
            self.removed.clone(),
        );
        self.cluster.register(to);
        self.sending.register(to);
        self.register_bus();
        self
    }

    fn register_bus(&mut self) {
        let to = &mut self.registry;
        to.register(
            "bus_published_events",
            "Events that NATS has acknowledged",
            self.bus_published.clone(),
        );
        to.register(
            "bus_publish_errors",
            "Times that publishing to NATS stopped at an error",
            self.bus_publish_errors.clone(),
        );
        to.register(
            "bus_lag_events",
            "Events that NATS has not acknowledged yet",
            self.bus_lag.clone(),
        );
        to.register(
            "bus_commands",
            "Commands from NATS, by what became of them",
            self.bus_commands.clone(),
        );
        to.register(
            "bus_redeliveries",
            "Commands that NATS delivered once more",
            self.bus_redeliveries.clone(),
        );
    }

    /// Counts what was too old.
    pub(crate) fn removed(&self, kind: &'static str, number: usize) {
        if number > 0 {
            let removed = self.removed.get_or_create(&Removed { kind });
            removed.inc_by(u64::try_from(number).unwrap_or(u64::MAX));
        }
    }

    /// The text that Prometheus reads.
    pub(crate) fn render(&self) -> String {
        let mut text = String::new();
        if prometheus_client::encoding::text::encode(&mut text, &self.registry).is_err() {
            tracing::error!("metrics cannot be rendered");
        }
        text
    }
}

impl Cluster {
    fn register(&self, to: &mut Registry) {
        to.register(
            "leases",
            "Leases that this node has, by the work that they are on",
            self.leases.clone(),
        );
        to.register(
            "nodes",
            "Nodes that live, as this one sees it; 0 where there can be one only",
            self.nodes.clone(),
        );
        to.register(
            "lease_take_overs",
            "Leases taken from a node that was not heard of any more",
            self.take_overs.clone(),
        );
    }
}

/// Seconds: from a tenth of a millisecond to half a minute.
const BUCKETS: [f64; 14] = [
    0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0, 30.0,
];

/// Milliseconds as seconds; a step of the clock back counts as nothing.
pub(crate) fn seconds(millis: Millis) -> f64 {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0)).as_secs_f64()
}

/// Sends log lines to standard error as `[log]` says. Only the first call in a process counts.
pub fn init_logs(log: &Log) {
    let mut filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    if let Ok(quiet) = "async_nats=off".parse()
        && !log.level.contains("async_nats")
    {
        // It tells each attempt to connect; the bus tells the first and the last.
        filter = filter.add_directive(quiet);
    }
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let _ = match log.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}
