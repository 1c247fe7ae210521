//! The reader of the journal in a whole gateway, where only a look inside shows what happened.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};

use super::{DAY, forget, position};
use crate::clock::{Clock, Millis};
use crate::config::Config;
use crate::ids::Random;
use crate::store::channels::{self, Channel};
use crate::store::events::{self, Event};
use crate::store::{StoreError, Tx};
use crate::{Environment, Running};

const NOW: Millis = 1_800_000_000_000;
const PATIENCE: Duration = Duration::from_secs(20);

async fn gateway(folder: &test_servers::Folder) -> Running {
    let mut config = Config {
        store: folder.store(),
        data_dir: folder.path().to_owned(),
        ..Config::default()
    };
    config.server.listen = ([127, 0, 0, 1], 0).into();
    let environment = Environment {
        clock: Clock::fixed(NOW),
        random: Random::seeded(1),
        ..Environment::default()
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    Running::start(config, environment).await.unwrap()
}

fn channel(id: &str, number: &str, waba: &str) -> Channel {
    Channel {
        id: id.to_owned(),
        carrier: "cloud".to_owned(),
        name: id.to_owned(),
        phone_number_id: Some(number.to_owned()),
        waba_id: Some(waba.to_owned()),
        display_phone_number: None,
        access_token: None,
        app_secret: None,
        verify_token: None,
        throughput: 80,
        learned: None,
        paused: None,
        created_at: 1,
        updated_at: 1,
    }
}

fn text(number: &str, wamid: &str) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "7", "changes": [{
        "field": "messages", "value": {"messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "49", "phone_number_id": number},
            "messages": [{"from": "491", "id": wamid, "timestamp": "1749416383",
                "type": "text", "text": {"body": "hello"}}]}}]}]})
}

fn account() -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "7", "time": 1_749_416_383,
        "changes": [{"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT"}}]}]})
}

async fn take_in(gateway: &Running, notification: &Value) {
    let body = Bytes::from(notification.to_string());
    let inbox = &gateway.app().inbox;
    inbox.append(NOW, "app", body).await.unwrap();
}

/// What was made of all that the journal holds.
async fn applied(gateway: &Running) -> Vec<Event> {
    let end = *gateway.app().inbox.news().borrow();
    let begun = Instant::now();
    while gateway.app().store.read(position).await.unwrap() < end {
        assert!(begun.elapsed() < PATIENCE, "the inbox is not applied");
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    let read = gateway.app().store.read(|tx| events::after(tx, 0, 100));
    read.await.unwrap()
}

async fn write<T: Send + 'static>(
    gateway: &Running,
    change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    gateway.app().store.write(change).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_does_not_fall_to_the_channel_that_has_its_id_for_a_name() {
    let folder = test_servers::Folder::new().unwrap();
    let gateway = gateway(&folder).await;
    write(&gateway, |tx| {
        channels::insert(tx, &channel("4242", "1", "7"))
    })
    .await;
    take_in(&gateway, &text("4242", "wamid.A")).await;
    let events = applied(&gateway).await;
    assert_eq!(events.len(), 1);
    let id = events[0].channel_id.clone();
    assert_ne!(id, "4242");
    let made = write(&gateway, move |tx| channels::by_id(tx, &id)).await;
    assert_eq!(made.unwrap().phone_number_id.as_deref(), Some("4242"));
    assert!(gateway.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_of_a_waba_is_applied_once_though_the_waba_gets_a_second_number() {
    let folder = test_servers::Folder::new().unwrap();
    let gateway = gateway(&folder).await;
    write(&gateway, |tx| {
        channels::insert(tx, &channel("one", "1", "7"))
    })
    .await;
    take_in(&gateway, &account()).await;
    assert_eq!(applied(&gateway).await.len(), 1);
    write(&gateway, |tx| {
        channels::insert(tx, &channel("two", "2", "7"))
    })
    .await;
    take_in(&gateway, &account()).await;
    assert_eq!(applied(&gateway).await.len(), 1);
    assert!(gateway.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn identities_are_remembered_for_their_time_and_then_forgotten() {
    let folder = test_servers::Folder::new().unwrap();
    let gateway = gateway(&folder).await;
    take_in(&gateway, &account()).await;
    applied(&gateway).await;
    let fill = |tx: &Tx<'_>| {
        for old in 0..1200 {
            let sql = "INSERT INTO seen_updates (identity, seen_at) VALUES ($1, $2)";
            tx.execute(
                sql,
                &[
                    format!("old-{old}").as_str().into(),
                    (NOW - 31 * DAY).into(),
                ],
            )?;
        }
        Ok(())
    };
    write(&gateway, fill).await;
    forget(gateway.app(), NOW - 30 * DAY).await.unwrap();
    let count = |tx: &Tx<'_>| tx.first("SELECT COUNT(*) FROM seen_updates", &[], |row| row.int(0));
    assert_eq!(write(&gateway, count).await, Some(1));
    assert!(gateway.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_the_reader_and_the_api_and_loses_nothing() {
    if test_servers::Folder::is_on_server() {
        return; // Its disk is the server's: `store/tests.rs` stops that.
    }
    let folder = test_servers::Folder::new().unwrap();
    let gateway = gateway(&folder).await;
    let set = |pages: i64| {
        move |tx: &Tx<'_>| {
            let sql = format!("PRAGMA max_page_count = {pages}");
            tx.first(&sql, &[], |row| row.int(0))
        }
    };
    // The least that it may have: as many pages as there are.
    write(&gateway, set(1)).await;
    for number in 0..300 {
        let mut large = text("4242", &format!("wamid.{number}"));
        large["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] =
            "x".repeat(2000).into();
        take_in(&gateway, &large).await;
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's own client, to loopback"
    )]
    let http = reqwest::Client::new();
    let begun = Instant::now();
    loop {
        let url = format!("http://{}/api/v1/channels", gateway.address());
        let number = begun.elapsed().as_nanos().to_string();
        let body = json!({"name": "n".repeat(100), "phone_number_id": number});
        let key = gateway.first_api_key().unwrap();
        let call = http.post(url).bearer_auth(key).json(&body);
        let answer = call.send().await.unwrap();
        if answer.status() == 503 {
            assert_eq!(answer.json::<Value>().await.unwrap()["code"], "not_stored");
            break;
        }
        assert_eq!(answer.status(), 201);
        assert!(begun.elapsed() < PATIENCE, "the disk does not fill");
    }
    let end = *gateway.app().inbox.news().borrow();
    let stands = gateway.app().store.read(position).await.unwrap();
    assert!(stands < end, "the reader went on without a disk");
    write(&gateway, set(1_000_000)).await;
    let begun = Instant::now();
    loop {
        applied(&gateway).await;
        let all = |tx: &Tx<'_>| events::after(tx, 0, 1000);
        let events = gateway.app().store.read(all).await.unwrap();
        let made = events.iter().filter(|event| event.kind == "message");
        if made.count() == 300 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE);
    }
    assert!(gateway.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_what_came_long_ago_is_found_by_when_it_was_stored() {
    let folder = test_servers::Folder::new().unwrap();
    let gateway = gateway(&folder).await;
    let inbox = &gateway.app().inbox;
    for (received_at, wamid) in [(NOW, "wamid.1"), (NOW - 3_600_000, "wamid.2")] {
        let body = Bytes::from(text("9", wamid).to_string());
        inbox.append(received_at, "app", body).await.unwrap();
    }
    let events = applied(&gateway).await;
    assert!(events.len() >= 2, "{events:?}");
    for event in &events {
        assert_eq!(event.created_at, NOW, "{event:?}");
    }
    let look = |tx: &Tx<'_>| events::seq_before(tx, NOW);
    assert_eq!(gateway.app().store.read(look).await.unwrap(), 0);
    gateway.stop().await;
}
