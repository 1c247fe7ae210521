//! The Graph API: routes, versions, tokens, and answers in Meta's shapes.

mod accept;
mod apps;
pub(crate) mod check;
pub(crate) mod codes;
mod error;
mod gate;
pub(crate) mod media;
mod messages;
mod nodes;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::core::Core;

pub(crate) use error::GraphError;

/// Requests up to this size are read; Meta's largest document is 100 MB.
const BODY_LIMIT: usize = 101 << 20;

/// Every Graph route; what is not here answers with an error that says so.
pub(crate) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route("/whatsapp_business/attachments/", get(media::download))
        .route(
            "/{version}/{id}",
            get(nodes::get).delete(nodes::delete).post(nodes::post),
        )
        .route("/{version}/{id}/messages", post(messages::post))
        .route("/{version}/{id}/media", post(media::upload))
        .route(
            "/{version}/{id}/subscribed_apps",
            get(apps::subscribed)
                .post(apps::subscribe)
                .delete(apps::unsubscribe),
        )
        .route("/{version}/{id}/subscriptions", post(apps::subscriptions))
        .fallback(gate::not_simulated)
        .method_not_allowed_fallback(gate::not_simulated)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
