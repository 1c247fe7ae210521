//! API keys: made, listed, rotated and revoked. A key is shown once.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::authenticate::{self, Caller, new_key, new_secret};
use super::json::Json;
use super::problem::{Invalid, Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query};
use super::time::Time;
use crate::store::audit::Difference;
use crate::store::{Locked, StoreError, api_keys};

const LISTED: Listed = Listed("api-keys");

/// Characters of a key's name at most.
const NAME_LIMIT: usize = 100;

/// An API key, without the key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "key_01hf7yat00c5k9m2t8w3x6q4vz", "name": "billing", "role": "sender",
    "channels": ["support"], "shows_texts": true, "created_at": "2026-11-21T08:15:30.250Z",
    "last_used_at": null, "old_secret_until": null, "revoked_at": null
}))]
pub(super) struct ApiKey {
    /// Names the key; it is no secret.
    id: String,
    name: String,
    #[schema(value_type = Role)]
    role: String,
    /// The only channels that it reaches; all of them if null.
    channels: Option<Vec<String>>,
    /// Whether its holder sees what people write.
    shows_texts: bool,
    created_at: Time,
    /// To the minute.
    last_used_at: Option<Time>,
    /// Until when the secret before the last rotation is good.
    old_secret_until: Option<Time>,
    /// Since when it is refused.
    revoked_at: Option<Time>,
}

/// A new API key with the key itself, which is shown only now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "key_01hf7yat00c5k9m2t8w3x6q4vz", "name": "billing", "role": "sender",
    "channels": ["support"], "shows_texts": true,
    "key": "wharf_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE",
    "created_at": "2026-11-21T08:15:30.250Z", "old_secret_until": null
}))]
pub(super) struct NewApiKey {
    id: String,
    name: String,
    #[schema(value_type = Role)]
    role: String,
    channels: Option<Vec<String>>,
    shows_texts: bool,
    /// Keep it: the gateway keeps only its hash.
    key: String,
    created_at: Time,
    /// After a rotation: until when the secret before it is good.
    old_secret_until: Option<Time>,
}

/// What a new key is called, and what its holder may do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "billing", "role": "sender", "channels": ["support"]}))]
pub(super) struct CreateApiKey {
    /// For people, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[serde(default = "admin")]
    #[schema(value_type = Option<Role>, default = "admin")]
    role: String,
    /// The only channels that it reaches, up to 100 ids; all of them if absent. They need not exist
    /// yet.
    channels: Option<Vec<String>>,
    /// Whether its holder sees what people write. If absent: every role but `viewer` does.
    shows_texts: Option<bool>,
}

/// What the holder of a key may do: `admin` everything; `operator` everything that goes on, but not
/// how the gateway is set up; `sender` sending, and seeing what became of it; `viewer` looking.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it describes the names of the roles")]
pub(super) enum Role {
    Admin,
    Operator,
    Sender,
    Viewer,
}

fn admin() -> String {
    authenticate::Role::Admin.as_str().to_owned()
}

/// For how long the secret before stays good after a rotation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"overlap_seconds": 3600}))]
pub(super) struct RotateApiKey {
    /// Seconds, 0 to 604800 (seven days); a day if absent.
    #[serde(default = "a_day")]
    #[schema(minimum = 0, maximum = 604_800, default = 86_400)]
    overlap_seconds: u32,
}

const fn a_day() -> u32 {
    86_400
}

/// Seconds that two secrets may be good side by side.
const OVERLAP_LIMIT: u32 = 7 * 86_400;
/// Channels that a key may be limited to.
const CHANNELS_LIMIT: usize = 100;

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
/// The answer is the only place where the key itself is shown. A key that does not show texts makes
/// none that does.
#[utoipa::path(post, path = "/api/v1/api-keys", tag = "API keys", operation_id = "create_api_key",
    request_body = CreateApiKey, responses(
        (status = 201, description = "The key", body = NewApiKey),
        (status = 403, description = "`texts_hidden`"),
    ))]
pub(super) async fn create(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
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
    let Some(role) = authenticate::Role::parse(&request.role) else {
        let detail = "must be admin, operator, sender or viewer";
        return Err(Problem::Invalid(vec![Invalid::at("/role", detail)]));
    };
    let channels = request.channels.as_deref().map(limited_to).transpose()?;
    let (key, mut row) = new_key(&gate.app.random, name, role, gate.app.clock.now());
    row.channels = channels;
    row.shows_texts = request
        .shows_texts
        .unwrap_or(role != authenticate::Role::Viewer);
    if row.shows_texts {
        caller.must_show_texts()?;
    }
    let made = NewApiKey {
        id: row.id.clone(),
        name: row.name.clone(),
        role: row.role.clone(),
        channels: request.channels,
        shows_texts: row.shows_texts,
        key,
        created_at: Time(row.created_at),
        old_secret_until: None,
    };
    let scribe = caller.scribe(&gate.app);
    let written = gate.app.store.write(move |tx| {
        api_keys::insert(tx, &row)?;
        scribe.note(
            tx,
            "api_key.created",
            &row.id,
            Difference::made(facts(&row)?),
        )
    });
    written.await?;
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// A list of channels as it is stored.
fn limited_to(channels: &[String]) -> Result<String, Problem> {
    let fault = if channels.is_empty() {
        Invalid::at("/channels", "must name a channel, or be left out")
    } else if channels.len() > CHANNELS_LIMIT {
        Invalid::at("/channels", "has too many channels").over(CHANNELS_LIMIT, channels.len())
    } else {
        // A list of strings always serialises.
        return Ok(serde_json::to_string(channels).unwrap_or_default());
    };
    Err(Problem::Invalid(vec![fault]))
}

/// Rotate an API key
///
/// The key gets another secret, which is shown only now. The one that it had stays good for a while,
/// so that nothing stops until the new one is everywhere. A key that does not show texts cannot rotate
/// one that does.
#[utoipa::path(post, path = "/api/v1/api-keys/{id}/rotate", tag = "API keys",
    operation_id = "rotate_api_key", request_body = RotateApiKey,
    params(("id" = String, Path, description = "`key_…`")), responses(
        (status = 200, description = "The key with its new secret", body = NewApiKey),
        (status = 403, description = "`texts_hidden`"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`"),
    ))]
pub(super) async fn rotate(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    Json(request): Json<RotateApiKey>,
) -> Result<axum::Json<NewApiKey>, Problem> {
    if request.overlap_seconds > OVERLAP_LIMIT {
        let detail = "must be 604800 (seven days) at most";
        let fault = Invalid::at("/overlap_seconds", detail);
        return Err(Problem::Invalid(vec![fault]));
    }
    let now = gate.app.clock.now();
    let until = now + i64::from(request.overlap_seconds) * 1000;
    let (secret, hash) = new_secret(&gate.app.random);
    let scribe = caller.scribe(&gate.app);
    let outcome = gate.keys.change(&gate.app, move |tx| {
        tx.lock(Locked::ApiKeys)?;
        let Some(key) = api_keys::by_id(tx, &id)? else {
            return Ok(Err(Problem::NotFound(Thing::ApiKey)));
        };
        if key.revoked_at.is_some() {
            return Ok(Err(Problem::WrongState {
                detail: "The key is revoked: make another one.".into(),
            }));
        }
        if key.shows_texts
            && let Err(problem) = caller.must_show_texts()
        {
            return Ok(Err(problem));
        }
        api_keys::rotate(tx, &id, &hash, until)?;
        let rotated = Difference::made(json!({"old_secret_until": Time(until)}));
        scribe.note(tx, "api_key.rotated", &id, rotated)?;
        Ok(Ok(key))
    });
    let row = ApiKey::try_from(outcome.await??)?;
    Ok(axum::Json(NewApiKey {
        id: row.id,
        name: row.name,
        role: row.role,
        channels: row.channels,
        shows_texts: row.shows_texts,
        key: secret,
        created_at: row.created_at,
        old_secret_until: Some(Time(until)),
    }))
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
        .list(
            limit,
            rows,
            |row| row.id.clone(),
            |row| Ok(ApiKey::try_from(row)?),
        )
        .map(axum::Json)
}

/// Revoke an API key
///
/// It is refused from the moment of the answer, and everybody who signed in with it is signed out. The
/// last key of the role `admin` without a list of channels cannot be revoked, nor the last of these that
/// shows texts.
#[utoipa::path(delete, path = "/api/v1/api-keys/{id}", tag = "API keys",
    operation_id = "revoke_api_key",
    params(("id" = String, Path, description = "`key_…`")), responses(
        (status = 204, description = "It is revoked"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`last_api_key`"),
    ))]
pub(super) async fn revoke(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    let now = gate.app.clock.now();
    let scribe = caller.scribe(&gate.app);
    let outcome = gate.keys.change(&gate.app, move |tx| {
        tx.lock(Locked::ApiKeys)?;
        let Some(key) = api_keys::by_id(tx, &id)? else {
            return Ok(Err(Problem::NotFound(Thing::ApiKey)));
        };
        let makes_keys = key.role == authenticate::Role::Admin.as_str() && key.channels.is_none();
        if key.revoked_at.is_none() && makes_keys && !api_keys::is_replaceable(tx, &key)? {
            return Ok(Err(Problem::LastKey));
        }
        api_keys::revoke(tx, &id, now)?;
        if key.revoked_at.is_none() {
            scribe.note(tx, "api_key.revoked", &id, Difference::gone(facts(&key)?))?;
        }
        Ok(Ok(()))
    });
    outcome.await??;
    Ok(StatusCode::NO_CONTENT)
}

/// What the audit tells of a key.
fn facts(row: &api_keys::ApiKey) -> Result<Value, StoreError> {
    Ok(json!({
        "name": row.name, "role": row.role, "channels": row.channels()?,
        "shows_texts": row.shows_texts,
    }))
}

impl TryFrom<api_keys::ApiKey> for ApiKey {
    type Error = StoreError;

    fn try_from(row: api_keys::ApiKey) -> Result<Self, StoreError> {
        Ok(Self {
            channels: row.channels()?,
            id: row.id,
            name: row.name,
            role: row.role,
            shows_texts: row.shows_texts,
            old_secret_until: row.old_until.map(Time),
            created_at: Time(row.created_at),
            last_used_at: row.last_used_at.map(Time),
            revoked_at: row.revoked_at.map(Time),
        })
    }
}
