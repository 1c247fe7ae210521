//! What Meta tells about an uploaded or received file.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::Value;
use url::Url;
use wharf_model::MediaId;

use super::Sha256Sum;
use crate::error::Problem;

/// Where a file is and what it is.
///
/// See [Cloud API/Media].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MediaInfo {
    /// The file's id.
    pub id: MediaId,
    /// Where its bytes are, for five minutes and with the access token only.
    pub url: Url,
    /// Its MIME type.
    #[serde(default)]
    pub mime_type: Option<String>,
    /// Its checksum; absent if Meta wrote one that is none.
    #[serde(default, deserialize_with = "sha256")]
    pub sha256: Option<Sha256Sum>,
    /// Its length in bytes. Meta's page prints a string, its servers send a number.
    #[serde(default, deserialize_with = "file_size")]
    pub file_size: Option<u64>,
}

fn sha256<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Sha256Sum>, D::Error> {
    let value = Option::<Value>::deserialize(deserializer)?;
    Ok(value.and_then(|value| value.as_str()?.parse().ok()))
}

fn file_size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) if number.is_u64() => Ok(number.as_u64()),
        Some(Value::String(text)) => text.parse().map(Some).map_err(D::Error::custom),
        Some(_) => Err(D::Error::custom("the file size is not a count of bytes")),
    }
}

/// The answer of an upload: `{"id":"…"}`.
pub(crate) fn decode_media_id(body: &[u8]) -> Result<MediaId, Problem> {
    #[derive(Deserialize)]
    struct Uploaded {
        id: MediaId,
    }
    let uploaded: Uploaded = serde_json::from_slice(body)?;
    Ok(uploaded.id)
}
