//! Signing in at the console with an API key, and out again.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{cookie, origin};
use crate::clock::Millis;
use crate::http::Gate;
use crate::http::api_keys::Role;
use crate::http::authenticate::Caller;
use crate::http::digest::sha256;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::proof::Proof;
use crate::http::time::Time;
use crate::store::audit::{Difference, Scribe};
use crate::store::{Locked, api_keys, sessions};

const HOUR: Millis = 3_600_000;

/// The key to sign in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"key": "wharf_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE"}))]
pub(in crate::http) struct SignIn {
    key: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "key_id": "key_01hf7yat00c5k9m2t8w3x6q4vz", "name": "support desk", "role": "operator",
    "channels": ["support"], "shows_texts": true, "expires_at": "2026-11-21T20:15:30.250Z"
}))]
pub(in crate::http) struct Session {
    key_id: String,
    name: String,
    #[schema(value_type = Role)]
    role: String,
    /// The only channels that the key reaches; all of them if null.
    channels: Option<Vec<String>>,
    /// Whether what people write is shown.
    shows_texts: bool,
    /// When to sign in again.
    expires_at: Time,
}

/// Who is at the other end of the connection, as far as that can be known.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Peer(IpAddr);

/// Sign in at the console
///
/// With an API key. The answer sets the cookie `wharf_session`, which the API takes instead of the
/// key; whatever changes something needs the header `X-Wharf-Console: 1` beside it.
#[utoipa::path(post, path = "/console/session", tag = "Console", operation_id = "sign_in",
    request_body = SignIn, responses(
        (status = 204, description = "Signed in",
            headers(("Set-Cookie" = String, description = "The session"))),
        (status = 400, description = "`malformed_json`, `unreadable_body`"),
        (status = 401, description = "`wrong_api_key`"),
        (status = 403, description = "`csrf`: it comes from another site"),
        (status = 413, description = "`body_too_large`"),
        (status = 415, description = "`not_json`"),
        (status = 422, description = "`invalid`"),
        (status = 429, description = "`too_many_sign_ins`: of the last minute, with wrong keys",
            headers(("Retry-After" = u64, description = "In how many seconds"))),
        (status = 503, description = "`not_stored`, `stopping`"),
    ))]
pub(in crate::http) async fn sign_in(
    State(gate): State<Gate>,
    Peer(peer): Peer,
    headers: HeaderMap,
    Json(request): Json<SignIn>,
) -> Result<Response, Problem> {
    if !origin::is_ours(&headers) {
        return Err(Problem::Csrf);
    }
    let now = gate.app.clock.now();
    let too_many = |retry_after| Problem::TooManySignIns { retry_after };
    gate.attempts.begin(peer, now).map_err(too_many)?;
    // A key of another form is looked up as well: that tells nothing by its answer or its time.
    let wanted = sha256(request.key.trim().as_bytes());
    let found = gate.keys.find(&gate.app, &wanted, false);
    let Some(caller) = found.await? else {
        let told = gate.attempts.failed(now);
        return Err(told.map_or_else(too_many, |()| Problem::WrongKey));
    };
    gate.attempts.succeeded(peer);
    let secret = BASE64_URL_SAFE_NO_PAD.encode(gate.app.random.bytes::<32>());
    let hash = sha256(secret.as_bytes());
    let former = session_of(&headers);
    let hours = gate.app.config.console.session_hours;
    let expires_at = now + Millis::from(hours) * HOUR;
    let mut scribe = caller.scribe(&gate.app);
    scribe.at_console = true;
    let written = gate.app.store.write(move |tx| {
        tx.lock(Locked::ApiKeys)?;
        // A rotation or a revocation may have come before.
        let Some(key) = api_keys::live(tx, &wanted, now)? else {
            return Ok(Err(Problem::WrongKey));
        };
        if let Some(former) = &former {
            sessions::end(tx, former)?;
        }
        let ends_at = key.ends_at(&wanted);
        let expires_at = ends_at.map_or(expires_at, |end| end.min(expires_at));
        let session = sessions::Session {
            hash: &hash,
            key_id: &key.id,
            secret_hash: &wanted,
            created_at: now,
            expires_at,
        };
        sessions::begin(tx, &session)?;
        let signed_in = Difference::made(json!({"expires_at": Time(expires_at)}));
        scribe.note(tx, "console.signed_in", &scribe.actor, signed_in)?;
        Ok(Ok(()))
    });
    written.await??;
    Ok(with_cookie(&secret, hours * 3600, &headers))
}

/// Show who is signed in
#[utoipa::path(get, path = "/console/session", tag = "Console", operation_id = "get_session",
    security(("session" = [])), responses(
        (status = 200, description = "The session", body = Session),
        (status = 401, description = "`no_session`"),
        (status = 503, description = "`not_stored`, `stopping`"),
    ))]
pub(in crate::http) async fn show(
    State(gate): State<Gate>,
    headers: HeaderMap,
) -> Result<Answer<Session>, Problem> {
    let hash = session_of(&headers).ok_or(Problem::NoSession)?;
    let now = gate.app.clock.now();
    let live = gate
        .app
        .store
        .read(move |tx| sessions::live(tx, &hash, now));
    let (key, expires_at) = live.await?.ok_or(Problem::NoSession)?;
    Ok(Answer(Session {
        channels: key.channels()?,
        key_id: key.id,
        name: key.name,
        role: key.role,
        shows_texts: key.shows_texts,
        expires_at: Time(expires_at),
    }))
}

/// Sign out
///
/// Of this browser.
#[utoipa::path(delete, path = "/console/session", tag = "Console", operation_id = "sign_out",
    security(("session" = [])), responses(
        (status = 204, description = "Signed out, or not signed in"),
        (status = 403, description = "`csrf`"),
        (status = 503, description = "`not_stored`, `stopping`"),
    ))]
pub(in crate::http) async fn sign_out(
    State(gate): State<Gate>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    origin::check(&Method::DELETE, &headers)?;
    if let Some(hash) = session_of(&headers) {
        let (random, now) = (gate.app.random.clone(), gate.app.clock.now());
        let written = gate.keys.change(&gate.app, move |tx| {
            let Some(actor) = sessions::end(tx, &hash)? else {
                return Ok(());
            };
            let scribe = Scribe {
                actor,
                at_console: true,
                random,
                now,
            };
            scribe.note(tx, "console.signed_out", &scribe.actor, Difference::NONE)
        });
        written.await?;
    }
    Ok(with_cookie("", 0, &headers))
}

/// Sign out everywhere
///
/// Every session of this key ends, in all browsers.
#[utoipa::path(delete, path = "/console/sessions", tag = "Console",
    operation_id = "sign_out_everywhere", responses(
        (status = 204, description = "Signed out"),
    ))]
pub(in crate::http) async fn sign_out_everywhere(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let scribe = caller.scribe(&gate.app);
    let written = gate.keys.change(&gate.app, move |tx| {
        sessions::end_all(tx, &scribe.actor)?;
        let (action, key) = ("console.signed_out_everywhere", &scribe.actor);
        scribe.note(tx, action, key, Difference::NONE)
    });
    written.await?;
    Ok(with_cookie("", 0, &headers))
}

/// Who is signed in with the request's cookie, if it has one and no key.
pub(in crate::http) async fn signed_in(
    gate: &Gate,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Option<Arc<Caller>>, Problem> {
    let hash = session_of(headers).filter(|_| !headers.contains_key(header::AUTHORIZATION));
    let Some(hash) = hash else {
        return Ok(None);
    };
    let (proof, now) = (Proof::Session(hash), gate.app.clock.now());
    let wanted = proof.clone();
    let key = gate.app.store.read(move |tx| wanted.key(tx, now));
    let key = key.await?.ok_or(Problem::NoSession)?;
    origin::check(method, headers)?;
    Ok(Some(Arc::new(Caller::of(key, proof)?)))
}

/// The hash of the request's cookie, if it has one.
fn session_of(headers: &HeaderMap) -> Option<String> {
    cookie::read(headers).map(|secret| sha256(secret.as_bytes()))
}

fn with_cookie(secret: &str, seconds: u32, headers: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = cookie::set(secret, seconds, origin::is_https(headers)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// A proxy on this machine or in its network tells for whom it asks, as the last of those it lists.
impl FromRequestParts<Gate> for Peer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Gate) -> Result<Self, Problem> {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = info.map_or(Ipv4Addr::UNSPECIFIED.into(), |info| info.0.ip());
        let is_near = match peer.to_canonical() {
            IpAddr::V4(peer) => peer.is_loopback() || peer.is_private(),
            IpAddr::V6(peer) => peer.is_loopback() || peer.is_unique_local(),
        };
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let forwarded = forwarded.and_then(|list| list.to_str().ok()?.rsplit(',').next());
        let asked_for = forwarded.and_then(|address| address.trim().parse().ok());
        Ok(Self(asked_for.filter(|_| is_near).unwrap_or(peer)))
    }
}
