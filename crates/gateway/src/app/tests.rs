//! A start that fails, on real files.

use super::{Environment, Running};
use crate::config::Config;

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_half_way_lets_go_of_the_files() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = test_servers::Folder::new().unwrap();
    let mut config = Config {
        store: folder.store(),
        data_dir: folder.path().to_owned(),
        ..Config::default()
    };
    config.server.listen = ([127, 0, 0, 1], 0).into();
    config.deliver.allow_networks = vec!["no network".to_owned()];
    let failed = Running::start(config.clone(), Environment::default()).await;
    assert!(failed.is_err());
    config.deliver.allow_networks.clear();
    let running = Running::start(config.clone(), Environment::default())
        .await
        .unwrap();
    if !test_servers::Folder::is_on_server() {
        let second = Running::start(config, Environment::default()).await;
        let text = format!("{:?}", second.unwrap_err());
        assert!(text.contains("Locked"), "{text}");
    }
    assert!(running.stop().await);
}
