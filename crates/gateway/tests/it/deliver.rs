//! Events delivered to a subscriber, seen from outside: the API, the wire, the restart.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use gateway::clock::Clock;
use gateway::standard_webhooks::{Secret, verify};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::{CHANNEL, PATIENCE, TestApp, settings, until};

const NOW: i64 = 1_800_000_000_000;

/// A subscriber that answers what it is told to.
pub(crate) struct Receiver {
    pub(crate) url: String,
    got: watch::Receiver<Vec<(HeaderMap, Bytes)>>,
    pub(crate) status: Arc<watch::Sender<StatusCode>>,
    _server: JoinSet<()>,
}

impl Receiver {
    pub(crate) async fn start(status: StatusCode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, got) = watch::channel(Vec::new());
        let (sender, status) = (Arc::new(sender), Arc::new(watch::Sender::new(status)));
        let answer = Arc::clone(&status);
        let receive = move |headers: HeaderMap, body: Bytes| async move {
            sender.send_modify(|got: &mut Vec<_>| got.push((headers, body)));
            *answer.borrow()
        };
        let mut server = JoinSet::new();
        server.spawn(async move {
            axum::serve(listener, Router::new().route("/hook", post(receive)))
                .await
                .unwrap();
        });
        Self {
            url,
            got,
            status,
            _server: server,
        }
    }

    /// Waits for so many requests.
    pub(crate) async fn until(&mut self, count: usize) -> Vec<(HeaderMap, Bytes)> {
        let enough = self.got.wait_for(|got| got.len() >= count);
        tokio::time::timeout(PATIENCE, enough)
            .await
            .unwrap()
            .unwrap()
            .clone()
    }
}

/// A notification with `count` messages, the first of them numbered `from`.
fn notification(from: usize, count: usize) -> Vec<u8> {
    let number = settings().numbers[0].clone();
    let message = |n: usize| {
        json!({"from": "4915112345678", "id": format!("wamid.{n}"), "timestamp": "1749416383",
            "type": "text", "text": {"body": format!("hello {n}")}})
    };
    let messages: Vec<_> = (from..from + count).map(message).collect();
    let value = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": number.id.to_string()},
        "contacts": [{"profile": {"name": "A"}, "wa_id": "4915112345678"}],
        "messages": messages});
    let entry = json!([{"id": number.waba.to_string(),
        "changes": [{"field": "messages", "value": value}]}]);
    json!({"object": "whatsapp_business_account", "entry": entry})
        .to_string()
        .into_bytes()
}

async fn deliveries(app: &TestApp, query: &str) -> Vec<Value> {
    let page = app
        .get(&format!("/api/v1/deliveries?limit=500&{query}"))
        .await;
    page["data"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_retry_by_hand_the_count_is_that_of_the_list() {
    let app = TestApp::start_with(Clock::fixed(NOW), settings(), |config| {
        config.send.check_window = false;
    })
    .await;
    let receiver = Receiver::start(StatusCode::INTERNAL_SERVER_ERROR).await;
    let endpoint = json!({"url": receiver.url, "event_types": ["send_result"]});
    app.post("/api/v1/endpoints", &endpoint).await;
    let message = app.send_text("hello").await;
    let all = "/api/v1/deliveries";
    until("it was tried", async || {
        app.get(all).await["data"][0]["attempt_count"] == 1
    })
    .await;
    let id = app.ids(all).await.remove(0);
    receiver.status.send_replace(StatusCode::OK);
    let retried = app.post(&format!("{all}/{id}/retry"), &json!({})).await;
    assert_ne!(retried["attempt_count"], 0, "{retried:#}");
    until("it is delivered", async || {
        app.get(all).await["data"][0]["state"] == "delivered"
    })
    .await;
    let delivery = app.get(&format!("{all}/{id}")).await;
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 2);
    assert_eq!(delivery["attempt_count"], 2, "{delivery:#}");
    assert_eq!(app.get(all).await["data"][0]["attempt_count"], 2);
    assert_eq!(app.ids(&format!("{all}?failures=true")).await, [id]);
    let timeline = app.timeline(&message).await;
    let entries = timeline["entries"].as_array().unwrap().iter();
    let tries: Vec<_> = entries
        .filter(|entry| entry["what"] == "delivery")
        .map(|entry| (entry["attempt"].as_i64(), entry["state"].as_str()))
        .collect();
    let told = [(Some(1), Some("failed")), (Some(2), Some("delivered"))];
    assert_eq!(tries, told, "{timeline:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_is_delivered_signed_and_once_each() {
    let app = TestApp::start().await;
    let mut receiver = Receiver::start(StatusCode::OK).await;
    let body = json!({"url": receiver.url, "event_types": ["message"], "channels": [CHANNEL]});
    let endpoint = app.post("/api/v1/endpoints", &body).await;
    let secret = Secret::parse(endpoint["secret"].as_str().unwrap()).unwrap();
    for part in 0..10 {
        assert_eq!(app.notify(&notification(part * 20, 20)).await, 200);
        assert_eq!(
            app.notify(&notification(part * 20, 20)).await,
            200,
            "repeated"
        );
    }
    let got = receiver.until(200).await;
    let delivered = format!(
        "endpoint={}&state=delivered",
        endpoint["id"].as_str().unwrap()
    );
    until("all are on record", async || {
        deliveries(&app, &delivered).await.len() == 200
    })
    .await;

    let mut wamids = HashSet::new();
    for (headers, body) in &got {
        let header = |name: &str| headers[name].to_str().unwrap();
        let at = header("webhook-timestamp").parse().unwrap();
        let id = header("webhook-id");
        assert!(verify(&secret, id, at, body, header("webhook-signature")));
        let envelope: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(
            (&envelope["id"], &envelope["session_id"]),
            (&json!(id), &json!(CHANNEL))
        );
        wamids.insert(envelope["data"]["message_id"].as_str().unwrap().to_owned());
    }
    let sent: HashSet<_> = (0..200).map(|n| format!("wamid.{n}")).collect();
    assert_eq!((got.len(), wamids), (200, sent));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_delivery_is_found_mended_and_retried() {
    let app = TestApp::start_with(Clock::fixed(NOW), settings(), |_| {}).await;
    let mut receiver = Receiver::start(StatusCode::INTERNAL_SERVER_ERROR).await;
    let body = json!({"url": receiver.url, "event_types": ["message"]});
    app.post("/api/v1/endpoints", &body).await;
    assert_eq!(app.notify(&notification(0, 1)).await, 200);
    until("the schedule is over", async || {
        app.clock.advance(86_400_000);
        deliveries(&app, "state=failed").await.len() == 1
    })
    .await;
    let attempts = receiver.until(10).await;
    assert_eq!(attempts.len(), 10);
    assert!(
        attempts.iter().all(|(_, body)| *body == attempts[0].1),
        "the same bytes"
    );
    let letters = app.get("/api/v1/dead-letters?kind=delivery").await;
    let letter = letters["data"][0]["id"].as_str().unwrap();
    assert_eq!(letters["data"].as_array().unwrap().len(), 1);

    receiver.status.send_replace(StatusCode::OK);
    app.post(&format!("/api/v1/dead-letters/{letter}/retry"), &json!({}))
        .await;
    until("it is delivered", async || {
        deliveries(&app, "state=delivered").await.len() == 1
    })
    .await;
    let open = app.get("/api/v1/dead-letters?kind=delivery").await;
    assert_eq!(open["data"], json!([]));

    let event = deliveries(&app, "").await[0]["event_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let endpoint = deliveries(&app, "").await[0]["endpoint_id"].clone();
    app.post(
        &format!("/api/v1/events/{event}/replay"),
        &json!({"endpoint": endpoint}),
    )
    .await;
    let got = receiver.until(12).await;
    assert!(
        got.iter()
            .all(|(headers, _)| headers["webhook-id"] == event.as_str())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_resumes_deliveries_that_wait() {
    let mut app = TestApp::start_with(Clock::fixed(NOW), settings(), |_| {}).await;
    let mut receiver = Receiver::start(StatusCode::SERVICE_UNAVAILABLE).await;
    app.post(
        "/api/v1/endpoints",
        &json!({"url": receiver.url, "event_types": ["message"]}),
    )
    .await;
    assert_eq!(app.notify(&notification(0, 30)).await, 200);
    receiver.until(30).await;
    app.restart().await;
    receiver.status.send_replace(StatusCode::OK);
    app.clock.advance(6000);
    until("all are delivered", async || {
        deliveries(&app, "state=delivered").await.len() == 30
    })
    .await;
    assert_eq!(receiver.until(60).await.len(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_are_refused_when_they_are_set() {
    let app = TestApp::start_with(Clock::system(), settings(), |config| {
        config.deliver.allow_networks.clear();
    })
    .await;
    for url in [
        "http://127.0.0.1:9/",
        "http://127.1/",
        "http://2130706433/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:8080/",
        "https://user:password@example.com/",
        "ftp://example.com/",
        "no URL",
    ] {
        let request = app
            .call("POST", "/api/v1/endpoints")
            .json(&json!({"url": url}));
        let response = request.send().await.unwrap();
        assert!(
            response.status().is_client_error(),
            "{url}: {}",
            response.status()
        );
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["errors"][0]["pointer"], "/url", "{problem}");
    }
    assert_eq!(app.get("/api/v1/endpoints").await["data"], json!([]));
}
