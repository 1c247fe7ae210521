//! Files: `POST /graph/{version}/{phone_number_id}/media`, `GET|DELETE /graph/{version}/{media_id}`, and
//! their bytes, all straight from and to the carrier.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;
use url::Url;
use wharf_model::MediaId;

use super::super::Gate;
use super::super::authenticate::Caller;
use super::super::problem::Problem;
use super::fault::GraphErrorBody;
use super::{GraphFault, channel_of, verbatim};
use crate::app::App;
use crate::carrier::{Carrier, Outcome};
use crate::store::Tx;
use crate::store::audit::Difference;
use crate::store::channels::{self, Channel};

/// Bytes of a form at most: the largest file that Meta takes, and what goes around it.
const FORM: u64 = (100 << 20) + (64 << 10);
/// Bytes of a file at most on its way down.
const FILE: u64 = 100 << 20;
/// Bytes between the carrier and a caller who reads slowly.
const BUFFER: usize = 64 * 1024;
/// Bytes of a refused form that are taken.
const DRAINED: usize = 8 << 20;
/// How long a refused form may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Carriers that are asked at most for a file whose number is not named.
const ASKED: usize = 10;

/// Upload a file as the Cloud API does
///
/// The form goes to the carrier as it comes, piece by piece; the answer is the carrier's.
#[utoipa::path(post, path = "/graph/{version}/{phone_number_id}/media", tag = "Graph",
    operation_id = "graph_upload_media",
    params(
        ("version" = String, Path, description = "Any version, such as `v26.0`"),
        ("phone_number_id" = String, Path, description = "Of a channel"),
    ),
    request_body(content = Object, content_type = "multipart/form-data",
        description = "`messaging_product`, `type` and `file`"),
    responses(
        (status = 200, description = "Meta's answer", body = Object,
            example = json!({"id": "1037543291543636"})),
        (status = 400, description = "Meta's refusal, or ours in Meta's shape", body = GraphErrorBody),
        (status = 401, description = "190: not an API key", body = GraphErrorBody),
        (status = 413, description = "100: over the limit", body = GraphErrorBody),
        (status = 504, description = "2: the carrier did not answer", body = GraphErrorBody),
    ))]
pub(in super::super) async fn upload(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, GraphFault> {
    let (_, number) = place;
    let kind = headers.get(header::CONTENT_TYPE).filter(|kind| {
        let kind = kind.to_str().unwrap_or_default();
        kind.to_ascii_lowercase().starts_with("multipart/form-data")
    });
    let kind =
        kind.ok_or_else(|| GraphFault::invalid("The request must be multipart/form-data."))?;
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > FORM) {
        return Err(too_large());
    }
    let found = async {
        let channel_id = channel_of(&gate.app, &caller, &number, &Method::POST).await?;
        carrier_of(&gate.app, channel_id).await
    };
    let carrier = match found.await {
        Ok(carrier) => carrier,
        Err(fault) => {
            drain(body).await;
            return Err(fault);
        }
    };
    let mut received = 0_u64;
    let form = body.into_data_stream().map(move |piece| {
        let piece = piece?;
        received = received.saturating_add(piece.len() as u64);
        if received > FORM {
            return Err(axum::Error::new(std::io::Error::other("too large")));
        }
        Ok(piece)
    });
    let answer = carrier.upload_form(kind.clone(), length, form).await;
    let answer = answer.map_err(GraphFault::outcome)?;
    Ok(verbatim(StatusCode::OK, answer.to_string()))
}

/// Takes the rest of a form that is refused, if it is small: most clients send all of it before they
/// read, and would see a broken connection instead of the refusal.
async fn drain(body: Body) {
    let mut pieces = body.into_data_stream();
    let all = async {
        let mut left = DRAINED;
        while let Some(Ok(piece)) = pieces.next().await {
            match left.checked_sub(piece.len()) {
                Some(less) => left = less,
                None => return,
            }
        }
    };
    // Whether it came to its end does not matter.
    let _ = tokio::time::timeout(PATIENCE, all).await;
}

/// Look a file up as the Cloud API does
///
/// As the carrier tells it, but for `url`: it leads to this gateway, and takes the same API key.
#[utoipa::path(get, path = "/graph/{version}/{media_id}", tag = "Graph",
    operation_id = "graph_get_media",
    params(
        ("version" = String, Path, description = "Any version, such as `v26.0`"),
        ("media_id" = String, Path, description = "Of an upload or of a message"),
        ("phone_number_id" = Option<String>, Query,
            description = "Whose file it is; otherwise one number of each WABA is asked"),
    ),
    responses(
        (status = 200, description = "Meta's answer", body = Object, example = json!({
            "messaging_product": "whatsapp", "id": "1037543291543636", "mime_type": "image/png",
            "sha256": "29ed500fa64eb55fc19dc4124acb300e5dcc54d0f1ab1d9d5a8c8a0e7a2e1a17",
            "file_size": 1042,
            "url": "https://wharf.example.com/graph/v26.0/media/1037543291543636/content\
                ?phone_number_id=106540352242922"
        })),
        (status = 400, description = "Meta's refusal, or ours in Meta's shape", body = GraphErrorBody),
        (status = 401, description = "190: not an API key", body = GraphErrorBody),
    ))]
pub(in super::super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Path(place): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, GraphFault> {
    let (version, id) = place;
    let media = media_id(&id)?;
    let (number, mut told) = find(&gate.app, &caller, &media, query, &Method::GET).await?;
    told["url"] = content_url(&headers, &version, &id, &number).into();
    Ok(verbatim(StatusCode::OK, told.to_string()))
}

/// Delete a file as the Cloud API does
#[utoipa::path(delete, path = "/graph/{version}/{media_id}", tag = "Graph",
    operation_id = "graph_delete_media",
    params(
        ("version" = String, Path, description = "Any version, such as `v26.0`"),
        ("media_id" = String, Path, description = "Of an upload or of a message"),
        ("phone_number_id" = Option<String>, Query,
            description = "Whose file it is; otherwise one number of each WABA is asked"),
    ),
    responses(
        (status = 200, description = "Meta's answer", body = Object,
            example = json!({"success": true})),
        (status = 400, description = "Meta's refusal, or ours in Meta's shape", body = GraphErrorBody),
        (status = 401, description = "190: not an API key", body = GraphErrorBody),
    ))]
pub(in super::super) async fn delete(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Path(place): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, GraphFault> {
    let (_, id) = place;
    let media = media_id(&id)?;
    let (_, told) = find(&gate.app, &caller, &media, query, &Method::DELETE).await?;
    let scribe = caller.scribe(&gate.app);
    let note = move |tx: &Tx<'_>| scribe.note(tx, "carrier_media.deleted", &id, Difference::NONE);
    gate.app.store.write(note).await?;
    Ok(verbatim(StatusCode::OK, told.to_string()))
}

/// The bytes of a file
///
/// Where `url` of a look-up leads. They come from the carrier piece by piece.
#[utoipa::path(get, path = "/graph/{version}/media/{media_id}/content", tag = "Graph",
    operation_id = "graph_media_content",
    params(
        ("version" = String, Path, description = "Any version, such as `v26.0`"),
        ("media_id" = String, Path, description = "Of an upload or of a message"),
        ("phone_number_id" = Option<String>, Query, description = "Whose file it is"),
    ),
    responses(
        (status = 200, description = "The file", body = Vec<u8>,
            content_type = "application/octet-stream"),
        (status = 400, description = "Meta's refusal, or ours in Meta's shape", body = GraphErrorBody),
        (status = 401, description = "190: not an API key", body = GraphErrorBody),
    ))]
pub(in super::super) async fn content(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Path(place): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, GraphFault> {
    caller.must_show_texts()?;
    let (_, id) = place;
    let media = media_id(&id)?;
    let (number, told) = find(&gate.app, &caller, &media, query, &Method::GET).await?;
    let url = told["url"].as_str().and_then(|url| Url::parse(url).ok());
    let url =
        url.ok_or_else(|| GraphFault::invalid("The carrier did not say where the file is."))?;
    let channel_id = channel_of(&gate.app, &caller, &number, &Method::GET).await?;
    let carrier = carrier_of(&gate.app, channel_id).await?;
    let (mut reader, mut writer) = tokio::io::duplex(BUFFER);
    let (done, ended) = tokio::sync::oneshot::channel();
    gate.app.spawn(async move {
        let result = carrier.download(&url, &mut writer, FILE).await;
        // A caller who has gone needs no word.
        let _ = done.send(result);
    });
    // What fails before the first byte is an answer of its own.
    let mut first = BytesMut::with_capacity(BUFFER);
    let body = if reader
        .read_buf(&mut first)
        .await
        .is_ok_and(|length| length > 0)
    {
        // A file that breaks off must not look whole: the stream ends in an error then.
        let last = stream::once(ended).filter_map(async |ended| match ended {
            Ok(Ok(())) => None,
            _ => Some(Err(std::io::Error::other("the file broke off"))),
        });
        let first = stream::once(async { Ok(first.freeze()) });
        let rest = ReaderStream::with_capacity(reader, BUFFER);
        Body::from_stream(first.chain(rest).chain(last))
    } else {
        match ended.await {
            Ok(Ok(())) => Body::empty(),
            Ok(Err(outcome)) => return Err(GraphFault::outcome(outcome)),
            Err(_) => return Err(Problem::CarrierUnreachable.into()),
        }
    };
    let mut response = (StatusCode::OK, body).into_response();
    let headers = response.headers_mut();
    let kind = told["mime_type"].as_str().map(HeaderValue::try_from);
    let kind = kind.and_then(Result::ok);
    let unknown = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, kind.unwrap_or(unknown));
    // It is a stranger's file: no browser is to run it in our name.
    let disposition = HeaderValue::from_static("attachment");
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    let size = &told["file_size"];
    let size = size.as_u64().or_else(|| size.as_str()?.parse().ok());
    if let Some(size) = size {
        headers.insert(header::CONTENT_LENGTH, size.into());
    }
    Ok(response)
}

fn too_large() -> GraphFault {
    GraphFault::too_large(format!(
        "The form may have {FORM} bytes; the largest file that the carrier takes has {FILE}."
    ))
}

fn media_id(id: &str) -> Result<MediaId, GraphFault> {
    let media: Result<MediaId, _> = id.parse();
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    media
        .ok()
        .filter(|_| is_number)
        .ok_or_else(GraphFault::not_offered)
}

async fn carrier_of(app: &App, channel_id: String) -> Result<Carrier, GraphFault> {
    let channel = app.store.read(move |tx| channels::by_id(tx, &channel_id));
    let channel = channel.await?.ok_or_else(GraphFault::not_offered)?;
    Ok(app.carriers.of(&channel)?)
}

/// Looks a file up, or deletes it, at the number that is named, or at one of each WABA and access
/// token until one knows it; the number, and what was told. A caller who reaches some channels only
/// has each of their numbers asked, and no other: the carrier tells nothing of another number's file.
async fn find(
    app: &App,
    caller: &Caller,
    media: &MediaId,
    query: Option<String>,
    method: &Method,
) -> Result<(String, Value), GraphFault> {
    let query = query.unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let named = pairs.find(|(name, _)| name == "phone_number_id");
    let named = named.map(|(_, number)| number.into_owned());
    let scope = caller.scope();
    let mut all = app.store.read(channels::all).await?;
    all.retain(|channel| scope.includes(&channel.id));
    let id = media.as_str();
    if all.iter().any(|channel| is_other(channel, id)) {
        return Err(GraphFault::not_offered());
    }
    let mut seen = HashSet::new();
    let asked: Vec<_> = all
        .iter()
        .filter(|channel| channel.access_token.is_some() && channel.carrier == "cloud")
        .filter_map(|channel| Some((channel, channel.phone_number_id.as_deref()?)))
        .filter(|(channel, number)| match &named {
            Some(named) => number == named,
            None => scope.is_limited() || seen.insert((&channel.waba_id, &channel.access_token)),
        })
        .take(ASKED)
        .collect();
    if let (true, Some(named)) = (asked.is_empty(), &named) {
        return Err(GraphFault::no_object(method, named));
    }
    let mut refused = GraphFault::no_object(method, id);
    for (channel, number) in asked {
        let carrier = match app.carriers.of(channel) {
            Ok(carrier) => carrier,
            Err(error) => {
                refused = error.into();
                continue;
            }
        };
        let told = match *method {
            Method::DELETE => carrier.delete_media(media).await,
            _ => carrier.media(media).await,
        };
        match told {
            Ok(told) => return Ok((number.to_owned(), told)),
            // It was not this one's; another may know it.
            Err(outcome @ Outcome::Rejected(_)) => refused = GraphFault::outcome(outcome),
            Err(outcome) => return Err(GraphFault::outcome(outcome)),
        }
    }
    Err(refused)
}

/// Whether the id names a number or a WABA of ours, which are no files.
fn is_other(channel: &Channel, id: &str) -> bool {
    [&channel.phone_number_id, &channel.waba_id]
        .into_iter()
        .any(|known| known.as_deref() == Some(id))
}

/// Where the caller gets the bytes: at the address that it called, as far as its request tells.
fn content_url(headers: &HeaderMap, version: &str, id: &str, number: &str) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = match text("x-forwarded-proto") {
        Some(proto) if proto.eq_ignore_ascii_case("https") => "https",
        _ => "http",
    };
    let host = text("x-forwarded-host").or_else(|| text("host"));
    let host = host.unwrap_or("localhost");
    format!("{scheme}://{host}/graph/{version}/media/{id}/content?phone_number_id={number}")
}
