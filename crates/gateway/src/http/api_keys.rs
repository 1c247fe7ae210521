//! API keys: made, listed and revoked. A key is shown once.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::authenticate::new_key;
use super::json::Json;
use super::problem::{Invalid, Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query};
use super::time::Time;
use crate::store::Locked;
use crate::store::api_keys;

const LISTED: Listed = Listed("api-keys");

/// Characters of a key's name at most.
const NAME_LIMIT: usize = 100;

/// An API key, without the key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "key_01hf7yat00c5k9m2t8w3x6q4vz", "name": "billing", "role": "admin",
    "created_at": "2026-11-21T08:15:30.250Z", "last_used_at": null, "revoked_at": null
}))]
pub(super) struct ApiKey {
    /// Names the key; it is no secret.
    id: String,
    name: String,
    /// What its holder may do: `admin`, everything.
    role: String,
    created_at: Time,
    /// To the minute.
    last_used_at: Option<Time>,
    /// Since when it is refused.
    revoked_at: Option<Time>,
}

/// A new API key with the key itself, which is shown only now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "key_01hf7yat00c5k9m2t8w3x6q4vz", "name": "billing", "role": "admin",
    "key": "wharf_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE",
    "created_at": "2026-11-21T08:15:30.250Z"
}))]
pub(super) struct NewApiKey {
    id: String,
    name: String,
    role: String,
    /// Keep it: the gateway keeps only its hash.
    key: String,
    created_at: Time,
}

/// What a new key is called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "billing"}))]
pub(super) struct CreateApiKey {
    /// For people, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

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

/// Make an API key
///
/// The answer is the only place where the key itself is shown.
#[utoipa::path(post, path = "/api/v1/api-keys", tag = "API keys", operation_id = "create_api_key",
    request_body = CreateApiKey, responses(
        (status = 201, description = "The key", body = NewApiKey),
    ))]
pub(super) async fn create(
    State(gate): State<Gate>,
    Json(request): Json<CreateApiKey>,
) -> Result<(StatusCode, axum::Json<NewApiKey>), Problem> {
    let name = request.name.trim();
    let length = name.chars().count();
    if name.is_empty() {
        return Err(Problem::Invalid(vec![Invalid::at(
            "/name",
            "must not be empty",
        )]));
    }
    if length > NAME_LIMIT {
        let error = Invalid::at("/name", "is too long").over(NAME_LIMIT, length);
        return Err(Problem::Invalid(vec![error]));
    }
    let (key, row) = new_key(&gate.app.random, name, gate.app.clock.now());
    let made = NewApiKey {
        id: row.id.clone(),
        name: row.name.clone(),
        role: row.role.clone(),
        key,
        created_at: Time(row.created_at),
    };
    gate.app
        .store
        .write(move |tx| api_keys::insert(tx, &row))
        .await?;
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// List API keys
///
/// Newest first, revoked ones too.
#[utoipa::path(get, path = "/api/v1/api-keys", tag = "API keys", operation_id = "list_api_keys",
    params(ListQuery), responses(
        (status = 200, description = "A page of keys", body = List<ApiKey>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<List<ApiKey>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let rows = gate
        .app
        .store
        .read(move |tx| api_keys::list(tx, &page))
        .await?;
    LISTED
        .list(limit, rows, |row| row.id.clone(), |row| Ok(row.into()))
        .map(axum::Json)
}

/// Revoke an API key
///
/// It is refused from the moment of the answer. The last key cannot be revoked.
#[utoipa::path(delete, path = "/api/v1/api-keys/{id}", tag = "API keys",
    operation_id = "revoke_api_key",
    params(("id" = String, Path, description = "`key_…`")), responses(
        (status = 204, description = "It is revoked"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`last_api_key`"),
    ))]
pub(super) async fn revoke(State(gate): State<Gate>, Id(id): Id) -> Result<StatusCode, Problem> {
    let now = gate.app.clock.now();
    let outcome = gate.app.store.write(move |tx| {
        tx.lock(Locked::ApiKeys)?;
        let Some(key) = api_keys::by_id(tx, &id)? else {
            return Ok(Err(Problem::NotFound(Thing::ApiKey)));
        };
        if key.revoked_at.is_none() && api_keys::count_live(tx)? == 1 {
            return Ok(Err(Problem::LastKey));
        }
        api_keys::revoke(tx, &id, now)?;
        Ok(Ok(()))
    });
    outcome.await??;
    gate.keys.forget();
    Ok(StatusCode::NO_CONTENT)
}

impl From<api_keys::ApiKey> for ApiKey {
    fn from(row: api_keys::ApiKey) -> Self {
        Self {
            id: row.id,
            name: row.name,
            role: row.role,
            created_at: Time(row.created_at),
            last_used_at: row.last_used_at.map(Time),
            revoked_at: row.revoked_at.map(Time),
        }
    }
}
