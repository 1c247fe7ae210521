//! Removes what is too old.

use std::sync::Arc;
use std::time::Duration;

use super::{BATCH, PAUSE};
use crate::app::App;
use crate::clock::Millis;
use crate::cluster::{Lease, Work};
use crate::ingest;
use crate::store::retention::{self, Walked};
use crate::store::{StoreError, Tx};

const DAY: Millis = 24 * 3600 * 1000;

/// How often it is looked for.
const LOOK_AGAIN: Duration = Duration::from_mins(10);

/// The same after the store failed.
const RETRY: Duration = Duration::from_secs(3);

pub(super) async fn run(app: Arc<App>) {
    while let Some(lease) = app.acquire(Work::Upkeep).await {
        let time = match sweep(&app, &lease).await {
            Ok(()) => LOOK_AGAIN,
            Err(error) => {
                tracing::warn!(%error, "what is too old is not removed; it will be tried again");
                RETRY
            }
        };
        app.rest(&lease, time).await;
    }
}

async fn sweep(app: &App, lease: &Lease) -> Result<(), StoreError> {
    let kept = app.config.retention.clone();
    let now = app.clock.now();
    let cutoff = |days: u32| (days > 0).then(|| now - i64::from(days) * DAY);
    if let Some(cutoff) = cutoff(kept.raw_days) {
        raw(app, cutoff).await?;
    }
    if let Some(cutoff) = cutoff(kept.messages_days) {
        messages(app, lease, cutoff, now).await?;
        let some = move |tx: &Tx<'_>| retention::statuses(tx, cutoff, BATCH);
        walk(app, lease, "status", some).await?;
        let some = move |tx: &Tx<'_>| retention::edits(tx, cutoff, BATCH);
        all(app, lease, "edit", some).await?;
    }
    if let Some(cutoff) = cutoff(kept.logs_days) {
        events(app, lease, cutoff).await?;
        let some = move |tx: &Tx<'_>| retention::dead_letters(tx, cutoff, BATCH);
        all(app, lease, "dead_letter", some).await?;
        let some = move |tx: &Tx<'_>| retention::errors(tx, cutoff, BATCH);
        all(app, lease, "error", some).await?;
    }
    if let Some(cutoff) = cutoff(kept.audit_days) {
        let some = move |tx: &Tx<'_>| retention::audit(tx, cutoff, BATCH);
        all(app, lease, "audit", some).await?;
        let some = move |tx: &Tx<'_>| retention::erasures(tx, cutoff, BATCH);
        all(app, lease, "erasure", some).await?;
    }
    Ok(())
}

/// Never one that is not applied yet.
async fn raw(app: &App, cutoff: Millis) -> Result<(), StoreError> {
    let applied = app.store.read(ingest::position).await?;
    match app.inbox.delete_before(&app.store, applied, cutoff).await {
        Ok(deleted) if deleted.segments > 0 => {
            app.metrics.removed("notification", deleted.segments);
            tracing::info!(
                segments = deleted.segments,
                bytes = deleted.bytes,
                "removed old raw notifications"
            );
        }
        Err(error) => tracing::warn!(%error, "cannot remove old raw notifications"),
        Ok(_) => {}
    }
    Ok(())
}

async fn messages(app: &App, lease: &Lease, cutoff: Millis, now: Millis) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let some = move |tx: &Tx<'_>| retention::messages_left(tx, &after, cutoff, now, BATCH);
        let (walked, last) = app.store.write(some).await?;
        app.metrics.removed("message", walked.removed);
        if is_last(walked.seen) || !app.rest(lease, PAUSE).await {
            break;
        }
        after = last;
    }
    let some = move |tx: &Tx<'_>| retention::messages(tx, cutoff, now, BATCH);
    walk(app, lease, "message", some).await
}

async fn events(app: &App, lease: &Lease, cutoff: Millis) -> Result<(), StoreError> {
    let pass = move |tx: &Tx<'_>| retention::pass_disabled(tx, cutoff);
    let endpoints = app.store.write(pass).await?;
    if endpoints > 0 {
        tracing::warn!(
            endpoints,
            "events that disabled endpoints wait for are too old, and are removed"
        );
    }
    let look = move |tx: &Tx<'_>| retention::last_event(tx, cutoff);
    let to = app.store.read(look).await?;
    let mut from = 0;
    loop {
        let some = move |tx: &Tx<'_>| retention::events(tx, from, to, cutoff, BATCH);
        let (walked, last) = app.store.write(some).await?;
        app.metrics.removed("event", walked.removed);
        if is_last(walked.seen) || !app.rest(lease, PAUSE).await {
            return Ok(());
        }
        from = last;
    }
}

/// Runs `some` until it is at the end.
async fn walk(
    app: &App,
    lease: &Lease,
    kind: &'static str,
    some: impl Fn(&Tx<'_>) -> Result<Walked, StoreError> + Copy + Send + 'static,
) -> Result<(), StoreError> {
    loop {
        let walked = app.store.write(some).await?;
        app.metrics.removed(kind, walked.removed);
        if is_last(walked.seen) || !app.rest(lease, PAUSE).await {
            return Ok(());
        }
    }
}

/// Runs `some` until there are no more.
async fn all(
    app: &App,
    lease: &Lease,
    kind: &'static str,
    some: impl Fn(&Tx<'_>) -> Result<usize, StoreError> + Copy + Send + 'static,
) -> Result<(), StoreError> {
    loop {
        let removed = app.store.write(some).await?;
        app.metrics.removed(kind, removed);
        if is_last(removed) || !app.rest(lease, PAUSE).await {
            return Ok(());
        }
    }
}

fn is_last(rows: usize) -> bool {
    i64::try_from(rows).is_ok_and(|rows| rows < BATCH)
}
