//! Streams a file from Meta to a writer, and checks on the way that it is the right one.

use http::header;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;
use url::Url;

use super::{MediaError, Sha256Sum};
use crate::call::read_refusal;
use crate::client::Client;
use crate::error::{BoxError, Error};

/// What a download may and must be.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DownloadLimits {
    /// Most bytes that are taken; one more ends the download.
    pub max_bytes: u64,
    /// The sum that the file must have.
    pub sha256: Option<Sha256Sum>,
    /// The length that the file must have.
    pub expected_bytes: Option<u64>,
}

impl DownloadLimits {
    /// Takes at most `max_bytes`, and whatever sum the file has.
    pub const fn up_to(max_bytes: u64) -> Self {
        Self {
            max_bytes,
            sha256: None,
            expected_bytes: None,
        }
    }

    /// The file must have this sum; `"…".parse()` reads hex and base64.
    #[must_use]
    pub const fn with_sha256(mut self, sha256: Sha256Sum) -> Self {
        self.sha256 = Some(sha256);
        self
    }
}

/// What was downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Its length in bytes.
    pub bytes: u64,
    /// Its sum, computed from what arrived.
    pub sha256: Sha256Sum,
    /// Its MIME type, as Meta calls it.
    pub mime_type: Option<String>,
}

pub(super) async fn download<W>(
    client: &Client,
    url: &Url,
    writer: &mut W,
    limits: &DownloadLimits,
) -> Result<Downloaded, Error>
where
    W: AsyncWrite + Unpin + Send + ?Sized,
{
    client.media_hosts().check(url)?;
    let mut response = open(client, url).await?;
    let length = limits.expected_bytes.or(response.content_length());
    if length.is_some_and(|length| length > limits.max_bytes) {
        return Err(MediaError::TooLarge {
            limit: limits.max_bytes,
        }
        .into());
    }
    let mime_type = response.headers().get(header::CONTENT_TYPE);
    let mime_type = mime_type.and_then(|value| Some(value.to_str().ok()?.to_owned()));

    let mut hasher = Sha256::new();
    let mut bytes = 0;
    while let Some(chunk) = next(client, &mut response, bytes).await? {
        bytes += chunk.len() as u64;
        if bytes > limits.max_bytes {
            return Err(MediaError::TooLarge {
                limit: limits.max_bytes,
            }
            .into());
        }
        hasher.update(&chunk);
        writer.write_all(&chunk).await.map_err(MediaError::Write)?;
    }
    writer.flush().await.map_err(MediaError::Write)?;
    let downloaded = Downloaded {
        bytes,
        sha256: Sha256Sum::finish(hasher),
        mime_type,
    };
    check(&downloaded, limits)?;
    Ok(downloaded)
}

/// Sends the request and waits for the head of the answer.
async fn open(client: &Client, url: &Url) -> Result<reqwest::Response, Error> {
    let request = client
        .http()
        .get(url.clone())
        .headers(client.bearer().headers())
        .send();
    let response = match timeout(client.timeouts().stall, request).await {
        Ok(response) => response.map_err(Error::from_http)?,
        Err(elapsed) => return Err(interrupted(0, elapsed)),
    };
    let status = response.status().as_u16();
    tracing::debug!(operation = "media.download", status, "media host answered");
    if response.status().is_success() {
        Ok(response)
    } else {
        Err(read_refusal(response, client.bearer()).await)
    }
}

/// The next piece; a server that falls silent is given up, a slow writer is not.
async fn next(
    client: &Client,
    response: &mut reqwest::Response,
    received: u64,
) -> Result<Option<bytes::Bytes>, Error> {
    match timeout(client.timeouts().stall, response.chunk()).await {
        Ok(Ok(chunk)) => Ok(chunk),
        Ok(Err(error)) => Err(interrupted(received, error.without_url())),
        Err(elapsed) => Err(interrupted(received, elapsed)),
    }
}

fn interrupted(received: u64, source: impl Into<BoxError>) -> Error {
    MediaError::Interrupted {
        received,
        source: source.into(),
    }
    .into()
}

fn check(downloaded: &Downloaded, limits: &DownloadLimits) -> Result<(), MediaError> {
    let actual = downloaded.sha256;
    match (limits.expected_bytes, limits.sha256) {
        (Some(expected), _) if expected != downloaded.bytes => Err(MediaError::Length {
            expected,
            received: downloaded.bytes,
        }),
        (_, Some(expected)) if expected != actual => Err(MediaError::Checksum { expected, actual }),
        _ => Ok(()),
    }
}
