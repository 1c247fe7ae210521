//! Dead letters: what could not be processed and waits for somebody's decision.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::json::{Json, verbatim};
use super::problem::{Invalid, Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use super::time::Time;
use crate::store::StoreError;
use crate::store::dead_letters::{self, Kind};
use crate::{bus, deliver, media, send};

const LISTED: Listed = Listed("dead-letters");

/// Characters of a reason at most.
const REASON_LIMIT: usize = 500;

/// What could not be processed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "dl_01hf7yat00c5k9m2t8w3x6q4vz", "kind": "send", "channel": "support",
    "message_id": "msg_01hf7yat00c5k9m2t8w3x6q4vz", "delivery_id": null, "event_id": null,
    "notification": null, "reason": "auth",
    "detail": {"code": 190, "title": "Access token has expired", "attempts": 1},
    "created_at": "2026-11-21T08:15:30.250Z", "resolved_at": null, "resolution": null
}))]
pub(super) struct DeadLetter {
    /// Ours: `dl_…`.
    id: String,
    kind: DeadLetterKind,
    /// The channel's id.
    channel: Option<String>,
    /// The message that was not sent (`msg_…`).
    message_id: Option<String>,
    /// The delivery that was not made (`dlv_…`).
    delivery_id: Option<String>,
    event_id: Option<String>,
    /// The place of the raw notification that was not understood.
    notification: Option<String>,
    /// A stable code.
    reason: String,
    /// For a person; its keys depend on the kind.
    #[schema(value_type = Object)]
    detail: Box<RawValue>,
    created_at: Time,
    /// When it was settled.
    resolved_at: Option<Time>,
    /// How: retried, resent, or the reason of a discard.
    resolution: Option<String>,
}

/// What kind of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeadLetterKind {
    /// A message that was not sent.
    Send,
    /// An event that an endpoint did not take.
    Delivery,
    /// A part of a notification that was not understood.
    Ingest,
    /// A command from NATS that was not done.
    Command,
    /// A file of a user's that could not be fetched.
    Media,
}

/// Why a dead letter needs nothing more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "the customer was called instead"}))]
pub(super) struct Discard {
    /// For people, 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only of this kind.
    #[param(inline)]
    kind: Option<DeadLetterKind>,
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// List dead letters
///
/// Those that wait for a decision, newest first.
#[utoipa::path(get, path = "/api/v1/dead-letters", tag = "Dead letters",
    operation_id = "list_dead_letters", params(ListQuery), responses(
        (status = 200, description = "A page of dead letters", body = List<DeadLetter>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<List<DeadLetter>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let kind = query.kind.map(Into::into);
    let rows = gate
        .app
        .store
        .read(move |tx| dead_letters::list_open(tx, kind, &page))
        .await?;
    let list = LISTED.list(limit, rows, |row| row.id.clone(), |row| Ok(row.try_into()?));
    list.map(axum::Json)
}

/// Get a dead letter
#[utoipa::path(get, path = "/api/v1/dead-letters/{id}", tag = "Dead letters",
    operation_id = "get_dead_letter",
    params(("id" = String, Path, description = "`dl_…`")), responses(
        (status = 200, description = "The dead letter, settled or not", body = DeadLetter),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    Id(id): Id,
) -> Result<axum::Json<DeadLetter>, Problem> {
    Ok(axum::Json(read(&gate, id).await?.try_into()?))
}

/// Retry a dead letter
///
/// The message is sent again, the event delivered again, the command done after all, or the file
/// fetched again. A part of a notification that was not
/// understood is not understood the second time either: it can only be discarded.
#[utoipa::path(post, path = "/api/v1/dead-letters/{id}/retry", tag = "Dead letters",
    operation_id = "retry_dead_letter",
    params(("id" = String, Path, description = "`dl_…`")), responses(
        (status = 202, description = "The dead letter, settled", body = DeadLetter),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`"),
    ))]
pub(super) async fn retry(
    State(gate): State<Gate>,
    Id(id): Id,
) -> Result<(StatusCode, axum::Json<DeadLetter>), Problem> {
    let letter = open(&gate, id.clone()).await?;
    if letter.kind == Kind::Command {
        bus::retry(&gate.app, letter).await?;
        let settled = read(&gate, id).await?;
        return Ok((StatusCode::ACCEPTED, axum::Json(settled.try_into()?)));
    }
    if letter.kind == Kind::Media {
        media::retry(&gate.app, letter).await?;
        let settled = read(&gate, id).await?;
        return Ok((StatusCode::ACCEPTED, axum::Json(settled.try_into()?)));
    }
    match (letter.kind, letter.message_id, letter.delivery_id) {
        (Kind::Send, Some(message), _) => drop(send::resend(&gate.app, &message).await?),
        (Kind::Delivery, _, Some(delivery)) => drop(deliver::retry(&gate.app, delivery).await?),
        _ => {
            let detail = "This part of a notification was not understood and would not be again; \
                it is kept in its `unrecognised` event. Discard the dead letter when it is handled.";
            return Err(Problem::WrongState {
                detail: detail.into(),
            });
        }
    }
    let settled = settle(&gate, id, "retried".to_owned()).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(settled)))
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
    Id(id): Id,
    Json(request): Json<Discard>,
) -> Result<axum::Json<DeadLetter>, Problem> {
    let reason = request.reason.trim();
    check_reason(reason)?;
    let letter = open(&gate, id.clone()).await?;
    match (letter.kind, letter.message_id, letter.delivery_id) {
        (Kind::Send, Some(message), _) => drop(send::discard(&gate.app, &message, reason).await?),
        (Kind::Delivery, _, Some(delivery)) => {
            drop(deliver::discard(&gate.app, delivery, reason).await?);
        }
        _ => {}
    }
    settle(&gate, id, format!("discarded: {reason}"))
        .await
        .map(axum::Json)
}

fn check_reason(reason: &str) -> Result<(), Problem> {
    let length = reason.chars().count();
    let fault = match length {
        0 => Invalid::at("/reason", "must not be empty"),
        1..=REASON_LIMIT => return Ok(()),
        _ => Invalid::at("/reason", "is too long").over(REASON_LIMIT, length),
    };
    Err(Problem::Invalid(vec![fault]))
}

async fn read(gate: &Gate, id: String) -> Result<dead_letters::DeadLetter, Problem> {
    let row = gate
        .app
        .store
        .read(move |tx| dead_letters::by_id(tx, &id))
        .await?;
    found(row, Thing::DeadLetter)
}

/// One that nobody has settled yet.
async fn open(gate: &Gate, id: String) -> Result<dead_letters::DeadLetter, Problem> {
    let letter = read(gate, id).await?;
    if letter.resolved.is_some() {
        let detail = "This dead letter is settled; `resolution` says how.".into();
        return Err(Problem::WrongState { detail });
    }
    Ok(letter)
}

/// The letter as it is after the work; the other room has settled it if the letter was its own.
async fn settle(gate: &Gate, id: String, resolution: String) -> Result<DeadLetter, Problem> {
    let now = gate.app.clock.now();
    let row = gate.app.store.write(move |tx| {
        dead_letters::resolve(tx, &id, &resolution, now)?;
        dead_letters::by_id(tx, &id)
    });
    Ok(found(row.await?, Thing::DeadLetter)?.try_into()?)
}

impl TryFrom<dead_letters::DeadLetter> for DeadLetter {
    type Error = StoreError;

    fn try_from(row: dead_letters::DeadLetter) -> Result<Self, StoreError> {
        let (resolved_at, resolution) = match row.resolved {
            Some(resolved) => (Some(Time(resolved.at)), Some(resolved.resolution)),
            None => (None, None),
        };
        Ok(Self {
            id: row.id,
            kind: row.kind.into(),
            channel: row.channel_id,
            message_id: row.message_id,
            delivery_id: row.delivery_id,
            event_id: row.event_id,
            notification: row.notification,
            reason: row.reason,
            detail: verbatim(row.detail, "dead letter")?,
            created_at: Time(row.created_at),
            resolved_at,
            resolution,
        })
    }
}

impl From<Kind> for DeadLetterKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Send => Self::Send,
            Kind::Delivery => Self::Delivery,
            Kind::Ingest => Self::Ingest,
            Kind::Command => Self::Command,
            Kind::Media => Self::Media,
        }
    }
}

impl From<DeadLetterKind> for Kind {
    fn from(kind: DeadLetterKind) -> Self {
        match kind {
            DeadLetterKind::Send => Self::Send,
            DeadLetterKind::Delivery => Self::Delivery,
            DeadLetterKind::Ingest => Self::Ingest,
            DeadLetterKind::Command => Self::Command,
            DeadLetterKind::Media => Self::Media,
        }
    }
}
