//! Image messages.

use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use super::invalid::{InvalidMessage, bounded};
use super::limits;
use super::media::{MediaObject, MediaSource};
use super::read::Object;

/// A picture: JPEG or PNG of at most 5 MB.
///
/// See [Cloud API/Image messages].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    source: MediaSource,
    caption: Option<String>,
}

impl Image {
    /// A picture: JPEG or PNG of at most 5 MB.
    pub fn new(source: impl Into<MediaSource>) -> Self {
        Self {
            source: source.into(),
            caption: None,
        }
    }

    /// Adds a caption of at most 1024 characters.
    pub fn caption(mut self, caption: impl Into<String>) -> Result<Self, InvalidMessage> {
        self.caption = Some(bounded(caption.into(), limits::CAPTION, "/image/caption")?);
        Ok(self)
    }

    /// Where the bytes come from.
    pub fn source(&self) -> &MediaSource {
        &self.source
    }

    /// The caption, if there is one.
    pub fn caption_text(&self) -> Option<&str> {
        self.caption.as_deref()
    }

    pub(crate) fn read(value: &Value) -> Result<Self, InvalidMessage> {
        let object = Object::new(value, "/image", &["id", "link", "caption"])?;
        let media = Self::new(MediaSource::read(&object)?);
        match object.text("caption")? {
            Some(caption) => media.caption(caption),
            None => Ok(media),
        }
    }
}

impl Serialize for Image {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MediaObject {
            caption: self.caption.as_deref(),
            ..(&self.source).into()
        }
        .serialize(serializer)
    }
}
