//! Addresses that must not be called are not connected, whatever the stored URL says.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_are_not_called() {
    let house = House::start_with(Clock::fixed(NOW), |config| {
        config.deliver.allow_networks = vec!["10.9.0.0/16".to_owned()];
    })
    .await;
    let receiver = Receiver::answering(200).await;
    let port = receiver.url.split(':').nth(2).unwrap();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "localhost",
        "0",
    ] {
        // Written past `check_url`, as by an older version or another hand.
        let endpoint = house.endpoint(&format!("http://{host}:{port}")).await;
        house.event("message", "shop").await;
        let delivery = house.attempted(&endpoint, 1).await;
        let attempt = house.attempts(&delivery).await.remove(0);
        let error = attempt.error.unwrap();
        assert!(error.contains("not public"), "{host}: {error}");
        let id = endpoint.id.clone();
        house.write(move |tx| endpoints::delete(tx, &id)).await;
        house.until_state(&endpoint, State::Canceled, 1).await;
    }
    assert_eq!(receiver.count(), 0);
    assert_eq!(house.metric("blocked"), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn allowed_networks_are_called_by_name_and_address() {
    let house = House::start().await;
    let mut receiver = Receiver::answering(200).await;
    let port = receiver.url.split(':').nth(2).unwrap();
    house.endpoint(&receiver.url).await;
    house.endpoint(&format!("http://localhost:{port}")).await;
    house.event("message", "shop").await;
    let hosts: Vec<_> = receiver
        .until(2)
        .await
        .iter()
        .map(|got| got.header("host").to_owned())
        .collect();
    assert!(
        hosts.iter().any(|host| host.starts_with("localhost:")),
        "{hosts:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_network_stops_the_start() {
    let data = test_servers::Folder::new().unwrap();
    let mut config = Config {
        store: data.store(),
        data_dir: data.path().to_owned(),
        ..Config::default()
    };
    config.server.listen = ([127, 0, 0, 1], 0).into();
    config.deliver.allow_networks = vec!["10.0.0.0".to_owned()];
    let error = Running::start(config, Environment::default())
        .await
        .unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("deliver.allow_networks") && cause.contains("10.0.0.0"),
        "{cause}"
    );
}
