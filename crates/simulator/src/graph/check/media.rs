//! Image, audio, video, document and sticker, by media id or by link.

use crate::core::{Core, lock};
use crate::graph::GraphError;
use crate::graph::check::message::Content;
use crate::graph::check::{Object, is_web_address};
use crate::graph::media::kind_of;

const CAPTION: usize = 1024;
const FILENAME: usize = 240;
const URL: usize = 2048;

/// See [Cloud API/Image messages] and its sisters. A file of the wrong kind fails in a status.
pub(super) fn check(core: &Core, kind: &str, media: &Object<'_>) -> Result<Content, GraphError> {
    let extra: &[&str] = match kind {
        "image" | "video" => &["caption"],
        "audio" => &["voice"],
        "document" => &["caption", "filename"],
        _ => &[],
    };
    let known: Vec<&str> = ["id", "link"].iter().chain(extra).copied().collect();
    media.only(&known)?;
    media.text("caption", CAPTION)?;
    media.text("filename", FILENAME)?;
    let voice = media.flag("voice")?;
    let mime_type = source(core, media)?;
    let fits = mime_type.as_deref().is_none_or(|mime_type| {
        kind_of(mime_type) == Some(kind) && (!voice || mime_type.starts_with("audio/ogg"))
    });
    Ok(Content {
        fails: (!fits).then_some(131_053),
        ..Content::default()
    })
}

/// Exactly one of `id` and `link`; the MIME type when it is known here.
pub(super) fn source(core: &Core, media: &Object<'_>) -> Result<Option<String>, GraphError> {
    let id = media.text("id", URL)?;
    let link = media.text("link", URL)?;
    match (id, link) {
        (Some(_), Some(_)) => Err(media.invalid("link", "cannot stand beside id")),
        (None, None) => Err(GraphError::new(
            131_008,
            format!(
                "Either {} or {} is required.",
                media.path("id"),
                media.path("link")
            ),
        )),
        (None, Some(link)) if is_web_address(link) => Ok(None),
        (None, Some(_)) => Err(media.invalid("link", "must be an http or https URL")),
        (Some(id), None) => match lock(&core.media).get(id, core.clock.now()) {
            Some(file) => Ok(Some(file.mime_type.clone())),
            None => Err(media.invalid("id", "is not the ID of an uploaded media object")),
        },
    }
}
