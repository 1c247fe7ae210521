//! `/livez`, `/readyz` and `/metrics`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::store::events;
use crate::telemetry;

/// The process runs.
pub(super) fn livez() -> &'static str {
    "ok\n"
}

/// The store answers and no shutdown has begun.
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response {
    if app.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match app.store.read(events::last_seq).await {
        Ok(_) => "ok\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready: the store does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the store does not answer\n",
            )
                .into_response()
        }
    }
}

/// What Prometheus reads.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    if let Err(error) = telemetry::count(&app).await {
        tracing::error!(%error, "what waits cannot be counted: its metrics are old");
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.render())
}
