//! One call of an endpoint: signed, guarded, bounded, and what came of it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use reqwest::{Client, Response};

use super::address::{Blocked, Guard};
use super::schedule;
use super::signature::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign_all};
use super::target;
use crate::clock::Millis;
use crate::config::{ConfigError, Deliver};
use crate::store::endpoints::Endpoint;

/// Calls endpoints, all through one pool of connections.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    client: Client,
    guard: Guard,
    timeout: Duration,
}

/// How a call ended. Each is a label of the metric `deliveries`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Delivered,
    /// Any status that is not one of the others.
    Refused,
    /// 3xx: a redirect is not followed, because it could lead past the guard.
    Redirected,
    /// 410: the endpoint wants nothing more.
    Gone,
    Timeout,
    /// The address may not be called; nothing was connected.
    Blocked,
    /// No name, no connection, no TLS, or it broke before an answer.
    Unreachable,
}

/// What an endpoint answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    pub(super) status: Option<StatusCode>,
    /// For a person; none when it was delivered.
    pub(super) error: Option<String>,
    /// The beginning of the body.
    pub(super) response: Option<String>,
    /// The headers that were sent, and those that came, as JSON lists of name and value.
    pub(super) request_headers: Option<String>,
    pub(super) response_headers: Option<String>,
    /// The time that the endpoint asked us to wait for.
    pub(super) retry_after: Option<Millis>,
}

/// Who we say that we are.
const AGENT: &str = concat!("Wharf/", env!("CARGO_PKG_VERSION"));

/// Bytes of an answer that are kept.
const EXCERPT: usize = 4 * 1024;
/// Headers of an answer that are kept, and bytes of the value of each.
const HEADERS: usize = 40;
const HEADER: usize = 256;
/// Bytes of an answer that are read, so that its connection can be used again.
const READ: usize = 64 * 1024;
/// The status has come: how long its body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(2);
/// Bytes of an error's text that are kept.
const LONGEST_ERROR: usize = 300;

impl Caller {
    pub(super) fn new(config: &Deliver) -> Result<Self, ConfigError> {
        let guard = Guard::new("deliver.allow_networks", &config.allow_networks)?;
        let invalid = |error: &dyn Error| {
            ConfigError::Invalid(format!(
                "the HTTP client of deliveries cannot be made: {error}"
            ))
        };
        let timeout = Duration::from_secs(config.timeout_seconds);
        // It brings our TLS, no redirects, no retries, and no proxy from the environment.
        let client = wharf_client::http_builder(timeout)
            .map_err(|error| invalid(&error))?
            .dns_resolver(Arc::new(guard.clone()))
            .referer(false)
            .pool_max_idle_per_host(config.in_flight)
            .pool_idle_timeout(Duration::from_secs(30))
            .build()
            .map_err(|error| invalid(&error))?;
        Ok(Self {
            client,
            guard,
            timeout,
        })
    }

    /// Posts an event once. `now` goes into the signature.
    pub(super) async fn call(
        &self,
        endpoint: &Endpoint,
        event_id: &str,
        body: Bytes,
        now: Millis,
    ) -> Answer {
        if let Err(error) = target::check(&self.guard, &endpoint.url) {
            return Answer::without(Outcome::Blocked, error.to_string());
        }
        let timestamp = now.div_euclid(1000);
        let signature = sign_all(endpoint.signing(now), event_id, timestamp, &body);
        let headers = [
            ("content-type", "application/json"),
            ("user-agent", AGENT),
            (ID_HEADER, event_id),
            (TIMESTAMP_HEADER, &timestamp.to_string()),
            (SIGNATURE_HEADER, &signature),
        ];
        let mut request = self.client.post(endpoint.url.clone()).timeout(self.timeout);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = match request.body(body).send().await {
            Ok(response) => Answer::read(response, now).await,
            Err(error) => self.no_answer(&error),
        };
        Answer {
            request_headers: serde_json::to_string(&headers).ok(),
            ..answer
        }
    }

    fn no_answer(&self, error: &reqwest::Error) -> Answer {
        let mut blocked = false;
        let mut cause: &dyn Error = error;
        while let Some(source) = cause.source() {
            blocked |= source.is::<Blocked>();
            cause = source;
        }
        if blocked {
            Answer::without(Outcome::Blocked, Blocked.to_string())
        } else if error.is_timeout() {
            let text = format!("no answer within {} s", self.timeout.as_secs());
            Answer::without(Outcome::Timeout, text)
        } else {
            let what = if error.is_connect() {
                "cannot connect"
            } else {
                "the connection broke"
            };
            // The innermost cause: the outer ones quote the URL.
            let text: String = format!("{what}: {cause}")
                .chars()
                .take(LONGEST_ERROR)
                .collect();
            Answer::without(Outcome::Unreachable, text)
        }
    }
}

impl Answer {
    fn without(outcome: Outcome, error: String) -> Self {
        Self {
            outcome,
            status: None,
            error: Some(error),
            response: None,
            request_headers: None,
            response_headers: None,
            retry_after: None,
        }
    }

    async fn read(mut response: Response, now: Millis) -> Self {
        let status = response.status();
        let outcome = match status {
            _ if status.is_success() => Outcome::Delivered,
            _ if status.is_redirection() => Outcome::Redirected,
            StatusCode::GONE => Outcome::Gone,
            _ => Outcome::Refused,
        };
        let code = status.as_u16();
        let error = match outcome {
            Outcome::Delivered => None,
            Outcome::Redirected => Some(format!("answered {code}: redirects are not followed")),
            Outcome::Gone => Some(format!("answered {code}: the endpoint was disabled")),
            _ => Some(format!("answered {code}")),
        };
        let retry_after = schedule::retry_after(response.headers(), now);
        let response_headers = shown(response.headers());
        let response = excerpt(&mut response).await;
        Self {
            outcome,
            status: Some(status),
            error,
            response,
            request_headers: None,
            response_headers,
            retry_after,
        }
    }
}

/// The headers of an answer, as JSON. Values of cookies are nobody's business here.
fn shown(headers: &http::HeaderMap) -> Option<String> {
    let headers = headers.iter().take(HEADERS).map(|(name, value)| {
        let mut value = match name.as_str() {
            "set-cookie" => "…".to_owned(),
            _ => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        value.truncate(value.floor_char_boundary(HEADER));
        (name.as_str(), value)
    });
    serde_json::to_string(&headers.collect::<Vec<_>>()).ok()
}

/// Reads the beginning of a body. What breaks or stalls here does not change what was answered.
async fn excerpt(response: &mut Response) -> Option<String> {
    let (mut kept, mut read) = (Vec::new(), 0);
    let reading = async {
        while read < READ
            && let Ok(Some(chunk)) = response.chunk().await
        {
            read += chunk.len();
            let room = EXCERPT - kept.len();
            kept.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        }
    };
    let _ = tokio::time::timeout(BODY_TIMEOUT, reading).await;
    if kept.is_empty() {
        return None;
    }
    let mut text = String::from_utf8_lossy(&kept).into_owned();
    // A letter cut in half is not part of the answer; PostgreSQL cannot keep NUL.
    text.truncate(text.floor_char_boundary(EXCERPT));
    Some(text.replace('\0', "\u{fffd}"))
}

impl Outcome {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Redirected => "redirected",
            Self::Gone => "gone",
            Self::Timeout => "timeout",
            Self::Blocked => "blocked",
            Self::Unreachable => "unreachable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name that looks public and leads home: only the resolver can see it.
    #[tokio::test]
    async fn a_name_is_checked_where_it_is_resolved() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "http://localhost:{}/",
            listener.local_addr().unwrap().port()
        );
        let config = crate::config::Config::default().deliver;
        let caller = Caller::new(&config).unwrap();
        let request = caller.client.post(&url).timeout(Duration::from_secs(5));
        let error = request.send().await.unwrap_err();
        let answer = caller.no_answer(&error);
        assert_eq!(
            (answer.outcome, answer.error),
            (Outcome::Blocked, Some(Blocked.to_string()))
        );
    }
}
