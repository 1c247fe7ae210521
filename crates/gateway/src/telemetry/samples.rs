//! Writes what this node counts to the store, once a minute.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::clock::Millis;
use crate::store::{StoreError, samples};

/// What a sample is of, in milliseconds.
pub(crate) const MINUTE: Millis = 60_000;
/// How long samples are kept.
pub(crate) const KEPT: Millis = 2 * 24 * 60 * MINUTE;
/// How often the app's clock is looked at.
const TICK: Duration = Duration::from_secs(1);

/// The minute that a time is in.
pub(crate) fn minute_of(time: Millis) -> Millis {
    time - time.rem_euclid(MINUTE)
}

/// Begins to sample.
pub(crate) fn start(app: &Arc<App>) {
    app.spawn(keep(Arc::clone(app)));
}

async fn keep(app: Arc<App>) {
    let mut minute = minute_of(app.clock.now());
    loop {
        let stops = tokio::select! {
            () = app.stopping.cancelled() => true,
            () = tokio::time::sleep(TICK) => false,
        };
        let now = minute_of(app.clock.now());
        if now != minute || stops {
            match write(&app, minute).await {
                Ok(()) | Err(StoreError::Closed) => {}
                Err(error) => tracing::warn!(%error, "the figures of a minute cannot be kept yet"),
            }
            minute = now;
        }
        if stops {
            return;
        }
    }
}

async fn write(app: &App, minute: Millis) -> Result<(), StoreError> {
    let counted = Arc::new(app.metrics.tally.take());
    let (shared, node) = (Arc::clone(&counted), app.cluster.node().to_owned());
    let since = app.clock.now().saturating_sub(KEPT);
    let written = app
        .store
        .write(move |tx| samples::keep(tx, minute, &node, &shared, since))
        .await;
    if written.is_err() {
        app.metrics.tally.give_back(&counted);
    }
    written
}
