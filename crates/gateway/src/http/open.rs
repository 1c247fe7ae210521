//! The routes without an API's types: Meta's webhook, probes and metrics, described for OpenAPI.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{health, webhooks};
use crate::app::App;

/// Answer Meta's challenge
///
/// Meta calls it when the webhook is registered, with the verify token of the gateway.
#[utoipa::path(get, path = "/webhooks/whatsapp", tag = "Webhooks",
    operation_id = "challenge_webhook",
    params(
        ("hub.mode" = String, Query, description = "`subscribe`"),
        ("hub.challenge" = String, Query, description = "What to answer"),
        ("hub.verify_token" = String, Query, description = "The verify token"),
    ),
    responses(
        (status = 200, description = "The challenge", body = String, content_type = "text/plain"),
        (status = 403, description = "Not the verify token", body = String,
            content_type = "text/plain"),
    ))]
pub(super) async fn challenge(state: State<Arc<App>>, query: RawQuery) -> Response {
    webhooks::challenge(state, query)
}

/// Take a notification
///
/// Meta posts notifications here, signed with the app secret. It is on disk before the 200.
#[utoipa::path(post, path = "/webhooks/whatsapp", tag = "Webhooks",
    operation_id = "receive_webhook",
    params(("X-Hub-Signature-256" = String, Header,
        description = "`sha256=` and the HMAC of the body by the app secret, in hex")),
    request_body(content = Object, description = "A notification as Meta documents it"),
    responses(
        (status = 200, description = "It is stored"),
        (status = 400, description = "Not a notification", body = String,
            content_type = "text/plain"),
        (status = 401, description = "Not signed, or not by a known app secret", body = String,
            content_type = "text/plain"),
        (status = 408, description = "The body did not come in time", body = String,
            content_type = "text/plain"),
        (status = 413, description = "Over the limit", body = String, content_type = "text/plain"),
        (status = 503, description = "Not stored; send it again", body = String,
            content_type = "text/plain"),
    ))]
pub(super) async fn receive(state: State<Arc<App>>, headers: HeaderMap, body: Body) -> Response {
    webhooks::receive(state, headers, body).await
}

/// Answer Meta's challenge for one channel
///
/// With the verify token of the channel, or of the gateway if the channel has none.
#[utoipa::path(get, path = "/webhooks/whatsapp/{channel}", tag = "Webhooks",
    operation_id = "challenge_channel_webhook",
    params(
        ("channel" = String, Path, description = "The channel's id"),
        ("hub.mode" = String, Query, description = "`subscribe`"),
        ("hub.challenge" = String, Query, description = "What to answer"),
        ("hub.verify_token" = String, Query, description = "The verify token"),
    ),
    responses(
        (status = 200, description = "The challenge", body = String, content_type = "text/plain"),
        (status = 403, description = "Not the verify token", body = String,
            content_type = "text/plain"),
        (status = 404, description = "There is no such channel", body = String,
            content_type = "text/plain"),
    ))]
pub(super) async fn challenge_channel(
    state: State<Arc<App>>,
    channel: Path<String>,
    query: RawQuery,
) -> Response {
    webhooks::challenge_channel(state, channel, query).await
}

/// Take a notification for one channel
///
/// Signed with the app secret of the channel, or of the gateway if the channel has none.
#[utoipa::path(post, path = "/webhooks/whatsapp/{channel}", tag = "Webhooks",
    operation_id = "receive_channel_webhook",
    params(
        ("channel" = String, Path, description = "The channel's id"),
        ("X-Hub-Signature-256" = String, Header,
            description = "`sha256=` and the HMAC of the body by the app secret, in hex"),
    ),
    request_body(content = Object, description = "A notification as Meta documents it"),
    responses(
        (status = 200, description = "It is stored"),
        (status = 400, description = "Not a notification", body = String,
            content_type = "text/plain"),
        (status = 401, description = "Not signed, or not by a known app secret", body = String,
            content_type = "text/plain"),
        (status = 404, description = "There is no such channel", body = String,
            content_type = "text/plain"),
        (status = 408, description = "The body did not come in time", body = String,
            content_type = "text/plain"),
        (status = 413, description = "Over the limit", body = String, content_type = "text/plain"),
        (status = 503, description = "Not stored; send it again", body = String,
            content_type = "text/plain"),
    ))]
pub(super) async fn receive_channel(
    state: State<Arc<App>>,
    channel: Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    webhooks::receive_channel(state, channel, headers, body).await
}

/// Whether the process runs
#[utoipa::path(get, path = "/livez", tag = "Service", operation_id = "livez", responses(
        (status = 200, description = "It runs", body = String, content_type = "text/plain"),
    ))]
pub(super) async fn livez() -> &'static str {
    health::livez()
}

/// Whether the gateway can work
///
/// The store answers and no shutdown has begun.
#[utoipa::path(get, path = "/readyz", tag = "Service", operation_id = "readyz", responses(
        (status = 200, description = "It can", body = String, content_type = "text/plain"),
        (status = 503, description = "It cannot", body = String, content_type = "text/plain"),
    ))]
pub(super) async fn readyz(state: State<Arc<App>>) -> Response {
    health::readyz(state).await
}

/// Metrics
///
/// For Prometheus, in the text format of `OpenMetrics`.
#[utoipa::path(get, path = "/metrics", tag = "Service", operation_id = "metrics", responses(
        (status = 200, description = "Metrics", body = String,
            content_type = "application/openmetrics-text"),
    ))]
pub(super) async fn metrics(state: State<Arc<App>>) -> impl axum::response::IntoResponse {
    health::metrics(state).await
}
