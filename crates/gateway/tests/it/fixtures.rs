//! Every documented webhook, posted signed: stored once, delivered whole, however it is grouped.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app::{TestApp, until};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloud-api");

/// File name and content of each fixture that is a webhook.
fn webhooks() -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for file in std::fs::read_dir(FOLDER).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let value: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            if value["object"] == "whatsapp_business_account" {
                let mut value = value;
                own_ids(&mut value, found.len());
                found.insert(
                    path.file_name().unwrap().to_string_lossy().into_owned(),
                    value,
                );
            }
        }
    }
    assert!(
        found.len() >= 160,
        "only {} webhook fixtures found",
        found.len()
    );
    found
}

/// Meta's samples share ids of messages and calls; here each file is about its own.
fn own_ids(value: &mut Value, file: usize) {
    match value {
        Value::String(text) if text.starts_with("wamid.") || text.starts_with("wacid.") => {
            text.push_str(&file.to_string());
        }
        Value::Object(map) => map.values_mut().for_each(|value| own_ids(value, file)),
        Value::Array(items) => items.iter_mut().for_each(|item| own_ids(item, file)),
        _ => {}
    }
}

type Received = Arc<Mutex<Vec<Value>>>;

/// A subscriber that takes everything.
async fn subscriber() -> (String, Received) {
    let received = Received::default();
    let routes = Router::new()
        .route(
            "/",
            post(
                |State(received): State<Received>, body: axum::body::Bytes| async move {
                    received
                        .lock()
                        .unwrap()
                        .push(serde_json::from_slice(&body).unwrap());
                },
            ),
        )
        .with_state(Arc::clone(&received));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's own server, ends with the test"
    )]
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (url, received)
}

/// What `parse` finds in a notification: the identities of its updates, and how much it did not know.
fn identities(body: &[u8]) -> (Vec<String>, usize) {
    let notification = wharf_webhook::parse(body).unwrap();
    let number = |update: &wharf_webhook::Update| {
        update
            .phone_number_id
            .as_ref()
            .map_or_else(String::new, ToString::to_string)
    };
    let identities = notification.updates.iter();
    let identities = identities.map(|update| format!("{}/{}", number(update), update.identity()));
    (identities.collect(), notification.unrecognised.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_webhook_fixture_is_stored_once_and_delivered_whole() {
    let app = TestApp::start().await;
    let (url, received) = subscriber().await;
    app.post("/api/v1/endpoints", &json!({"url": url})).await;

    let fixtures = webhooks();
    let mut expected = std::collections::BTreeSet::new();
    let mut unrecognised = 0;
    for (name, value) in &fixtures {
        let body = serde_json::to_vec(value).unwrap();
        assert_eq!(app.notify(&body).await, 200, "{name}");
        let (identities, unknown) = identities(&body);
        assert!(!identities.is_empty(), "{name} has no update");
        expected.extend(identities);
        unrecognised += unknown;
    }
    app.until_applied().await;
    let updates = async || {
        let mut events = app.events().await;
        events.retain(is_of_a_webhook);
        events
    };
    let events = updates().await;
    assert_eq!(
        events.len(),
        expected.len() + unrecognised,
        "updates in = events out"
    );

    // The same again, one by one in another spelling, then all entries in one body, and reversed.
    for value in fixtures.values() {
        let pretty = serde_json::to_string_pretty(value)
            .unwrap()
            .replace('/', "\\/");
        assert_eq!(app.notify(pretty.as_bytes()).await, 200);
    }
    let mut entries: Vec<Value> = fixtures
        .values()
        .flat_map(|value| value["entry"].as_array().unwrap().clone())
        .collect();
    for _ in 0..2 {
        let all = json!({"object": "whatsapp_business_account", "entry": entries});
        assert_eq!(app.notify(all.to_string().as_bytes()).await, 200);
        entries.reverse();
    }
    app.until_applied().await;
    assert_eq!(
        updates().await.len(),
        events.len(),
        "repeated notifications made new events"
    );

    until("every event is delivered", async || {
        let received = received.lock().unwrap();
        let updates = received.iter().filter(|event| is_of_a_webhook(event));
        updates.count() >= events.len()
    })
    .await;
    let mut delivered = received.lock().unwrap().clone();
    delivered.retain(is_of_a_webhook);
    let by_id: BTreeMap<&str, &Value> = delivered
        .iter()
        .map(|event| (event["id"].as_str().unwrap(), event))
        .collect();
    assert_eq!((by_id.len(), delivered.len()), (events.len(), events.len()));

    // Nothing is missing: every leaf of every fixture stands in what was delivered.
    let mut leaves_delivered = BTreeMap::<String, usize>::new();
    for event in &delivered {
        leaves(event, &mut |leaf| {
            *leaves_delivered.entry(leaf).or_default() += 1;
        });
    }
    for (name, value) in &fixtures {
        for entry in value["entry"].as_array().unwrap() {
            leaves(entry, &mut |leaf| {
                // Said by the envelope of the field, not by its content.
                if leaf != "messaging_product=\"whatsapp\"" {
                    let found = leaves_delivered.contains_key(&leaf)
                        || renamed(&leaf).is_some_and(|leaf| leaves_delivered.contains_key(&leaf));
                    assert!(found, "{name}: {leaf} was not delivered");
                }
            });
        }
    }
}

/// Whether an event tells an update, not what became of the file that came with it.
fn is_of_a_webhook(event: &Value) -> bool {
    event["event"] != "media" && event["data"]["kind"] != "media"
}

/// An entry's `id` is delivered as `waba_id`.
fn renamed(leaf: &str) -> Option<String> {
    leaf.strip_prefix("id=")
        .map(|value| format!("waba_id={value}"))
}

/// `key=value` of everything that is not an object or a list.
fn leaves(value: &Value, visit: &mut impl FnMut(String)) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::Object(_) => leaves(value, visit),
                    Value::Array(items) => {
                        for item in items {
                            if item.is_object() || item.is_array() {
                                leaves(item, visit);
                            } else {
                                visit(format!("{key}={item}"));
                            }
                        }
                    }
                    leaf => visit(format!("{key}={leaf}")),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(item, visit)),
        _ => {}
    }
}
