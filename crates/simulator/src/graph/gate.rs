//! What every Graph call passes first: version, token, and the faults that were ordered.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use crate::core::{Core, lock};
use crate::fault::{Calls, Strike, Target, Trouble};
use crate::graph::GraphError;
use crate::graph::call::Caller;
use crate::graph::ending::Ending;
use crate::server::Wire;

/// The versions that live in November 2026. See [Graph API/Versions].
const VERSIONS: [&str; 6] = ["v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"];

/// Checks version and token, in Meta's order: a path that leads nowhere needs no token.
pub(crate) fn enter(
    core: &Core,
    version: &str,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Caller, GraphError> {
    if !VERSIONS.contains(&version) {
        let message = format!("Unknown path components: {}", uri.path());
        return Err(GraphError::plain(400, 2500, message));
    }
    token(core, headers, uri)
}

/// Checks the bearer token, or the `access_token` parameter. The app's own token is good too.
pub(crate) fn token(core: &Core, headers: &HeaderMap, uri: &Uri) -> Result<Caller, GraphError> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let bearer = bearer
        .and_then(|value| value.split_once(' '))
        .and_then(|(scheme, token)| {
            let known =
                scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth");
            known.then(|| token.trim().to_owned())
        });
    let Some(token) = bearer.or_else(|| query(uri, "access_token")) else {
        return Err(GraphError::plain(
            400,
            104,
            "(#104) An access token is required to request this resource.",
        ));
    };
    let app = &core.settings.app;
    let of_app = token
        .split_once('|')
        .is_some_and(|(id, secret)| id == app.id.as_str() && secret == app.secret.expose());
    if of_app || token == core.settings.access_token.expose() {
        return Ok(Caller { is_app: of_app });
    }
    Err(GraphError::plain(
        401,
        190,
        "Invalid OAuth access token - Cannot parse access token",
    ))
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
