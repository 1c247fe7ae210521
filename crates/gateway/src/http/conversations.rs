//! Conversations: one contact on one channel each.

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
use crate::send::WINDOW;
use crate::store::conversations;

const LISTED: Listed = Listed("conversations");

/// One contact on one channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "cnv_01hf7yat00c5k9m2t8w3x6q4vz", "channel": "support",
    "contact_id": "cnt_01hf7yat00c5k9m2t8w3x6q4vz", "created_at": "2026-11-21T08:15:30.250Z",
    "last_message_at": "2026-11-21T08:15:30.250Z", "last_inbound_at": "2026-11-21T08:15:30.000Z",
    "window_closes_at": "2026-11-22T08:15:30.000Z", "referred_at": null
}))]
pub(super) struct Conversation {
    /// Ours: `cnv_…`.
    id: String,
    /// The channel's id.
    channel: String,
    contact_id: String,
    created_at: Time,
    /// When a message went either way last.
    last_message_at: Time,
    /// When the contact wrote or called last; null if never.
    last_inbound_at: Option<Time>,
    /// Until when a message that is no template may be sent: 24 hours after `last_inbound_at`.
    window_closes_at: Option<Time>,
    /// When the contact last came through an advertisement or a page's button: for 72 hours after
    /// the first answer messages are free. It opens no window.
    referred_at: Option<Time>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only of this channel.
    channel: Option<String>,
    /// Only with this contact (`cnt_…`).
    contact: Option<String>,
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// List conversations
///
/// Newest first, by when they began.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "Conversations",
    operation_id = "list_conversations", params(ListQuery), responses(
        (status = 200, description = "A page of conversations", body = List<Conversation>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<Conversation>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let ListQuery {
        channel, contact, ..
    } = query;
    let scope = caller.scope();
    let rows = gate.app.store.read(move |tx| {
        conversations::list(tx, channel.as_deref(), contact.as_deref(), &scope, &page)
    });
    LISTED
        .list(
            limit,
            rows.await?,
            |row| row.id.clone(),
            |row| Ok(row.into()),
        )
        .map(Json)
}

/// Get a conversation
#[utoipa::path(get, path = "/api/v1/conversations/{id}", tag = "Conversations",
    operation_id = "get_conversation",
    params(("id" = String, Path, description = "`cnv_…`")), responses(
        (status = 200, description = "The conversation", body = Conversation),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<Json<Conversation>, Problem> {
    let row = gate
        .app
        .store
        .read(move |tx| conversations::by_id(tx, &id))
        .await?
        .filter(|row| caller.scope().includes(&row.channel_id));
    found(row, Thing::Conversation).map(|row| Json(row.into()))
}

impl From<conversations::Conversation> for Conversation {
    fn from(row: conversations::Conversation) -> Self {
        Self {
            id: row.id,
            channel: row.channel_id,
            contact_id: row.contact_id,
            created_at: Time(row.created_at),
            last_message_at: Time(row.last_message_at),
            last_inbound_at: row.last_inbound_at.map(Time),
            window_closes_at: row.last_inbound_at.map(|at| Time(at + WINDOW)),
            referred_at: row.referred_at.map(Time),
        }
    }
}
