//! Calls for one media id: look up, download, delete.

mod checksum;
mod download;
mod error;
mod hosts;
mod info;
mod upload;

use http::Method;
use tokio::io::AsyncWrite;
use url::Url;
use wharf_model::MediaId;

use crate::call::{Body, Call, decode_json, decode_success};
use crate::client::Client;
use crate::error::Error;

pub use checksum::{ChecksumError, Sha256Sum};
pub use download::{DownloadLimits, Downloaded};
pub use error::MediaError;
pub use info::MediaInfo;
pub use upload::MediaUpload;

pub(crate) use hosts::MediaHosts;
pub(crate) use info::decode_media_id;

/// Calls for one media id; see [`Client::media`].
#[derive(Debug, Clone)]
pub struct Media {
    client: Client,
    id: MediaId,
}

impl Media {
    pub(crate) fn new(client: Client, id: MediaId) -> Self {
        Self { client, id }
    }

    /// Where the file can be fetched for the next five minutes, and what it is.
    ///
    /// See [Cloud API/Media].
    pub fn get(&self) -> Call<MediaInfo> {
        let url = self.client.url(&[self.id.as_str()]);
        Call::new(
            &self.client,
            "media.get",
            Method::GET,
            url,
            Ok(Body::Empty),
            decode_json,
        )
    }

    /// Looks the file up and streams it into `writer`, piece by piece as it arrives.
    ///
    /// The file may not be longer than `limits` allow, must be as long as Meta says, and must
    /// have the checksum of `limits` or else the one that Meta names. The writer is flushed at
    /// the end. After an error it holds a part that must be thrown away.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wharf_client::{Client, DownloadLimits, Error};
    /// # use wharf_model::MediaId;
    /// # async fn example(client: Client, id: MediaId) -> Result<(), Error> {
    /// let mut bytes = Vec::new();
    /// let limits = DownloadLimits::up_to(5 * 1024 * 1024);
    /// let downloaded = client.media(&id).download(&mut bytes, &limits).await?;
    /// assert_eq!(downloaded.bytes, bytes.len() as u64);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download<W>(
        &self,
        writer: &mut W,
        limits: &DownloadLimits,
    ) -> Result<Downloaded, Error>
    where
        W: AsyncWrite + Unpin + Send + ?Sized,
    {
        let info = self.get().await?;
        let mut limits = limits.clone();
        limits.sha256 = limits.sha256.or(info.sha256);
        limits.expected_bytes = limits.expected_bytes.or(info.file_size);
        let mut downloaded = self.client.download(&info.url, writer, &limits).await?;
        downloaded.mime_type = info.mime_type.or(downloaded.mime_type);
        Ok(downloaded)
    }

    /// Deletes the file at Meta.
    pub fn delete(&self) -> Call<()> {
        let url = self.client.url(&[self.id.as_str()]);
        Call::new(
            &self.client,
            "media.delete",
            Method::DELETE,
            url,
            Ok(Body::Empty),
            decode_success,
        )
    }
}

impl Client {
    /// Streams the file at a media URL into `writer`, as [`Media::download`] does.
    ///
    /// For a URL that a webhook brought along. It lives five minutes: on HTTP 404 ask
    /// [`Media::get`] for a new one. The access token goes along, hence only to the allowed
    /// hosts; see [`ClientBuilder::media_host`](crate::ClientBuilder::media_host).
    pub async fn download<W>(
        &self,
        url: &Url,
        writer: &mut W,
        limits: &DownloadLimits,
    ) -> Result<Downloaded, Error>
    where
        W: AsyncWrite + Unpin + Send + ?Sized,
    {
        download::download(self, url, writer, limits).await
    }
}
