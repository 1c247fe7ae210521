//! Endpoints: subscribers' URLs, to which events are delivered.

use std::iter;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::Gate;
use super::authenticate::Caller;
use super::digest::sha256;
use super::endpoint_body::{CreateEndpoint, Endpoint, EndpointSecret, PatchEndpoint};
use super::endpoint_tools::stats_of;
use super::json::Json;
use super::problem::{Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use crate::store::audit::Difference;
use crate::store::endpoints;
use crate::store::{Locked, Tx};

const LISTED: Listed = Listed("endpoints");

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// `true`: with how each of them does, as `get_endpoint_stats` tells it.
    stats: Option<bool>,
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Create an endpoint
///
/// It gets the events that are stored from now on, signed with the secret of the answer. It needs a key
/// that shows texts.
#[utoipa::path(post, path = "/api/v1/endpoints", tag = "Endpoints",
    operation_id = "create_endpoint", request_body = CreateEndpoint, responses(
        (status = 201, description = "The endpoint, with its secret", body = Endpoint,
            headers(("Location" = String, description = "Where the endpoint is"))),
        (status = 403, description = "`texts_hidden`"),
    ))]
pub(super) async fn create(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Json(request): Json<CreateEndpoint>,
) -> Result<(StatusCode, [(HeaderName, String); 1], axum::Json<Endpoint>), Problem> {
    caller.must_show_texts()?;
    let row = request.into_row(&gate.app)?;
    let (new, scribe) = (row.clone(), caller.scribe(&gate.app));
    let written = gate.app.store.write(move |tx| {
        endpoints::insert(tx, &new)?;
        scribe.note(
            tx,
            "endpoint.created",
            &new.id,
            Difference::made(facts(&new)),
        )
    });
    written.await?;
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
    let look = move |tx: &Tx<'_>| endpoints::page(tx, page.before.as_deref(), page.limit);
    let rows = gate.app.store.read(look).await?;
    let stats = if query.stats == Some(true) {
        let ids: Vec<_> = rows.iter().map(|row| row.id.as_str()).collect();
        stats_of(&gate.app, &ids).await?
    } else {
        Vec::new()
    };
    let stats = stats
        .into_iter()
        .map(Some)
        .chain(iter::repeat_with(|| None));
    let rows = rows.into_iter().zip(stats).collect();
    let show = |(row, stats)| {
        let mut endpoint = Endpoint::from(row);
        endpoint.stats = stats;
        Ok(endpoint)
    };
    LISTED
        .list(limit, rows, |(row, _)| row.id.clone(), show)
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
/// What is absent stays; null clears. `{"disabled": false}` resumes deliveries with what waited. Another
/// URL needs a key that shows texts.
#[utoipa::path(patch, path = "/api/v1/endpoints/{id}", tag = "Endpoints",
    operation_id = "update_endpoint",
    params(("id" = String, Path, description = "`ep_…`")),
    request_body = PatchEndpoint, responses(
        (status = 200, description = "The endpoint as it is now", body = Endpoint),
        (status = 403, description = "`texts_hidden`"),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn update(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    Json(patch): Json<PatchEndpoint>,
) -> Result<axum::Json<Endpoint>, Problem> {
    let change = patch.into_change(&gate.app)?;
    let scribe = caller.scribe(&gate.app);
    let changed = gate.app.store.write(move |tx| {
        tx.lock(Locked::Endpoint(&id))?;
        let Some(mut row) = endpoints::by_id(tx, &id)? else {
            return Ok(Err(Problem::NotFound(Thing::Endpoint)));
        };
        let (was, url) = (facts(&row), row.url.clone());
        change(&mut row);
        if row.url != url
            && let Err(problem) = caller.must_show_texts()
        {
            return Ok(Err(problem));
        }
        endpoints::update(tx, &row)?;
        let difference = Difference::between(was, facts(&row));
        scribe.note(tx, "endpoint.updated", &id, difference)?;
        Ok(Ok(row))
    });
    Ok(axum::Json(changed.await??.into()))
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
pub(super) async fn delete(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    let scribe = caller.scribe(&gate.app);
    let gone = gate.app.store.write(move |tx| {
        let row = endpoints::by_id(tx, &id)?;
        if let Some(row) = &row
            && endpoints::delete(tx, &id)?
        {
            scribe.note(tx, "endpoint.deleted", &id, Difference::gone(facts(row)))?;
        }
        Ok(row)
    });
    found(gone.await?, Thing::Endpoint).map(|_| StatusCode::NO_CONTENT)
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
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<Endpoint>, Problem> {
    let now = gate.app.clock.now();
    let scribe = caller.scribe(&gate.app);
    let enabled = gate.app.store.write(move |tx| {
        let was = endpoints::by_id(tx, &id)?;
        endpoints::enable(tx, &id, now)?;
        let row = endpoints::by_id(tx, &id)?;
        if let (Some(was), Some(row)) = (was, &row) {
            let difference = Difference::between(facts(&was), facts(row));
            scribe.note(tx, "endpoint.enabled", &id, difference)?;
        }
        Ok(row)
    });
    found(enabled.await?, Thing::Endpoint).map(|row| axum::Json(row.into()))
}

/// What the audit tells of an endpoint: no secret, and of what follows a `?` in its URL, where one may
/// stand, only whether it changed.
fn facts(row: &endpoints::Endpoint) -> Value {
    // A body of strings and lists always serialises.
    let mut facts = serde_json::to_value(Endpoint::from(row.clone())).unwrap_or_default();
    if let Some(query) = row.url.query() {
        let mut url = row.url.clone();
        url.set_query(Some(&format!("sha256:{}", &sha256(query.as_bytes())[..12])));
        facts["url"] = url.as_str().into();
    }
    facts
}
