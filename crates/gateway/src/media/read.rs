//! Files looked up, opened and removed.

use bytes::Bytes;
use futures_util::stream::BoxStream;
use serde_json::json;

use super::MediaError;
use crate::app::App;
use crate::store::Tx;
use crate::store::audit::{Difference, Scribe};
use crate::store::media::{self, Media, State};

/// Bytes from `0` up to, not including, `1`.
pub(crate) type Range = std::ops::Range<u64>;

/// A file, or a stretch of it, piece by piece.
pub(crate) type Pieces = BoxStream<'static, Result<Bytes, object_store::Error>>;

/// What is known of a file.
pub(crate) async fn find(app: &App, id: &str) -> Result<Media, MediaError> {
    let id = id.to_owned();
    let found = app.store.read(move |tx| media::by_id(tx, &id)).await?;
    found.ok_or(MediaError::NotFound)
}

/// Opens a stored file. The range must lie within it.
pub(crate) async fn open(app: &App, id: &str, range: Option<Range>) -> Result<Pieces, MediaError> {
    let media = find(app, id).await?;
    stream(app, &media, range).await
}

/// The bytes of a file that was looked up.
pub(super) async fn stream(
    app: &App,
    media: &Media,
    range: Option<Range>,
) -> Result<Pieces, MediaError> {
    if media.state != State::Stored {
        return Err(MediaError::NotStored(media.state));
    }
    match app.media.objects.get(&media.object_key, range).await {
        Ok(stream) => Ok(stream),
        Err(object_store::Error::NotFound { .. }) => Err(MediaError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// Removes a file: its bytes before its row, so that nothing is left that no row tells of. Should they
/// be coming at this moment, whoever fetches them removes them.
pub(crate) async fn delete(app: &App, id: &str, scribe: Scribe) -> Result<(), MediaError> {
    let media = find(app, id).await?;
    let (id, now) = (media.id.clone(), app.clock.now());
    let give_up = move |tx: &Tx<'_>| media::give_up(tx, &id, now);
    app.store.write(give_up).await?;
    if !media.object_key.is_empty() {
        app.media.objects.delete(&media.object_key).await?;
    }
    app.store
        .write(move |tx| {
            media::delete(tx, &media.id)?;
            let gone = json!({
                "channel": media.channel_id, "message": media.message_id,
                "mime_type": media.mime_type, "bytes": media.bytes,
            });
            scribe.note(tx, "media.deleted", &media.id, Difference::gone(gone))
        })
        .await?;
    Ok(())
}
