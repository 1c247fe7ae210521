//! A gateway moves from SQLite to PostgreSQL: stopped, copied, started, and nothing is missed.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use gateway::config::Config;
use gateway::copy::{self, Order, Report};
use gateway::journal::{Entry, Journal, Options, Position};
use gateway::{Place, Store, StoreError};
use serde_json::{Value, json};
use test_servers::Database;
use tokio::sync::watch;

use crate::app::{CHANNEL, TestApp, settings, until};

fn place(store: &str) -> Place {
    let config = Config {
        store: store.to_owned(),
        ..Config::default()
    };
    config.store_place().unwrap()
}

async fn copy(app: &TestApp, from: &str, to: &str) -> Result<Report, copy::CopyError> {
    let order = Order {
        from: place(from),
        journal: app.data().join("inbox"),
        to: place(to),
        restart: false,
    };
    let work = move || copy::run(&order, &mut |_| ());
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// A gateway on a file, whatever the other tests run on.
async fn sqlite(folder: &tempfile::TempDir) -> (TestApp, String) {
    let store = format!("sqlite:{}", folder.path().join("wharf.db").display());
    let named = store.clone();
    let app = TestApp::start_with(gateway::clock::Clock::system(), settings(), |config| {
        config.store = named;
    });
    (app.await, store)
}

fn message(n: usize) -> Value {
    let number = settings().numbers[0].clone();
    let value = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": number.id.to_string()},
        "contacts": [{"profile": {"name": "A\0B"}, "wa_id": "4915112345678"}],
        "messages": [{"from": "4915112345678", "id": format!("wamid.{n}"),
            "timestamp": "1749416383", "type": "text", "text": {"body": format!("hello {n}")}}]});
    json!({"object": "whatsapp_business_account", "entry": [{"id": number.waba.to_string(),
        "changes": [{"field": "messages", "value": value}]}]})
}

/// What was read last, and whose signature notifications had.
fn end_of_journal(journal: &Journal) -> (Position, String) {
    let (mut from, mut source) = (Position::START, String::new());
    loop {
        let batch = journal.read_batch(from, 100, 1 << 20).unwrap();
        if batch.entries.is_empty() {
            return (from, source);
        }
        for entry in batch.entries {
            if let Entry::Record { record, .. } = entry {
                source = record.source;
            }
        }
        from = batch.next;
    }
}

/// Puts notifications into the journal of a gateway that stopped before it could apply them.
async fn acknowledge(app: &TestApp, numbers: std::ops::Range<usize>) {
    let (journal, _) = Journal::open(&app.data().join("inbox"), &Options::default()).unwrap();
    let (end, source) = end_of_journal(&journal);
    drop(journal);
    let options = Options {
        applied: end,
        ..Options::default()
    };
    let (journal, _) = Journal::open(&app.data().join("inbox"), &options).unwrap();
    for n in numbers {
        let body = message(n).to_string().into();
        journal
            .append(1_749_416_383_000, &source, body)
            .await
            .unwrap();
    }
    journal.close().await;
}

/// Looks at a copy before anything is done with it.
async fn same_as_before(app: &mut TestApp, contacts: &Value, messages: &Value) {
    let roles = std::mem::take(&mut app.config.cluster.roles);
    app.restart().await;
    assert_eq!(
        app.get("/api/v1/contacts").await,
        contacts_without_nul(contacts)
    );
    let kept = app.get("/api/v1/messages?limit=500").await;
    assert_eq!(&kept, messages, "messages are the same");
    app.config.cluster.roles = roles;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_goes_on_where_it_stopped() {
    if test_servers::Folder::is_for_cluster() {
        // Two gateways cannot share the file that is copied.
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (mut app, sqlite) = sqlite(&folder).await;
    let (url, mut received) = subscriber().await;
    app.post("/api/v1/endpoints", &json!({"url": url})).await;
    for n in 0..20 {
        assert_eq!(app.notify(message(n).to_string().as_bytes()).await, 200);
    }
    let send = |n: usize| {
        json!({"channel": CHANNEL, "to": format!("+1650555{n:04}"), "type": "text",
            "text": {"body": format!("out {n}")}})
    };
    let post = async |app: &TestApp, n: usize| -> Value {
        let request = app.call("POST", "/api/v1/messages").json(&send(n));
        let request = request.header("idempotency-key", format!("order-{n}"));
        request.send().await.unwrap().json().await.unwrap()
    };
    let first = post(&app, 0).await;
    let path = format!("/api/v1/messages/{}", first["id"].as_str().unwrap());
    until("the first is delivered", async || {
        app.get(&path).await["state"] == "delivered"
    })
    .await;
    app.post(&format!("/api/v1/channels/{CHANNEL}/pause"), &json!({}))
        .await;
    let queued = [post(&app, 1).await, post(&app, 2).await];
    app.until_applied().await;
    let before = app.events().await;
    let contacts = app.get("/api/v1/contacts").await;
    let messages = app.get("/api/v1/messages?limit=500").await;
    app.stop_node(0).await;

    acknowledge(&app, 20..25).await;
    let database = Database::shared().unwrap();
    let report = copy(&app, &sqlite, &database.url()).await.unwrap();
    let rows = |table: &str| {
        let mut tables = report.tables.iter();
        tables.find(|copied| copied.table == table).unwrap().rows
    };
    assert_eq!(rows("events"), before.len() as u64);
    assert_eq!((rows("send_later"), rows("endpoints")), (2, 1));
    assert!(rows("inbox") >= 25, "{}", rows("inbox"));

    app.config.store = database.url();
    same_as_before(&mut app, &contacts, &messages).await;
    app.restart().await;
    assert_eq!(
        post(&app, 0).await,
        first,
        "an idempotent replay answers the same"
    );
    assert_eq!(post(&app, 2).await, queued[1]);
    app.post(&format!("/api/v1/channels/{CHANNEL}/resume"), &json!({}))
        .await;
    for message in &queued {
        let path = format!("/api/v1/messages/{}", message["id"].as_str().unwrap());
        until("what was queued is sent", async || {
            app.get(&path).await["state"] == "delivered"
        })
        .await;
    }
    assert_eq!(app.simulator.accepted_count(), 3, "sent once each");
    assert_eq!(
        app.notify(message(3).to_string().as_bytes()).await,
        200,
        "a repeated one"
    );
    assert_eq!(
        app.notify(message(25).to_string().as_bytes()).await,
        200,
        "a new one"
    );
    app.until_applied().await;
    let after = app.events().await;
    assert_eq!(after[..before.len()], before, "the log begins as it was");
    let texts: Vec<_> = after
        .iter()
        .filter(|event| event["event"] == "message")
        .map(|event| {
            event["data"]["update"]["text"]["body"]
                .as_str()
                .unwrap_or("")
        })
        .collect();
    let wanted: Vec<String> = (0..26).map(|n| format!("hello {n}")).collect();
    assert_eq!(texts, wanted, "each once, in the order in which they came");
    let all = received.wait_for(|got| {
        after
            .iter()
            .all(|event| got.contains(event["id"].as_str().unwrap()))
    });
    tokio::time::timeout(Duration::from_secs(20), all)
        .await
        .unwrap()
        .unwrap();
}

/// PostgreSQL takes no NUL in a text.
fn contacts_without_nul(contacts: &Value) -> Value {
    serde_json::from_str(&contacts.to_string().replace("\\u0000", "\u{fffd}")).unwrap()
}

/// A subscriber, and the ids of the events that it got.
async fn subscriber() -> (String, watch::Receiver<HashSet<String>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (sender, got) = watch::channel(HashSet::new());
    let sender = Arc::new(sender);
    let receive = move |axum::Json(event): axum::Json<Value>| async move {
        sender.send_modify(|got: &mut HashSet<_>| {
            got.insert(event["id"].as_str().unwrap().to_owned());
        });
    };
    let routes = axum::Router::new().route("/", axum::routing::post(receive));
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's own server, ends with the test"
    )]
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (url, got)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_in_use_is_no_source_and_no_target() {
    if test_servers::Folder::is_for_cluster() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (mut app, sqlite) = sqlite(&folder).await;
    let database = Database::shared().unwrap();
    let refused = copy(&app, &sqlite, &database.url()).await;
    assert!(
        matches!(
            refused,
            Err(copy::CopyError::Source(StoreError::Locked { .. }))
        ),
        "{refused:?}"
    );
    app.stop_node(0).await;
    copy(&app, &sqlite, &database.url()).await.unwrap();
    app.config.store = database.url();
    app.restart().await;
    let refused = copy(&app, &sqlite, &database.url()).await;
    assert!(
        matches!(refused, Err(copy::CopyError::Served { side: "target" })),
        "{refused:?}"
    );
    let other = format!("sqlite:{}", app.data().join("other.db").display());
    let refused = copy(&app, &database.url(), &other).await;
    assert!(
        matches!(refused, Err(copy::CopyError::Served { side: "source" })),
        "{refused:?}"
    );
    app.stop_node(0).await;
    copy(&app, &database.url(), &other).await.unwrap();
    let opened = tokio::task::spawn_blocking(move || Store::open_at(&place(&other)));
    opened.await.unwrap().unwrap().close().await;
}
