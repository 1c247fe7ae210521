//! The endpoint of a Flow, for axum.

use std::sync::Arc;

use ::axum::Router;
use ::axum::extract::Request;
use ::axum::http::{StatusCode, header};
use ::axum::response::{IntoResponse, Response};
use ::axum::routing::post;

use super::signed;
use crate::flow::{FlowAnswer, FlowEndpoint, FlowRequest, FlowResponse};

/// Why a request of a Flow is not answered with a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowRefusal {
    /// The token does not hold any more; the user reads the text, and the button is disabled (427).
    Expired(String),
    /// Something failed (500).
    Failed,
}

/// A route that answers a Flow: checks the signature, decrypts, answers pings and notices of
/// errors, and asks `answer` for the rest.
///
/// WhatsApp waits for ten seconds at most. A bad signature is answered with 432, what cannot be
/// decrypted with 421.
pub fn flow_endpoint<Answer, Answered>(endpoint: FlowEndpoint, answer: Answer) -> Router
where
    Answer: Fn(FlowRequest) -> Answered + Clone + Send + Sync + 'static,
    Answered: Future<Output = Result<FlowResponse, FlowRefusal>> + Send,
{
    let endpoint = Arc::new(endpoint);
    let handle = async move |request: Request| {
        let received = match signed(request).await {
            Ok((signature, body)) => endpoint.receive(Some(&signature), &body),
            Err(StatusCode::UNAUTHORIZED) => endpoint.receive(None, b""),
            Err(status) => return status.into_response(),
        };
        let exchange = match received {
            Ok(exchange) => exchange,
            Err(refused) => {
                tracing::warn!(status = refused.status, "a request of a Flow was refused");
                return response(refused);
            }
        };
        if let Some(error) = exchange.request.error() {
            tracing::warn!(error = error.error, "WhatsApp reports an error of a Flow");
        }
        let answer = match exchange.request.prescribed() {
            Some(prescribed) => Ok(prescribed),
            None => answer(exchange.request.clone()).await,
        };
        response(match answer {
            Ok(screen) => exchange.respond(&screen),
            Err(FlowRefusal::Expired(text)) => exchange.expire(&text),
            Err(FlowRefusal::Failed) => FlowAnswer::failed(),
        })
    };
    Router::new().route("/", post(handle))
}

fn response(answer: FlowAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = [(header::CONTENT_TYPE, "text/plain")];
    (status, text, answer.body).into_response()
}
