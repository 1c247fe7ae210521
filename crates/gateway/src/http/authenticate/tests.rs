//! What is remembered of keys, when one changes and its caller does not wait.

use std::sync::mpsc;
use std::time::Duration;

use futures_util::FutureExt;

use super::*;
use crate::app::{Environment, Running};
use crate::config::Config;

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_noticed_when_nobody_waits_for_its_answer() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = test_servers::Folder::new().unwrap();
    let mut config = Config {
        store: folder.store(),
        data_dir: folder.path().to_owned(),
        ..Config::default()
    };
    config.server.listen = ([127, 0, 0, 1], 0).into();
    let running = Running::start(config, Environment::default())
        .await
        .unwrap();
    let app = running.app();
    let key = sha256(running.first_api_key().unwrap().as_bytes());
    let keys = Arc::new(Keys::default());
    assert!(keys.find(app, &key, true).await.unwrap().is_some());

    let (begun, waits) = mpsc::channel::<()>();
    let wanted = key.clone();
    let mut revoked = Box::pin(keys.change(app, move |tx| {
        // The caller is gone before the commit.
        let _ = waits.recv();
        let key = api_keys::live(tx, &wanted, 0)?;
        key.map_or(Ok(()), |key| api_keys::revoke(tx, &key.id, 1))
    }));
    assert!(revoked.as_mut().now_or_never().is_none());
    drop(revoked);
    drop(begun);
    let noticed = async {
        while keys.changes() == 0 {
            tokio::task::yield_now().await;
        }
    };
    let noticed = tokio::time::timeout(Duration::from_secs(30), noticed).await;
    noticed.unwrap();
    assert!(keys.find(app, &key, true).await.unwrap().is_none());
    assert!(running.stop().await);
}
