//! The id of an upload, and the handle of a file that was uploaded.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::client::Client;
use crate::error::RequestError;

const PREFIX: &str = "upload:";

/// The id of an upload that was begun, `upload:…`. Whoever has it and a token can go on with
/// the upload, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UploadId(String);

/// A text that is not the id of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of an upload is `upload:` and more, without spaces and slashes")]
pub struct InvalidUploadId;

impl UploadId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the upload is. Meta's ids bring a query along, which must stay one.
    pub(super) fn url(&self, client: &Client) -> Result<Url, RequestError> {
        let (path, query) = match self.0.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.0.as_str(), None),
        };
        let mut url = client.url(&[path])?;
        url.set_query(query);
        Ok(url)
    }
}

impl TryFrom<String> for UploadId {
    type Error = InvalidUploadId;

    fn try_from(text: String) -> Result<Self, InvalidUploadId> {
        let rest = text.strip_prefix(PREFIX).unwrap_or_default();
        let (path, _) = rest.split_once('?').unwrap_or((rest, ""));
        let printable = rest.bytes().all(|byte| byte.is_ascii_graphic());
        if path.is_empty() || path.contains('/') || !printable || rest.contains('#') {
            return Err(InvalidUploadId);
        }
        Ok(Self(text))
    }
}

impl FromStr for UploadId {
    type Err = InvalidUploadId;

    fn from_str(text: &str) -> Result<Self, InvalidUploadId> {
        Self::try_from(text.to_owned())
    }
}

impl From<UploadId> for String {
    fn from(id: UploadId) -> Self {
        id.0
    }
}

impl fmt::Debug for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UploadId(…)")
    }
}

/// The handle of an uploaded file: what the example of a template's header and the picture of a
/// profile are given by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileHandle(String);

impl FileHandle {
    /// The handle as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<FileHandle> for String {
    fn from(handle: FileHandle) -> Self {
        handle.0
    }
}
