//! Files of ours handed to the carrier: once a number, whatever number of messages needs them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::Value;
use wharf_client::MediaUpload;
use wharf_model::ErrorClass;

use super::refs::{self, FileRef};
use super::{MediaError, read, voice};
use crate::app::App;
use crate::carrier::{Carrier, Outcome, Rejection};
use crate::clock::Millis;
use crate::store::media::{self, Media};

/// How long an upload is used: Meta keeps it for 30 days.
const GOOD_FOR: Millis = 29 * 24 * 60 * 60 * 1000;

/// A number, the sum of a file, and the type that it goes out as.
type Key = (String, String, String);

/// Uploads under way, so that messages that need the same one wait for it.
#[derive(Debug, Default)]
pub(super) struct Uploads(Mutex<HashMap<Key, Weak<tokio::sync::Mutex<()>>>>);

impl Uploads {
    fn of(&self, key: &Key) -> Arc<tokio::sync::Mutex<()>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = all.get(key).and_then(Weak::upgrade) {
            return one;
        }
        all.retain(|_, one| one.strong_count() > 0);
        let one = Arc::default();
        all.insert(key.clone(), Arc::downgrade(&one));
        one
    }
}

/// A message in which each file has the carrier's name.
#[derive(Debug, Default)]
pub(crate) struct Placed {
    pub(crate) content: String,
    /// Names from before, which the carrier may have forgotten.
    pub(crate) reused: Vec<String>,
}

/// Puts the carrier's names of files into the place of ours, uploading what it does not have.
pub(crate) async fn place(
    app: &Arc<App>,
    carrier: &Carrier,
    content: String,
) -> Result<Placed, Outcome> {
    let as_it_is = |content| Placed {
        content,
        reused: Vec::new(),
    };
    if !refs::may_name(&content) {
        return Ok(as_it_is(content));
    }
    let Ok(mut message) = serde_json::from_str::<Value>(&content) else {
        return Ok(as_it_is(content));
    };
    let files = refs::of(&mut message);
    if files.is_empty() {
        return Ok(as_it_is(content));
    }
    let mut reused = Vec::new();
    for file in files {
        let (name, is_new) = name_of(app, carrier, &file).await?;
        if let Some(fields) = message.pointer_mut(&file.pointer)
            && let Some(id) = fields.get_mut("id")
        {
            *id = name.clone().into();
        }
        if !is_new {
            reused.push(name);
        }
    }
    Ok(Placed {
        content: message.to_string(),
        reused,
    })
}

/// Whether a refusal may mean that the carrier has forgotten a file.
pub(crate) fn may_be_forgotten(rejection: &Rejection) -> bool {
    match rejection.code {
        Some(131_052 | 131_053) => true,
        Some(100 | 131_009) => {
            let texts = [Some(&rejection.title), rejection.details.as_ref()];
            let mut texts = texts.into_iter().flatten();
            texts.any(|text| text.to_ascii_lowercase().contains("media"))
        }
        _ => false,
    }
}

/// Forgets names that the carrier does not know any more.
pub(crate) async fn forget(app: &App, carrier: &Carrier, names: &[String]) -> Result<(), Outcome> {
    let (number, names) = (carrier.number().to_owned(), names.to_vec());
    let forgotten = app.store.write(move |tx| {
        names
            .iter()
            .try_for_each(|name| media::forget_upload(tx, &number, name))
    });
    forgotten
        .await
        .map_err(|_| not_sent("the store does not take it"))
}

/// What the carrier calls a file, and whether it was uploaded just now.
async fn name_of(
    app: &Arc<App>,
    carrier: &Carrier,
    file: &FileRef,
) -> Result<(String, bool), Outcome> {
    let row = match read::find(app, &file.id).await {
        Ok(row) => row,
        Err(MediaError::NotFound) => return Err(unfit("the message's file was deleted")),
        Err(error) => return Err(not_sent(&error.to_string())),
    };
    let Some(sha256) = row.sha256.clone() else {
        return Err(unfit("the message's file is not here"));
    };
    let converts = file.voice && !row.is_voice;
    let mime_type = if file.voice || (file.kind.as_str() == "audio" && row.is_voice) {
        voice::MIME_TYPE.to_owned()
    } else {
        row.mime_type.clone().unwrap_or_default()
    };
    let key = (carrier.number().to_owned(), sha256, mime_type);
    let one = app.media.uploads.of(&key);
    let _alone = one.lock().await;
    let (look, now) = (key.clone(), app.clock.now());
    let known = app
        .store
        .read(move |tx| media::uploaded(tx, &look.0, &look.1, &look.2, now))
        .await
        .map_err(|_| not_sent("the message's file cannot be looked up"))?;
    if let Some(name) = known {
        return Ok((name, false));
    }
    let name = if converts {
        let converted = voice::convert(app, &row)
            .await
            .map_err(|error| match error {
                voice::VoiceError::Stopping | voice::VoiceError::Io(_) => {
                    not_sent(&error.to_string())
                }
                voice::VoiceError::Media(error) => unreadable(&error),
                error => unfit(&error.to_string()),
            })?;
        let file = tokio::fs::File::open(converted.path()).await;
        let file = file.map_err(|_| not_sent("the converted sound cannot be read"))?;
        let upload = MediaUpload::from_file(key.2.clone(), file).await;
        let upload = upload.map_err(|_| not_sent("the converted sound cannot be read"))?;
        carrier.upload(upload).await
    } else {
        carrier.upload(stored(app, &row, &key.2).await?).await
    };
    let name = name.map_err(|outcome| match outcome {
        // A second upload is only a second name for the same file.
        Outcome::Unknown { why } => refused(ErrorClass::Retry, &why),
        certain => certain,
    })?;
    let (kept, now) = (name.clone(), app.clock.now());
    app.store
        .write(move |tx| {
            let until = now.saturating_add(GOOD_FOR);
            media::keep_upload(tx, &key.0, &key.1, &key.2, &kept, now, until)
        })
        .await
        .map_err(|_| not_sent("the uploaded file cannot be noted"))?;
    Ok((name, true))
}

/// A stored file on its way to the carrier, piece by piece.
async fn stored(app: &App, row: &Media, mime_type: &str) -> Result<MediaUpload, Outcome> {
    let stream = read::stream(app, row, None).await;
    let stream = stream.map_err(|error| unreadable(&error))?;
    let length = row.bytes.and_then(|bytes| u64::try_from(bytes).ok());
    let upload = MediaUpload::from_stream(mime_type, stream, length);
    Ok(match &row.filename {
        Some(filename) => upload.file_name(filename.clone()),
        None => upload,
    })
}

fn unreadable(error: &MediaError) -> Outcome {
    match error {
        MediaError::NotFound | MediaError::NotStored(_) => unfit("the message's file is gone"),
        error => not_sent(&error.to_string()),
    }
}

fn not_sent(why: &str) -> Outcome {
    Outcome::NotSent {
        why: why.to_owned(),
    }
}

fn unfit(title: &str) -> Outcome {
    refused(ErrorClass::FixRequest, title)
}

fn refused(class: ErrorClass, title: &str) -> Outcome {
    Outcome::Rejected(Box::new(Rejection {
        status: None,
        class,
        code: None,
        title: title.to_owned(),
        details: None,
        retry_after: None,
        raw: None,
    }))
}
