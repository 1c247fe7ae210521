//! Meta's webhook: the challenge, and notifications, which are on disk before the 200.
//!
//! Nothing of a body is read when its signature header is missing, nothing of it is believed before
//! the signature over the raw bytes is checked, and nothing of it is logged.

mod room;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::BodyExt;

use crate::app::App;
use crate::carrier::{self, Secrets};
use crate::ingest::SIGNED_FOR;
use crate::journal::JournalError;
use crate::telemetry::Outcome;
pub(crate) use room::Room;

/// How long a body may take to arrive.
const READ: Duration = Duration::from_secs(15);

/// How long a body that is too large is listened to.
const HEAR_OUT: Duration = Duration::from_secs(5);

/// How long after its answer a webhook is stored by a gateway that acknowledges too early: as long
/// as a store might collect writes that nobody waits for.
const EARLY: Duration = Duration::from_millis(20);

/// GET of the app's route.
pub(super) fn challenge(State(app): State<Arc<App>>, query: RawQuery) -> Response {
    let trust = app.carriers.trust();
    answer_challenge(trust.app(), query)
}

/// GET of a channel's route.
pub(super) async fn challenge_channel(
    State(app): State<Arc<App>>,
    Path(channel): Path<String>,
    query: RawQuery,
) -> Response {
    match carrier::trust_for(&app, &channel).await.channel(&channel) {
        Some(secrets) => answer_challenge(secrets, query),
        None => refuse(StatusCode::NOT_FOUND, "there is no such channel"),
    }
}

/// POST to the app's route.
pub(super) async fn receive(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let trust = app.carriers.trust();
    let outcome = accept(&app, trust.app(), "app", &headers, body).await;
    answer(&app, outcome)
}

/// POST to a channel's route.
pub(super) async fn receive_channel(
    State(app): State<Arc<App>>,
    Path(channel): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if let Err(refused) = signature(&headers) {
        return answer(&app, Err(refused));
    }
    let trust = carrier::trust_for(&app, &channel).await;
    let outcome = match trust.channel(&channel) {
        Some(secrets) if secrets.own => {
            let source = format!("{SIGNED_FOR}{channel}");
            accept(&app, secrets, &source, &headers, body).await
        }
        Some(secrets) => accept(&app, secrets, "app", &headers, body).await,
        None => Err(Refused::NoChannel),
    };
    answer(&app, outcome)
}

/// Why a notification was not taken. Meta tries again for up to seven days.
#[derive(Debug)]
enum Refused {
    NoSignature,
    BadSignature,
    TooLarge,
    Body,
    /// The body did not come within its time.
    Slow,
    /// Too many bodies are being read.
    Full,
    Malformed(wharf_webhook::ParseError),
    NoChannel,
    Busy,
    Storage(JournalError),
}

async fn accept(
    app: &App,
    secrets: &Secrets,
    source: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<(), Refused> {
    let begun = Instant::now();
    let signature = signature(headers)?;
    let limit = app.config.server.webhook_body_limit;
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        let _ = tokio::time::timeout(HEAR_OUT, hear_out(body, limit.saturating_mul(2))).await;
        return Err(Refused::TooLarge);
    }
    let reading = tokio::time::timeout(READ, app.webhook_room.read(body, limit));
    let (body, _room) = reading.await.map_err(|_| Refused::Slow)??;
    wharf_webhook::verify(&secrets.app_secrets, Some(signature), &body)
        .map_err(|_| Refused::BadSignature)?;
    wharf_webhook::probe(&body).map_err(Refused::Malformed)?;
    if app.acknowledge_early {
        let (inbox, now, source) = (app.inbox.clone(), app.clock.now(), source.to_owned());
        app.spawn(async move {
            tokio::time::sleep(EARLY).await;
            drop(inbox.append(now, &source, body).await);
        });
        return Ok(());
    }
    match app.inbox.append(app.clock.now(), source, body).await {
        Ok(_) => {
            app.store.tell_inbox();
            let took = begun.elapsed();
            app.metrics.webhook_seconds.observe(took.as_secs_f64());
            app.metrics.tally.acknowledged(took);
            Ok(())
        }
        Err(JournalError::Busy | JournalError::Closed) => Err(Refused::Busy),
        Err(error) => Err(Refused::Storage(error)),
    }
}

/// Reads a body that is not wanted and not much too large, and keeps nothing of it: whoever is still
/// writing would meet a closed connection, and not the answer.
async fn hear_out(mut body: Body, most: usize) {
    let mut heard = 0;
    while heard <= most
        && let Some(Ok(frame)) = body.frame().await
    {
        heard += frame.data_ref().map_or(0, Bytes::len);
    }
}

/// The signature. What cannot be one is refused before anything is looked up or a byte of the body read.
fn signature(headers: &HeaderMap) -> Result<&[u8], Refused> {
    let header = headers.get("x-hub-signature-256");
    let header = header.ok_or(Refused::NoSignature)?.as_bytes();
    let hex = header.strip_prefix(b"sha256=");
    let fits = hex.is_some_and(|hex| hex.len() == 64 && hex.iter().all(u8::is_ascii_hexdigit));
    if fits {
        Ok(header)
    } else {
        Err(Refused::BadSignature)
    }
}

fn answer(app: &App, outcome: Result<(), Refused>) -> Response {
    let (label, response) = match outcome {
        Ok(()) => ("accepted", StatusCode::OK.into_response()),
        Err(refused) => refused.response(),
    };
    app.metrics
        .webhooks
        .get_or_create(&Outcome { outcome: label })
        .inc();
    response
}

impl Refused {
    fn response(self) -> (&'static str, Response) {
        let (label, status, text) = match self {
            Self::NoSignature => (
                "unsigned",
                StatusCode::UNAUTHORIZED,
                "the header X-Hub-Signature-256 is missing",
            ),
            Self::BadSignature => (
                "bad_signature",
                StatusCode::UNAUTHORIZED,
                "X-Hub-Signature-256 is not the signature of this body by a known app secret",
            ),
            Self::TooLarge => (
                "too_large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is over the limit",
            ),
            Self::Body => (
                "broken",
                StatusCode::BAD_REQUEST,
                "the body could not be read",
            ),
            Self::Slow => (
                "slow",
                StatusCode::REQUEST_TIMEOUT,
                "the body took too long to arrive",
            ),
            Self::Full => (
                "full",
                StatusCode::SERVICE_UNAVAILABLE,
                "too many notifications are being read; try again",
            ),
            Self::Malformed(error) => {
                tracing::warn!(%error, "a signed webhook is malformed");
                (
                    "malformed",
                    StatusCode::BAD_REQUEST,
                    "the body is not a notification of WhatsApp",
                )
            }
            Self::NoChannel => (
                "no_channel",
                StatusCode::NOT_FOUND,
                "there is no such channel",
            ),
            Self::Busy => (
                "busy",
                StatusCode::SERVICE_UNAVAILABLE,
                "too much waits for the disk; try again",
            ),
            Self::Storage(error) => {
                tracing::error!(%error, source = ?std::error::Error::source(&error), "a webhook could not be stored");
                (
                    "not_stored",
                    StatusCode::SERVICE_UNAVAILABLE,
                    "the notification was not stored",
                )
            }
        };
        let mut response = refuse(status, text);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        (label, response)
    }
}

fn answer_challenge(secrets: &Secrets, RawQuery(query): RawQuery) -> Response {
    match wharf_webhook::challenge(query.as_deref().unwrap_or(""), &secrets.verify_tokens) {
        Ok(challenge) => challenge.into_response(),
        Err(error) => {
            tracing::warn!(%error, "a webhook challenge was refused");
            refuse(
                StatusCode::FORBIDDEN,
                "the challenge was refused: check hub.verify_token",
            )
        }
    }
}

fn refuse(status: StatusCode, text: &'static str) -> Response {
    (status, format!("{text}\n")).into_response()
}
