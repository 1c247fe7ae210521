//! A file on its way in: counted, summed and looked at while it streams into the object store.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};

use super::sniff::{self, HEAD};
use super::{BoxError, MediaError, MediaKind};
use crate::app::App;
use crate::ids::Kind;
use crate::store::media::{self, Learned, Media, State};
use crate::store::messages::Direction;

/// The longest pause within a file that comes in.
const STALL: Duration = Duration::from_mins(1);

/// Characters of a file name that are kept.
const FILENAME: usize = 240;

/// What is known of a file before it comes.
#[derive(Debug, Default)]
pub(crate) struct NewMedia {
    pub(crate) channel_id: Option<String>,
    /// What its sender says that it is.
    pub(crate) mime_type: Option<String>,
    pub(crate) filename: Option<String>,
    /// The kind of message that it is for.
    pub(crate) kind: Option<MediaKind>,
}

/// A file that came whole.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) mime_type: String,
    pub(super) bytes: u64,
    /// Hex.
    pub(super) sha256: String,
    pub(super) is_voice: bool,
}

/// How a file's type is found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Typing<'a> {
    /// Its bytes must agree with what is said.
    Checked(Option<&'a str>, Option<MediaKind>),
    /// What the carrier says.
    Given(Option<&'a str>),
}

/// Takes in a file that is to be sent. It is in the object store, and known, when this returns.
///
/// A file that breaks off leaves nothing behind; should the process die, upkeep removes what is left.
pub(crate) async fn take_in<S, E>(
    app: &Arc<App>,
    new: NewMedia,
    stream: S,
) -> Result<Media, MediaError>
where
    S: Stream<Item = Result<Bytes, E>> + Send,
    E: Into<BoxError>,
{
    let permit = app.media.intake.acquire().await;
    let _permit = permit.map_err(|_| MediaError::Stopping)?;
    let now = app.clock.now();
    let id = app.random.id(Kind::Media, now);
    let row = Media {
        object_key: object_key(&id),
        id: id.clone(),
        channel_id: new.channel_id,
        direction: Direction::Outbound,
        message_id: None,
        carrier_media_id: None,
        wanted_sha256: None,
        state: State::Pending,
        mime_type: new.mime_type,
        bytes: None,
        sha256: None,
        filename: new.filename.as_deref().and_then(clean_name),
        is_voice: false,
        tries: 0,
        error: None,
        due_at: now,
        created_at: now,
        updated_at: now,
        expires_at: None,
    };
    let begun = row.clone();
    app.store.write(move |tx| media::insert(tx, &begun)).await?;
    let typing = Typing::Checked(row.mime_type.as_deref(), new.kind);
    let limit = app.config.media.max_bytes;
    let received = receive(app, &row.object_key, stream, typing, limit).await;
    let learned = match received {
        Ok(received) => learned(app, &row, &received),
        Err(error) => {
            app.store.write(move |tx| media::delete(tx, &id)).await?;
            return Err(error);
        }
    };
    let now = app.clock.now();
    let stored = app.store.write(move |tx| {
        if media::stored(tx, &id, 0, &learned, now)? {
            media::by_id(tx, &id)
        } else {
            Ok(None)
        }
    });
    if let Some(stored) = stored.await? {
        return Ok(stored);
    }
    // It was deleted while its bytes came.
    app.media.remove(&row.object_key).await?;
    Err(MediaError::NotFound)
}

/// Streams a file into the object store. It is there whole when this succeeds, and else not at all.
pub(super) async fn receive<S, E>(
    app: &App,
    object_key: &str,
    stream: S,
    typing: Typing<'_>,
    limit: u64,
) -> Result<Received, MediaError>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<BoxError>,
{
    let mut stream = pin!(stream);
    let mut put = app.media.objects.put(object_key);
    let mut hash = Sha256::new();
    let mut bytes = 0_u64;
    let mut head = Vec::with_capacity(HEAD);
    let mut mime_type = None;
    let settle = |head: &[u8]| match typing {
        Typing::Checked(declared, kind) => sniff::settle(declared, kind, head),
        Typing::Given(Some(given)) => Ok(sniff::bare(given)),
        Typing::Given(None) => {
            let found = sniff::settle(None, None, head);
            Ok(found.unwrap_or_else(|_| "application/octet-stream".to_owned()))
        }
    };
    loop {
        let chunk = match tokio::time::timeout(STALL, stream.next()).await {
            Ok(None) => break,
            Ok(Some(chunk)) => chunk.map_err(|error| MediaError::Broken(error.into()))?,
            Err(elapsed) => return Err(MediaError::Broken(elapsed.into())),
        };
        bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if bytes > limit {
            return Err(MediaError::TooLarge { limit });
        }
        hash.update(&chunk);
        if head.len() < HEAD {
            head.extend(chunk.iter().take(HEAD - head.len()));
            if head.len() == HEAD {
                mime_type = Some(settle(&head)?);
            }
        }
        put.push(chunk).await?;
    }
    if bytes == 0 {
        return Err(MediaError::Empty);
    }
    let mime_type = match mime_type {
        Some(mime_type) => mime_type,
        None => settle(&head)?,
    };
    put.finish().await?;
    Ok(Received {
        mime_type,
        bytes,
        sha256: hex(&hash.finalize()),
        is_voice: sniff::is_voice(&head),
    })
}

pub(super) fn learned(app: &App, row: &Media, received: &Received) -> Learned {
    let kept = app.config.media_kept(row.channel_id.as_deref());
    Learned {
        mime_type: received.mime_type.clone(),
        bytes: i64::try_from(received.bytes).unwrap_or(i64::MAX),
        sha256: received.sha256.clone(),
        is_voice: received.is_voice,
        expires_at: kept.map(|kept| app.clock.now().saturating_add(kept)),
    }
}

/// Where a file's bytes are: spread over folders by the part of the id that is random.
pub(super) fn object_key(id: &str) -> String {
    let folder = id.get(id.len().saturating_sub(2)..).unwrap_or("00");
    format!("{folder}/{id}")
}

/// The last part of a name, without what has a meaning to a terminal, a header or a file system.
pub(super) fn clean_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '"' | '\u{202a}'..='\u{202e}'))
        .take(FILENAME)
        .collect();
    let clean = clean.trim().trim_start_matches('.').to_owned();
    (!clean.is_empty()).then_some(clean)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let text = String::with_capacity(bytes.len() * 2);
    bytes.iter().fold(text, |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::clean_name;

    #[test]
    fn a_name_is_only_a_name() {
        let clean = |name| clean_name(name).unwrap_or_default();
        assert_eq!(clean("../../etc/passwd"), "passwd");
        assert_eq!(clean("C:\\temp\\invoice 7.pdf"), "invoice 7.pdf");
        assert_eq!(clean("a\r\nSet-Cookie: x\"y"), "aSet-Cookie: xy");
        assert_eq!(clean("photo\u{202e}gpj.exe"), "photogpj.exe");
        assert_eq!(clean("..."), "");
    }
}
