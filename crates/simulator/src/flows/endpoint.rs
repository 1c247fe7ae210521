//! Calls to a Flow's data endpoint, as a handset makes them.

use std::time::Duration;

use reqwest::header;
use serde_json::{Value, json};

use crate::core::Core;
use crate::flows::Flow;
use crate::flows::cipher::{self, Drawn};
use crate::ids::PhoneNumberId;
use crate::webhook::sign::signature;

/// Real time: the endpoint's speed is tried, not the platform's clock.
const TIMEOUT: Duration = Duration::from_secs(10);
/// More than this is no answer.
const MOST_BYTES: usize = 1 << 20;

/// What came of a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    /// A decrypted answer.
    Answer(Value),
    /// HTTP 427: the Flow token is no longer valid; with words for the user.
    Invalid(String),
    /// Nothing usable, under Meta's name of the error.
    Failed(&'static str),
}

/// A handset's side of the exchange: it keeps the public key until the endpoint refuses it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    number: PhoneNumberId,
    key: Option<String>,
}

impl Line {
    pub(crate) fn new(core: &Core, number: &PhoneNumberId) -> Self {
        Self {
            number: number.clone(),
            key: core.flow_key(number),
        }
    }

    /// Sends a request and gives the decrypted answer; a 421 fetches the key anew and tries again.
    pub(crate) async fn ask(&mut self, core: &Core, flow: &Flow, request: &Value) -> Reply {
        for again in [false, true] {
            if again || self.key.is_none() {
                self.key = core.flow_key(&self.number);
            }
            let from = core.clock.now();
            let reply = self.once(core, flow, request).await;
            let error = match &reply {
                Ok(Reply::Failed(error)) => Some(*error),
                Ok(_) => None,
                Err(Undecryptable) => Some("unexpected_http_status_code"),
            };
            let to = core.clock.now();
            core.flows
                .change(&flow.id, |flow| flow.requests.add(from, to, error));
            if let Ok(reply) = reply {
                return reply;
            }
        }
        Reply::Failed("business-decryption-error")
    }

    async fn once(
        &self,
        core: &Core,
        flow: &Flow,
        request: &Value,
    ) -> Result<Reply, Undecryptable> {
        let Some(uri) = flow.endpoint_uri.as_deref() else {
            return Ok(Reply::Failed("cannot_be_served"));
        };
        let text = request.to_string();
        let drawn = Drawn::new(core.flows.seed, 420, core.flows.draw());
        let sealed = self.key.as_deref();
        let sealed = sealed.and_then(|pem| cipher::seal(pem, text.as_bytes(), drawn));
        let Some((body, opener)) = sealed else {
            return Ok(Reply::Failed("public-key-missing"));
        };
        let body = body.to_string();
        let sent = core
            .office
            .client
            .post(uri)
            .header(header::CONTENT_TYPE, "application/json")
            .header(
                "X-Hub-Signature-256",
                signature(&core.settings.app.secret, body.as_bytes()),
            )
            .body(body)
            .timeout(TIMEOUT)
            .send()
            .await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) if error.is_timeout() => return Ok(Reply::Failed("timeout_error")),
            Err(_) => return Ok(Reply::Failed("no_http_response_error")),
        };
        let status = answer.status().as_u16();
        let bytes = match answer.bytes().await {
            Ok(bytes) if bytes.len() <= MOST_BYTES => bytes,
            _ => return Ok(Reply::Failed("no_http_response_error")),
        };
        let text = String::from_utf8_lossy(&bytes);
        match status {
            200 => {
                let answer = opener.open(&text);
                let answer = answer.and_then(|bytes| serde_json::from_slice(&bytes).ok());
                let failed = Reply::Failed("response-decryption-error");
                Ok(answer.map_or(failed, Reply::Answer))
            }
            421 => Err(Undecryptable),
            427 => {
                let said: Value = serde_json::from_str(&text).unwrap_or_default();
                let said = said["error_msg"].as_str().unwrap_or_default();
                Ok(Reply::Invalid(said.to_owned()))
            }
            _ => Ok(Reply::Failed("unexpected_http_status_code")),
        }
    }
}

/// HTTP 421: the endpoint cannot decrypt the request.
struct Undecryptable;

/// Meta's health check: whether the endpoint answers a ping.
pub(crate) async fn ping(core: &Core, flow: &Flow, number: &PhoneNumberId) -> bool {
    let version = flow.top("data_api_version").unwrap_or("3.0");
    let request = json!({"version": version, "action": "ping"});
    let reply = Line::new(core, number).ask(core, flow, &request).await;
    let healthy = matches!(reply, Reply::Answer(answer) if answer["data"]["status"] == "active");
    let now = core.clock.now();
    core.flows
        .change(&flow.id, |flow| flow.requests.check(now, healthy));
    healthy
}
