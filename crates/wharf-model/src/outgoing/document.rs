//! Document messages.

use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use super::invalid::{InvalidMessage, bounded, required};
use super::limits;
use super::media::{MediaObject, MediaSource};
use super::read::Object;

/// A file of at most 100 MB.
///
/// See [Cloud API/Document messages].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    source: MediaSource,
    caption: Option<String>,
    filename: Option<String>,
}

impl Document {
    /// A file of at most 100 MB.
    pub fn new(source: impl Into<MediaSource>) -> Self {
        Self {
            source: source.into(),
            caption: None,
            filename: None,
        }
    }

    /// Adds a caption of at most 1024 characters.
    pub fn caption(mut self, caption: impl Into<String>) -> Result<Self, InvalidMessage> {
        self.caption = Some(bounded(
            caption.into(),
            limits::CAPTION,
            "/document/caption",
        )?);
        Ok(self)
    }

    /// Names the file; the ending decides the icon that the user sees.
    pub fn filename(mut self, filename: impl Into<String>) -> Result<Self, InvalidMessage> {
        self.filename = Some(required(
            filename.into(),
            limits::FILENAME,
            "/document/filename",
        )?);
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

    /// The file name, if there is one.
    pub fn filename_text(&self) -> Option<&str> {
        self.filename.as_deref()
    }

    pub(crate) fn read(value: &Value) -> Result<Self, InvalidMessage> {
        let object = Object::new(value, "/document", &["id", "link", "caption", "filename"])?;
        let mut document = Self::new(MediaSource::read(&object)?);
        if let Some(caption) = object.text("caption")? {
            document = document.caption(caption)?;
        }
        if let Some(filename) = object.text("filename")? {
            document = document.filename(filename)?;
        }
        Ok(document)
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MediaObject {
            caption: self.caption.as_deref(),
            filename: self.filename.as_deref(),
            ..(&self.source).into()
        }
        .serialize(serializer)
    }
}
