//! Endpoints: subscribers' URLs, to which events are delivered.

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Gate;
use super::endpoint_body::{CreateEndpoint, Endpoint, EndpointSecret, PatchEndpoint};
use super::json::Json;
use super::problem::{Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use crate::store::Locked;
use crate::store::endpoints;

const LISTED: Listed = Listed("endpoints");

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Create an endpoint
///
/// It gets the events that are stored from now on, signed with the secret of the answer.
#[utoipa::path(post, path = "/api/v1/endpoints", tag = "Endpoints",
    operation_id = "create_endpoint", request_body = CreateEndpoint, responses(
        (status = 201, description = "The endpoint, with its secret", body = Endpoint,
            headers(("Location" = String, description = "Where the endpoint is"))),
    ))]
pub(super) async fn create(
    State(gate): State<Gate>,
    Json(request): Json<CreateEndpoint>,
) -> Result<(StatusCode, [(HeaderName, String); 1], axum::Json<Endpoint>), Problem> {
    let row = request.into_row(&gate.app)?;
    let new = row.clone();
    gate.app
        .store
        .write(move |tx| endpoints::insert(tx, &new))
        .await?;
    let location = [(header::LOCATION, format!("/api/v1/endpoints/{}", row.id))];
    Ok((
        StatusCode::CREATED,
        location,
        axum::Json(Endpoint::with_secret(row)),
    ))
}

/// List endpoints
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/endpoints", tag = "Endpoints",
    operation_id = "list_endpoints", params(ListQuery), responses(
        (status = 200, description = "A page of endpoints", body = List<Endpoint>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<List<Endpoint>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let rows = gate
        .app
        .store
        .read(move |tx| endpoints::page(tx, page.before.as_deref(), page.limit));
    LISTED
        .list(
            limit,
            rows.await?,
            |row| row.id.clone(),
            |row| Ok(row.into()),
        )
        .map(axum::Json)
}

/// Get an endpoint
#[utoipa::path(get, path = "/api/v1/endpoints/{id}", tag = "Endpoints",
    operation_id = "get_endpoint",
    params(("id" = String, Path, description = "`ep_…`")), responses(
        (status = 200, description = "The endpoint", body = Endpoint),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    Id(id): Id,
) -> Result<axum::Json<Endpoint>, Problem> {
    let row = gate
        .app
        .store
        .read(move |tx| endpoints::by_id(tx, &id))
        .await?;
    found(row, Thing::Endpoint).map(|row| axum::Json(row.into()))
}

/// Change an endpoint
///
/// What is absent stays; null clears. `{"disabled": false}` resumes deliveries with what waited.
#[utoipa::path(patch, path = "/api/v1/endpoints/{id}", tag = "Endpoints",
    operation_id = "update_endpoint",
    params(("id" = String, Path, description = "`ep_…`")),
    request_body = PatchEndpoint, responses(
        (status = 200, description = "The endpoint as it is now", body = Endpoint),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn update(
    State(gate): State<Gate>,
    Id(id): Id,
    Json(patch): Json<PatchEndpoint>,
) -> Result<axum::Json<Endpoint>, Problem> {
    let change = patch.into_change(&gate.app)?;
    let changed = gate.app.store.write(move |tx| {
        tx.lock(Locked::Endpoint(&id))?;
        let Some(mut row) = endpoints::by_id(tx, &id)? else {
            return Ok(None);
        };
        change(&mut row);
        endpoints::update(tx, &row)?;
        Ok(Some(row))
    });
    found(changed.await?, Thing::Endpoint).map(|row| axum::Json(row.into()))
}

/// Delete an endpoint
///
/// Its pending deliveries are canceled; those that were made stay as history.
#[utoipa::path(delete, path = "/api/v1/endpoints/{id}", tag = "Endpoints",
    operation_id = "delete_endpoint",
    params(("id" = String, Path, description = "`ep_…`")), responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn delete(State(gate): State<Gate>, Id(id): Id) -> Result<StatusCode, Problem> {
    let gone = gate
        .app
        .store
        .write(move |tx| endpoints::delete(tx, &id))
        .await?;
    if gone {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::NotFound(Thing::Endpoint))
    }
}

/// Show an endpoint's secret
#[utoipa::path(get, path = "/api/v1/endpoints/{id}/secret", tag = "Endpoints",
    operation_id = "get_endpoint_secret",
    params(("id" = String, Path, description = "`ep_…`")), responses(
        (status = 200, description = "The secret that signs its deliveries",
            body = EndpointSecret),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn secret(
    State(gate): State<Gate>,
    Id(id): Id,
) -> Result<axum::Json<EndpointSecret>, Problem> {
    let row = gate
        .app
        .store
        .read(move |tx| endpoints::by_id(tx, &id))
        .await?;
    found(row.as_ref().and_then(EndpointSecret::of), Thing::Endpoint).map(axum::Json)
}

/// Enable an endpoint
///
/// Deliveries resume with what waited. Does nothing to one that is enabled.
#[utoipa::path(post, path = "/api/v1/endpoints/{id}/enable", tag = "Endpoints",
    operation_id = "enable_endpoint",
    params(("id" = String, Path, description = "`ep_…`")), responses(
        (status = 200, description = "The endpoint, enabled", body = Endpoint),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn enable(
    State(gate): State<Gate>,
    Id(id): Id,
) -> Result<axum::Json<Endpoint>, Problem> {
    let now = gate.app.clock.now();
    let enabled = gate.app.store.write(move |tx| {
        endpoints::enable(tx, &id, now)?;
        endpoints::by_id(tx, &id)
    });
    found(enabled.await?, Thing::Endpoint).map(|row| axum::Json(row.into()))
}
