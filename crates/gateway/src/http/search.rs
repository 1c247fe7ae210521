//! Search: one box for any id or number that somebody has at hand.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Gate;
use super::access::Need;
use super::authenticate::Caller;
use super::json::Json;
use super::problem::{Invalid, Problem};
use super::time::Time;
use crate::store::search;

/// Characters of a search at most: an idempotency key has up to 255.
const QUERY_LIMIT: usize = 255;
/// Things that are found at most.
const FOUND: usize = 20;

/// What to look for. It stands in the body, because a phone number must not stand in a URL.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"q": "+1 650 555 1234"}))]
pub(super) struct Search {
    /// An id of ours or the carrier's, that of a WABA for its channels, a phone number or its
    /// beginning, a BSUID, a user name, the beginning of a name, or an idempotency key.
    #[schema(min_length = 1, max_length = 255)]
    q: String,
}

/// What was found, the surest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Found {
    /// Up to 20.
    #[schema(max_items = 20)]
    data: Vec<Hit>,
}

/// One thing that was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "kind": "conversation", "id": "cnv_01hf7yat00c5k9m2t8w3x6q4vz", "title": "Ada",
    "channel": "support", "contact": "cnt_01hf7yat00c5k9m2t8w3x6q4vz", "at": "2026-11-21T08:15:30.250Z"
}))]
pub(super) struct Hit {
    kind: HitKind,
    id: String,
    /// For people; never what somebody has written.
    title: String,
    /// The channel's id; null if it belongs to no single one.
    channel: Option<String>,
    /// The id of the contact whom a contact, conversation, suppression or erasure is about; else
    /// null.
    contact: Option<String>,
    /// When it began; of a conversation, when a message went either way last; of a template, when
    /// Meta told its status.
    at: Time,
}

/// What sort of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum HitKind {
    Message,
    Contact,
    Conversation,
    Event,
    Delivery,
    Endpoint,
    Channel,
    DeadLetter,
    Media,
    Suppression,
    Template,
    Job,
    ApiKey,
    AuditEntry,
    Erasure,
}

/// Search
///
/// Finds what goes by an id, a number or a name, if the caller may see it by its own route.
#[utoipa::path(post, path = "/api/v1/search", tag = "Service", operation_id = "search",
    request_body = Search, responses(
        (status = 200, description = "What was found, up to 20 things", body = Found),
    ))]
pub(super) async fn search(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Json(request): Json<Search>,
) -> Result<axum::Json<Found>, Problem> {
    let length = request.q.chars().count();
    let fault = match length {
        _ if request.q.trim().is_empty() => Invalid::at("/q", "must not be empty"),
        ..=QUERY_LIMIT => {
            let mut search = search::Search::new(&request.q, caller.scope(), FOUND);
            if Need::Administer.is_met_by(caller.role) {
                search = search.for_admin();
            }
            let hits = gate.app.store.read(move |tx| search.run(tx)).await?;
            let data = hits.into_iter().map(Into::into).collect();
            return Ok(axum::Json(Found { data }));
        }
        _ => Invalid::at("/q", "is too long").over(QUERY_LIMIT, length),
    };
    Err(Problem::Invalid(vec![fault]))
}

impl From<search::Hit> for Hit {
    fn from(hit: search::Hit) -> Self {
        let kind = match hit.kind {
            search::Kind::Message => HitKind::Message,
            search::Kind::Contact => HitKind::Contact,
            search::Kind::Conversation => HitKind::Conversation,
            search::Kind::Event => HitKind::Event,
            search::Kind::Delivery => HitKind::Delivery,
            search::Kind::Endpoint => HitKind::Endpoint,
            search::Kind::Channel => HitKind::Channel,
            search::Kind::DeadLetter => HitKind::DeadLetter,
            search::Kind::Media => HitKind::Media,
            search::Kind::Suppression => HitKind::Suppression,
            search::Kind::Template => HitKind::Template,
            search::Kind::Job => HitKind::Job,
            search::Kind::ApiKey => HitKind::ApiKey,
            search::Kind::AuditEntry => HitKind::AuditEntry,
            search::Kind::Erasure => HitKind::Erasure,
        };
        Self {
            kind,
            id: hit.id,
            title: hit.title,
            channel: hit.channel,
            contact: hit.contact,
            at: Time(hit.at),
        }
    }
}
