//! Reads what came back, and sorts what is not a documented success.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};

use super::Read;
use crate::bearer::Bearer;
use crate::error::{Error, GraphError, Problem, ResponseError};
use crate::usage::{LONGEST_WAIT, Usage};

/// Longest answer of a call, in bytes; the largest documented one is a page of templates.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// The whole body of a 2xx answer. If it is cut the outcome is unknown: Graph meant to say yes,
/// but what it said is lost.
pub(super) async fn read_body(response: reqwest::Response) -> Result<Bytes, Error> {
    let status = response.status();
    match collect(response).await {
        Ok(Some(body)) => Ok(body),
        Ok(None) => Err(unread(status, MAX_ANSWER, Problem::TooLong, None)),
        Err(error) => Err(Error::from_http(error)),
    }
}

/// The error of an answer that is not 2xx: Graph's own if the body holds its envelope.
pub(crate) async fn read_refusal(response: reqwest::Response, bearer: &Bearer) -> Error {
    let status = response.status();
    let retry_after = retry_after(response.headers());
    if status.is_redirection() {
        return unread(status, 0, Problem::Redirect, retry_after);
    }
    let body = match collect(response).await {
        Ok(Some(body)) => body,
        Ok(None) => return unread(status, MAX_ANSWER, Problem::TooLong, retry_after),
        Err(_) => return unread(status, 0, Problem::Cut, retry_after),
    };
    refused(status, retry_after, &body, bearer)
}

fn refused(
    status: StatusCode,
    retry_after: Option<Duration>,
    body: &[u8],
    bearer: &Bearer,
) -> Error {
    match GraphError::read(status.as_u16(), body, retry_after, bearer) {
        Some(graph) => Error::Graph(Box::new(graph)),
        None => unread(status, body.len(), Problem::NoEnvelope, retry_after),
    }
}

/// The result of an answer that came within another one, read with `read` if it is a success.
pub(super) fn read_inner<T>(
    (status, headers, body): (StatusCode, &HeaderMap, &[u8]),
    bearer: &Bearer,
    read: &Read<T>,
) -> Result<T, Error> {
    if !status.is_success() {
        return Err(refused(status, retry_after(headers), body, bearer));
    }
    read.read(body)
        .map_err(|problem| not_understood(status, headers, body, problem, bearer))
}

/// A 2xx answer that the decoder refused: an envelope after all, or something unknown.
pub(super) fn not_understood(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    problem: Problem,
    bearer: &Bearer,
) -> Error {
    let retry_after = retry_after(headers);
    if let Some(graph) = GraphError::read(status.as_u16(), body, retry_after, bearer) {
        return Error::Graph(Box::new(graph));
    }
    unread(status, body.len(), problem, retry_after)
}

fn unread(
    status: StatusCode,
    length: usize,
    problem: Problem,
    retry_after: Option<Duration>,
) -> Error {
    let status = status.as_u16();
    Error::Response(Box::new(ResponseError {
        status,
        length,
        problem,
        retry_after,
    }))
}

/// The body, or `None` if it is longer than any documented answer.
async fn collect(mut response: reqwest::Response) -> Result<Option<Bytes>, reqwest::Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body.freeze()))
}

/// The longer of `Retry-After` in seconds and what the usage headers give to regain access, within
/// reason.
///
/// A date in `Retry-After` is not read: comparing it needs a clock, and Meta sends seconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER);
    let seconds = seconds.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let regain = Usage::read(headers).regain_access();
    let wait = seconds.map(Duration::from_secs).max(regain);
    wait.map(|wait| wait.min(LONGEST_WAIT))
}
