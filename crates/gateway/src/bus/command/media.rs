//! Commands with a file: by URL, which Meta fetches, or as base64, which is uploaded first.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde_json::Value;
use wharf_model::OutgoingMessage;
use wharf_model::outgoing::{Audio, Document, Image, MediaSource, Sticker, Video};

use super::content::message;
use super::recipient::To;
use super::{Fault, fields};
use crate::media::MediaKind;
use crate::send::{Attachment, AttachmentError, pending};

/// Base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

type Made = (OutgoingMessage, Option<Attachment>);

#[derive(Deserialize)]
struct ImageCommand {
    to: To,
    image: Media,
    caption: Option<String>,
}

#[derive(Deserialize)]
struct VideoCommand {
    to: To,
    video: Media,
    caption: Option<String>,
}

#[derive(Deserialize)]
struct AudioCommand {
    to: To,
    audio: Media,
    #[serde(default)]
    ptt: Option<bool>,
}

#[derive(Deserialize)]
struct DocumentCommand {
    to: To,
    document: Media,
    filename: Option<String>,
    caption: Option<String>,
}

#[derive(Deserialize)]
struct StickerCommand {
    to: To,
    sticker: Media,
}

#[derive(Deserialize)]
struct Media {
    url: Option<String>,
    /// Base64.
    data: Option<String>,
    mimetype: Option<String>,
}

pub(super) fn image(json: Value) -> Result<Made, Fault> {
    let command: ImageCommand = fields(json)?;
    let (source, file) = command.image.source(MediaKind::Image, None)?;
    let mut image = Image::new(source);
    if let Some(caption) = command.caption {
        image = image.caption(caption)?;
    }
    Ok((message(&command.to, image)?, file))
}

pub(super) fn video(json: Value) -> Result<Made, Fault> {
    let command: VideoCommand = fields(json)?;
    let (source, file) = command.video.source(MediaKind::Video, None)?;
    let mut video = Video::new(source);
    if let Some(caption) = command.caption {
        video = video.caption(caption)?;
    }
    Ok((message(&command.to, video)?, file))
}

pub(super) fn audio(json: Value) -> Result<Made, Fault> {
    let command: AudioCommand = fields(json)?;
    let (source, file) = command.audio.source(MediaKind::Audio, None)?;
    let mut audio = Audio::new(source);
    if command.ptt == Some(true) {
        audio = audio.voice(true);
    }
    Ok((message(&command.to, audio)?, file))
}

pub(super) fn document(json: Value) -> Result<Made, Fault> {
    let command: DocumentCommand = fields(json)?;
    let filename = command.filename.filter(|name| !name.is_empty());
    let (source, file) = command
        .document
        .source(MediaKind::Document, filename.clone())?;
    let mut document = Document::new(source);
    if let Some(filename) = filename {
        document = document.filename(filename)?;
    }
    if let Some(caption) = command.caption {
        document = document.caption(caption)?;
    }
    Ok((message(&command.to, document)?, file))
}

pub(super) fn sticker(json: Value) -> Result<Made, Fault> {
    let command: StickerCommand = fields(json)?;
    let (source, file) = command.sticker.source(MediaKind::Sticker, None)?;
    Ok((message(&command.to, Sticker::new(source))?, file))
}

impl Media {
    fn source(
        self,
        kind: MediaKind,
        filename: Option<String>,
    ) -> Result<(MediaSource, Option<Attachment>), Fault> {
        match (self.url, self.data) {
            (Some(url), None) => Ok((MediaSource::link(url)?, None)),
            (None, Some(data)) => {
                let bytes = BASE64
                    .decode(data.trim().as_bytes())
                    .map_err(|_| Fault::invalid("data is not base64"))?;
                let file = Attachment::new(kind, self.mimetype.as_deref(), filename, bytes)?;
                let source = pending().map_err(|_| Fault::invalid("data cannot be sent"))?;
                Ok((source, Some(file)))
            }
            (None, None) => Err(Fault::invalid("url or data is required")),
            (Some(_), Some(_)) => Err(Fault::invalid("url and data exclude each other")),
        }
    }
}

impl From<AttachmentError> for Fault {
    fn from(error: AttachmentError) -> Self {
        Self::Invalid(error.to_string())
    }
}
