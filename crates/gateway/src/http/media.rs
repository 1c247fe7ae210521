//! Files: taken in, listed, shown, served, fetched again, removed.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Gate;
use super::authenticate::Caller;
use super::media_body::{Media, MediaState, Upload};
use super::message_body::MessageDirection;
use super::problem::{Invalid, Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query};
use super::range::{self, Wanted};
use crate::media::{self, NewMedia};
use crate::store;
use crate::store::media::Filter;
use crate::store::scope::Scope;

const LISTED: Listed = Listed("media");

/// Characters of a field of a form at most.
const FIELD: usize = 1024;

/// Bytes of a refused body that are read.
const DROPPED: usize = 4 * 1024 * 1024;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadQuery {
    /// The file's name, where the body is the file itself.
    filename: Option<String>,
    /// The channel whose retention it has.
    channel: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only of this channel.
    channel: Option<String>,
    /// Only the file of this inbound message (`msg_…`).
    message: Option<String>,
    /// Only in this state.
    #[param(inline)]
    state: Option<MediaState>,
    /// Only those that came, or go, this way.
    #[param(inline)]
    direction: Option<MessageDirection>,
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Upload a file
///
/// Either the file is the body, with its type in `Content-Type`, or it is the field `file` of a form.
/// What the file is said to be must be what its bytes are. Its id can be sent in any message, from any
/// channel: `{"image": {"id": "med_…"}}`. It is handed to the carrier once a number, when it is
/// first needed.
#[utoipa::path(post, path = "/api/v1/media", tag = "Media", operation_id = "upload_media",
    params(UploadQuery),
    request_body(description = "The file", content(
        (Vec<u8> = "application/octet-stream"), (Upload = "multipart/form-data"))),
    responses(
        (status = 201, description = "The file", body = Media,
            headers(("Location" = String, description = "Where the file is"))),
        (status = 413, description = "`body_too_large`"),
    ))]
pub(super) async fn upload(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<UploadQuery>,
    mut request: Request,
) -> Result<(StatusCode, [(HeaderName, String); 1], axum::Json<Media>), Problem> {
    let kind = content_type(request.headers());
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let limit = gate.app.config.media.max_bytes;
    // A form is a little longer than its file.
    if announced.is_some_and(|announced| announced > limit.saturating_add(64 << 10)) {
        let waits = request.headers().contains_key(header::EXPECT);
        if !waits {
            drop_rest(&mut request.into_body().into_data_stream()).await;
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        return Err(Problem::TooLarge { limit });
    }
    let scope = caller.scope();
    let mut new = NewMedia {
        channel_id: query.channel,
        mime_type: kind,
        filename: query.filename,
        kind: None,
    };
    let form = new.mime_type.as_deref();
    let row = if form.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        // The limit is that of the file, counted as it comes.
        DefaultBodyLimit::disable().apply(&mut request);
        let form = Multipart::from_request(request, &()).await;
        let form = form.map_err(|_| Problem::InvalidHeader {
            name: "Content-Type",
            detail: "names no boundary of the form",
        })?;
        new.mime_type = None;
        take_form(&gate, &scope, new, form).await?
    } else {
        let mut body = request.into_body().into_data_stream();
        new.channel_id = owner(&scope, new.channel_id)?;
        let taken = media::take_in(&gate.app, new, &mut body).await;
        if taken.is_err() {
            drop_rest(&mut body).await;
        }
        taken?
    };
    let location = [(header::LOCATION, format!("/api/v1/media/{}", row.id))];
    let shown = caller.show(Media::from(row));
    Ok((StatusCode::CREATED, location, axum::Json(shown)))
}

/// Whose file it becomes. One that is of no channel would be out of reach for a caller who reaches
/// some channels only.
fn owner(scope: &Scope, named: Option<String>) -> Result<Option<String>, Problem> {
    match named {
        Some(channel) if scope.includes(&channel) => Ok(Some(channel)),
        Some(_) => Err(Problem::ChannelNotFound),
        None if !scope.is_limited() => Ok(None),
        None => match scope.only() {
            Some(channel) => Ok(Some(channel.to_owned())),
            None => Err(Problem::Invalid(vec![Invalid::at(
                "/channel",
                "is required: the API key has several channels",
            )])),
        },
    }
}

/// Reads the form up to the end of the file. What describes the file must come before it.
async fn take_form(
    gate: &Gate,
    scope: &Scope,
    mut new: NewMedia,
    mut form: Multipart,
) -> Result<store::media::Media, Problem> {
    while let Some(mut field) = form
        .next_field()
        .await
        .map_err(|_| Problem::UnreadableBody)?
    {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            new.filename = new.filename.or(field.file_name().map(str::to_owned));
            new.channel_id = owner(scope, new.channel_id)?;
            let typed = field.content_type().map(str::to_owned);
            new.mime_type = new.mime_type.or(typed);
            let taken = media::take_in(&gate.app, new, &mut field).await;
            if taken.is_err() {
                drop_rest(&mut field).await;
            }
            return Ok(taken?);
        }
        let mut text = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| Problem::UnreadableBody)? {
            text.extend_from_slice(&chunk);
            if text.len() > FIELD {
                let fault = Invalid::at(format!("/{name}"), "is too long");
                return Err(Problem::Invalid(vec![fault.over(FIELD, text.len())]));
            }
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        match name.as_str() {
            "type" => new.mime_type = Some(text),
            "filename" => new.filename = Some(text),
            "channel" => new.channel_id = Some(text),
            // What programs send along that were written for Meta's own endpoint.
            "messaging_product" => {}
            _ => {
                let detail = "is not a known field; known: file, type, filename, channel";
                let pointer: String = name.chars().take(64).collect();
                return Err(Problem::Invalid(vec![Invalid::at(
                    format!("/{pointer}"),
                    detail,
                )]));
            }
        }
    }
    Err(Problem::Invalid(vec![Invalid::at("/file", "is required")]))
}

/// Reads a stretch of what is refused and drops it: a client that is still sending when the connection
/// closes may never see the answer.
async fn drop_rest<E>(rest: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin)) {
    let mut dropped = 0;
    while dropped < DROPPED
        && let Some(Ok(piece)) = rest.next().await
    {
        dropped += piece.len();
    }
}

/// What the body is said to be; nothing for what programs say that do not know.
fn content_type(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    (!kind.starts_with("application/x-www-form-urlencoded")).then(|| kind.to_owned())
}

/// List files
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/media", tag = "Media", operation_id = "list_media",
    params(ListQuery), responses(
        (status = 200, description = "A page of files", body = List<Media>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<List<Media>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let filter = Filter {
        channel: query.channel,
        message: query.message,
        state: query.state.map(Into::into),
        direction: query.direction.map(Into::into),
        scope: caller.scope(),
    };
    let rows = gate
        .app
        .store
        .read(move |tx| store::media::list(tx, &filter, &page))
        .await?;
    let show = |row: store::media::Media| Ok(caller.show(row.into()));
    let list = LISTED.found(limit, rows, |row| row.id.clone(), show);
    list.map(axum::Json)
}

/// The file, if the caller reaches its channel.
async fn find(gate: &Gate, caller: &Caller, id: &str) -> Result<store::media::Media, Problem> {
    let file = media::find(&gate.app, id).await?;
    if caller.scope().includes_maybe(file.channel_id.as_deref()) {
        Ok(file)
    } else {
        Err(Problem::NotFound(Thing::Media))
    }
}

/// Get a file's description
#[utoipa::path(get, path = "/api/v1/media/{id}", tag = "Media", operation_id = "get_media",
    params(("id" = String, Path, description = "`med_…`")), responses(
        (status = 200, description = "What is known of the file", body = Media),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<Media>, Problem> {
    let file = find(&gate, &caller, &id).await?;
    Ok(axum::Json(caller.show(file.into())))
}

/// Get a file
///
/// Whole, or the stretch that `Range` asks for. `ETag` is its SHA-256.
#[utoipa::path(get, path = "/api/v1/media/{id}/content", tag = "Media",
    operation_id = "get_media_content",
    params(("id" = String, Path, description = "`med_…`"),
        ("Range" = Option<String>, Header, description = "One range of bytes"),
        ("If-None-Match" = Option<String>, Header, description = "An `ETag` that is known")),
    responses(
        (status = 200, description = "The file", body = Vec<u8>,
            content_type = "application/octet-stream"),
        (status = 206, description = "A stretch of it", body = Vec<u8>,
            content_type = "application/octet-stream"),
        (status = 304, description = "It is the one that is known"),
        (status = 403, description = "`texts_hidden`"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`"),
        (status = 416, description = "`range_not_satisfiable`"),
    ))]
pub(super) async fn content(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must_show_texts()?;
    let file = find(&gate, &caller, &id).await?;
    let length = file.bytes.and_then(|bytes| u64::try_from(bytes).ok());
    let length = length.unwrap_or(0);
    let etag = format!("\"{}\"", file.sha256.as_deref().unwrap_or_default());
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok());
    let is_known = known
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().trim_start_matches("W/") == etag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let wanted = range::wanted(&headers, &etag, length);
        let (status, range) = match wanted {
            Wanted::All => (StatusCode::OK, 0..length),
            Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
            Wanted::Nothing => return Err(Problem::RangeNotSatisfiable { length }),
        };
        let partly = status == StatusCode::PARTIAL_CONTENT;
        let pieces = media::open(&gate.app, &id, partly.then(|| range.clone())).await?;
        let mut response = (status, Body::from_stream(pieces)).into_response();
        let headers = response.headers_mut();
        let size = range.end.saturating_sub(range.start);
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
        if partly {
            let last = range.end.saturating_sub(1);
            let place = format!("bytes {}-{last}/{length}", range.start);
            insert(headers, header::CONTENT_RANGE, &place);
        }
        response
    };
    let headers = response.headers_mut();
    insert(headers, header::ETAG, &etag);
    insert(headers, header::ACCEPT_RANGES, "bytes");
    let kind = file
        .mime_type
        .as_deref()
        .unwrap_or("application/octet-stream");
    insert(headers, header::CONTENT_TYPE, kind);
    let disposition = range::disposition(kind, file.filename.as_deref());
    insert(headers, header::CONTENT_DISPOSITION, &disposition);
    Ok(response)
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Fetch a file again
///
/// One of a user's that was given up. Its dead letter is settled.
#[utoipa::path(post, path = "/api/v1/media/{id}/retry", tag = "Media",
    operation_id = "retry_media",
    params(("id" = String, Path, description = "`med_…`")), responses(
        (status = 202, description = "The file, pending", body = Media),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`wrong_state`"),
    ))]
pub(super) async fn retry(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<(StatusCode, axum::Json<Media>), Problem> {
    find(&gate, &caller, &id).await?;
    media::again(&gate.app, id.clone(), caller.scribe(&gate.app)).await?;
    let file = find(&gate, &caller, &id).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(caller.show(file.into()))))
}

/// Delete a file
///
/// A message that waits to be sent with it fails.
#[utoipa::path(delete, path = "/api/v1/media/{id}", tag = "Media", operation_id = "delete_media",
    params(("id" = String, Path, description = "`med_…`")), responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn delete(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    find(&gate, &caller, &id).await?;
    media::delete(&gate.app, &id, caller.scribe(&gate.app)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<media::MediaError> for Problem {
    fn from(error: media::MediaError) -> Self {
        use media::MediaError as E;
        match error {
            E::TooLarge { limit } => Self::TooLarge {
                limit: usize::try_from(limit).unwrap_or(usize::MAX),
            },
            E::Empty | E::UnknownType | E::NotAType(_) | E::Contradiction { .. } => {
                Self::Invalid(vec![Invalid::at("/file", error.to_string())])
            }
            E::Broken(_) => Self::UnreadableBody,
            E::NotFound => Self::NotFound(Thing::Media),
            E::NotStored(_) => Self::WrongState {
                detail: super::refused::sentence(&error).into(),
            },
            E::Objects(_) => Self::NotStored {
                cause: super::problem::chain(&error),
            },
            E::Store(error) => error.into(),
            E::Stopping => Self::Stopping,
        }
    }
}
