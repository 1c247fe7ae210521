//! What the gateway did in the last hours, for charts.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::problem::Problem;
use super::query::Query;
use super::time::Time;
use crate::clock::Millis;
use crate::store::samples::{self, Stopped};
use crate::store::{Tx, dead_letters, waiting};
use crate::telemetry::Counted;
use crate::telemetry::samples::{MINUTE, minute_of};

/// Buckets of an answer at most, with one that has just begun.
const BUCKETS: i64 = 288;
const HOUR: Millis = 60 * MINUTE;

/// How many hours are wanted.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Hours(i64);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OverviewQuery {
    /// How far back, 1 to 48; 24 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 48, default = 24)]
    hours: Option<Hours>,
}

/// The last hours of the whole gateway, all its nodes together.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Overview {
    now: Time,
    /// Seconds that each of `minutes` stands for.
    bucket_seconds: i64,
    totals: Totals,
    /// The oldest first.
    #[schema(max_items = 289)]
    minutes: Vec<Bucket>,
}

/// Sums of the whole time, and what there is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "in": 1200, "out": 900, "dead_letters": 2, "queue": 0, "unknown": 0, "paused_channels": 0,
    "disabled_endpoints": 0, "failing_endpoints": 0
}))]
pub(super) struct Totals {
    /// Messages of users.
    #[serde(rename = "in")]
    received: u64,
    /// Messages that the carrier has taken.
    #[serde(rename = "out")]
    sent: u64,
    /// Those that wait for somebody, whenever they began.
    dead_letters: i64,
    /// Messages that are due, or wait for their time.
    queue: i64,
    /// Messages of which nobody knows whether they were sent.
    unknown: i64,
    paused_channels: i64,
    disabled_endpoints: i64,
    /// Those for which something waits that was tried before.
    failing_endpoints: i64,
}

/// One stretch of time. What was not counted, because no node ran, is null.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "at": "2026-11-21T08:15:00.000Z", "in": 12, "out": 9, "ack_p50_ms": 1.2, "ack_p99_ms": 4.7,
    "delivery_lag_ms": 14.2, "errors": {"131047": 3}, "dead_letters": 0
}))]
pub(super) struct Bucket {
    /// When it began.
    at: Time,
    /// Messages of users.
    #[serde(rename = "in")]
    received: Option<u64>,
    /// Messages that the carrier has taken.
    #[serde(rename = "out")]
    sent: Option<u64>,
    /// Within how many milliseconds half of the webhooks were acknowledged; null if none came. It is
    /// told to a quarter.
    ack_p50_ms: Option<f64>,
    /// The same of 99 in a hundred.
    ack_p99_ms: Option<f64>,
    /// Within how many milliseconds after the event half of the deliveries arrived.
    delivery_lag_ms: Option<f64>,
    /// Refusals and failures by the carrier's code; `0`: it gave none.
    errors: BTreeMap<String, u64>,
    /// Dead letters that began.
    dead_letters: i64,
}

/// What the gateway did in the last hours
///
/// Figures of all nodes in at most 289 buckets, kept for two days.
#[utoipa::path(get, path = "/api/v1/overview", tag = "Service", operation_id = "overview",
    params(OverviewQuery), responses(
        (status = 200, description = "Totals, and the buckets of charts", body = Overview),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    Query(query): Query<OverviewQuery>,
) -> Result<Json<Overview>, Problem> {
    let hours = query.hours.map_or(24, |hours| hours.0);
    let now = gate.app.clock.now();
    let size = bucket_of(hours);
    let first = floor(now.saturating_sub(hours * HOUR), size);
    let look = move |tx: &Tx<'_>| {
        let filter = dead_letters::Filter::default();
        Ok(Looked {
            samples: samples::since(tx, first)?,
            letters: samples::dead_letters(tx, first, size)?
                .into_iter()
                .collect(),
            open: dead_letters::count_open(tx, &filter)?,
            queue: waiting::queues(tx, now)?
                .iter()
                .map(|queue| queue.due.saturating_add(queue.later))
                .sum(),
            unknown: waiting::unsettled(tx)?.get("unknown").copied().unwrap_or(0),
            stopped: samples::stopped(tx)?,
        })
    };
    let mut looked = gate.app.store.read(look).await?;
    // The minute that runs is not written yet; of other nodes it comes when it is over.
    let running = (minute_of(now), gate.app.metrics.tally.so_far());
    looked.samples.push(running);
    Ok(Json(looked.show(now, first, size)))
}

/// What was read for an answer.
struct Looked {
    samples: Vec<(Millis, Counted)>,
    letters: BTreeMap<Millis, i64>,
    open: i64,
    queue: i64,
    unknown: i64,
    stopped: Stopped,
}

impl Looked {
    fn show(self, now: Millis, first: Millis, size: Millis) -> Overview {
        let mut buckets: BTreeMap<Millis, Counted> = BTreeMap::new();
        for (at, counted) in &self.samples {
            buckets.entry(floor(*at, size)).or_default().add(counted);
        }
        let (mut received, mut sent) = (0, 0);
        for counted in buckets.values() {
            received += counted.received;
            sent += counted.sent;
        }
        let mut minutes = Vec::new();
        let mut at = first;
        while at <= now {
            let letters = self.letters.get(&at).copied().unwrap_or(0);
            minutes.push(Bucket::of(at, buckets.get(&at), letters));
            at += size;
        }
        Overview {
            now: Time(now),
            bucket_seconds: size / 1000,
            totals: Totals {
                received,
                sent,
                dead_letters: self.open,
                queue: self.queue,
                unknown: self.unknown,
                paused_channels: self.stopped.paused_channels,
                disabled_endpoints: self.stopped.disabled_endpoints,
                failing_endpoints: self.stopped.failing_endpoints,
            },
            minutes,
        }
    }
}

impl Bucket {
    fn of(at: Millis, counted: Option<&Counted>, dead_letters: i64) -> Self {
        let errors = counted.map(|counted| &counted.errors).into_iter().flatten();
        Self {
            at: Time(at),
            received: counted.map(|counted| counted.received),
            sent: counted.map(|counted| counted.sent),
            ack_p50_ms: counted.and_then(|counted| counted.ack.within(0.5)),
            ack_p99_ms: counted.and_then(|counted| counted.ack.within(0.99)),
            delivery_lag_ms: counted.and_then(|counted| counted.lag.within(0.5)),
            errors: errors
                .map(|(code, count)| (code.to_string(), *count))
                .collect(),
            dead_letters,
        }
    }
}

/// Whole minutes, so many that the buckets are few enough.
fn bucket_of(hours: i64) -> Millis {
    let minutes = (hours * 60).div_euclid(BUCKETS);
    let minutes = if minutes * BUCKETS < hours * 60 {
        minutes + 1
    } else {
        minutes
    };
    minutes.max(1) * MINUTE
}

fn floor(time: Millis, size: Millis) -> Millis {
    time - time.rem_euclid(size)
}

impl TryFrom<String> for Hours {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.parse() {
            Ok(hours @ 1..=48) => Ok(Self(hours)),
            _ => Err("must be a number from 1 to 48"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_whole_minutes_and_few() {
        for (hours, minutes) in [(1, 1), (4, 1), (5, 2), (24, 5), (48, 10)] {
            assert_eq!(bucket_of(hours), minutes * MINUTE, "{hours} h");
        }
    }
}
