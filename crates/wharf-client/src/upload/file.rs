//! A file that can be read from any place in it, as often as needed.

use std::fmt;
use std::io::{self, SeekFrom};
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::Stream;
use reqwest::Body;
use tokio::fs::File;
use tokio::io::AsyncSeekExt as _;
use tokio_util::io::ReaderStream;

use crate::error::{BoxError, RequestError};

/// Most bytes of a file on disk that are in memory at once.
const PIECE: usize = 64 * 1024;

/// A file for a resumable upload: pdf, jpeg, jpg, png or mp4.
///
/// It is never held whole, unless it is given so. See [Graph API/Resumable upload].
pub struct UploadFile {
    name: String,
    mime_type: String,
    length: u64,
    source: Source,
}

enum Source {
    Bytes(Bytes),
    Path(PathBuf),
    /// Opens the stream at an offset.
    Stream(Box<dyn Fn(u64) -> Body + Send + Sync>),
}

impl UploadFile {
    /// Bytes in memory.
    pub fn from_bytes(
        name: impl Into<String>,
        mime_type: impl Into<String>,
        bytes: impl Into<Bytes>,
    ) -> Self {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        Self::new(name.into(), mime_type.into(), length, Source::Bytes(bytes))
    }

    /// A file on disk, which is opened for each attempt and must stay as it is until the upload
    /// is done.
    ///
    /// Fails if its length cannot be read.
    pub async fn from_path(
        name: impl Into<String>,
        mime_type: impl Into<String>,
        path: impl Into<PathBuf>,
    ) -> io::Result<Self> {
        let path = path.into();
        let length = tokio::fs::metadata(&path).await?.len();
        let source = Source::Path(path);
        Ok(Self::new(name.into(), mime_type.into(), length, source))
    }

    /// A stream of bytes of known length, from something that can be read from an offset on:
    /// `open` is called for each attempt.
    pub fn from_stream<S, E>(
        name: impl Into<String>,
        mime_type: impl Into<String>,
        length: u64,
        open: impl Fn(u64) -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        let open = move |offset| Body::wrap_stream(open(offset));
        let source = Source::Stream(Box::new(open));
        Self::new(name.into(), mime_type.into(), length, source)
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    fn new(name: String, mime_type: String, length: u64, source: Source) -> Self {
        Self {
            name,
            mime_type,
            length,
            source,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn mime_type(&self) -> &str {
        &self.mime_type
    }

    /// The bytes from an offset on, and how many they are.
    pub(super) async fn rest(&self, offset: u64) -> Result<(Body, u64), RequestError> {
        let Some(length) = self.length.checked_sub(offset) else {
            return Err(RequestError::plain("the upload is of a longer file"));
        };
        let body = match &self.source {
            Source::Bytes(bytes) => {
                let offset = usize::try_from(offset)
                    .map_err(|error| RequestError::new("the file is too long", error))?;
                Body::from(bytes.slice(offset..))
            }
            Source::Path(path) => {
                let unread = |error| RequestError::new("the file cannot be read", error);
                let mut file = File::open(path).await.map_err(unread)?;
                file.seek(SeekFrom::Start(offset)).await.map_err(unread)?;
                Body::wrap_stream(ReaderStream::with_capacity(file, PIECE))
            }
            Source::Stream(open) => open(offset),
        };
        Ok((body, length))
    }
}

impl fmt::Debug for UploadFile {
    /// Without name and path, which may name a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadFile")
            .field("mime_type", &self.mime_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
