//! What becomes of bytes that come when their file is not wanted any more.

use super::*;
use crate::app::{Environment, Running};
use crate::clock::Clock;
use crate::config::Config;

async fn start(folder: &test_servers::Folder) -> Running {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = Config {
        store: folder.store(),
        data_dir: folder.path().to_owned(),
        ..Config::default()
    };
    config.server.listen = ([127, 0, 0, 1], 0).into();
    let environment = Environment::default();
    Running::start(config, environment).await.unwrap()
}

/// A file in its first try, whose time to be fetched has not come.
fn pending(app: &App) -> Media {
    let id = app.random.id(Kind::Media, 1);
    Media {
        object_key: intake::object_key(&id),
        id,
        channel_id: None,
        direction: Direction::Inbound,
        message_id: None,
        carrier_media_id: Some("1".to_owned()),
        wanted_sha256: None,
        state: State::Pending,
        mime_type: None,
        bytes: None,
        sha256: None,
        filename: None,
        is_voice: false,
        tries: 1,
        error: None,
        due_at: Millis::MAX,
        created_at: 1,
        updated_at: 1,
        expires_at: None,
    }
}

/// Whether the bytes of a file are there after their try, if its row was changed before they came.
async fn is_kept(
    app: &Arc<App>,
    change: impl FnOnce(&Tx<'_>, &str) -> Result<(), StoreError> + Send + 'static,
) -> bool {
    let row = pending(app);
    let (added, key) = (row.clone(), row.object_key.clone());
    let add = move |tx: &Tx<'_>| {
        media::insert(tx, &added)?;
        change(tx, &added.id)
    };
    app.store.write(add).await.unwrap();
    let bytes = futures_util::stream::iter([Ok::<_, BoxError>(Bytes::from_static(b"bytes"))]);
    let received = intake::receive(app, &key, bytes, Typing::Given(None), 100).await;
    note(app, row, Ok(received.unwrap())).await;
    app.media.objects.get(&key, None).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_of_a_file_that_was_erased_meanwhile_are_removed() {
    let folder = test_servers::Folder::new().unwrap();
    let running = start(&folder).await;
    let app = running.app();
    assert!(is_kept(app, |_, _| Ok(())).await);
    assert!(!is_kept(app, |tx, id| media::give_up(tx, id, 1)).await);
    assert!(!is_kept(app, |tx, id| media::delete(tx, id).map(drop)).await);
    let again = |tx: &Tx<'_>, id: &str| {
        let sql = "UPDATE media SET tries = 2 WHERE id = $1";
        tx.execute(sql, &[id.into()]).map(drop)
    };
    assert!(is_kept(app, again).await, "they may be the second try's");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_a_crash_left_of_a_file_that_was_given_up_are_removed() {
    let folder = test_servers::Folder::new().unwrap();
    let mut config = Config {
        store: folder.store(),
        data_dir: folder.path().to_owned(),
        ..Config::default()
    };
    config.server.listen = ([127, 0, 0, 1], 0).into();
    let clock = Clock::fixed(1_790_000_000_000);
    let environment = || Environment {
        clock: clock.clone(),
        ..Environment::default()
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let running = Running::start(config.clone(), environment()).await.unwrap();
    let app = running.app();
    let row = pending(app);
    let (key, now) = (row.object_key.clone(), app.clock.now());
    let erase = move |tx: &Tx<'_>| {
        media::insert(tx, &row)?;
        media::give_up(tx, &row.id, now)?;
        media::delete(tx, &row.id).map(drop)
    };
    app.store.write(erase).await.unwrap();
    let bytes = futures_util::stream::iter([Ok::<_, BoxError>(Bytes::from_static(b"bytes"))]);
    // Whoever brought them dies here.
    let received = intake::receive(app, &key, bytes, Typing::Given(None), 100).await;
    received.unwrap();
    running.stop().await;

    clock.advance(24 * 60 * 60 * 1000);
    let running = Running::start(config, environment()).await.unwrap();
    let removed = async {
        while running.app().media.objects.get(&key, None).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let removed = tokio::time::timeout(Duration::from_secs(30), removed).await;
    removed.unwrap();
    running.stop().await;
}
