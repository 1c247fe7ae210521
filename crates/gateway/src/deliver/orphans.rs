//! Deliveries that wait for an endpoint that was deleted.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::cluster::Work;
use crate::store::{StoreError, Tx, deliveries};

/// Deliveries that are canceled in one transaction, so that other writes need not wait long.
const SLICE: usize = 1000;

/// How often it is looked for what a worker was kept from doing.
const LOOK_AGAIN: Duration = Duration::from_mins(10);

/// Cancels what a deleted endpoint leaves behind.
pub(super) async fn cancel_of(app: &App, endpoint_id: String) -> Result<(), StoreError> {
    let now = app.clock.now();
    let limit = i64::try_from(SLICE).unwrap_or(1);
    loop {
        let id = endpoint_id.clone();
        let cancel = move |tx: &Tx<'_>| deliveries::cancel_some_of(tx, &id, now, limit);
        if app.store.write(cancel).await? < SLICE || app.stopping.is_cancelled() {
            return Ok(());
        }
    }
}

/// Finishes what a former run, or another node, did not.
pub(super) async fn watch(app: Arc<App>) {
    while let Some(lease) = app.acquire(Work::Upkeep).await {
        match cancel_all(&app).await {
            Ok(()) | Err(StoreError::Closed) => {}
            Err(error) => {
                tracing::error!(%error, "the deliveries of deleted endpoints are not canceled");
            }
        }
        app.rest(&lease, LOOK_AGAIN).await;
    }
}

async fn cancel_all(app: &App) -> Result<(), StoreError> {
    for id in app.store.read(deliveries::orphaned_endpoints).await? {
        cancel_of(app, id).await?;
    }
    Ok(())
}
