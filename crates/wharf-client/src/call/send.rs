//! Makes the attempts of a call, each at most once for the same reason.

use std::time::Duration;

use http::header;
use tokio::time::{Instant, sleep};

use super::answer;
use super::answered::{Answered, trace_id};
use super::body::Body;
use super::stop::Stop;
use super::{Call, Parts, Read};
use crate::client::Client;
use crate::error::Error;
use crate::usage::Usage;

impl<T> Call<T> {
    /// Sends the request, and again as far as the policy allows.
    pub(super) async fn send(self) -> Result<Answered<T>, Error> {
        let repeats = self.repeats();
        let mut parts = self.parts?;
        let stop = Stop::new(self.client.stop().cloned(), self.stop);
        let limit = self.retry.time_limit();
        let end = limit.and_then(|limit| Instant::now().checked_add(limit));
        let mut attempts = 0;
        // The first failure after which Meta may have acted.
        let mut unknown = None;
        loop {
            if stop.is_cancelled() {
                let maybe_sent = unknown.is_some();
                return Err(Error::Cancelled { maybe_sent });
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let timeout = left.map_or(self.timeout, |left| left.min(self.timeout));
            let attempt = attempt(
                &self.client,
                self.operation,
                &mut parts,
                timeout,
                &self.read,
            );
            let result = stop.unless_cancelled(attempt).await;
            attempts += 1;
            let error = match result {
                Some(Ok(answered)) => {
                    return Ok(Answered {
                        attempts,
                        ..answered
                    });
                }
                Some(Err(error)) => error,
                None => return Err(Error::Cancelled { maybe_sent: true }),
            };
            let wait = self.retry.wait(repeats, &error, attempts);
            let wait = wait.filter(|wait| left_for(*wait, end));
            let Some(wait) = wait else {
                return Err(whole(unknown, error));
            };
            tracing::debug!(
                operation = self.operation,
                attempts,
                ?wait,
                "repeating the call"
            );
            if error.outcome_unknown() || error.is_edge_error() {
                unknown.get_or_insert(error);
            }
            if stop.unless_cancelled(sleep(wait)).await.is_none() {
                let maybe_sent = unknown.is_some();
                return Err(Error::Cancelled { maybe_sent });
            }
        }
    }
}

fn left_for(wait: Duration, end: Option<Instant>) -> bool {
    let left = end.map(|end| end.saturating_duration_since(Instant::now()));
    left.is_none_or(|left| wait < left)
}

/// The error of a call whose attempts all failed. That the last one was not sent says nothing
/// of those before it.
fn whole(unknown: Option<Error>, last: Error) -> Error {
    match unknown {
        Some(unknown) if last.was_not_sent() => unknown,
        _ => last,
    }
}

/// Sends the request once.
async fn attempt<T>(
    client: &Client,
    operation: &'static str,
    parts: &mut Parts,
    timeout: Duration,
    read: &Read<T>,
) -> Result<Answered<T>, Error> {
    let request = client
        .http()
        .request(parts.method.clone(), parts.url.clone())
        .headers(client.bearer().headers())
        .timeout(timeout);
    let request = match parts.body.take() {
        Body::Empty => request,
        Body::Json(bytes) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(bytes),
        Body::Urlencoded(pairs) => request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(pairs),
        Body::Form(form) => request.multipart(form),
        Body::Stream {
            content_type,
            length,
            body,
        } => {
            let request = request.header(header::CONTENT_TYPE, content_type);
            match length {
                Some(length) => request.header(header::CONTENT_LENGTH, length),
                None => request,
            }
            .body(body)
        }
    };
    let response = request.send().await.map_err(Error::from_http)?;
    let status = response.status();
    tracing::debug!(operation, status = status.as_u16(), "graph answered");
    let usage = Usage::read(response.headers());
    client.note(&usage);
    if !status.is_success() {
        return Err(answer::read_refusal(response, client.bearer()).await);
    }
    let headers = response.headers().clone();
    let body = answer::read_body(response).await?;
    match read.read(&body) {
        Ok(value) => Ok(Answered {
            value,
            usage,
            trace_id: trace_id(&headers),
            attempts: 1,
        }),
        Err(problem) => {
            let bearer = client.bearer();
            Err(answer::not_understood(
                status, &headers, &body, problem, bearer,
            ))
        }
    }
}
