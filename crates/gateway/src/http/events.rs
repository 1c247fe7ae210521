//! Events: listed, shown, and delivered again.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::authenticate::Caller;
use super::deliveries::Delivery;
use super::json::verbatim;
use super::problem::{Invalid, Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use super::texts::{Texts, without_texts};
use super::time::Time;
use crate::deliver::{self, RefusedWish};
use crate::event_catalogue;
use crate::ids::Kind;
use crate::store::scope::Scope;
use crate::store::{Tx, events, page};

const LISTED: Listed = Listed("events");

/// One normalised fact: the envelope that subscribers get, and when it came.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "evt_01hf7yat00c5k9m2t8w3x6q4vz", "session_id": "support", "event": "status",
    "timestamp": 1_700_000_000, "data": {
        "id": "msg_01hf7yat00c5k9m2t8w3x6q4vz", "message_id": "wamid.HBgLMTY1MDU1NTEyMzQ=",
        "status": "delivered", "recipient": "16505551234"
    },
    "occurred_at": "2023-11-14T22:13:20.000Z", "created_at": "2023-11-14T22:13:20.250Z",
    "message": "msg_01hf7yat00c5k9m2t8w3x6q4vz",
    "notification": "1-40960"
}))]
pub(super) struct Event {
    /// The same at every delivery.
    id: String,
    /// The channel's id.
    session_id: String,
    /// The event's name.
    #[serde(rename = "event")]
    name: String,
    /// Unix seconds of `occurred_at`.
    timestamp: i64,
    /// Its shape depends on the name: see `docs/events.md`. Where the API key does not show texts,
    /// what may be one is null in it.
    #[schema(value_type = Object)]
    data: Box<RawValue>,
    /// `true`: the API key does not show texts, and something is null in `data` for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_hidden: Option<bool>,
    /// When it happened, as the carrier says.
    occurred_at: Time,
    /// When it was stored.
    created_at: Time,
    /// The message that it is about (`msg_…`), if it is about one.
    message: Option<String>,
    /// The place of the raw notification that it was made from.
    notification: Option<String>,
}

/// Where to deliver an event again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"endpoint": "ep_01hf7yat00c5k9m2t8w3x6q4vz"}))]
pub(super) struct Replay {
    /// An endpoint's id (`ep_…`).
    endpoint: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only with this name.
    #[serde(rename = "type")]
    #[param(example = "message")]
    kind: Option<String>,
    /// Only of this channel.
    channel: Option<String>,
    /// Only after the event with this id, or stored at this time or later. For polling: the last id
    /// of the answer before, once it has no `next_cursor`.
    after: Option<String>,
    /// Begin so many events before the end, unless `after` or `cursor` says where.
    #[param(example = 100)]
    newest: Option<u32>,
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before; it goes before `after`.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// List events
///
/// Oldest first, in the order in which they were stored.
#[utoipa::path(get, path = "/api/v1/events", tag = "Events", operation_id = "list_events",
    params(ListQuery), responses(
        (status = 200, description = "A page of events", body = List<Event>),
        (status = 400, description = "`invalid_query`"),
        (status = 410, description = "`event_gone`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<Event>>, Problem> {
    let scope = caller.scope();
    if let Some(kind) = &query.kind {
        check_parameter("type", kind)?;
    }
    let last = match (&query.cursor, query.after) {
        (Some(cursor), _) => Some(LISTED.read(cursor)?),
        (None, after) => after,
    };
    // A look that ended between two events of the list left a number.
    let looked_to = last.as_ref().filter(|_| query.cursor.is_some());
    let looked_to = looked_to.and_then(|last| last.parse().ok());
    let seq = match (looked_to, last) {
        (Some(seq), _) => seq,
        (None, Some(id)) => {
            seq_of(&gate, &id, &scope, || {
                let detail = "must be the id of an event (evt_…) or a time";
                Problem::InvalidQuery(vec![Invalid::parameter("after", detail)])
            })
            .await?
        }
        (None, None) => before_end(&gate, query.newest).await?,
    };
    let limit = Limit::or_default(query.limit) + 1;
    let filter = events::Filter {
        kind: query.kind,
        channel: query.channel,
        scope,
    };
    let look = move |tx: &Tx<'_>| events::list(tx, &filter, (seq, limit, page::LOOK));
    let rows = gate.app.store.read(look);
    let show = |row| Ok(caller.show(Event::try_from(row)?));
    LISTED
        .found(limit, rows.await?, |row| row.id.clone(), show)
        .map(Json)
}

/// The number of the event after which so many are left; zero, before all of them, if it is not said.
async fn before_end(gate: &Gate, newest: Option<u32>) -> Result<i64, Problem> {
    let Some(newest) = newest else { return Ok(0) };
    let last = gate.app.store.read(events::last_seq).await?;
    Ok(last.saturating_sub(newest.into()).max(0))
}

/// Get an event
#[utoipa::path(get, path = "/api/v1/events/{id}", tag = "Events", operation_id = "get_event",
    params(("id" = String, Path, description = "`evt_…`")), responses(
        (status = 200, description = "The event", body = Event),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<Json<Event>, Problem> {
    let row = gate
        .app
        .store
        .read(move |tx| events::by_id(tx, &id))
        .await?
        .filter(|row| caller.scope().includes(&row.channel_id));
    let event = Event::try_from(found(row, Thing::Event)?)?;
    Ok(Json(caller.show(event)))
}

/// Deliver an event again
///
/// To one endpoint, whether or not its filters let the event through.
#[utoipa::path(post, path = "/api/v1/events/{id}/replay", tag = "Events",
    operation_id = "replay_event",
    params(("id" = String, Path, description = "`evt_…`")),
    request_body = Replay, responses(
        (status = 202, description = "The new delivery", body = Delivery),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`"),
    ))]
pub(super) async fn replay(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    super::json::Json(request): super::json::Json<Replay>,
) -> Result<(StatusCode, Json<Delivery>), Problem> {
    let scribe = caller.scribe(&gate.app);
    let delivery = deliver::replay(&gate.app, id, request.endpoint, caller.scope(), scribe).await;
    match delivery {
        Ok(delivery) => Ok((StatusCode::ACCEPTED, Json(delivery.into()))),
        Err(RefusedWish::NoEndpoint) => {
            let fault = Invalid::at("/endpoint", "names no endpoint that exists");
            Err(Problem::Invalid(vec![fault]))
        }
        Err(error) => Err(error.into()),
    }
}

/// The number of an event that somebody has seen, or of the last one before a time; `wrong` if the
/// text is neither.
pub(super) async fn seq_of(
    gate: &Gate,
    id: &str,
    scope: &Scope,
    wrong: impl FnOnce() -> Problem,
) -> Result<i64, Problem> {
    let of_event = id
        .strip_prefix(Kind::Event.prefix())
        .is_some_and(|id| id.starts_with('_'));
    if !of_event {
        let time: jiff::Timestamp = id.parse().map_err(|_| wrong())?;
        let time = time.as_millisecond();
        let find = move |tx: &Tx<'_>| events::seq_before(tx, time);
        return Ok(gate.app.store.read(find).await?);
    }
    let (id, scope) = (id.to_owned(), scope.clone());
    let seq = gate
        .app
        .store
        .read(move |tx| events::seq_of(tx, &id, &scope))
        .await?;
    seq.ok_or(Problem::EventGone)
}

/// Refuses a name that no event has, and says which there are.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    if event_catalogue::names().any(|known| known == name) {
        return Ok(());
    }
    let known: Vec<_> = event_catalogue::names().collect();
    Err(format!("must be an event name: {}", known.join(", ")))
}

/// As [`check_name`], for a parameter of a query.
pub(super) fn check_parameter(parameter: &str, name: &str) -> Result<(), Problem> {
    check_name(name)
        .map_err(|detail| Problem::InvalidQuery(vec![Invalid::parameter(parameter, detail)]))
}

impl Texts for Event {
    fn hide(&mut self) {
        if let Some(bare) = without_texts(self.data.get()) {
            self.data = bare;
            self.content_hidden = Some(true);
        }
    }
}

impl TryFrom<events::Event> for Event {
    type Error = Problem;

    fn try_from(row: events::Event) -> Result<Self, Problem> {
        Ok(Self {
            id: row.id,
            session_id: row.channel_id,
            name: row.kind,
            timestamp: row.occurred_at.div_euclid(1000),
            data: verbatim(row.data, "event data")?,
            content_hidden: None,
            occurred_at: Time(row.occurred_at),
            created_at: Time(row.created_at),
            message: row.message_id,
            notification: row.notification,
        })
    }
}
