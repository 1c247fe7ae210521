//! Where a message names files, and whether it may be sent with them.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::MediaKind;
use super::voice;
use crate::app::App;
use crate::clock::Millis;
use crate::store::media::{self, State};
use crate::store::messages::Direction;
use crate::store::scope::Scope;
use crate::store::{StoreError, Tx};

/// Where [`with_fallback`] puts the template for a closed window, as in a request.
const FALLBACK: &str = "on_window_closed";

/// Parts of a message in which files are named. What else a caller sends along is nobody's business.
const PARTS: [&str; 8] = [
    "audio",
    "document",
    "image",
    "interactive",
    FALLBACK,
    "sticker",
    "template",
    "video",
];

/// A file of ours that a message names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileRef {
    /// JSON pointer to the object that names it.
    pub(super) pointer: String,
    pub(super) kind: MediaKind,
    pub(super) id: String,
    pub(super) voice: bool,
}

/// A file that a message cannot be sent with.
#[derive(Debug, thiserror::Error)]
#[error("{pointer}: {why}")]
pub(crate) struct BadFile {
    pub(crate) pointer: String,
    pub(crate) why: String,
}

/// Visits each object of a message that stands for a file, wherever in it.
pub(super) fn visit(
    message: &mut Value,
    seen: &mut impl FnMut(MediaKind, &str, &mut Map<String, Value>),
) {
    let Value::Object(parts) = message else {
        return;
    };
    for (key, part) in parts {
        if PARTS.contains(&key.as_str()) {
            walk(key, part, &mut format!("/{key}"), seen);
        }
    }
}

fn walk(
    key: &str,
    value: &mut Value,
    pointer: &mut String,
    seen: &mut impl FnMut(MediaKind, &str, &mut Map<String, Value>),
) {
    let length = pointer.len();
    match value {
        Value::Object(fields) => {
            if let Some(kind) = MediaKind::of(key) {
                seen(kind, pointer, fields);
            }
            for (key, field) in fields {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                walk(key, field, pointer, seen);
                pointer.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                pointer.push('/');
                pointer.push_str(&index.to_string());
                walk("", item, pointer, seen);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// The files of ours that a stored message names.
pub(super) fn of(message: &mut Value) -> Vec<FileRef> {
    let mut found = Vec::new();
    visit(message, &mut |kind, pointer, fields| {
        let id = fields.get("id").and_then(Value::as_str);
        if let Some(id) = id.filter(|id| is_ours(id)) {
            found.push(FileRef {
                pointer: pointer.to_owned(),
                kind,
                id: id.to_owned(),
                voice: fields.get("voice") == Some(&Value::Bool(true)),
            });
        }
    });
    found
}

/// A stored message with the template that may be sent in its place, if that may name a file.
pub(crate) fn with_fallback<'a>(content: &'a str, template: Option<&Value>) -> Cow<'a, str> {
    let Some(template) = template.filter(|template| may_name(&template.to_string())) else {
        return content.into();
    };
    let Ok(Value::Object(mut message)) = serde_json::from_str(content) else {
        return content.into();
    };
    message.insert(FALLBACK.to_owned(), json!({ "template": template }));
    Value::Object(message).to_string().into()
}

/// The ids of the files of ours that a stored message names.
pub(crate) fn named(content: &str) -> Vec<String> {
    if !may_name(content) {
        return Vec::new();
    }
    let mut message = serde_json::from_str(content).unwrap_or_default();
    let files = of(&mut message).into_iter();
    files.map(|file| file.id).collect()
}

/// Whether a text may name a file of ours; quick, and right when it says no.
pub(crate) fn may_name(content: &str) -> bool {
    content.contains("\"med_")
}

fn is_ours(id: &str) -> bool {
    id.starts_with("med_")
}

/// Which files somebody may send.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach {
    /// Those of these channels.
    pub(crate) scope: Scope,
    /// Not those that users sent: they could be sent to whoever may not see them.
    pub(crate) is_blind: bool,
}

impl Reach {
    /// Why this file is not among them.
    fn refuses(&self, row: Option<&media::Media>) -> Option<&'static str> {
        match row {
            Some(row) if !self.scope.includes_maybe(row.channel_id.as_deref()) => Some(UNKNOWN),
            Some(row) if self.is_blind && row.direction == Direction::Inbound => Some(HIDDEN),
            Some(_) => None,
            None => Some(UNKNOWN),
        }
    }
}

const UNKNOWN: &str = "names no file of this gateway";
const HIDDEN: &str = "names a file that a user sent, which needs a key that shows texts";

/// Checks that a message names no file that is out of reach for its caller.
pub(crate) fn check_reach(
    tx: &Tx<'_>,
    content: &str,
    reach: &Reach,
) -> Result<Result<(), BadFile>, StoreError> {
    if !may_name(content) {
        return Ok(Ok(()));
    }
    let mut message = serde_json::from_str(content).unwrap_or_default();
    for file in of(&mut message) {
        if let Some(why) = reach.refuses(media::by_id(tx, &file.id)?.as_ref()) {
            return Ok(Err(BadFile {
                pointer: format!("{}/id", file.pointer),
                why: why.to_owned(),
            }));
        }
    }
    Ok(Ok(()))
}

/// Checks the files of a message that is about to be queued, and keeps them until it has been sent.
/// None of them is given up before the end of the transaction: whoever is about to waits, and finds
/// whom it is sent to.
pub(crate) fn check(
    tx: &Tx<'_>,
    app: &App,
    content: &str,
    reach: &Reach,
    due_at: Millis,
) -> Result<Result<(), BadFile>, StoreError> {
    if !may_name(content) {
        return Ok(Ok(()));
    }
    let Ok(mut message) = serde_json::from_str(content) else {
        return Ok(Ok(()));
    };
    let mut files = of(&mut message);
    files.sort_by(|one, other| one.id.cmp(&other.id));
    for file in files {
        let row = media::lock(tx, &file.id)?;
        let refused = reach.refuses(row.as_ref()).map(str::to_owned);
        let why = match row {
            None => refused,
            Some(_) if refused.is_some() => refused,
            Some(row) if row.state != State::Stored => {
                Some(format!("the file is {}", row.state.as_str()))
            }
            Some(row) => {
                let mime_type = row.mime_type.as_deref().unwrap_or_default();
                let bytes = row.bytes.and_then(|bytes| u64::try_from(bytes).ok());
                let is_convertible = file.voice && voice::format_of(mime_type).is_some();
                let fit = file.kind.check(mime_type, bytes.unwrap_or(0));
                if let Some(kept) = app.config.media_kept(row.channel_id.as_deref()) {
                    media::needed_until(tx, &row.id, due_at.saturating_add(kept))?;
                }
                fit.err()
                    .filter(|_| !is_convertible)
                    .map(|unfit| unfit.to_string())
            }
        };
        if let Some(why) = why {
            return Ok(Err(BadFile {
                pointer: format!("{}/id", file.pointer),
                why,
            }));
        }
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_wherever_a_message_may_have_them_and_nowhere_else() {
        let mut message = json!({
            "type": "template", "metadata": {"image": {"id": "med_1"}},
            "text": {"image": {"id": "med_2"}},
            "audio": {"id": "med_3", "voice": true},
            "image": {"id": "1234567890"},
            "interactive": {"header": {"type": "document", "document": {"id": "med_4"}},
                "action": {"buttons": [{"reply": {"id": "med_5"}}]}},
            "template": {"components": [{"parameters": [{"type": "video", "video": {"id": "med_6"}}]}]},
        });
        let found = of(&mut message);
        let told: Vec<_> = found
            .iter()
            .map(|file| {
                (
                    file.id.as_str(),
                    file.kind,
                    file.voice,
                    file.pointer.as_str(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("med_3", MediaKind::Audio, true, "/audio"),
                (
                    "med_4",
                    MediaKind::Document,
                    false,
                    "/interactive/header/document"
                ),
                (
                    "med_6",
                    MediaKind::Video,
                    false,
                    "/template/components/0/parameters/0/video"
                ),
            ]
        );
    }

    #[test]
    fn the_template_for_a_closed_window_names_files_too() {
        let content = r#"{"type":"document","document":{"id":"med_1"}}"#;
        let template = |id: &str| json!({"name": "bill", "components": [{"parameters": [{"image": {"id": id}}]}]});
        let named_with = |template: &Value| named(&with_fallback(content, Some(template)));
        assert_eq!(named_with(&template("med_2")), ["med_1", "med_2"]);
        assert_eq!(named_with(&template("1234567890")), ["med_1"]);
        let text = r#"{"type":"text","text":{"body":"hi"}}"#;
        let both = with_fallback(text, Some(&template("med_2")));
        assert_eq!(named(&both), ["med_2"]);
        assert_eq!(with_fallback(text, None), text);
    }
}
