//! Every route of the service, in one table.

mod health;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::app::{App, StartError};

/// Makes the first API key when there is none, and returns it.
pub(crate) async fn first_api_key(_app: &Arc<App>) -> Result<Option<String>, StartError> {
    Ok(None)
}

/// Serves until the app stops; then finishes the requests that are under way.
pub(crate) async fn start(app: &Arc<App>, listener: TcpListener) -> Result<(), StartError> {
    crate::carrier::start(app).await?;
    let routes = routes(Arc::clone(app));
    let stopping = app.stopping.clone();
    app.spawn(async move {
        let served = axum::serve(listener, routes)
            .with_graceful_shutdown(stopping.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the server ended");
        }
    });
    Ok(())
}

fn routes(app: Arc<App>) -> Router {
    Router::new()
        .route(
            "/webhooks/whatsapp",
            get(webhooks::challenge).post(webhooks::receive),
        )
        .route(
            "/webhooks/whatsapp/{channel}",
            get(webhooks::challenge_channel).post(webhooks::receive_channel),
        )
        .route("/livez", get(health::livez))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .with_state(app)
}
