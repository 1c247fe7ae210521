//! Sends the bytes of an upload, and goes on after an interruption.

use http::header;

use super::{FileHandle, Upload, UploadFile};
use crate::call::read_refusal;
use crate::error::{Error, Problem, ResponseError};
use crate::fields::Fields;

/// After how many attempts in a row that brought nothing new there is no other.
const STALLS: u32 = 3;

/// Longest answer, in bytes: one handle.
const MAX_ANSWER: usize = 64 * 1024;

/// Sends what is missing from `offset` on, until Meta has the file or there is no progress.
pub(crate) async fn go_on(
    upload: &Upload,
    file: &UploadFile,
    mut offset: u64,
) -> Result<FileHandle, Error> {
    let mut stalls = 0;
    loop {
        let error = match send(upload, file, offset).await {
            Err(error) if error.outcome_unknown() || error.is_edge_error() => error,
            result => return result,
        };
        let reached = upload.progress().await?;
        stalls = if reached > offset { 0 } else { stalls + 1 };
        if stalls == STALLS {
            return Err(error);
        }
        tracing::debug!(reached, "upload interrupted");
        offset = reached;
    }
}

/// One attempt to send all bytes from `offset` on.
pub(super) async fn send(
    upload: &Upload,
    file: &UploadFile,
    offset: u64,
) -> Result<FileHandle, Error> {
    let client = &upload.client;
    let url = upload.id.url(client)?;
    let (body, length) = file.rest(offset).await?;
    let request = client
        .http()
        .post(url)
        .headers(client.bearer().oauth_headers()?)
        .header("file_offset", offset)
        // Known, so that the bytes are not sent in chunks of unknown number.
        .header(header::CONTENT_LENGTH, length)
        .timeout(client.timeouts().upload)
        .body(body);
    let response = request.send().await.map_err(Error::from_http)?;
    let status = response.status();
    tracing::debug!(
        operation = "uploads.send",
        status = status.as_u16(),
        "graph answered"
    );
    if !status.is_success() {
        return Err(read_refusal(response, client.bearer()).await);
    }
    read_handle(response).await
}

async fn read_handle(mut response: reqwest::Response) -> Result<FileHandle, Error> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let failed = |problem, length| {
        let retry_after = None;
        Error::Response(Box::new(ResponseError {
            status,
            length,
            problem,
            retry_after,
        }))
    };
    while let Some(chunk) = response.chunk().await.map_err(Error::from_http)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            return Err(failed(Problem::TooLong, body.len()));
        }
    }
    let answer: Fields =
        serde_json::from_slice(&body).map_err(|error| failed(error.into(), body.len()))?;
    let handle = answer.get("h");
    handle.ok_or_else(|| failed(Problem::NoSuccess, body.len()))
}
