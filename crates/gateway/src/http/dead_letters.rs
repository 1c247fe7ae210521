//! Dead letters: what could not be processed and waits for somebody's decision.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use wharf_model::OutgoingMessage;

use super::Gate;
use super::authenticate::Caller;
use super::dead_letter_body::{DeadLetter, DeadLetterKind};
use super::json::Json;
use super::message_body;
use super::problem::{Invalid, Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use super::time::{Moment, Time};
use crate::letters::{self, Reason, Wish};
use crate::media::{self, BadFile};
use crate::store::dead_letters::{self, Filter, Standing};
use crate::store::{Tx, audit};

const LISTED: Listed = Listed("dead-letters");

/// Characters of a reason at most.
const REASON_LIMIT: usize = 500;

/// Deeds that are shown of one dead letter at most.
const SHOWN_DEEDS: i64 = 100;

/// Why a dead letter needs nothing more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "the customer was called instead"}))]
pub(super) struct Discard {
    /// For people, 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// How a dead letter is tried again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"message": {
    "to": "+16505551234", "type": "template",
    "template": {"name": "hello_world", "language": {"code": "en_US"}}
}}))]
pub(super) struct Retry {
    /// Sent in the place of what was refused, from the same channel; it may go to somebody else.
    /// Only for a message or a command. As the body of `send_message`; `channel` may be left out.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    message: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only of this kind.
    #[param(inline)]
    kind: Option<DeadLetterKind>,
    /// Only with this reason.
    #[param(value_type = Option<Reason>)]
    reason: Option<String>,
    /// Only of this channel.
    channel: Option<String>,
    /// Only those that this job has settled (`job_…`).
    settled_by: Option<String>,
    /// Only those that this job was refused.
    refused_by: Option<String>,
    /// Which of them; if absent `open`, or `any` of a job's.
    #[param(inline)]
    state: Option<DeadLetterState>,
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

/// Which dead letters are listed.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeadLetterState {
    /// Those that wait for a decision.
    Open,
    /// Those that are settled.
    Resolved,
    /// Both.
    Any,
}

impl From<DeadLetterState> for Standing {
    fn from(state: DeadLetterState) -> Self {
        match state {
            DeadLetterState::Open => Self::Open,
            DeadLetterState::Resolved => Self::Resolved,
            DeadLetterState::Any => Self::Any,
        }
    }
}

/// List dead letters
///
/// Those that wait for a decision, unless others are asked for; newest first.
#[utoipa::path(get, path = "/api/v1/dead-letters", tag = "Dead letters",
    operation_id = "list_dead_letters", params(ListQuery), responses(
        (status = 200, description = "A page of dead letters", body = List<DeadLetter>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<List<DeadLetter>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let usual = match (&query.settled_by, &query.refused_by) {
        (None, None) => Standing::Open,
        _ => Standing::Any,
    };
    let filter = Filter {
        kind: query.kind.map(Into::into),
        reason: query.reason,
        channel: query.channel,
        standing: query.state.map_or(usual, Into::into),
        settled_by: query.settled_by,
        refused_by: query.refused_by,
        created_after: query.since.map(|moment| moment.0),
        created_before: query.until.map(|moment| moment.0 - 1),
        scope: caller.scope(),
        ..Filter::default()
    };
    let rows = gate
        .app
        .store
        .read(move |tx| dead_letters::list(tx, &filter, &page))
        .await?;
    let show = |row: dead_letters::DeadLetter| Ok(caller.show(DeadLetter::try_from(row)?));
    let list = LISTED.found(limit, rows, |row| row.id.clone(), show);
    list.map(axum::Json)
}

/// Get a dead letter
///
/// With what was done to it.
#[utoipa::path(get, path = "/api/v1/dead-letters/{id}", tag = "Dead letters",
    operation_id = "get_dead_letter",
    params(("id" = String, Path, description = "`dl_…`")), responses(
        (status = 200, description = "The dead letter, settled or not", body = DeadLetter),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<DeadLetter>, Problem> {
    read(&gate, &caller, id).await.map(axum::Json)
}

/// Retry a dead letter
///
/// The message is sent again, the event delivered again, the command done after all, or the file
/// fetched again. With `message`, that is sent instead: it is checked as any message to send, takes the place of the
/// old one under the same id (`msg_…`), and the dead letter's `history` keeps both, with the API
/// key that asked for it. A part of a notification that was not understood is not understood the
/// second time either: it can only be discarded.
#[utoipa::path(post, path = "/api/v1/dead-letters/{id}/retry", tag = "Dead letters",
    operation_id = "retry_dead_letter",
    params(("id" = String, Path, description = "`dl_…`")),
    request_body(content = Option<Retry>, description = "May be left out"), responses(
        (status = 202, description = "The dead letter, settled", body = DeadLetter),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`"),
        (status = 422, description = "`channel_not_found`, `channel_receive_only`, \
            `not_supported_by_carrier`"),
    ))]
pub(super) async fn retry(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    request: Option<Json<Option<Retry>>>,
) -> Result<(StatusCode, axum::Json<DeadLetter>), Problem> {
    check_scope(&gate, &caller, &id).await?;
    let request = request.and_then(|Json(request)| request);
    let message = request.and_then(|request| request.message);
    let edited = match message {
        Some(message) => Some(Box::new(edited(&gate, &caller, &id, message).await?)),
        None => None,
    };
    let scribe = caller.scribe(&gate.app);
    letters::settle(&gate.app, id.clone(), Wish::Retry { edited }, scribe).await?;
    let letter = read(&gate, &caller, id).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(letter)))
}

/// Discard a dead letter
///
/// Nothing more is done for it; what it was about stays on record.
#[utoipa::path(post, path = "/api/v1/dead-letters/{id}/discard", tag = "Dead letters",
    operation_id = "discard_dead_letter",
    params(("id" = String, Path, description = "`dl_…`")),
    request_body = Discard, responses(
        (status = 200, description = "The dead letter, settled", body = DeadLetter),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`"),
    ))]
pub(super) async fn discard(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    Json(request): Json<Discard>,
) -> Result<axum::Json<DeadLetter>, Problem> {
    check_scope(&gate, &caller, &id).await?;
    let reason = check_reason(&request.reason)?;
    let scribe = caller.scribe(&gate.app);
    letters::settle(&gate.app, id.clone(), Wish::Discard { reason }, scribe).await?;
    read(&gate, &caller, id).await.map(axum::Json)
}

/// The reason of a discard, without the space around it.
pub(super) fn check_reason(reason: &str) -> Result<String, Problem> {
    let reason = reason.trim();
    let length = reason.chars().count();
    let fault = match length {
        0 => Invalid::at("/reason", "must not be empty"),
        1..=REASON_LIMIT => return Ok(reason.to_owned()),
        _ => Invalid::at("/reason", "is too long").over(REASON_LIMIT, length),
    };
    Err(Problem::Invalid(vec![fault]))
}

/// Reads an edited message. It may name its channel, which must be the letter's: a message does not
/// change its sender.
async fn edited(
    gate: &Gate,
    caller: &Caller,
    id: &str,
    mut message: Map<String, Value>,
) -> Result<OutgoingMessage, Problem> {
    if let Some(channel) = message.remove("channel") {
        let id = id.to_owned();
        let row = gate.app.store.read(move |tx| dead_letters::by_id(tx, &id));
        let letter = found(row.await?, Thing::DeadLetter)?;
        if channel.as_str() != letter.channel_id.as_deref() {
            let detail = "must be the dead letter's channel, or absent";
            let fault = Invalid::at("/message/channel", detail);
            return Err(Problem::Invalid(vec![fault]));
        }
    }
    let content = Value::Object(message);
    let edited = OutgoingMessage::from_json(&content).map_err(|error| {
        let mut fault = message_body::explain(&error);
        fault.pointer = fault.pointer.map(|pointer| format!("/message{pointer}"));
        Problem::Invalid(vec![fault])
    })?;
    let files = caller.files();
    let look = move |tx: &Tx<'_>| media::check_reach(tx, &content.to_string(), &files);
    match gate.app.store.read(look).await? {
        Ok(()) => Ok(edited),
        Err(BadFile { pointer, why }) => {
            let fault = Invalid::at(format!("/message{pointer}"), why);
            Err(Problem::Invalid(vec![fault]))
        }
    }
}

/// That the letter is one of the caller's channels.
async fn check_scope(gate: &Gate, caller: &Caller, id: &str) -> Result<(), Problem> {
    let scope = caller.scope();
    if !scope.is_limited() {
        return Ok(());
    }
    let id = id.to_owned();
    let row = gate.app.store.read(move |tx| dead_letters::by_id(tx, &id));
    let row = row.await?;
    let row = row.filter(|row| scope.includes_maybe(row.channel_id.as_deref()));
    found(row, Thing::DeadLetter).map(drop)
}

async fn read(gate: &Gate, caller: &Caller, id: String) -> Result<DeadLetter, Problem> {
    let scope = caller.scope();
    let look = gate.app.store.read(move |tx| {
        let letter = dead_letters::by_id(tx, &id)?;
        let Some(letter) = letter.filter(|row| scope.includes_maybe(row.channel_id.as_deref()))
        else {
            return Ok(None);
        };
        let deeds = audit::of_subject(tx, &id, SHOWN_DEEDS)?;
        Ok(Some((letter, deeds)))
    });
    let (letter, deeds) = found(look.await?, Thing::DeadLetter)?;
    DeadLetter::with_history(letter, deeds).map(|letter| caller.show(letter))
}
