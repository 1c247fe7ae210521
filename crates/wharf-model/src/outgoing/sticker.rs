//! Sticker messages.

use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use super::invalid::InvalidMessage;
use super::media::{MediaObject, MediaSource};
use super::read::Object;

/// A sticker: WebP, at most 100 KB still or 500 KB animated.
///
/// See [Cloud API/Sticker messages].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sticker {
    source: MediaSource,
}

impl Sticker {
    /// A sticker: WebP, at most 100 KB still or 500 KB animated.
    pub fn new(source: impl Into<MediaSource>) -> Self {
        Self {
            source: source.into(),
        }
    }

    /// Where the bytes come from.
    pub fn source(&self) -> &MediaSource {
        &self.source
    }

    pub(crate) fn read(value: &Value) -> Result<Self, InvalidMessage> {
        let object = Object::new(value, "/sticker", &["id", "link"])?;
        Ok(Self {
            source: MediaSource::read(&object)?,
        })
    }
}

impl Serialize for Sticker {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MediaObject::from(&self.source).serialize(serializer)
    }
}
