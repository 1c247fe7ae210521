//! Messages: sent, listed, shown, taken back, sent again, marked as read.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::authenticate::Caller;
use super::json::Json;
use super::message_body::{
    Message, MessageDirection, MessageState, NewMessage, SendMessage, States,
};
use super::problem::{Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use super::texts::Texts;
use super::time::{Moment, Time};
use crate::clock::Millis;
use crate::media;
use crate::send::{self, Accept, Accepted, Idempotency, Options};
use crate::store::messages::{self, Direction, Filter, Waits};
use crate::store::page::Found;
use crate::store::{self};

const LISTED: Listed = Listed("messages");

const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Characters of an idempotency key at most.
const KEY_LIMIT: usize = 255;
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only of this channel.
    channel: Option<String>,
    /// Only of this conversation (`cnv_…`).
    conversation: Option<String>,
    /// Only with this contact (`cnt_…`).
    contact: Option<String>,
    /// Only with this tag.
    tag: Option<String>,
    /// Only in one of these states, separated by commas.
    #[param(value_type = Option<Vec<MessageState>>, style = Form, explode = false,
        example = json!(["queued", "scheduled"]))]
    state: Option<States>,
    /// Only those that wait in the queue, as `get_channel_load` counts them: those that are `due`,
    /// those for `later`, or those that have their turn with a priority.
    #[param(inline)]
    queue: Option<MessageQueue>,
    /// Only those that went this way.
    #[param(inline)]
    direction: Option<MessageDirection>,
    /// `true`: only outbound ones that the carrier has taken; `false`: only outbound ones that it has
    /// not.
    accepted: Option<bool>,
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

/// Where in the queue a message waits.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MessageQueue {
    /// It is due now.
    Due,
    /// It waits for its time, to be tried again, or for another of its conversation to be sent.
    Later,
    High,
    Normal,
    Low,
}

impl MessageQueue {
    fn at(self, now: Millis) -> Waits {
        match self {
            Self::Due => Waits::Due(now),
            Self::Later => Waits::Later(now),
            Self::High => Waits::InLane(0),
            Self::Normal => Waits::InLane(1),
            Self::Low => Waits::InLane(2),
        }
    }
}

/// How a message is marked as read.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"typing": true}))]
pub(super) struct MarkRead {
    /// Also show the user that an answer is being typed.
    #[serde(default)]
    typing: bool,
}

/// Send a message
///
/// The body is a send as Meta documents it, and beside it `channel`. The message is on disk before
/// the answer, and is sent as soon as the channel's pace permits; how it goes is told by events
/// (`send_result`, `status`) and by the message itself.
///
/// A file is named by Meta's id, by ours (`med_…`, see Media), by a `link` that Meta fetches, by a
/// `link` with `"fetch": true` that we fetch, or comes along in base64 as `data`, with `mime_type`.
///
/// With an `Idempotency-Key` the request may be repeated safely for at least 48 hours: the answer of
/// the first one comes again, with the header `Idempotent-Replayed: true`. A request that was refused
/// is not remembered.
#[utoipa::path(post, path = "/api/v1/messages", tag = "Messages", operation_id = "send_message",
    params(("Idempotency-Key" = Option<String>, Header,
        description = "Up to 255 visible ASCII characters; comes back as `request_id`")),
    request_body(content = SendMessage, examples(
        ("text" = (summary = "A text", value = json!({
            "channel": "support", "to": "+16505551234", "type": "text",
            "text": {"body": "Hello"}
        }))),
        ("answer" = (summary = "An answer to a message", value = json!({
            "channel": "support", "to": "+16505551234", "type": "text",
            "context": {"message_id": "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBI="},
            "text": {"body": "Yes, we are open"}
        }))),
        ("file" = (summary = "A file that was uploaded before", value = json!({
            "channel": "support", "to": "+16505551234", "type": "document",
            "document": {"id": "med_01hf7yat00c5k9m2t8w3x6q4vz", "filename": "invoice.pdf"}
        }))),
        ("template" = (summary = "A template", value = json!({
            "channel": "support", "to": "+16505551234", "type": "template",
            "template": {"name": "hello_world", "language": {"code": "en_US"}}
        }))),
        ("later" = (summary = "Later, with a template if the window has closed by then",
            value = json!({
            "channel": "support", "to": "+16505551234", "type": "text",
            "text": {"body": "Your table is ready"},
            "send_at": "2027-01-31T08:00:00Z", "expires_at": "2027-01-31T09:00:00Z",
            "priority": "high", "tags": ["reservation"], "metadata": {"table": 7},
            "on_window_closed": {
                "template": {"name": "table_ready", "language": {"code": "en_US"}}
            }
        }))),
    )),
    responses(
        (status = 202, description = "It is queued", body = Message, headers(
            ("Location" = String, description = "Where the message is"),
            ("Idempotent-Replayed" = Option<String>,
                description = "`true`: the answer of an earlier request with this key"),
        )),
        (status = 400, description = "`invalid_header`"),
        (status = 409, description = "`idempotency_in_flight`"),
        (status = 422, description = "`channel_not_found`, `channel_receive_only`, \
            `not_supported_by_carrier`, `idempotency_key_reused`"),
    ))]
pub(super) async fn send(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    headers: HeaderMap,
    Json(mut body): Json<Map<String, Value>>,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers)?;
    let scope = caller.scope();
    let channel = body.get("channel").and_then(Value::as_str);
    if channel.is_some_and(|channel| !scope.includes(channel)) {
        return Err(Problem::ChannelNotFound);
    }
    // Of the request as it came: its file gets another name each time.
    let request_hash = NewMessage::hash(&body);
    let home = channel.filter(|_| scope.is_limited()).map(str::to_owned);
    media::prepare(&gate.app, &mut body, home, &scope).await?;
    let new = NewMessage {
        request_hash,
        ..NewMessage::read(body, gate.app.clock.now())?
    };
    let idempotency = key.clone().map(|key| Idempotency {
        scope: caller.key_id.clone(),
        key,
        request_hash: new.request_hash,
    });
    let accept = Accept {
        channel_id: new.channel,
        message: new.message,
        marketing: new.marketing,
        attachment: None,
        request_id: key,
        idempotency,
        due_at: new.options.send_at,
        options: Options {
            caller: caller.key_id.clone(),
            ..new.options
        },
        files: caller.files(),
        render: if caller.shows_texts {
            render
        } else {
            render_without_texts
        },
    };
    let accepted = send::accept(&gate.app, accept).await?;
    Ok(answer(accepted))
}

/// List messages
///
/// Newest first, each with its file if a user sent one.
#[utoipa::path(get, path = "/api/v1/messages", tag = "Messages", operation_id = "list_messages",
    params(ListQuery), responses(
        (status = 200, description = "A page of messages", body = List<Message>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<List<Message>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let filter = Filter {
        channel: query.channel,
        conversation: query.conversation,
        contact: query.contact,
        tag: query.tag,
        states: query.state.map(|states| states.0).unwrap_or_default(),
        waits: query.queue.map(|queue| queue.at(gate.app.clock.now())),
        direction: query.direction.map(Into::into),
        accepted: query.accepted,
        since: query.since.map(|moment| moment.0),
        until: query.until.map(|moment| moment.0),
        scope: caller.scope(),
    };
    let rows = gate
        .app
        .store
        .read(move |tx| {
            let Found { rows, looked_to } = messages::list(tx, &filter, &page)?;
            let inbound = |row: &&messages::Message| row.direction == Direction::Inbound;
            let ids: Vec<_> = rows
                .iter()
                .filter(inbound)
                .map(|row| row.id.clone())
                .collect();
            let mut files = store::media::of_messages(tx, &ids)?;
            let with_file = |row: messages::Message| {
                let file = files.remove(&row.id);
                (row, file)
            };
            let rows = rows.into_iter().map(with_file).collect();
            Ok(Found { rows, looked_to })
        })
        .await?;
    let make = |(row, file)| Ok(caller.show(Message::with_file(row, file)?));
    let list = LISTED.found(limit, rows, |(row, _)| row.id.clone(), make);
    list.map(axum::Json)
}

/// Get a message
///
/// By our id or by the carrier's, with its statuses. A wamid has a phone number in it: so that it
/// stands in no URL, `POST /api/v1/search` finds our id by it.
#[utoipa::path(get, path = "/api/v1/messages/{id}", tag = "Messages", operation_id = "get_message",
    params(("id" = String, Path, description = "`msg_…` or a wamid")), responses(
        (status = 200, description = "The message", body = Message),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<Message>, Problem> {
    let scope = caller.scope();
    let row = gate.app.store.read(move |tx| {
        let Some(message) = messages::by_any_id(tx, &id, &scope)? else {
            return Ok(None);
        };
        let statuses = messages::statuses(tx, &message)?;
        let media = store::media::of_message(tx, &message.id)?;
        Ok(Some((message, statuses, media)))
    });
    let (message, statuses, media) = found(row.await?, Thing::Message)?;
    let message = Message::with_statuses(message, statuses, media)?;
    Ok(axum::Json(caller.show(message)))
}

/// Take a message back
///
/// Only while it waits to be sent.
#[utoipa::path(post, path = "/api/v1/messages/{id}/cancel", tag = "Messages",
    operation_id = "cancel_message",
    params(("id" = String, Path, description = "`msg_…` or a wamid")), responses(
        (status = 200, description = "The message, canceled", body = Message),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`"),
    ))]
pub(super) async fn cancel(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<Message>, Problem> {
    let message = by_any_id(&gate, &caller, id).await?;
    let message = send::cancel(&gate.app, &message.id, caller.scribe(&gate.app)).await?;
    Ok(axum::Json(caller.show(message.try_into()?)))
}

/// Send a message again
///
/// Only one that failed, requires a template, or of which nobody knows whether it arrived: then it
/// may arrive twice, and the answer says so.
#[utoipa::path(post, path = "/api/v1/messages/{id}/resend", tag = "Messages",
    operation_id = "resend_message",
    params(("id" = String, Path, description = "`msg_…` or a wamid")), responses(
        (status = 202, description = "The message, queued", body = Message),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`"),
    ))]
pub(super) async fn resend(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<(StatusCode, axum::Json<Message>), Problem> {
    let message = by_any_id(&gate, &caller, id).await?;
    let may_arrive_twice = message.state == messages::State::Unknown;
    let message = send::resend(&gate.app, &message.id, caller.scribe(&gate.app)).await?;
    Ok((
        StatusCode::ACCEPTED,
        axum::Json(caller.show(Message::resent(message, may_arrive_twice)?)),
    ))
}

/// Mark a message as read
///
/// Tells the user, through the carrier, that an inbound message was seen.
#[utoipa::path(post, path = "/api/v1/messages/{id}/read", tag = "Messages",
    operation_id = "read_message",
    params(("id" = String, Path, description = "`msg_…` or a wamid")),
    request_body(content = Option<MarkRead>, description = "May be left out"), responses(
        (status = 204, description = "The carrier has taken it"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`, `channel_cannot_send`"),
        (status = 502, description = "`carrier_refused`"),
        (status = 504, description = "`carrier_unreachable`"),
    ))]
pub(super) async fn read(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    request: Option<Json<MarkRead>>,
) -> Result<StatusCode, Problem> {
    let message = by_any_id(&gate, &caller, id).await?;
    let (Direction::Inbound, Some(wamid)) = (message.direction, &message.carrier_id) else {
        let detail = "Only a message that came from a user can be marked as read.".into();
        return Err(Problem::WrongState { detail });
    };
    let typing = request.is_some_and(|Json(request)| request.typing);
    send::mark_read(&gate.app, &message.channel_id, wamid, typing).await?;
    let seen = move |tx: &store::Tx<'_>| {
        store::conversations::seen(tx, &message.conversation_id, &message.id)
    };
    gate.app.store.write(seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn by_any_id(gate: &Gate, caller: &Caller, id: String) -> Result<messages::Message, Problem> {
    let scope = caller.scope();
    let look = move |tx: &store::Tx<'_>| messages::by_any_id(tx, &id, &scope);
    found(gate.app.store.read(look).await?, Thing::Message)
}

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    match key.to_str() {
        // `to_str` lets only visible characters, spaces and tabs pass.
        Ok(key) if (1..=KEY_LIMIT).contains(&key.len()) && !key.contains('\t') => {
            Ok(Some(key.to_owned()))
        }
        _ => Err(Problem::InvalidHeader {
            name: "Idempotency-Key",
            detail: "must have 1 to 255 visible ASCII characters",
        }),
    }
}

/// The body of the answer, kept so that a repeated request gets the same bytes.
fn render(row: &store::messages::Message) -> String {
    // Our own content is JSON, and a message of strings and numbers always serialises.
    let message = Message::try_from(row.clone()).ok();
    message
        .and_then(|message| serde_json::to_string(&message).ok())
        .unwrap_or_default()
}

/// As [`render`], for a caller who does not see texts, not even their own.
fn render_without_texts(row: &store::messages::Message) -> String {
    let message = Message::try_from(row.clone()).ok();
    let message = message.map(|mut message| {
        message.hide();
        message
    });
    message
        .and_then(|message| serde_json::to_string(&message).ok())
        .unwrap_or_default()
}

/// The same headers the first time and every other time, but for the one that says so.
fn answer(accepted: Accepted) -> Response {
    let (status, id, body, replayed) = match accepted {
        Accepted::New { message, body } => (StatusCode::ACCEPTED, Some(message.id), body, false),
        Accepted::Replayed { status, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::ACCEPTED);
            (status, id_in(&body), body, true)
        }
    };
    let kind = (header::CONTENT_TYPE, "application/json");
    let mut response = (status, [kind], body).into_response();
    let headers = response.headers_mut();
    let location = id.map(|id| format!("/api/v1/messages/{id}"));
    if let Some(Ok(location)) = location.map(HeaderValue::try_from) {
        headers.insert(header::LOCATION, location);
    }
    if replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// The message of a kept answer.
pub(super) fn id_in(body: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Kept {
        id: String,
    }
    let kept: Option<Kept> = serde_json::from_str(body).ok();
    kept.map(|kept| kept.id)
}
