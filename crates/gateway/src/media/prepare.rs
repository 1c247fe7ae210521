//! A message to send whose file comes with it, or lies behind a link: it becomes a file of ours first.

use std::sync::Arc;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use serde_json::{Map, Value};

use super::refs::{self, BadFile};
use super::{MediaError, MediaKind, NewMedia, fetch, take_in, voice};
use crate::app::App;
use crate::store::media;
use crate::store::scope::Scope;

/// Base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a message was not prepared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrepareError {
    /// The caller's to put right.
    #[error(transparent)]
    Bad(#[from] BadFile),
    /// Ours.
    #[error(transparent)]
    Media(#[from] MediaError),
}

/// A file that is to become ours.
struct Wish {
    pointer: String,
    kind: MediaKind,
    filename: Option<String>,
    from: From,
}

enum From {
    Data {
        data: String,
        mime_type: Option<String>,
    },
    Link(String),
}

/// Puts files of ours into the place of `data` (base64) and of links that are to be fetched by us.
/// They become files of `channel`, if one is named. A file that is named already must be in `scope`.
pub(crate) async fn prepare(
    app: &Arc<App>,
    body: &mut Map<String, Value>,
    channel: Option<String>,
    scope: &Scope,
) -> Result<(), PrepareError> {
    let mut message = Value::Object(std::mem::take(body));
    let mut wishes = Vec::new();
    let mut bad = None;
    refs::visit(
        &mut message,
        &mut |kind, pointer, fields| match wish(kind, pointer, fields) {
            Ok(Some(wish)) => wishes.push(wish),
            Ok(None) => {}
            Err(fault) => bad = bad.take().or(Some(fault)),
        },
    );
    if let Some(bad) = bad {
        return Err(bad.into());
    }
    for wish in wishes {
        let pointer = wish.pointer.clone();
        let id = fulfil(app, wish, channel.clone()).await?;
        if let Some(Value::Object(fields)) = message.pointer_mut(&pointer) {
            fields.insert("id".to_owned(), id.into());
        }
    }
    check_voices(app, &mut message, scope).await?;
    if let Value::Object(fields) = message {
        *body = fields;
    }
    Ok(())
}

/// Takes out of a media object what only we understand.
fn wish(
    kind: MediaKind,
    pointer: &str,
    fields: &mut Map<String, Value>,
) -> Result<Option<Wish>, BadFile> {
    let bad = |field: &str, why: &str| BadFile {
        pointer: format!("{pointer}/{field}"),
        why: why.to_owned(),
    };
    let fetch = match fields.remove("fetch") {
        None | Some(Value::Bool(false)) => false,
        Some(Value::Bool(true)) => true,
        Some(_) => return Err(bad("fetch", "must be true or false")),
    };
    let data = fields.remove("data");
    if !fetch && data.is_none() {
        return Ok(None);
    }
    let text = |field: &str, value: Option<Value>| match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(bad(field, "must be a string")),
    };
    let mime_type = text("mime_type", fields.remove("mime_type"))?;
    // Of a document the name is also Meta's to show.
    let filename = match kind {
        MediaKind::Document => fields.get("filename").cloned(),
        _ => fields.remove("filename"),
    };
    let filename = text("filename", filename)?;
    let link = if fetch { fields.remove("link") } else { None };
    let from = match (data, link) {
        _ if fields.contains_key("id") => return Err(bad("id", "stands beside data or fetch")),
        (Some(_), Some(_)) => return Err(bad("data", "stands beside a link")),
        (Some(_), None) if fields.contains_key("link") || fetch => {
            return Err(bad("data", "stands beside a link"));
        }
        (Some(Value::String(data)), None) => From::Data { data, mime_type },
        (Some(_), None) => return Err(bad("data", "must be a string in base64")),
        (None, Some(Value::String(link))) => From::Link(link),
        (None, _) => return Err(bad("link", "is required with fetch")),
    };
    Ok(Some(Wish {
        pointer: pointer.to_owned(),
        kind,
        filename,
        from,
    }))
}

async fn fulfil(
    app: &Arc<App>,
    wish: Wish,
    channel_id: Option<String>,
) -> Result<String, PrepareError> {
    let Wish {
        pointer,
        kind,
        filename,
        from,
    } = wish;
    let bad = |field: &str, why: String| BadFile {
        pointer: format!("{pointer}/{field}"),
        why,
    };
    match from {
        From::Data { data, mime_type } => {
            let decoded = BASE64.decode(data.trim().as_bytes());
            let decoded = decoded.map_err(|_| bad("data", "is not base64".to_owned()))?;
            drop(data);
            let new = NewMedia {
                channel_id,
                mime_type,
                filename,
                kind: Some(kind),
            };
            match keep(app, new, decoded).await {
                Ok(row) => Ok(row.id),
                Err(error) if error.is_the_files() => Err(bad("data", error.to_string()).into()),
                Err(error) => Err(error.into()),
            }
        }
        From::Link(link) => match fetch::fetch(app, &link, kind, filename, channel_id).await {
            Ok(row) => Ok(row.id),
            Err(fetch::FetchError::Media(error)) if !error.is_the_files() => Err(error.into()),
            Err(error) => Err(bad("link", error.to_string()).into()),
        },
    }
}

/// Takes in a file that is in memory already.
pub(crate) async fn keep(
    app: &Arc<App>,
    new: NewMedia,
    content: Vec<u8>,
) -> Result<media::Media, MediaError> {
    let whole = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from(content))]);
    take_in(app, new, whole).await
}

/// A voice message whose sound has to be converted needs a converter: told now, not when it is sent.
async fn check_voices(
    app: &Arc<App>,
    message: &mut Value,
    scope: &Scope,
) -> Result<(), PrepareError> {
    for file in refs::of(message) {
        if !file.voice {
            continue;
        }
        let id = file.id.clone();
        let row = app.store.read(move |tx| media::by_id(tx, &id)).await;
        let row = row.map_err(MediaError::from)?;
        let Some(row) = row.filter(|row| scope.includes_maybe(row.channel_id.as_deref())) else {
            continue;
        };
        if row.is_voice {
            continue;
        }
        let mime_type = row.mime_type.as_deref().unwrap_or_default();
        if let Err(error) = voice::can_convert(app, mime_type).await {
            return Err(BadFile {
                pointer: format!("{}/voice", file.pointer),
                why: error.to_string(),
            }
            .into());
        }
    }
    Ok(())
}
