//! What is too old: files past their retention, uploads that the carrier has forgotten, leftovers.

use std::sync::Arc;
use std::time::Duration;

use super::voice;
use crate::app::App;
use crate::clock::Millis;
use crate::cluster::{Lease, Work};
use crate::store::{StoreError, Tx, media};

/// How often it is looked for.
const LOOK_AGAIN: Duration = Duration::from_mins(5);

/// Files that are removed before anything else is looked at again.
const BATCH: i64 = 100;

/// After so long a file that has not come whole will not.
const ABANDONED: Millis = 24 * 60 * 60 * 1000;

/// Removes what is too old, on one node at a time.
pub(super) async fn run(app: Arc<App>) {
    // What a crash left of conversions; the folder is this gateway's own.
    let _ = tokio::fs::remove_dir_all(voice::folder(&app)).await;
    while let Some(lease) = app.acquire(Work::Upkeep).await {
        if let Err(error) = sweep(&app, &lease).await
            && !matches!(error, StoreError::Closed)
        {
            tracing::warn!(%error, "old files are not removed");
        }
        app.rest(&lease, LOOK_AGAIN).await;
    }
}

/// Removes all that is too old now.
pub(super) async fn sweep(app: &App, lease: &Lease) -> Result<(), StoreError> {
    let now = app.clock.now();
    loop {
        let over = app
            .store
            .read(move |tx| media::over(tx, now, BATCH))
            .await?;
        let mut removed = 0_usize;
        for (id, key) in over {
            if app.stopping.is_cancelled() || !lease.is_valid() {
                return Ok(());
            }
            // The row first: a message may have begun to need the file a moment ago.
            let expiring = id.clone();
            let expired = app
                .store
                .write(move |tx| media::expire(tx, &expiring, now))
                .await?;
            if expired && remove(app, &key).await {
                app.store.write(move |tx| media::removed(tx, &id)).await?;
                removed += 1;
                app.metrics.removed("file", 1);
            }
        }
        if i64::try_from(removed).unwrap_or(0) < BATCH {
            break;
        }
    }
    let abandoned = app
        .store
        .read(move |tx| media::abandoned(tx, now - ABANDONED, BATCH))
        .await?;
    for (id, key) in abandoned {
        if remove(app, &key).await {
            app.store.write(move |tx| media::delete(tx, &id)).await?;
        }
    }
    let look = app.store.read(move |tx| media::leftovers(tx, now, BATCH));
    for key in look.await? {
        if remove(app, &key).await {
            let forget = move |tx: &Tx<'_>| media::forget_leftover(tx, &key);
            app.store.write(forget).await?;
        }
    }
    while app
        .store
        .write(move |tx| media::forget_uploads(tx, now, BATCH))
        .await?
        > 0
    {}
    Ok(())
}

async fn remove(app: &App, key: &str) -> bool {
    let gone = app.media.objects.delete(key).await;
    if let Err(error) = &gone {
        tracing::warn!(%error, "a file that is too old stays in the object store");
    }
    gone.is_ok()
}
