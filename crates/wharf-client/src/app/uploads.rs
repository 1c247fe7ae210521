//! Files of an app that are taken by handle.

use http::Method;

use super::App;
use crate::call::{Body, Call, decode_json};
use crate::error::{Error, Problem};
use crate::fields::Fields;
use crate::graph;
use crate::upload::{FileHandle, UploadFile, UploadId, resume};

impl App {
    /// Begins an upload of a file that is taken by handle, such as the header of a template and
    /// the picture of a profile; files to send in messages go to
    /// [`Number::upload`](crate::Number::upload). Keep the id: [`Upload::resume`] goes on with it, now or after a restart.
    ///
    /// See [Graph API/Resumable upload].
    pub fn begin_upload(&self, file: &UploadFile) -> Call<UploadId> {
        let length = file.length().to_string();
        let query = [
            ("file_name", file.name()),
            ("file_length", &length),
            ("file_type", file.mime_type()),
        ];
        let url = graph::url(&self.client, &[self.id.as_str(), "uploads"], &query);
        let (client, operation, body) = (&self.client, "uploads.begin", Ok(Body::Empty));
        Call::new(client, operation, Method::POST, url, body, decode_id)
    }

    /// Uploads a file, and goes on where Meta says if the connection is lost; gives its handle.
    ///
    /// To be able to go on after an error too, use [`begin_upload`](Self::begin_upload) and
    /// [`Upload::resume`]. See [Graph API/Resumable upload].
    ///
    /// ```
    /// # async fn example(client: wharf_client::Client, app: wharf_model::AppId)
    /// # -> Result<(), Box<dyn std::error::Error>> {
    /// use wharf_client::upload::UploadFile;
    ///
    /// let file = UploadFile::from_path("header.jpg", "image/jpeg", "pictures/header.jpg").await?;
    /// let handle = client.app(&app).upload(&file).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn upload(&self, file: &UploadFile) -> Result<FileHandle, Error> {
        let id = self.begin_upload(file).await?;
        resume::go_on(&self.client.upload(&id), file, 0).await
    }
}

fn decode_id(body: &[u8]) -> Result<UploadId, Problem> {
    let answer: Fields = decode_json(body)?;
    answer.get("id").ok_or(Problem::NoSuccess)
}
