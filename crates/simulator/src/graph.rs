//! The Graph API: routes, versions, tokens, and answers in Meta's shapes.

mod accept;
mod apps;
pub(crate) mod call;
pub(crate) mod check;
pub(crate) mod codes;
mod ending;
mod error;
pub(crate) mod fields;
mod gate;
pub(crate) mod media;
mod messages;
pub(crate) mod page;
pub(crate) mod params;
mod routes;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::core::Core;

pub(crate) use error::GraphError;

/// Requests up to this size are read; Meta's largest document is 100 MB.
const BODY_LIMIT: usize = 101 << 20;

/// Every Graph route: sends and files have their own, all else goes through `routes::dispatch`.
pub(crate) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route("/whatsapp_business/attachments/", get(media::download))
        .route("/{version}/{id}/messages", post(messages::post))
        .route("/{version}/{id}/media", post(media::upload))
        .fallback(routes::dispatch)
        .method_not_allowed_fallback(routes::dispatch)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
