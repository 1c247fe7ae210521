//! The Graph API: routes, versions, tokens, and answers in Meta's shapes.

mod accept;
mod analytics;
mod apps;
mod business;
pub(crate) mod call;
mod calls;
pub(crate) mod check;
pub(crate) mod codes;
mod ending;
mod error;
pub(crate) mod fields;
mod flows;
mod gate;
mod group;
pub(crate) mod media;
mod messages;
mod number;
mod oauth;
pub(crate) mod page;
pub(crate) mod params;
mod payments;
mod routes;
mod shape;
mod templates;
mod uploads;
pub(crate) mod waba;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::core::Core;

pub(crate) use error::GraphError;
pub(crate) use gate::NEWEST;

/// Requests up to this size are read; Meta's largest document is 100 MB.
const BODY_LIMIT: usize = 101 << 20;

/// Every Graph route: sends and files have their own, all else goes through `routes::dispatch`.
pub(crate) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route("/whatsapp_business/attachments/", get(media::download))
        .route("/qr/{file}", get(number::qr_image))
        .route("/m1/v/flow.json", get(flows::assets::download))
        .route("/v/t62/{id}", get(crate::flow_runtime::download))
        .route("/{version}/{id}/messages", post(messages::post))
        .route(
            "/{version}/{id}/marketing_messages",
            post(messages::marketing),
        )
        .route("/{version}/{id}/media", post(media::upload))
        .fallback(routes::dispatch)
        .method_not_allowed_fallback(routes::dispatch)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
