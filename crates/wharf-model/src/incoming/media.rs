//! Media that a user sent.

use serde::{Deserialize, Serialize};

use crate::ids::MediaId;

/// A picture or video.
///
/// See [Cloud API/Image messages webhook reference].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// What to fetch it by.
    pub id: MediaId,
    /// Media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// SHA-256 of the bytes, in base64 or hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Address of the bytes: valid five minutes, needs the access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Caption.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

/// A recording or voice message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audio {
    /// What to fetch it by.
    pub id: MediaId,
    /// Media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// SHA-256 of the bytes, in base64 or hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Address of the bytes: valid five minutes, needs the access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Recorded in WhatsApp.
    #[serde(default)]
    pub voice: bool,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What to fetch it by.
    pub id: MediaId,
    /// Media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// SHA-256 of the bytes, in base64 or hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Address of the bytes: valid five minutes, needs the access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Caption.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The user's name for the file: never to be trusted as a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

/// A sticker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sticker {
    /// What to fetch it by.
    pub id: MediaId,
    /// Media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// SHA-256 of the bytes, in base64 or hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Address of the bytes: valid five minutes, needs the access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// It moves.
    #[serde(default)]
    pub animated: bool,
}
