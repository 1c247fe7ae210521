//! Audio and voice messages.

use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use super::invalid::InvalidMessage;
use super::media::{MediaObject, MediaSource};
use super::read::Object;

/// A recording of at most 16 MB.
///
/// See [Cloud API/Audio messages].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audio {
    source: MediaSource,
    voice: Option<bool>,
}

impl Audio {
    /// A recording of at most 16 MB.
    pub fn new(source: impl Into<MediaSource>) -> Self {
        Self {
            source: source.into(),
            voice: None,
        }
    }

    /// Shows it as a voice message, which must be OGG with the OPUS codec, mono.
    #[must_use]
    pub fn voice(mut self, voice: bool) -> Self {
        self.voice = Some(voice);
        self
    }

    /// Where the bytes come from.
    pub fn source(&self) -> &MediaSource {
        &self.source
    }

    /// Whether it is shown as a voice message.
    pub fn is_voice(&self) -> bool {
        self.voice == Some(true)
    }

    pub(crate) fn read(value: &Value) -> Result<Self, InvalidMessage> {
        let object = Object::new(value, "/audio", &["id", "link", "voice"])?;
        Ok(Self {
            source: MediaSource::read(&object)?,
            voice: object.flag("voice")?,
        })
    }
}

impl Serialize for Audio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MediaObject {
            voice: self.voice,
            ..(&self.source).into()
        }
        .serialize(serializer)
    }
}
