//! Resumable uploads: files for templates and profiles, which Meta takes by handle.

mod file;
mod ids;
pub(crate) mod resume;

use http::Method;

use crate::call::{Body, Call, decode_json};
use crate::client::Client;
use crate::error::{Error, Problem};
use crate::fields::Fields;

pub use file::UploadFile;
pub use ids::{FileHandle, InvalidUploadId, UploadId};

/// Calls for one resumable upload; see [`Client::upload`].
#[derive(Debug, Clone)]
pub struct Upload {
    client: Client,
    id: UploadId,
}

impl Client {
    /// Calls for one upload that was begun with [`App::begin_upload`](crate::App::begin_upload),
    /// be it by another process.
    pub fn upload(&self, id: &UploadId) -> Upload {
        Upload {
            client: self.clone(),
            id: id.clone(),
        }
    }
}

impl Upload {
    /// How many bytes Meta has.
    ///
    /// See [Graph API/Resumable upload].
    pub fn progress(&self) -> Call<u64> {
        let url = self.id.url(&self.client);
        let (client, operation, body) = (&self.client, "uploads.progress", Ok(Body::Empty));
        Call::new(client, operation, Method::GET, url, body, decode_offset)
    }

    /// Sends the rest of a file from `offset` on, in one attempt; gives the file's handle.
    ///
    /// See [Graph API/Resumable upload].
    pub async fn send(&self, file: &UploadFile, offset: u64) -> Result<FileHandle, Error> {
        resume::send(self, file, offset).await
    }

    /// Asks how many bytes Meta has and sends the rest, again and again if the connection is
    /// lost; gives the file's handle.
    ///
    /// It gives up when three attempts one after another brought nothing new, and when Meta
    /// refuses; then it may be called again later. See [Graph API/Resumable upload].
    pub async fn resume(&self, file: &UploadFile) -> Result<FileHandle, Error> {
        let offset = self.progress().await?;
        resume::go_on(self, file, offset).await
    }
}

fn decode_offset(body: &[u8]) -> Result<u64, Problem> {
    let answer: Fields = decode_json(body)?;
    answer.count("file_offset").ok_or(Problem::NoSuccess)
}
