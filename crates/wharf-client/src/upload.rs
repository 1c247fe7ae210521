//! Resumable uploads: files for templates and profiles, which Meta takes by handle.

mod file;
mod ids;
mod resume;

use http::Method;
use wharf_model::AppId;

use crate::call::{Body, Call, decode_json};
use crate::client::Client;
use crate::error::{Error, Problem};
use crate::fields::Fields;
use crate::graph;

pub use file::UploadFile;
pub use ids::{FileHandle, InvalidUploadId, UploadId};

/// Resumable uploads of one Meta app; see [`Client::uploads`].
#[derive(Debug, Clone)]
pub struct Uploads {
    client: Client,
    app: AppId,
}

/// Calls for one resumable upload; see [`Client::upload`].
#[derive(Debug, Clone)]
pub struct Upload {
    client: Client,
    id: UploadId,
}

impl Client {
    /// Resumable uploads of one Meta app. They give handles, such as the header of a template
    /// and the picture of a profile need; files to send in messages go to
    /// [`Number::upload`](crate::Number::upload).
    pub fn uploads(&self, app: &AppId) -> Uploads {
        Uploads {
            client: self.clone(),
            app: app.clone(),
        }
    }

    /// Calls for one upload that was begun, be it by another process.
    pub fn upload(&self, id: &UploadId) -> Upload {
        Upload {
            client: self.clone(),
            id: id.clone(),
        }
    }
}

impl Uploads {
    /// Begins an upload. Keep the id: [`Upload::resume`] goes on with it, now or after a restart.
    ///
    /// See [Graph API/Resumable upload].
    pub fn begin(&self, file: &UploadFile) -> Call<UploadId> {
        let length = file.length().to_string();
        let query = [
            ("file_name", file.name()),
            ("file_length", &length),
            ("file_type", file.mime_type()),
        ];
        let url = graph::url(&self.client, &[self.app.as_str(), "uploads"], &query);
        let (client, operation, body) = (&self.client, "uploads.begin", Ok(Body::Empty));
        Call::new(client, operation, Method::POST, url, body, decode_id)
    }

    /// Uploads a file, and goes on where Meta says if the connection is lost; gives its handle.
    ///
    /// To be able to go on after an error too, use [`begin`](Self::begin) and
    /// [`Upload::resume`]. See [Graph API/Resumable upload].
    ///
    /// ```
    /// # async fn example(client: wharf_client::Client, app: wharf_model::AppId)
    /// # -> Result<(), Box<dyn std::error::Error>> {
    /// use wharf_client::upload::UploadFile;
    ///
    /// let file = UploadFile::from_path("header.jpg", "image/jpeg", "pictures/header.jpg").await?;
    /// let handle = client.uploads(&app).upload(&file).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn upload(&self, file: &UploadFile) -> Result<FileHandle, Error> {
        let id = self.begin(file).await?;
        resume::go_on(&self.client.upload(&id), file, 0).await
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

fn decode_id(body: &[u8]) -> Result<UploadId, Problem> {
    let answer: Fields = decode_json(body)?;
    answer.get("id").ok_or(Problem::NoSuccess)
}

fn decode_offset(body: &[u8]) -> Result<u64, Problem> {
    let answer: Fields = decode_json(body)?;
    answer.count("file_offset").ok_or(Problem::NoSuccess)
}
