//! A person is erased: begun, watched.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::Gate;
use super::authenticate::Caller;
use super::problem::{Problem, Thing};
use super::query::{Id, found};
use super::time::Time;
use crate::retention::{self, Begun};
use crate::store::Tx;
use crate::store::erasures;

/// What this gateway cannot take back.
const BEYOND: [&str; 5] = [
    "Events that were delivered to endpoints are with their owners.",
    "Events that were published to NATS stay in the stream until its own limits remove them.",
    "Meta, and the phones of both sides, keep what they have.",
    "Backups and replicas of the database, the journal and the object store keep what they have \
     until they are replaced.",
    "What other people wrote about the person is theirs, and files that were uploaded to be sent \
     are yours: delete those with DELETE /api/v1/media/{id}.",
];

/// How a person is erased: progress first, then the report.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "era_01hf7yat00c5k9m2t8w3x6q4vz", "contact_id": "cnt_01hf7yat00c5k9m2t8w3x6q4vz",
    "state": "done", "step": null, "messages_total": 3,
    "erased": {"contacts": 1, "conversations": 1, "events": 5, "identities": 2, "messages": 3,
        "notifications": 4, "statuses": 2},
    "beyond_reach": ["Events that were delivered to endpoints are with their owners."],
    "last_error": null, "created_by": "key_01hf7yat00c5k9m2t8w3x6q4vz",
    "created_at": "2026-11-21T08:15:30.250Z", "updated_at": "2026-11-21T08:15:31.500Z",
    "done_at": "2026-11-21T08:15:31.500Z"
}))]
pub(super) struct Erasure {
    /// `era_…`
    id: String,
    /// Whom it was about; nothing is found under it afterwards.
    contact_id: String,
    state: ErasureState,
    /// What is done now: `waiting`, `names`, `canceling`, `messages`, `events`, `statuses`, `records`,
    /// `notifications`, `contact`. Null when it is done.
    #[schema(value_type = Option<String>)]
    step: Option<&'static str>,
    /// How many messages the person's conversations had when it began.
    messages_total: i64,
    /// What was erased so far, by kind. `suppressions_kept` counts refusals that are kept under a hash,
    /// so that the person is not written to again. After a crash a little may be missing in the counts,
    /// never in what is erased.
    erased: BTreeMap<String, i64>,
    /// What this gateway cannot take back.
    #[schema(value_type = Vec<String>)]
    beyond_reach: [&'static str; 5],
    /// Why it does not go on, if it does not. It is tried again.
    last_error: Option<String>,
    /// The id of an API key.
    created_by: String,
    created_at: Time,
    updated_at: Time,
    done_at: Option<Time>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ErasureState {
    Running,
    Done,
}

/// Erase a person
///
/// Everywhere: contact and identities, conversations, content and recipients of messages, statuses,
/// data of events, raw notifications, files that they sent, dead letters, the audit's details, answers
/// to requests. Ids, states and times of messages and events stay. What waits to be sent to them is
/// cancelled first. It goes on in the background, over restarts; asking again answers the same erasure.
#[utoipa::path(delete, path = "/api/v1/contacts/{id}", tag = "Contacts",
    operation_id = "erase_contact",
    params(("id" = String, Path, description = "`cnt_…`")), responses(
        (status = 202, description = "The erasure", body = Erasure, headers(
            ("Location" = String, description = "Where the erasure is"),
        )),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`: a group is no person"),
    ))]
pub(super) async fn begin(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<Response, Problem> {
    let erasure = match retention::begin(&gate.app, id, caller.scribe(&gate.app)).await? {
        Begun::Erasure(erasure) => *erasure,
        Begun::NotFound => return Err(Problem::NotFound(Thing::Contact)),
        Begun::Group => {
            let detail = "This contact is a group: erase its members.".into();
            return Err(Problem::WrongState { detail });
        }
    };
    let location = format!("/api/v1/erasures/{}", erasure.id);
    let body = Json(Erasure::from(erasure));
    let mut answer = (StatusCode::ACCEPTED, body).into_response();
    if let Ok(location) = HeaderValue::try_from(location) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    Ok(answer)
}

/// Get an erasure
///
/// How far it is, and when it is done what it came to.
#[utoipa::path(get, path = "/api/v1/erasures/{id}", tag = "Contacts", operation_id = "get_erasure",
    params(("id" = String, Path, description = "`era_…`")), responses(
        (status = 200, description = "The erasure", body = Erasure),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(State(gate): State<Gate>, Id(id): Id) -> Result<Json<Erasure>, Problem> {
    let look = move |tx: &Tx<'_>| erasures::by_id(tx, &id);
    let row = gate.app.store.read(look).await?;
    Ok(Json(found(row, Thing::Erasure)?.into()))
}

impl From<erasures::Erasure> for Erasure {
    fn from(row: erasures::Erasure) -> Self {
        Self {
            id: row.id,
            contact_id: row.contact_id,
            state: if row.is_done {
                ErasureState::Done
            } else {
                ErasureState::Running
            },
            step: (!row.is_done).then(|| row.step.as_str()),
            messages_total: row.total,
            erased: row.counts,
            beyond_reach: BEYOND,
            last_error: row.last_error,
            created_by: row.actor,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
            done_at: row.done_at.map(Time),
        }
    }
}
