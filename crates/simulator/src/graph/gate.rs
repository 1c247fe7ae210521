//! What every Graph call passes first: version, token, and the faults that were ordered.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;

use crate::accounts::{Permission, Token, TokenKind};
use crate::core::{Core, lock, read};
use crate::fault::{Calls, Strike, Target, Trouble};
use crate::graph::GraphError;
use crate::graph::call::Caller;
use crate::graph::ending::Ending;
use crate::server::Wire;
use crate::settings::{Number, Secret};
use crate::webhook::sign::signature;

/// The versions that live in November 2026. See [Graph API/Versions].
const VERSIONS: [&str; 6] = ["v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"];

/// The oldest version that lives.
pub(crate) const OLDEST: &str = VERSIONS[0];

/// The newest version.
pub(crate) const NEWEST: &str = VERSIONS[VERSIONS.len() - 1];

/// The version that serves a call: an ended one is served by the oldest that lives.
pub(crate) fn version(asked: &str) -> Option<&'static str> {
    if let Some(live) = VERSIONS.iter().find(|live| **live == asked) {
        return Some(live);
    }
    let (major, minor) = asked.strip_prefix('v')?.split_once('.')?;
    let canonical = |part: &str| part == "0" || !part.starts_with(['0', '+']);
    if !canonical(major) || !canonical(minor) {
        return None;
    }
    let ended = matches!(
        (major.parse::<u8>().ok()?, minor.parse::<u8>().ok()?),
        (1 | 4..=20, 0) | (2, 0..=12) | (3, 0..=3)
    );
    ended.then_some(OLDEST)
}

/// Checks version, token and proof, in Meta's order: a path that leads nowhere needs no token.
pub(crate) fn enter(
    core: &Core,
    version: &str,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Caller, GraphError> {
    live(version, uri)?;
    let caller = token(core, headers, uri)?;
    prove(core, &caller, query(uri, "appsecret_proof").as_deref())?;
    Ok(caller)
}

/// The version that serves the call, or the refusal of an unknown one.
pub(crate) fn live(asked: &str, uri: &Uri) -> Result<&'static str, GraphError> {
    version(asked).ok_or_else(|| {
        let message = format!("Unknown path components: {}", uri.path());
        GraphError::plain(400, 2500, message)
    })
}

/// Checks the `access_token` parameter of the query, or else the bearer token: a parameter speaks
/// for its call alone, a header often for a whole client.
pub(crate) fn token(core: &Core, headers: &HeaderMap, uri: &Uri) -> Result<Caller, GraphError> {
    let parameter = query(uri, "access_token").filter(|token| !token.is_empty());
    let given = parameter.or_else(|| given(headers));
    identify(core, given.as_deref())
}

/// The token of the header.
pub(crate) fn given(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth");
    known.then(|| token.trim().to_owned())
}

/// Whom a token belongs to, if it is still good.
pub(crate) fn identify(core: &Core, token: Option<&str>) -> Result<Caller, GraphError> {
    let Some(text) = token else {
        return Err(GraphError::plain(
            400,
            104,
            "(#104) An access token is required to request this resource.",
        ));
    };
    let token = read(&core.accounts).token(text).ok_or_else(|| {
        GraphError::plain(
            401,
            190,
            "Invalid OAuth access token - Cannot parse access token",
        )
    })?;
    if let Some((subcode, message)) = spent(&token, core.clock.now()) {
        return Err(GraphError::plain(401, 190, message).subcode(subcode));
    }
    Ok(Caller {
        is_app: token.kind == TokenKind::App,
        token,
    })
}

/// Why a token is no longer good: the subcode of 190 and the message.
pub(crate) fn spent(token: &Token, now: Timestamp) -> Option<(i64, String)> {
    let why = "Error validating access token:";
    if let Some(subcode) = token.revoked {
        let reason = match subcode {
            458 => format!("The user has not authorized application {}.", token.app),
            459 => "You cannot access the app till you log in to www.facebook.com and follow the \
                    instructions given."
                .to_owned(),
            460 => "The session has been invalidated because the user changed their password or \
                    Facebook has changed the session for security reasons."
                .to_owned(),
            464 => {
                "Sessions for the user are not allowed because the user is not a confirmed user."
                    .to_owned()
            }
            _ => "The session is invalid because the user logged out.".to_owned(),
        };
        return Some((subcode, format!("{why} {reason}")));
    }
    let expired = token.expires.filter(|expires| *expires <= now)?;
    let message = format!(
        "{why} Session has expired on {}. The current time is {}.",
        spelled(expired),
        spelled(now)
    );
    Some((463, message))
}

/// A moment as these messages spell it, in Pacific standard time.
fn spelled(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(-8));
    at.to_zoned(zone)
        .strftime("%A, %d-%b-%y %H:%M:%S PST")
        .to_string()
}

/// Checks `appsecret_proof` when it is given, and that it is given when the app wants it.
/// See [Graph API/Securing requests].
pub(crate) fn prove(core: &Core, caller: &Caller, proof: Option<&str>) -> Result<(), GraphError> {
    let app = read(&core.accounts).app(caller.token.app.as_str()).cloned();
    let Some(app) = app else {
        return Ok(());
    };
    let message = match proof {
        None if app.requires_proof => {
            "API calls from the server require an appsecret_proof argument"
        }
        Some(proof) if !good_proof(&app.secret, &caller.token.secret, proof) => {
            "Invalid appsecret_proof provided in the API argument"
        }
        _ => return Ok(()),
    };
    Err(GraphError::plain(400, 100, message).kind("GraphMethodException"))
}

fn good_proof(key: &Secret, token: &Secret, proof: &str) -> bool {
    let signed = signature(key, token.expose().as_bytes());
    signed.strip_prefix("sha256=") == Some(proof)
}

/// The number that a messaging call names, if the caller may send from it.
pub(crate) fn number(core: &Core, caller: &Caller, id: &str) -> Result<Arc<Number>, GraphError> {
    let number = core
        .number(id)
        .filter(|number| caller.reaches(core, &number.waba))
        .ok_or_else(|| GraphError::no_object("post", id))?;
    caller.needs(Permission::WhatsappBusinessMessaging)?;
    Ok(number)
}

/// One parameter of the query.
pub(crate) fn query(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query()?;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// What a drawn trouble does before the call takes effect.
pub(crate) enum Fate {
    /// The call goes on; its answer may end badly, or the message fail in a status.
    Proceed { ending: Ending, fails: Option<i64> },
    /// The call ends here.
    Answered(Response),
}

/// Draws the faults for a call and lets the early ones strike.
pub(crate) async fn strike(core: &Core, wire: &Wire, target: Target<'_>) -> Fate {
    let Strike { latency, trouble } = lock(&core.faults).strike(&target);
    if !latency.is_zero() {
        // Real time: it is the caller's patience that is tried, not the platform's clock.
        tokio::time::sleep(latency).await;
    }
    let (mut ending, mut fails) = (Ending::Whole, None);
    match trouble {
        None | Some(Trouble::Latency { .. }) => {}
        Some(Trouble::CutAfterAccepting) => ending = Ending::Cut,
        Some(Trouble::CutInAnswer) => ending = Ending::CutInside,
        Some(Trouble::HangAfterAccepting) => ending = Ending::Hang,
        Some(Trouble::Slow { bytes_per_second }) => ending = Ending::Slow(bytes_per_second),
        Some(Trouble::Fails { code }) => fails = Some(code),
        Some(Trouble::CutInRequest) if target.calls == Calls::Upload => {
            ending = Ending::CutRequest;
        }
        Some(Trouble::CutBeforeAccepting | Trouble::CutInRequest) => {
            return Fate::Answered(wire.cut().await);
        }
        Some(Trouble::HangBeforeAccepting) => return std::future::pending().await,
        Some(Trouble::Graph {
            code,
            subcode,
            details,
            retry_after,
        }) => {
            let error = match details {
                Some(details) => GraphError::new(code, details),
                None => GraphError::usual(code),
            };
            let error = error.maybe_subcode(subcode).retry_after(retry_after);
            return Fate::Answered(error.into_response(core));
        }
        Some(Trouble::Throttled { code, retry_after }) => {
            let error = GraphError::usual(code).retry_after(Some(retry_after));
            let mut response = error.into_response(core);
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            return Fate::Answered(response);
        }
        Some(Trouble::Http { status, body }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            let html = [(header::CONTENT_TYPE, "text/html")];
            return Fate::Answered((status, html, body).into_response());
        }
    }
    Fate::Proceed { ending, fails }
}
