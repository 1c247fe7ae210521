//! Ready handlers for axum: notifications, and the endpoint of a Flow.

use std::sync::Arc;

use ::axum::Router;
use ::axum::body::to_bytes;
use ::axum::extract::{RawQuery, Request};
use ::axum::http::StatusCode;
use ::axum::response::{IntoResponse, Response};
use ::axum::routing::get;
use bytes::Bytes;
use wharf_model::{AppSecret, VerifyToken};

#[cfg(feature = "flow")]
mod flow;
#[cfg(feature = "flow")]
pub use flow::{FlowRefusal, flow_endpoint};

use crate::signature::has_form;
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
/// A body without a signature is not read. It is answered with 401, as is one that is signed with
/// another secret; one longer than 4 MiB with 413; one that is no notification with 400; a
/// challenge with another token with 403.
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
    let post = async move |request: Request| {
        let received = match receive(&secrets, request).await {
            Ok(received) => received,
            Err(refused) => return refused.into_response(),
        };
        match take(received).await {
            Ok(()) => StatusCode::OK.into_response(),
            Err(error) => {
                tracing::error!(%error, "a notification was not taken");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
        }
    };
    Router::new().route("/", get(ask).post(post))
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

async fn receive(secrets: &[AppSecret], request: Request) -> Result<Received, StatusCode> {
    let (signature, body) = signed(request).await.inspect_err(|status| {
        tracing::warn!(%status, "a notification was refused unread");
    })?;
    verify(secrets, Some(&signature), &body).map_err(|error| {
        tracing::warn!(%error, "a notification was refused");
        StatusCode::UNAUTHORIZED
    })?;
    let notification = parse(&body).map_err(|error| {
        tracing::warn!(%error, "a signed notification is malformed");
        StatusCode::BAD_REQUEST
    })?;
    Ok(Received { notification, body })
}

/// The signature and the body of a request; nothing is read of a body that cannot be signed.
async fn signed(request: Request) -> Result<(Bytes, Bytes), StatusCode> {
    let signature = request.headers().get(SIGNATURE);
    let signature = signature.filter(|header| has_form(header.as_bytes()));
    let signature = signature.ok_or(StatusCode::UNAUTHORIZED)?;
    let signature = Bytes::copy_from_slice(signature.as_bytes());
    let body = to_bytes(request.into_body(), BODY_LIMIT).await;
    Ok((signature, body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?))
}
