//! Deliveries: one event for one endpoint, and the attempts that were made.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::authenticate::Caller;
use super::problem::{Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use super::texts::Texts;
use super::time::{Moment, Time};
use crate::deliver;
use crate::store::deliveries::{self, Filter, State as Stored};

const LISTED: Listed = Listed("deliveries");

/// One event for one endpoint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "dlv_01hf7yat00c5k9m2t8w3x6q4vz", "endpoint_id": "ep_01hf7yat00c5k9m2t8w3x6q4vz",
    "event_id": "evt_01hf7yat00c5k9m2t8w3x6q4vz", "state": "pending", "attempt_count": 1,
    "next_attempt_at": "2026-11-21T08:15:35.250Z", "created_at": "2026-11-21T08:15:30.250Z",
    "updated_at": "2026-11-21T08:15:30.300Z", "attempts": [{
        "number": 1, "at": "2026-11-21T08:15:30.260Z", "duration_ms": 38, "status": 503,
        "error": "answered 503", "response": "try later",
        "request_headers": [
            ["content-type", "application/json"],
            ["webhook-id", "evt_01hf7yat00c5k9m2t8w3x6q4vz"],
            ["webhook-timestamp", "1795249530"],
            ["webhook-signature", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="]
        ],
        "response_headers": [["content-type", "text/plain"]]
    }]
}))]
pub(super) struct Delivery {
    /// Ours: `dlv_…`.
    id: String,
    endpoint_id: String,
    event_id: String,
    /// Only in lists: what the event is called, while it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    state: DeliveryState,
    /// All attempts that were made, also those before a retry began the schedule again.
    attempt_count: i64,
    /// Null unless it is pending.
    next_attempt_at: Option<Time>,
    created_at: Time,
    updated_at: Time,
    /// Only in lists: the HTTP status of its newest attempt, if there was an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_status: Option<i64>,
    /// Only where one delivery is asked for: its newest attempts, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<Vec<DeliveryAttempt>>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeliveryState {
    /// Waits for its next attempt, or for its endpoint to be enabled.
    Pending,
    /// The endpoint answered 2xx.
    Delivered,
    /// The schedule is over; there is a dead letter.
    Failed,
    /// Given up, or its endpoint is gone.
    Canceled,
}

/// One try.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryAttempt {
    /// From 1.
    number: i64,
    at: Time,
    duration_ms: i64,
    /// The HTTP status, if there was an answer.
    status: Option<i64>,
    /// What was wrong; null when it was delivered.
    error: Option<String>,
    /// The first 4 KiB of the answer's body. It may repeat what it got: null where the API key does
    /// not show texts.
    response: Option<String>,
    /// Name and value of each header that was sent; the body is the event.
    request_headers: Option<Vec<Vec<String>>>,
    /// Name and value of the headers that came, up to 40.
    response_headers: Option<Vec<Vec<String>>>,
    /// `true`: the API key does not show texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_hidden: Option<bool>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only to this endpoint (`ep_…`).
    endpoint: Option<String>,
    /// Only of this event (`evt_…`).
    event: Option<String>,
    /// Only in this state.
    #[param(inline)]
    state: Option<DeliveryState>,
    /// `true`: only those of which at least one attempt failed.
    failures: Option<bool>,
    /// Only those of which at least one attempt was made at this time or later, RFC 3339; with
    /// `failures` one that failed.
    #[param(value_type = Option<Time>)]
    tried_since: Option<Moment>,
    /// Created at this time or later, RFC 3339.
    #[param(value_type = Option<Time>)]
    since: Option<Moment>,
    /// Created before this time, RFC 3339.
    #[param(value_type = Option<Time>)]
    until: Option<Moment>,
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// List deliveries
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/deliveries", tag = "Deliveries",
    operation_id = "list_deliveries", params(ListQuery), responses(
        (status = 200, description = "A page of deliveries", body = List<Delivery>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<Delivery>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let scope = caller.scope();
    let rows = gate.app.store.read(move |tx| {
        let filter = Filter {
            endpoint_id: query.endpoint.as_deref(),
            event_id: query.event.as_deref(),
            state: query.state.map(Into::into),
            failures: query.failures.unwrap_or(false),
            tried_since: query.tried_since.map(|moment| moment.0),
            since: query.since.map(|moment| moment.0),
            until: query.until.map(|moment| moment.0),
        };
        deliveries::page(tx, filter, &scope, &page)
    });
    LISTED
        .found(
            limit,
            rows.await?,
            |row| row.delivery.id.clone(),
            |row| Ok(row.into()),
        )
        .map(Json)
}

/// Get a delivery
///
/// With its attempts.
#[utoipa::path(get, path = "/api/v1/deliveries/{id}", tag = "Deliveries",
    operation_id = "get_delivery",
    params(("id" = String, Path, description = "`dlv_…`")), responses(
        (status = 200, description = "The delivery", body = Delivery),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<Json<Delivery>, Problem> {
    let scope = caller.scope();
    let row = gate.app.store.read(move |tx| {
        let Some(delivery) = deliveries::within(tx, &id, &scope)? else {
            return Ok(None);
        };
        let attempts = deliveries::attempts(tx, &id)?;
        Ok(Some((delivery, attempts)))
    });
    let (delivery, attempts) = found(row.await?, Thing::Delivery)?;
    let delivery = Delivery::with_attempts(delivery, attempts);
    Ok(Json(caller.show(delivery)))
}

/// Retry a delivery
///
/// It is tried at once, with the whole schedule before it again.
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/retry", tag = "Deliveries",
    operation_id = "retry_delivery",
    params(("id" = String, Path, description = "`dlv_…`")), responses(
        (status = 202, description = "The delivery, pending", body = Delivery),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`"),
    ))]
pub(super) async fn retry(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<(StatusCode, Json<Delivery>), Problem> {
    let scribe = caller.scribe(&gate.app);
    let delivery = deliver::retry(&gate.app, id, caller.scope(), scribe).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery.into())))
}

impl Delivery {
    /// With the attempts that were made.
    pub(super) fn with_attempts(
        delivery: deliveries::Delivery,
        attempts: Vec<deliveries::Attempt>,
    ) -> Self {
        Self {
            attempts: Some(attempts.into_iter().map(Into::into).collect()),
            ..delivery.into()
        }
    }
}

impl Texts for Delivery {
    fn hide(&mut self) {
        for attempt in self.attempts.iter_mut().flatten() {
            attempt.response = None;
            attempt.response_headers = None;
            attempt.content_hidden = Some(true);
        }
    }
}

impl From<deliveries::Listed> for Delivery {
    fn from(row: deliveries::Listed) -> Self {
        Self {
            event: row.event,
            last_status: row.last_status,
            ..row.delivery.into()
        }
    }
}

impl From<deliveries::Delivery> for Delivery {
    fn from(row: deliveries::Delivery) -> Self {
        let pending = row.state == Stored::Pending;
        Self {
            id: row.id,
            endpoint_id: row.endpoint_id,
            event_id: row.event_id,
            event: None,
            state: row.state.into(),
            attempt_count: row.made,
            // A test is put before what is due.
            next_attempt_at: pending.then_some(Time(row.due_at.max(row.created_at))),
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
            last_status: None,
            attempts: None,
        }
    }
}

impl From<deliveries::Attempt> for DeliveryAttempt {
    fn from(row: deliveries::Attempt) -> Self {
        Self {
            number: row.number,
            at: Time(row.started_at),
            duration_ms: row.duration_ms,
            status: row.status,
            error: row.error,
            response: row.response,
            content_hidden: None,
            request_headers: headers(row.request_headers.as_deref()),
            response_headers: headers(row.response_headers.as_deref()),
        }
    }
}

fn headers(text: Option<&str>) -> Option<Vec<Vec<String>>> {
    text.and_then(|text| serde_json::from_str(text).ok())
}

impl From<Stored> for DeliveryState {
    fn from(state: Stored) -> Self {
        match state {
            Stored::Pending => Self::Pending,
            Stored::Delivered => Self::Delivered,
            Stored::Failed => Self::Failed,
            Stored::Canceled => Self::Canceled,
        }
    }
}

impl From<DeliveryState> for Stored {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Pending => Self::Pending,
            DeliveryState::Delivered => Self::Delivered,
            DeliveryState::Failed => Self::Failed,
            DeliveryState::Canceled => Self::Canceled,
        }
    }
}
