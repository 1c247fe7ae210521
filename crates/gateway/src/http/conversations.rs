//! Conversations: one contact on one channel each. Their list is the inbox.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::authenticate::Caller;
use super::contacts::Contact;
use super::message_body::{MessageDirection, MessageState};
use super::preview::preview;
use super::problem::{Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use super::time::Time;
use crate::clock::Millis;
use crate::send::WINDOW;
use crate::store::StoreError;
use crate::store::inbox::{self, Entry, Filter, Newest, Place};
use crate::store::messages::{Direction, State as Stored};

const LISTED: Listed = Listed("conversations");
const BY_ACTIVITY: Listed = Listed("conversations-by-activity");

/// One contact on one channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "cnv_01hf7yat00c5k9m2t8w3x6q4vz", "channel": "support",
    "contact_id": "cnt_01hf7yat00c5k9m2t8w3x6q4vz", "created_at": "2026-11-21T08:15:30.250Z",
    "last_message_at": "2026-11-21T08:15:30.250Z", "last_inbound_at": "2026-11-21T08:15:30.000Z",
    "window_closes_at": "2026-11-22T08:15:30.000Z",
    "window_until": "2026-11-22T08:15:30.000Z", "referred_at": null, "unread": 1,
    "contact": {
        "id": "cnt_01hf7yat00c5k9m2t8w3x6q4vz", "name": "Ada", "username": null,
        "wa_id": "16505551234", "bsuid": "US.13491208655302741918", "parent_bsuid": null,
        "group_id": null, "created_at": "2026-11-21T08:15:30.250Z",
        "updated_at": "2026-11-21T08:15:30.250Z"
    },
    "last_message": {
        "id": "msg_01hf7yat00c5k9m2t8w3x6q4vz", "type": "text", "direction": "inbound",
        "state": "received", "text": "Are you open?", "at": "2026-11-21T08:15:30.250Z"
    }
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
    /// When the service window closes, or closed: 24 hours after `last_inbound_at`.
    window_closes_at: Option<Time>,
    /// Until when a message that is no template may be sent; null when only a template may.
    window_until: Option<Time>,
    /// When the contact last came through an advertisement or a page's button: for 72 hours after
    /// the first answer messages are free. It opens no window.
    referred_at: Option<Time>,
    /// Messages of the contact's since our last one, or since somebody has marked them as read. They
    /// are counted up to 100.
    #[schema(minimum = 0, maximum = 100)]
    unread: i64,
    /// Null only for a moment, while the contact is being merged with another or erased.
    contact: Option<Contact>,
    /// Null if none is kept.
    last_message: Option<LastMessage>,
}

/// The newest message of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LastMessage {
    id: String,
    /// Meta's word for the kind of message.
    #[serde(rename = "type")]
    kind: String,
    direction: MessageDirection,
    state: MessageState,
    /// The beginning of what it says: a text, a caption, an emoji, a template's name. Null if it has no
    /// words, or the key does not show texts.
    #[schema(max_length = 160)]
    text: Option<String>,
    /// `true`: the API key does not show texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_hidden: Option<bool>,
    /// When it was stored.
    at: Time,
}

/// What a list of conversations is ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ConversationOrder {
    /// When a message went either way last. A conversation that is active again while pages are read
    /// goes to the top; the others stay where they are.
    #[default]
    Activity,
    /// When it began: nothing moves.
    Created,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only of this channel.
    channel: Option<String>,
    /// Only with this contact (`cnt_…`).
    contact: Option<String>,
    /// What comes first; `activity` if absent.
    #[serde(default)]
    #[param(inline, required = false)]
    order: ConversationOrder,
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// List conversations
///
/// The last active first, each with its contact and its newest message.
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
    let (order, contact) = (query.order, query.contact);
    let listed = match order {
        ConversationOrder::Activity => BY_ACTIVITY,
        ConversationOrder::Created => LISTED,
    };
    let page = listed.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let after = match (order, &page.before) {
        (ConversationOrder::Activity, Some(key)) => Some(place(key)?),
        _ => None,
    };
    let filter = Filter {
        contact,
        channels: narrowed(&caller, query.channel),
    };
    let scope = caller.scope();
    let rows = gate.app.store.read(move |tx| {
        let rows = match order {
            ConversationOrder::Activity => inbox::by_activity(tx, &filter, after.as_ref(), limit),
            ConversationOrder::Created => inbox::by_beginning(tx, &filter, &page),
        };
        inbox::as_known(tx, rows?, &scope)
    });
    let key = |row: &Entry| {
        let row = &row.conversation;
        match order {
            ConversationOrder::Activity => format!("{} {}", row.last_message_at, row.id),
            ConversationOrder::Created => row.id.clone(),
        }
    };
    let look = Look::of(&gate, &caller);
    let list = listed.list(limit, rows.await?, key, |row| Ok(look.show(row)?));
    list.map(Json)
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
    let scope = caller.scope();
    let row = gate.app.store.read(move |tx| {
        let row = inbox::by_id(tx, &id)?;
        let reached = row.filter(|row| scope.includes(&row.conversation.channel_id));
        Ok(inbox::as_known(tx, reached.into_iter().collect(), &scope)?.pop())
    });
    let row = found(row.await?, Thing::Conversation)?;
    Ok(Json(Look::of(&gate, &caller).show(row)?))
}

/// The channels that are asked for and may be seen; no list: all.
fn narrowed(caller: &Caller, wanted: Option<String>) -> Option<Vec<String>> {
    match (wanted, &caller.channels) {
        (None, reached) => reached.clone(),
        (Some(wanted), Some(reached)) if !reached.contains(&wanted) => Some(Vec::new()),
        (Some(wanted), _) => Some(vec![wanted]),
    }
}

/// Where a page by activity begins.
fn place(key: &str) -> Result<Place, Problem> {
    let read = key.split_once(' ').and_then(|(at, id)| {
        Some(Place {
            at: at.parse().ok()?,
            id: id.to_owned(),
        })
    });
    read.ok_or_else(Listed::wrong_cursor)
}

/// Who looks, and when.
#[derive(Debug, Clone, Copy)]
struct Look {
    now: Millis,
    shows_texts: bool,
}

impl Conversation {
    /// As its person may have it: with all that is written in it.
    pub(super) fn in_full(row: Entry, now: Millis) -> Result<Self, StoreError> {
        let look = Look {
            now,
            shows_texts: true,
        };
        look.show(row)
    }
}

impl Look {
    fn of(gate: &Gate, caller: &Caller) -> Self {
        Self {
            now: gate.app.clock.now(),
            shows_texts: caller.shows_texts,
        }
    }

    fn show(self, row: Entry) -> Result<Conversation, StoreError> {
        let Entry {
            conversation: row,
            contact,
            last,
            unread,
        } = row;
        let closes_at = row.last_inbound_at.map(|at| at.saturating_add(WINDOW));
        Ok(Conversation {
            id: row.id,
            channel: row.channel_id,
            contact_id: row.contact_id,
            created_at: Time(row.created_at),
            last_message_at: Time(row.last_message_at),
            last_inbound_at: row.last_inbound_at.map(Time),
            window_closes_at: closes_at.map(Time),
            window_until: closes_at.filter(|at| *at > self.now).map(Time),
            referred_at: row.referred_at.map(Time),
            unread,
            contact: contact.map(Into::into),
            last_message: last.map(|last| self.message(last)).transpose()?,
        })
    }

    fn message(self, row: Newest) -> Result<LastMessage, StoreError> {
        let text = if self.shows_texts {
            preview(&row.kind, &row.content)
        } else {
            None
        };
        Ok(LastMessage {
            id: row.id,
            kind: row.kind,
            direction: Direction::parse(&row.direction)?.into(),
            state: Stored::parse(&row.state)?.into(),
            text,
            content_hidden: (!self.shows_texts).then_some(true),
            at: Time(row.created_at),
        })
    }
}
