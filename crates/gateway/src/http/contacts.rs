//! Contacts: who writes and is written to.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::authenticate::Caller;
use super::problem::{Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use super::time::Time;
use crate::store::contacts;

const LISTED: Listed = Listed("contacts");

/// What we keep about a person or group. Any single identity may be absent, the number too.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "cnt_01hf7yat00c5k9m2t8w3x6q4vz", "name": "Ada", "username": null,
    "wa_id": "16505551234", "bsuid": "US.13491208655302741918", "parent_bsuid": null,
    "group_id": null, "created_at": "2026-11-21T08:15:30.250Z",
    "updated_at": "2026-11-21T08:15:30.250Z"
}))]
pub(super) struct Contact {
    /// Ours: `cnt_…`.
    id: String,
    /// As the carrier shows it.
    name: Option<String>,
    username: Option<String>,
    /// The number as WhatsApp writes it; not a key: it may be absent and may move.
    wa_id: Option<String>,
    /// The business-scoped user id.
    bsuid: Option<String>,
    parent_bsuid: Option<String>,
    group_id: Option<String>,
    created_at: Time,
    updated_at: Time,
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

/// List contacts
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/contacts", tag = "Contacts", operation_id = "list_contacts",
    params(ListQuery), responses(
        (status = 200, description = "A page of contacts", body = List<Contact>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<Contact>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let scope = caller.scope();
    let rows = gate
        .app
        .store
        .read(move |tx| contacts::list(tx, &scope, &page))
        .await?;
    LISTED
        .found(limit, rows, |row| row.id.clone(), |row| Ok(row.into()))
        .map(Json)
}

/// Get a contact
#[utoipa::path(get, path = "/api/v1/contacts/{id}", tag = "Contacts", operation_id = "get_contact",
    params(("id" = String, Path, description = "`cnt_…`")), responses(
        (status = 200, description = "The contact", body = Contact),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<Json<Contact>, Problem> {
    let scope = caller.scope();
    let row = gate
        .app
        .store
        .read(move |tx| contacts::known(tx, &id, &scope))
        .await?;
    found(row, Thing::Contact).map(|row| Json(row.into()))
}

impl From<contacts::Contact> for Contact {
    fn from(row: contacts::Contact) -> Self {
        Self {
            id: row.id,
            name: row.identity.name,
            username: row.identity.username,
            wa_id: row.identity.wa_id,
            bsuid: row.identity.bsuid,
            parent_bsuid: row.identity.parent_bsuid,
            group_id: row.identity.group_id,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}
