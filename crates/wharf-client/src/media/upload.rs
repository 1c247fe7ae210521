//! A file on its way to Meta: from memory, from disk, or from a stream.

use std::borrow::Cow;
use std::fmt;
use std::io;

use bytes::Bytes;
use reqwest::Body;
use reqwest::multipart::{Form, Part};
use tokio::fs::File;
use tokio_util::io::ReaderStream;

use crate::error::RequestError;

/// A file to upload, with the MIME type that its bytes really have: Meta refuses a wrong one
/// only after the message was sent, as 131053.
///
/// See [Cloud API/Media], also for the types and sizes that are accepted.
pub struct MediaUpload {
    body: Body,
    length: Option<u64>,
    mime_type: String,
    file_name: Cow<'static, str>,
}

impl MediaUpload {
    /// Bytes in memory.
    pub fn from_bytes(mime_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let length = Some(bytes.len() as u64);
        Self::new(mime_type.into(), Body::from(bytes), length)
    }

    /// An open file, read piece by piece from its start; its length is asked here.
    ///
    /// Fails if the length cannot be read.
    pub async fn from_file(mime_type: impl Into<String>, file: File) -> io::Result<Self> {
        let length = file.metadata().await?.len();
        let stream = ReaderStream::with_capacity(file, 64 * 1024);
        Ok(Self::new(
            mime_type.into(),
            Body::wrap_stream(stream),
            Some(length),
        ))
    }

    /// Any stream of bytes. Give its exact length if it is known: without one the upload is
    /// sent in chunks of unknown number, which not every server in between accepts.
    #[cfg(feature = "stream")]
    pub fn from_stream<S, E>(mime_type: impl Into<String>, stream: S, length: Option<u64>) -> Self
    where
        S: futures_util::Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<crate::error::BoxError> + 'static,
    {
        Self::new(mime_type.into(), Body::wrap_stream(stream), length)
    }

    /// The name that travels with the file; `file` without one. The user does not see it: what
    /// they see is the file name of the message.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = name.into().into();
        self
    }

    fn new(mime_type: String, body: Body, length: Option<u64>) -> Self {
        Self {
            body,
            length,
            mime_type,
            file_name: "file".into(),
        }
    }

    pub(crate) fn into_form(self) -> Result<Form, RequestError> {
        let part = match self.length {
            Some(length) => Part::stream_with_length(self.body, length),
            None => Part::stream(self.body),
        };
        let part = part
            .file_name(self.file_name)
            .mime_str(&self.mime_type)
            .map_err(|error| RequestError::new("the MIME type is invalid", error))?;
        // Order matters to some servers that stream: what describes the file comes first.
        Ok(Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", self.mime_type)
            .part("file", part))
    }
}

impl fmt::Debug for MediaUpload {
    /// Without the file name, which may name a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaUpload")
            .field("mime_type", &self.mime_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
