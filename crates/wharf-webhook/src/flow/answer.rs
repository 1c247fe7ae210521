//! From the bytes of a request to the HTTP answer, without a framework.

use std::fmt;

use serde::Serialize;
use wharf_model::AppSecret;

use super::cipher::{FlowError, FlowSession, decrypt};
use super::key::FlowKey;
use super::request::FlowRequest;
use super::response::FlowResponse;
use crate::signature::verify;

/// The endpoint of one or more Flows.
///
/// ```no_run
/// use wharf_webhook::flow::{FlowAnswer, FlowEndpoint, FlowResponse};
///
/// fn serve(endpoint: &FlowEndpoint, signature: Option<&[u8]>, body: &[u8]) -> FlowAnswer {
///     let exchange = match endpoint.receive(signature, body) {
///         Ok(exchange) => exchange,
///         Err(answer) => return answer,
///     };
///     if let Some(prescribed) = exchange.request.prescribed() {
///         return exchange.respond(&prescribed);
///     }
///     match FlowResponse::screen("WELCOME", &serde_json::json!({})) {
///         Ok(screen) => exchange.respond(&screen),
///         Err(_) => FlowAnswer::failed(),
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct FlowEndpoint {
    key: FlowKey,
    app_secrets: Vec<AppSecret>,
}

/// A request and the means to answer it once.
#[derive(Debug)]
pub struct FlowExchange {
    /// The request.
    pub request: FlowRequest,
    session: FlowSession,
}

/// What to answer over HTTP, as `text/plain`.
#[derive(Clone, PartialEq, Eq)]
pub struct FlowAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body; empty for most errors.
    pub body: String,
}

#[derive(Serialize)]
struct Expired<'a> {
    error_msg: &'a str,
}

impl FlowEndpoint {
    /// An endpoint that decrypts with this key and believes the apps with these secrets.
    pub fn new(key: FlowKey, app_secrets: Vec<AppSecret>) -> Self {
        Self { key, app_secrets }
    }

    /// Checks the value of `X-Hub-Signature-256` and decrypts the body; if it cannot, says what to
    /// answer: 432 for a bad signature, 421 if it cannot be decrypted (WhatsApp then fetches the
    /// public key anew), 400 for what is no request.
    pub fn receive(
        &self,
        signature: Option<&[u8]>,
        body: &[u8],
    ) -> Result<FlowExchange, FlowAnswer> {
        verify(&self.app_secrets, signature, body).map_err(|_| FlowAnswer::empty(432))?;
        let (request, session) =
            decrypt(&self.key, body).map_err(|error| FlowAnswer::empty(error.status()))?;
        Ok(FlowExchange { request, session })
    }
}

impl FlowExchange {
    /// Answers the request.
    pub fn respond(self, response: &FlowResponse) -> FlowAnswer {
        self.encrypt(200, response)
    }

    /// Says that the Flow's token does not hold any more (427): its button is disabled, and the
    /// user reads the text.
    pub fn expire(self, text: &str) -> FlowAnswer {
        self.encrypt(427, &Expired { error_msg: text })
    }

    fn encrypt<T: Serialize>(self, status: u16, answer: &T) -> FlowAnswer {
        match self.session.encrypt(answer) {
            Ok(body) => FlowAnswer { status, body },
            Err(_) => FlowAnswer::failed(),
        }
    }
}

impl FlowAnswer {
    /// The endpoint failed (500).
    pub fn failed() -> Self {
        Self::empty(500)
    }

    fn empty(status: u16) -> Self {
        Self {
            status,
            body: String::new(),
        }
    }
}

/// Shows the status alone.
impl fmt::Debug for FlowAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowAnswer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl FlowError {
    /// The HTTP status to answer with.
    pub fn status(self) -> u16 {
        match self {
            Self::Undecryptable => 421,
            Self::Body | Self::Request => 400,
        }
    }
}
