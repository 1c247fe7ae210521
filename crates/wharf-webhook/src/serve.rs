//! Ready handlers for axum: notifications, and the endpoint of a Flow.

use std::sync::Arc;

use ::axum::Router;
use ::axum::extract::{DefaultBodyLimit, RawQuery};
use ::axum::http::{HeaderMap, HeaderValue, StatusCode};
use ::axum::response::{IntoResponse, Response};
use ::axum::routing::get;
use bytes::Bytes;
use wharf_model::{AppSecret, VerifyToken};

#[cfg(feature = "flow")]
mod flow;
#[cfg(feature = "flow")]
pub use flow::{FlowRefusal, flow_endpoint};

use crate::{Notification, challenge, parse, verify};

/// The longest body that is read. Meta sends up to 3 MB; see [Cloud API/Webhooks].
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// The header that a signature comes in.
const SIGNATURE: &str = "x-hub-signature-256";

/// A notification that is Meta's.
#[derive(Debug)]
pub struct Received {
    /// What it says.
    pub notification: Notification,
    /// The bytes as they came, to be stored.
    pub body: Bytes,
}

/// A route that takes notifications: answers the challenge, checks the signature, parses, and
/// hands over what it received.
///
/// `take` returns `Ok` when the notification is where it will not be lost; only then is it
/// acknowledged with 200. After an error (503), or if `take` is cancelled because Meta hung up,
/// Meta sends it again, for up to seven days. Meta may send a notification twice in any case: drop
/// repeated updates by [`crate::Update::identity`].
///
/// A body without a signature, or with one by another secret, is answered with 401; one that is no
/// notification with 400; a challenge with another token with 403.
///
/// ```
/// use wharf_model::{AppSecret, VerifyToken};
/// use wharf_webhook::serve::{Received, webhook};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let secrets = vec![AppSecret::new("app secret")?];
/// let tokens = vec![VerifyToken::new("verify token")?];
/// let routes: axum::Router = axum::Router::new().nest(
///     "/webhooks",
///     webhook(secrets, tokens, |received: Received| async move {
///         for update in received.notification.updates {
///             // Store it here.
///             drop(update);
///         }
///         Ok::<(), std::io::Error>(())
///     }),
/// );
/// # Ok(())
/// # }
/// ```
pub fn webhook<Take, Taken, Error>(
    app_secrets: Vec<AppSecret>,
    verify_tokens: Vec<VerifyToken>,
    take: Take,
) -> Router
where
    Take: Fn(Received) -> Taken + Clone + Send + Sync + 'static,
    Taken: Future<Output = Result<(), Error>> + Send,
    Error: std::error::Error + Send + 'static,
{
    let (secrets, tokens) = (Arc::new(app_secrets), Arc::new(verify_tokens));
    let ask = async move |RawQuery(query): RawQuery| answer(&tokens, query.as_deref());
    let post = async move |headers: HeaderMap, body: Bytes| {
        let notification = match read(&secrets, &headers, &body) {
            Ok(notification) => notification,
            Err(refused) => return refused.into_response(),
        };
        match take(Received { notification, body }).await {
            Ok(()) => StatusCode::OK.into_response(),
            Err(error) => {
                tracing::error!(%error, "a notification was not taken");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
        }
    };
    Router::new()
        .route("/", get(ask).post(post))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

fn answer(tokens: &[VerifyToken], query: Option<&str>) -> Response {
    match challenge(query.unwrap_or_default(), tokens) {
        Ok(challenge) => challenge.into_response(),
        Err(error) => {
            tracing::warn!(%error, "a challenge was refused");
            StatusCode::FORBIDDEN.into_response()
        }
    }
}

fn read(
    secrets: &[AppSecret],
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Notification, StatusCode> {
    verify(secrets, signature(headers), body).map_err(|error| {
        tracing::warn!(%error, "a notification was refused");
        StatusCode::UNAUTHORIZED
    })?;
    parse(body).map_err(|error| {
        tracing::warn!(%error, "a signed notification is malformed");
        StatusCode::BAD_REQUEST
    })
}

fn signature(headers: &HeaderMap) -> Option<&[u8]> {
    headers.get(SIGNATURE).map(HeaderValue::as_bytes)
}
