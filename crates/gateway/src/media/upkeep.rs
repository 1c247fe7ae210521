//! What is too old: files past their retention, uploads that the carrier has forgotten, leftovers.

use std::sync::Arc;
use std::time::Duration;

use super::voice;
use crate::app::App;
use crate::clock::Millis;
use crate::cluster::{Lease, Work};
use crate::store::media::{self, Over};
use crate::store::{StoreError, Tx};

/// How often it is looked for.
const LOOK_AGAIN: Duration = Duration::from_mins(5);

/// Files that are read at once.
const BATCH: i64 = 100;

/// After so long a file that has not come whole will not.
const ABANDONED: Millis = 24 * 60 * 60 * 1000;

/// Removes what is too old, on one node at a time.
pub(super) async fn run(app: Arc<App>) {
    // What a crash left of conversions; the folder is this gateway's own.
    let _ = tokio::fs::remove_dir_all(voice::folder(&app)).await;
    while let Some(lease) = app.acquire(Work::Upkeep).await {
        if let Err(error) = sweep(&app, &lease).await
            && !matches!(error, StoreError::Closed)
        {
            tracing::warn!(%error, "old files are not removed");
        }
        app.rest(&lease, LOOK_AGAIN).await;
    }
}

/// Removes all that is too old now.
pub(super) async fn sweep(app: &App, lease: &Lease) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut last = Over::default();
    loop {
        let after = last.clone();
        let over = app
            .store
            .read(move |tx| media::over(tx, &after, now, BATCH))
            .await?;
        let is_last = i64::try_from(over.len()).is_ok_and(|read| read < BATCH);
        for file in over {
            if app.stopping.is_cancelled() || !lease.is_valid() {
                return Ok(());
            }
            // The row first: a message may have begun to need the file a moment ago.
            let id = file.id.clone();
            let expired = app
                .store
                .write(move |tx| media::expire(tx, &id, now))
                .await?;
            if expired && remove(app, &file.object_key).await {
                let id = file.id.clone();
                app.store.write(move |tx| media::removed(tx, &id)).await?;
                app.metrics.removed("file", 1);
            }
            last = file;
        }
        if is_last {
            break;
        }
    }
    let abandoned = app
        .store
        .read(move |tx| media::abandoned(tx, now - ABANDONED, BATCH))
        .await?;
    for (id, key) in abandoned {
        if remove(app, &key).await {
            app.store.write(move |tx| media::delete(tx, &id)).await?;
        }
    }
    let look = app.store.read(move |tx| media::leftovers(tx, now, BATCH));
    for key in look.await? {
        if remove(app, &key).await {
            let forget = move |tx: &Tx<'_>| media::forget_leftover(tx, &key);
            app.store.write(forget).await?;
        }
    }
    while app
        .store
        .write(move |tx| media::forget_uploads(tx, now, BATCH))
        .await?
        > 0
    {}
    Ok(())
}

async fn remove(app: &App, key: &str) -> bool {
    let gone = app.media.objects.delete(key).await;
    if let Err(error) = &gone {
        tracing::warn!(%error, "a file that is too old stays in the object store");
    }
    gone.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::ids::Kind;
    use crate::store::media::{Media, State};
    use crate::store::messages::Direction;
    use crate::{Environment, Running};

    #[tokio::test(flavor = "multi_thread")]
    async fn files_that_cannot_be_removed_hold_up_no_others() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = test_servers::Folder::new().unwrap();
        let mut config = Config {
            store: folder.store(),
            data_dir: folder.path().to_owned(),
            ..Config::default()
        };
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.media.store = "file:media".to_owned();
        let running = Running::start(config, Environment::default())
            .await
            .unwrap();
        let app = running.app();
        // A folder with something in it stands where the first file should be.
        let stuck = folder.path().join("media/file-1");
        std::fs::create_dir_all(stuck.join("within")).unwrap();
        let random = app.random.clone();
        let fill = move |tx: &crate::store::Tx<'_>| {
            for at in 1..=2 * BATCH + 10 {
                let file = Media {
                    id: random.id(Kind::Media, at),
                    channel_id: None,
                    direction: Direction::Outbound,
                    message_id: None,
                    carrier_media_id: None,
                    wanted_sha256: None,
                    state: State::Stored,
                    mime_type: None,
                    bytes: None,
                    sha256: None,
                    filename: None,
                    is_voice: false,
                    object_key: format!("file-{at}"),
                    tries: 0,
                    error: None,
                    due_at: at,
                    created_at: at,
                    updated_at: at,
                    expires_at: Some(at),
                };
                media::insert(tx, &file)?;
            }
            Ok(())
        };
        app.store.write(fill).await.unwrap();
        let lease = app.acquire(Work::Upkeep).await.unwrap();
        sweep(app, &lease).await.unwrap();
        let now = app.clock.now();
        let look = move |tx: &crate::store::Tx<'_>| media::over(tx, &Over::default(), now, BATCH);
        let left = app.store.read(look).await.unwrap();
        let left: Vec<_> = left.into_iter().map(|file| file.object_key).collect();
        assert_eq!(left, ["file-1"]);
        drop(lease);
        running.stop().await;
    }
}
