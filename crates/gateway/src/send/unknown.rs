//! Messages of which nobody knows whether they were sent: found at the start, settled in the end.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::record::{fault_of, unknown};
use crate::app::App;
use crate::clock::Millis;
use crate::cluster::{self, Lease, Work};
use crate::config::UnknownPolicy;
use crate::store::ended::{self, Ending};
use crate::store::messages::{self, State};
use crate::store::unsettled::{self, Unsettled};
use crate::store::{StoreError, Tx, attachments, idempotency};

/// How often the app's clock is looked at; a fixed one may have been moved.
const TICK: Duration = Duration::from_millis(200);

/// Messages settled in one transaction.
const BATCH: i64 = 200;

/// How long an idempotency key is kept at least: longer than anybody repeats a request.
const KEYS_KEPT: Millis = 7 * 24 * 3600 * 1000;

/// How long the file of a message is kept at most: as long as the carrier knows it.
const FILES_KEPT: Millis = 30 * 24 * 3600 * 1000;

const HOUR: Millis = 3600 * 1000;

/// What was being sent when its node ended may have been sent: it becomes `unknown`.
///
/// A node that is alone asks at its start, when nobody sends. Among several nodes it is asked again
/// and again; a node that was not heard of since `cutoff` will not tell any more how a call ended,
/// or it will tell late: that a message was accepted counts even then.
pub(super) async fn recover(app: &Arc<App>, cutoff: Millis) -> Result<(), StoreError> {
    loop {
        let interrupted = app
            .store
            .read(move |tx| unsettled::cut_off(tx, cutoff, BATCH))
            .await?;
        let count = interrupted.len();
        if count == 0 {
            return Ok(());
        }
        let shared = Arc::clone(app);
        let change = move |tx: &Tx<'_>| {
            let why = "the process ended during the call";
            let fault = fault_of("unknown", "the outcome is unknown", why);
            for message in &interrupted {
                let Unsettled {
                    id,
                    channel_id,
                    attempt,
                } = message;
                if unsettled::is_sending(tx, id, *attempt)? {
                    unknown(tx, &shared, channel_id, id, *attempt, &fault)?;
                }
            }
            Ok(())
        };
        app.store.write(change).await?;
        tracing::warn!(
            messages = count,
            "a process ended while messages were being sent; their outcome is unknown until a status tells"
        );
    }
}

/// Ends the grace period of unknown messages, and forgets old idempotency keys.
pub(super) async fn watch(app: Arc<App>) {
    while let Some(lease) = app.acquire(Work::Upkeep).await {
        watch_on(&app, &lease).await;
    }
}

async fn watch_on(app: &Arc<App>, lease: &Lease) {
    let grace = app.config.send.unknown_grace_seconds.saturating_mul(1000);
    let grace = Millis::try_from(grace).unwrap_or(Millis::MAX);
    let pause = (grace / 20).clamp(50, 10_000);
    let (mut settle_at, mut forget_at) = (Millis::MIN, Millis::MIN);
    let mut recover_at = Instant::now();
    loop {
        let now = app.clock.now();
        if now >= settle_at {
            settle_at = now.saturating_add(pause);
            if let Err(error) = settle(app, now.saturating_sub(grace)).await {
                tracing::error!(%error, "messages of unknown outcome cannot be looked at");
            }
        }
        if now >= forget_at {
            forget_at = now.saturating_add(HOUR);
            if let Err(error) = forget(app, now.saturating_sub(KEYS_KEPT)).await {
                tracing::error!(%error, "old idempotency keys cannot be removed");
            }
            if let Err(error) = forget_files(app, now.saturating_sub(FILES_KEPT)).await {
                tracing::error!(%error, "old attachments cannot be removed");
            }
        }
        if !lease.is_alone() && Instant::now() >= recover_at {
            recover_at = Instant::now() + app.config.cluster.lease() / 3;
            if let Err(error) = recover_from_nodes(app).await {
                tracing::error!(%error, "messages that a lost node was sending cannot be looked at");
            }
        }
        if !app.rest(lease, TICK).await {
            return;
        }
    }
}

/// A node that was not heard of for as long again as a lease lasts is lost: one that merely could
/// not reach the database for a moment tells by itself how its calls ended.
async fn recover_from_nodes(app: &Arc<App>) -> Result<(), StoreError> {
    let lease = Millis::try_from(app.config.cluster.lease().as_millis()).unwrap_or(Millis::MAX);
    let now = cluster::time(&app.store, &app.clock).await?;
    recover(app, now.saturating_sub(lease)).await
}

async fn settle(app: &Arc<App>, cutoff: Millis) -> Result<(), StoreError> {
    loop {
        let overdue = app
            .store
            .read(move |tx| unsettled::overdue(tx, cutoff, BATCH))
            .await?;
        if overdue.is_empty() || app.stopping.is_cancelled() {
            return Ok(());
        }
        let shared = Arc::clone(app);
        let channels: Vec<String> = overdue.iter().map(|m| m.channel_id.clone()).collect();
        let count = overdue.len();
        let change = move |tx: &Tx<'_>| {
            overdue
                .iter()
                .try_for_each(|message| end_grace(tx, &shared, message))
        };
        app.store.write(change).await?;
        let policy = app.config.send.unknown_policy;
        tracing::warn!(
            messages = count,
            ?policy,
            "no status has settled messages of unknown outcome within the grace period"
        );
        if policy == UnknownPolicy::Resend {
            for id in &channels {
                super::wake(app, id);
            }
        }
    }
}

fn end_grace(tx: &Tx<'_>, app: &App, message: &Unsettled) -> Result<(), StoreError> {
    let Unsettled {
        id,
        channel_id,
        attempt,
    } = message;
    if !unsettled::is_unknown(tx, id)? {
        return Ok(());
    }
    let now = app.clock.now();
    match app.config.send.unknown_policy {
        UnknownPolicy::Resend => {
            messages::set_state(tx, id, State::Queued, None, now)?;
            app.queue.add_again(tx, id, now)
        }
        UnknownPolicy::Hold => {
            let why = "no status came within the grace period";
            let fault = fault_of("unknown", "the outcome is unknown", why);
            let advice = "Ask the recipient or look at the carrier's statistics; then resend the \
                message, which may arrive twice, or discard it.";
            let ending = Ending::new(&fault, advice, *attempt, None);
            ended::bury(
                tx,
                &app.random,
                channel_id,
                id,
                "outcome_unknown",
                &ending,
                now,
            )
        }
    }
}

async fn forget(app: &App, cutoff: Millis) -> Result<(), StoreError> {
    loop {
        let forgotten = app
            .store
            .write(move |tx| idempotency::forget(tx, cutoff, BATCH))
            .await?;
        if i64::try_from(forgotten).unwrap_or(0) < BATCH {
            return Ok(());
        }
    }
}

/// Empties the files that the carrier has, and forgets those that are too old to be sent.
async fn forget_files(app: &App, cutoff: Millis) -> Result<(), StoreError> {
    loop {
        let cleared = app.store.write(move |tx| {
            let emptied = attachments::empty_sent(tx, BATCH)?;
            Ok(emptied.max(attachments::forget(tx, cutoff, BATCH)?))
        });
        if i64::try_from(cleared.await?).unwrap_or(0) < BATCH {
            return Ok(());
        }
    }
}
