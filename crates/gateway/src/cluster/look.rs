//! Looking at what other nodes may have changed, so that no lost hint costs more than a moment.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::store::StoreError;

/// How often. What is worth less delay is told by a hint of its own.
const EVERY: Duration = Duration::from_secs(1);

/// Looks again and again until the app stops.
pub(super) async fn around(app: Arc<App>) {
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        match look(&app).await {
            Ok(()) => {}
            Err(StoreError::Closed) => return,
            Err(error) => tracing::debug!(%error, "cannot see what other nodes have changed"),
        }
    }
}

async fn look(app: &App) -> Result<(), StoreError> {
    app.store.look_around().await?;
    app.queue.look_around(&app.store).await
}
