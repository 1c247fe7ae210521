//! How busy a channel is: what it may send and sends, what waits, how its number stands.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Gate;
use super::authenticate::Caller;
use super::channel_body::{ChannelState, state_of};
use super::problem::{Problem, Thing};
use super::query::{Id, found};
use crate::app::App;
use crate::store::channels::Channel;
use crate::store::waiting::Waiting;
use crate::store::{StoreError, Tx, channels, samples, waiting};
use crate::telemetry::samples::{MINUTE, minute_of};

/// A day in milliseconds.
pub(super) const DAY: i64 = 24 * 60 * MINUTE;

/// How busy a channel is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "throughput": {"used_per_second": 12.4, "allowed_per_second": 80},
    "queue": {
        "due": 120, "later": 3, "oldest_age_seconds": 2,
        "by_priority": {"high": 0, "normal": 20, "low": 100}
    },
    "sent_24h": 52000, "failed_24h": 12, "quality": "GREEN", "tier": "TIER_10K", "state": "active"
}))]
pub(super) struct Load {
    throughput: Throughput,
    queue: Queue,
    /// Messages that the carrier has taken in the last 24 hours.
    sent_24h: u64,
    /// Messages that failed for good in the last 24 hours.
    failed_24h: u64,
    /// Meta's word for how people take the number's messages; null until it was asked for.
    quality: Option<String>,
    /// Meta's word for how many people the number may write to first in a day.
    tier: Option<String>,
    state: ChannelState,
}

/// Messages a second.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Throughput {
    /// Over the last ten seconds; over the last minute if another node sends for the channel.
    used_per_second: f64,
    allowed_per_second: i64,
}

/// What waits to be sent. Counted up to 100,000.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Queue {
    /// Due now.
    due: i64,
    /// Waits for its time, to be tried again, or for another of its conversation to be sent.
    later: i64,
    /// Of the oldest message that is due; null if none is.
    oldest_age_seconds: Option<i64>,
    /// Those that are due and have their turn.
    by_priority: ByPriority,
}

/// By priority.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ByPriority {
    high: i64,
    normal: i64,
    low: i64,
}

/// How busy a channel is
///
/// What it sends and may send, what waits, and how Meta judges its number.
#[utoipa::path(get, path = "/api/v1/channels/{id}/load", tag = "Channels",
    operation_id = "get_channel_load",
    params(("id" = String, Path, description = "The channel's id")), responses(
        (status = 200, description = "How busy it is", body = Load),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<Json<Load>, Problem> {
    let reached = caller.channels.as_ref();
    if reached.is_some_and(|channels| !channels.contains(&id)) {
        return Err(Problem::NotFound(Thing::Channel));
    }
    let look = move |tx: &Tx<'_>| channels::by_id(tx, &id);
    let channel = found(gate.app.store.read(look).await?, Thing::Channel)?;
    let load = loads_of(&gate.app, &[&channel]).await?.pop();
    found(load, Thing::Channel).map(Json)
}

/// How busy each of these channels is. They are looked at one by one: one with a long queue holds no
/// reader for long.
pub(super) async fn loads_of(app: &App, channels: &[&Channel]) -> Result<Vec<Load>, StoreError> {
    let now = app.clock.now();
    let day = move |tx: &Tx<'_>| samples::since(tx, now - DAY);
    let mut samples = app.store.read(day).await?;
    samples.push((minute_of(now), app.metrics.tally.so_far()));
    let mut loads = Vec::with_capacity(channels.len());
    for channel in channels {
        let id = channel.id.clone();
        let look = move |tx: &Tx<'_>| {
            let standing = channels::standing(tx, &id)?;
            Ok((standing, waiting::of_channel(tx, &id, now)?))
        };
        let ((quality, tier), queue) = app.store.read(look).await?;
        let (mut sent, mut failed, mut last_minute) = (0, 0, 0);
        for (at, counted) in &samples {
            let Some(ended) = counted.channels.get(&channel.id) else {
                continue;
            };
            sent += ended.well;
            failed += ended.ill;
            if *at == minute_of(now) - MINUTE {
                last_minute += ended.well;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a minute's messages")]
        let elsewhere = last_minute as f64 / 60.0;
        let used = app.metrics.tally.rate(&channel.id).unwrap_or(elsewhere);
        loads.push(Load {
            throughput: Throughput {
                used_per_second: (used * 10.0).round() / 10.0,
                allowed_per_second: channel.rate(),
            },
            queue: Queue::of(&queue, now),
            sent_24h: sent,
            failed_24h: failed,
            quality,
            tier,
            state: state_of(channel),
        });
    }
    Ok(loads)
}

impl Queue {
    fn of(waiting: &Waiting, now: i64) -> Self {
        let [high, normal, low] = waiting.lanes;
        Self {
            due: waiting.due,
            later: waiting.later,
            oldest_age_seconds: waiting
                .oldest
                .map(|oldest| now.saturating_sub(oldest).max(0) / 1000),
            by_priority: ByPriority { high, normal, low },
        }
    }
}
