//! Every route of the service, in one table.
//!
//! A route's path, parameters, answers and problems stand at its handler. The table decides who
//! may call it: what is `keyed` needs an API key, what is `open` or `signed` does not.

mod access;
mod api_keys;
mod audit;
mod authenticate;
mod channel_body;
mod channels;
mod connections;
mod console;
mod contacts;
mod conversations;
mod dead_letter_body;
mod dead_letter_groups;
mod dead_letter_jobs;
mod dead_letters;
mod deliveries;
mod digest;
mod endpoint_body;
mod endpoint_tools;
mod endpoints;
mod erasures;
mod errors;
mod events;
mod export;
mod graph;
mod health;
mod json;
mod live;
mod load;
mod media;
mod media_body;
mod message_body;
mod messages;
mod nats;
mod nodes;
mod observe;
mod open;
mod openapi;
mod openapi_examples;
mod overview;
mod policy;
mod preview;
mod problem;
mod proof;
mod query;
mod range;
mod rate_limit;
mod refused;
mod search;
mod shown_options;
mod status;
mod suppressions;
mod templates;
mod texts;
mod time;
mod timeline;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, StartError};
pub use access::access_markdown;
use authenticate::Keys;
pub(crate) use authenticate::first_api_key;
use console::Attempts;
pub use openapi::openapi_json;
use rate_limit::RateLimits;
pub(crate) use webhooks::Room as WebhookRoom;

/// What handlers share.
#[derive(Debug, Clone)]
struct Gate {
    app: Arc<App>,
    keys: Arc<Keys>,
    limits: Arc<RateLimits>,
    /// Sign-ins at the console that failed.
    attempts: Arc<Attempts>,
    /// One permit for each live stream.
    streams: Arc<Semaphore>,
}

impl FromRef<Gate> for Arc<App> {
    fn from_ref(gate: &Gate) -> Self {
        Self::clone(&gate.app)
    }
}

/// Serves until the app stops; then finishes the requests that are under way.
pub(crate) async fn start(app: &Arc<App>, listener: TcpListener) -> Result<(), StartError> {
    crate::carrier::start(app).await?;
    let (routes, stopping) = (router(app), app.stopping.clone());
    app.spawn(connections::serve(
        listener,
        routes,
        connections::PATIENCE,
        stopping,
    ));
    Ok(())
}

/// Routes that need an API key.
fn keyed() -> OpenApiRouter<Gate> {
    OpenApiRouter::default()
        // /api/v1/channels, /{id}, /{id}/pause, /{id}/resume, /{id}/load
        .routes(routes!(channels::create, channels::list))
        .routes(routes!(channels::get, channels::update, channels::delete))
        .routes(routes!(channels::pause))
        .routes(routes!(channels::resume))
        .routes(routes!(load::get))
        // /api/v1/messages, /{id}, /{id}/timeline, /{id}/cancel, /{id}/resend, /{id}/read
        .routes(routes!(messages::send, messages::list))
        .routes(routes!(messages::get))
        .routes(routes!(timeline::get))
        .routes(routes!(messages::cancel))
        .routes(routes!(messages::resend))
        .routes(routes!(messages::read))
        // /api/v1/media, /{id}, /{id}/content, /{id}/retry
        .routes(routes!(media::upload, media::list))
        .routes(routes!(media::get, media::delete))
        .routes(routes!(media::content))
        .routes(routes!(media::retry))
        // /api/v1/search
        .routes(routes!(search::search))
        // /api/v1/conversations, /{id}
        .routes(routes!(conversations::list))
        .routes(routes!(conversations::get))
        // /api/v1/contacts, /{id}, /{id}/export, /api/v1/erasures/{id}
        .routes(routes!(contacts::list))
        .routes(routes!(contacts::get, erasures::begin))
        .routes(routes!(export::export))
        .routes(routes!(erasures::get))
        // /api/v1/events, /stream, /{id}, /{id}/replay
        .routes(routes!(events::list))
        .routes(routes!(live::stream))
        .routes(routes!(events::get))
        .routes(routes!(events::replay))
        // /api/v1/endpoints, /{id}, /{id}/secret, /{id}/enable, /{id}/stats, /{id}/test,
        // /{id}/rotate-secret, /{id}/recover
        .routes(routes!(endpoints::create, endpoints::list))
        .routes(routes!(
            endpoints::get,
            endpoints::update,
            endpoints::delete
        ))
        .routes(routes!(endpoints::secret))
        .routes(routes!(endpoints::enable))
        .routes(routes!(endpoint_tools::stats))
        .routes(routes!(endpoint_tools::test))
        .routes(routes!(endpoint_tools::rotate_secret))
        .routes(routes!(endpoint_tools::recover))
        // /api/v1/deliveries, /{id}, /{id}/retry
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::get))
        .routes(routes!(deliveries::retry))
        // /api/v1/dead-letters, /groups, /bulk, /bulk/{id}, /bulk/{id}/cancel, /{id}, /{id}/retry, /{id}/discard
        .routes(routes!(dead_letter_jobs::create, dead_letter_jobs::list))
        .routes(routes!(dead_letter_jobs::get))
        .routes(routes!(dead_letter_jobs::cancel))
        .routes(routes!(dead_letter_groups::list))
        .routes(routes!(dead_letters::list))
        .routes(routes!(dead_letters::get))
        .routes(routes!(dead_letters::retry))
        .routes(routes!(dead_letters::discard))
        // /api/v1/errors
        .routes(routes!(errors::list))
        // /api/v1/suppressions, /{id}
        .routes(routes!(suppressions::create, suppressions::list))
        .routes(routes!(suppressions::get, suppressions::lift))
        // /api/v1/templates, /refresh, /{id}
        .routes(routes!(templates::create, templates::list))
        .routes(routes!(templates::refresh))
        .routes(routes!(templates::get, templates::edit, templates::delete))
        // /api/v1/api-keys, /{id}, /{id}/rotate
        .routes(routes!(api_keys::create, api_keys::list))
        .routes(routes!(api_keys::revoke))
        .routes(routes!(api_keys::rotate))
        // /api/v1/audit
        .routes(routes!(audit::list))
        // /api/v1/nats/status, /streams/{stream}/purge, /streams/{stream}/consumers
        .routes(routes!(nats::status))
        .routes(routes!(nats::purge))
        .routes(routes!(nats::consumers))
        // /api/v1/nodes, /api/v1/status, /api/v1/overview, /metrics, /console/sessions
        .routes(routes!(nodes::list))
        .routes(routes!(status::get))
        .routes(routes!(overview::get))
        .routes(routes!(open::metrics))
        .routes(routes!(console::session::sign_out_everywhere))
}

/// Routes of Meta, whose requests are signed. They count themselves and have no other layer: this
/// is the path that must be quick.
fn signed() -> OpenApiRouter<Gate> {
    OpenApiRouter::default()
        .routes(routes!(open::challenge, open::receive))
        .routes(routes!(open::challenge_channel, open::receive_channel))
}

/// Routes in Meta's shapes, which need an API key and refuse as Meta does.
fn graph_compatible() -> OpenApiRouter<Gate> {
    OpenApiRouter::default()
        // /graph/{version}/{phone_number_id}/messages, /marketing_messages, /media
        .routes(routes!(graph::messages::send))
        .routes(routes!(graph::messages::marketing))
        .routes(routes!(graph::media::upload))
        // /graph/{version}/{media_id}, /graph/{version}/media/{media_id}/content
        .routes(routes!(graph::media::get, graph::media::delete))
        .routes(routes!(graph::media::content))
}

/// Routes that need no key: probes, this API's description, signing in at the console.
fn open() -> OpenApiRouter<Gate> {
    OpenApiRouter::default()
        .routes(routes!(open::livez))
        .routes(routes!(open::readyz))
        .routes(routes!(openapi::document))
        // /console/session
        .routes(routes!(
            console::session::sign_in,
            console::session::show,
            console::session::sign_out
        ))
}

/// Files for browsers, which are no part of the API.
fn pages() -> Router<Gate> {
    Router::new()
        .route("/", get(console::home))
        .route("/console", get(console::home))
        .route("/console/", get(console::index))
        .route("/console/{*path}", get(console::file))
        .route("/docs", get(console::docs))
}

/// The description of all routes, as the table gives it.
fn described() -> OpenApi {
    let open = signed().merge(open());
    let graph = graph_compatible().into_openapi();
    openapi::describe(keyed().into_openapi(), graph, open.into_openapi())
}

fn router(app: &Arc<App>) -> Router {
    let gate = Gate {
        app: Arc::clone(app),
        keys: Arc::default(),
        limits: Arc::new(RateLimits::new(
            app.config.server.requests_per_second_per_key,
        )),
        attempts: Arc::default(),
        streams: Arc::new(Semaphore::new(live::STREAMS)),
    };
    let (keyed, _) = keyed().split_for_parts();
    let (graph, _) = graph_compatible().split_for_parts();
    let (open, _) = open().split_for_parts();
    let (signed, _) = signed().split_for_parts();
    keyed
        .route_layer(from_fn_with_state(gate.clone(), authenticate::authenticate))
        .merge(graph.route_layer(from_fn_with_state(gate.clone(), graph::authenticate)))
        .merge(open)
        .merge(pages())
        .fallback(graph::no_route)
        .method_not_allowed_fallback(graph::wrong_method)
        .layer(from_fn_with_state(Arc::clone(app), observe::observe))
        .merge(signed)
        .with_state(gate)
}
