//! A file that goes out with a message: checked when it is accepted, uploaded before the call.
//!
//! The bytes are in the object store before the message is queued: see [`crate::media`]. Those of
//! messages that an older version queued are in the database, with the message, and leave it once
//! the carrier has the message.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use wharf_client::MediaUpload;
use wharf_model::outgoing::MediaSource;
use wharf_model::{ErrorClass, InvalidId, MediaId};

use crate::app::App;
use crate::carrier::{Carrier, Outcome, Rejection};
use crate::media::{self, MediaError, MediaKind, NewMedia, Unfit};
use crate::store::StoreError;
use crate::store::attachments::{self, Stored};

/// What a message calls its file as long as the carrier has no name for it.
const PENDING: &str = "pending-upload";

/// A file that the carrier takes in a message of its kind.
#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    kind: MediaKind,
    mime_type: String,
    filename: Option<String>,
    content: Vec<u8>,
    /// Our name of the file, once it is in the object store.
    kept: Option<String>,
}

/// Why a file cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AttachmentError {
    #[error("the file is empty")]
    Empty,
    #[error("the file's MIME type is not known; give it")]
    UnknownType,
    #[error("the file's MIME type is malformed")]
    WrongType,
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

/// The source of a media message whose file is an [`Attachment`].
pub(crate) fn pending() -> Result<MediaSource, InvalidId> {
    Ok(MediaSource::Id(PENDING.parse::<MediaId>()?))
}

impl Attachment {
    /// A file for a message of a kind; without a MIME type, the first bytes tell it.
    pub(crate) fn new(
        kind: MediaKind,
        mime_type: Option<&str>,
        filename: Option<String>,
        content: Vec<u8>,
    ) -> Result<Self, AttachmentError> {
        if content.is_empty() {
            return Err(AttachmentError::Empty);
        }
        let given = mime_type.map(|given| {
            // Parameters such as `; codecs=opus` are no part of what Meta compares.
            let bare = given.split(';').next().unwrap_or_default();
            bare.trim().to_ascii_lowercase()
        });
        let given = given.filter(|given| !given.is_empty());
        let mime_type = match given {
            Some(given) => given,
            None => sniff(kind, &content)
                .ok_or(AttachmentError::UnknownType)?
                .to_owned(),
        };
        let is_type = mime_type
            .split_once('/')
            .is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty());
        if !is_type {
            return Err(AttachmentError::WrongType);
        }
        kind.check(&mime_type, u64::try_from(content.len()).unwrap_or(u64::MAX))?;
        Ok(Self {
            kind,
            mime_type,
            filename,
            content,
            kept: None,
        })
    }

    /// Brings the file into the object store, unless it is there already.
    pub(crate) async fn keep(&mut self, app: &Arc<App>) -> Result<(), MediaError> {
        if self.kept.is_some() {
            return Ok(());
        }
        let new = NewMedia {
            channel_id: None,
            mime_type: Some(self.mime_type.clone()),
            filename: self.filename.clone(),
            kind: Some(self.kind),
        };
        let kept = media::keep(app, new, self.content.clone()).await?;
        self.kept = Some(kept.id);
        self.content = Vec::new();
        Ok(())
    }

    /// The message's content, with our name of the file in it if it is in the object store.
    pub(super) fn place(&self, content: String) -> Result<String, StoreError> {
        let corrupt = |_| StoreError::Corrupt { what: "message" };
        match &self.kept {
            Some(kept) => with_media(&content, kept).map_err(corrupt),
            None => Ok(content),
        }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    pub(super) fn into_stored(self) -> Stored {
        Stored {
            mime_type: self.mime_type,
            filename: self.filename,
            content: BASE64_STANDARD.encode(self.content),
            media_id: None,
        }
    }
}

/// What the first bytes say; containers hold sound or pictures, so the kind of message decides.
fn sniff(kind: MediaKind, content: &[u8]) -> Option<&'static str> {
    let at = |from: usize, magic: &[u8]| {
        content
            .get(from..)
            .is_some_and(|rest| rest.starts_with(magic))
    };
    let audio = kind == MediaKind::Audio;
    Some(match () {
        () if at(0, b"\xff\xd8\xff") => "image/jpeg",
        () if at(0, b"\x89PNG\r\n\x1a\n") => "image/png",
        () if at(0, b"RIFF") && at(8, b"WEBP") => "image/webp",
        () if at(4, b"ftyp3g") => "video/3gpp",
        () if at(4, b"ftyp") && (audio || at(8, b"M4A")) => "audio/mp4",
        () if at(4, b"ftyp") => "video/mp4",
        () if at(0, b"OggS") => "audio/ogg",
        () if at(0, b"#!AMR") => "audio/amr",
        () if at(0, b"\xff\xf1") || at(0, b"\xff\xf9") => "audio/aac",
        () if at(0, b"ID3") || at(0, b"\xff\xfb") || at(0, b"\xff\xf3") => "audio/mpeg",
        () if at(0, b"%PDF-") => "application/pdf",
        () => return None,
    })
}

/// A message that can be handed over.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) content: String,
    /// Its file, from the database, was uploaded just now.
    pub(super) uploaded: bool,
    /// Names of files that the carrier got for an earlier message, and the content without them.
    reused: Option<(Vec<String>, String)>,
}

/// Should the carrier have forgotten a file of a message that it refused, it gets it once more: the
/// content to be handed over then.
pub(super) async fn anew(
    app: &Arc<App>,
    carrier: &Carrier,
    ready: &Ready,
    outcome: &Outcome,
) -> Option<Result<String, Outcome>> {
    let (Outcome::Rejected(rejection), Some((names, content))) = (outcome, &ready.reused) else {
        return None;
    };
    if !media::may_be_forgotten(rejection) {
        return None;
    }
    if let Err(outcome) = media::forget(app, carrier, names).await {
        return Some(Err(outcome));
    }
    let placed = media::place(app, carrier, content.clone()).await;
    Some(placed.map(|placed| placed.content))
}

/// The content of a message, after its file, if it has one that is not uploaded yet, is.
pub(super) async fn ready(
    app: &Arc<App>,
    carrier: &Carrier,
    message_id: &str,
    content: String,
) -> Result<Ready, Outcome> {
    if !content.contains(PENDING) {
        return placed(app, carrier, content).await;
    }
    let id = message_id.to_owned();
    let file = app
        .store
        .read(move |tx| attachments::of_message(tx, &id))
        .await;
    let Some(file) = file.map_err(|_| not_stored("the message's file cannot be read"))? else {
        // The words are only a part of what somebody writes.
        return placed(app, carrier, content).await;
    };
    let media_id = match file.media_id {
        Some(media_id) => media_id,
        None => upload(carrier, &file).await?,
    };
    let content = with_media(&content, &media_id)?;
    let (id, kept) = (message_id.to_owned(), content.clone());
    app.store
        .write(move |tx| attachments::uploaded(tx, &id, &media_id, &kept))
        .await
        .map_err(|_| not_stored("the uploaded file cannot be noted"))?;
    Ok(Ready {
        content,
        uploaded: true,
        reused: None,
    })
}

/// The content with the carrier's names of the files that are in the object store.
async fn placed(app: &Arc<App>, carrier: &Carrier, content: String) -> Result<Ready, Outcome> {
    let before = media::may_name(&content).then(|| content.clone());
    let media::Placed { content, reused } = media::place(app, carrier, content).await?;
    let reused = before
        .filter(|_| !reused.is_empty())
        .map(|before| (reused, before));
    Ok(Ready {
        content,
        uploaded: false,
        reused,
    })
}

async fn upload(carrier: &Carrier, file: &Stored) -> Result<String, Outcome> {
    let bytes = BASE64_STANDARD.decode(&file.content);
    let bytes = bytes.ok().filter(|bytes| !bytes.is_empty());
    let bytes =
        bytes.ok_or_else(|| refused(ErrorClass::FixRequest, "the message's file is gone"))?;
    let mut upload = MediaUpload::from_bytes(file.mime_type.clone(), bytes);
    if let Some(filename) = &file.filename {
        upload = upload.file_name(filename.clone());
    }
    let uploaded = carrier.upload(upload).await;
    uploaded.map_err(|outcome| match outcome {
        // A second upload is only a second name for the same file.
        Outcome::Unknown { why } => refused(ErrorClass::Retry, &why),
        certain => certain,
    })
}

/// Puts the carrier's name of the file into the message.
fn with_media(content: &str, media_id: &str) -> Result<String, Outcome> {
    let unreadable = || refused(ErrorClass::FixRequest, "the stored message is not readable");
    let mut message: Value = serde_json::from_str(content).map_err(|_| unreadable())?;
    let kind = message.get("type").and_then(Value::as_str);
    let kind = kind.map(str::to_owned).ok_or_else(unreadable)?;
    let id = message.get_mut(&kind).and_then(|media| media.get_mut("id"));
    if let Some(id) = id
        && id == PENDING
    {
        *id = media_id.into();
    }
    Ok(message.to_string())
}

fn not_stored(why: &str) -> Outcome {
    Outcome::NotSent {
        why: why.to_owned(),
    }
}

fn refused(class: ErrorClass, title: &str) -> Outcome {
    Outcome::Rejected(Box::new(Rejection {
        class,
        code: None,
        title: title.to_owned(),
        details: None,
        retry_after: None,
        raw: None,
        status: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sniffed_checked_and_limited() {
        let png = b"\x89PNG\r\n\x1a\n....".to_vec();
        let image = Attachment::new(MediaKind::Image, None, None, png.clone()).unwrap();
        assert_eq!(image.mime_type, "image/png");
        let given = Some("Audio/OGG; codecs=opus");
        let voice = Attachment::new(MediaKind::Audio, given, None, b"OggS".to_vec()).unwrap();
        assert_eq!(voice.mime_type, "audio/ogg");
        let wrong = Attachment::new(MediaKind::Sticker, None, None, png.clone());
        assert!(matches!(
            wrong,
            Err(AttachmentError::Unfit(Unfit::WrongType { .. }))
        ));
        let text = b"plain".to_vec();
        let unknown = Attachment::new(MediaKind::Document, None, None, text.clone());
        assert!(matches!(unknown, Err(AttachmentError::UnknownType)));
        assert!(Attachment::new(MediaKind::Document, Some("text/plain"), None, text).is_ok());
        let large = vec![0; (500 << 10) + 1];
        let large = Attachment::new(MediaKind::Sticker, Some("image/webp"), None, large);
        assert!(matches!(
            large,
            Err(AttachmentError::Unfit(Unfit::TooLarge { .. }))
        ));
        let mp4 = b"....ftypisom".to_vec();
        let sound = Attachment::new(MediaKind::Audio, None, None, mp4.clone()).unwrap();
        let film = Attachment::new(MediaKind::Video, None, None, mp4).unwrap();
        assert_eq!(
            (&*sound.mime_type, &*film.mime_type),
            ("audio/mp4", "video/mp4")
        );
    }

    #[test]
    fn only_the_place_of_the_file_is_replaced() {
        let content =
            r#"{"image":{"caption":"pending-upload","id":"pending-upload"},"type":"image"}"#;
        let filled = with_media(content, "42").unwrap();
        let filled: Value = serde_json::from_str(&filled).unwrap();
        assert_eq!(filled["image"]["id"], "42");
        assert_eq!(filled["image"]["caption"], PENDING);
    }
}
