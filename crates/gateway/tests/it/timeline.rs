//! The timeline of a message, seen from outside.

use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::app::{CHANNEL, TestApp, until};

impl TestApp {
    pub(crate) async fn timeline(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/messages/{id}/timeline")).await
    }
}

fn whats(timeline: &Value) -> Vec<&str> {
    let entries = timeline["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["what"].as_str().unwrap())
        .collect()
}

fn first<'a>(timeline: &'a Value, what: &str) -> &'a Value {
    let entries = timeline["entries"].as_array().unwrap();
    let found = entries.iter().find(|entry| entry["what"] == what);
    found.unwrap_or_else(|| panic!("no {what}: {timeline:#}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timeline_tells_what_happened_in_order_by_any_id() {
    let app = TestApp::start().await;
    // Nobody listens there: the deliveries fail and are tried again.
    let endpoint = json!({"url": "http://127.0.0.1:9/hook", "event_types": ["send_result"]});
    let endpoint = app.post("/api/v1/endpoints", &endpoint).await;
    app.simulator
        .fault(Fault::new(Trouble::graph(130_429)).times(1));
    let request = app.call("POST", "/api/v1/messages").json(&json!({
        "channel": CHANNEL, "to": "+16505551234", "type": "text", "text": {"body": "hello"}
    }));
    let request = request.header("idempotency-key", "order/1 a");
    let told: Value = request.send().await.unwrap().json().await.unwrap();
    let id = told["id"].as_str().unwrap();
    until("it is delivered and told", async || {
        let timeline = app.timeline(id).await;
        let whats = whats(&timeline);
        timeline["state"] == "delivered" && whats.contains(&"delivery")
    })
    .await;
    let timeline = app.timeline(id).await;
    let what = whats(&timeline);
    assert_eq!(
        &what[..3],
        ["accepted", "queued", "attempt"],
        "{timeline:#}"
    );
    assert_eq!(first(&timeline, "accepted")["request_id"], "order/1 a");
    assert_eq!(first(&timeline, "accepted")["door"], "api");
    let attempts: Vec<_> = timeline["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["what"] == "attempt")
        .collect();
    assert_eq!(attempts.len(), 2, "{timeline:#}");
    assert_eq!(attempts[0]["outcome"], "retry");
    assert_eq!(attempts[0]["code"], 130_429);
    assert!(attempts[0]["advice"].is_string());
    assert_eq!(attempts[1]["outcome"], "accepted");
    assert_eq!(attempts[1]["http_status"], 200);
    assert!(attempts[1]["finished_at"].is_string());
    assert!(
        what.contains(&"status") && what.contains(&"event"),
        "{what:?}"
    );
    let delivery = first(&timeline, "delivery");
    assert_eq!(delivery["endpoint_id"], endpoint["id"]);
    let times: Vec<_> = timeline["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["at"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");

    let wamid = timeline["wamid"].as_str().unwrap();
    for other in [wamid, "order%2F1%20a"] {
        assert_eq!(app.timeline(other).await["id"], *id, "{other}");
    }
    let none = app.call("GET", "/api/v1/messages/none/timeline");
    assert_eq!(none.send().await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timeline_tells_of_dead_letters_and_what_became_of_them() {
    let app = TestApp::start().await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_047)).times(1));
    let text = json!({
        "channel": CHANNEL, "to": "+16505551234", "type": "text", "text": {"body": "hello"}
    });
    let told = app.post("/api/v1/messages", &text).await;
    let id = told["id"].as_str().unwrap();
    until("it has failed", async || {
        app.timeline(id).await["state"] == "requires_template"
    })
    .await;
    app.post(&format!("/api/v1/messages/{id}/resend"), &json!({}))
        .await;
    until("it is delivered", async || {
        app.timeline(id).await["state"] == "delivered"
    })
    .await;
    let timeline = app.timeline(id).await;
    let attempt = first(&timeline, "attempt");
    assert_eq!(attempt["outcome"], "requires_template");
    assert_eq!(attempt["code"], 131_047);
    assert!(attempt["http_status"].as_i64().unwrap() >= 400, "{attempt}");
    assert_eq!(
        first(&timeline, "dead_letter")["reason"],
        "requires_template"
    );
    assert_eq!(first(&timeline, "resolved")["resolution"], "resent");
    assert!(!whats(&timeline).contains(&"refused"), "{timeline:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbound_message_has_a_timeline_too() {
    let app = TestApp::start().await;
    let user = app.simulator.user("+16505551234");
    let wamid = user.says("hello").await.unwrap().to_string();
    until("it came in", async || {
        let call = app.call("GET", &format!("/api/v1/messages/{wamid}/timeline"));
        call.send().await.unwrap().status() == 200
    })
    .await;
    let timeline = app.timeline(&wamid).await;
    assert_eq!(timeline["direction"], "inbound");
    assert_eq!(
        &whats(&timeline)[..2],
        ["received", "event"],
        "{timeline:#}"
    );
    assert!(first(&timeline, "received")["notification"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_message_says_what_it_waits_for() {
    let app = TestApp::start().await;
    let text =
        json!({"channel": CHANNEL, "to": "+16505551234", "type": "text", "text": {"body": "x"}});
    app.simulator
        .fault(Fault::new(Trouble::graph(131_056)).times(1));
    let sent = app.post("/api/v1/messages", &text).await;
    let id = sent["id"].as_str().unwrap();
    // The carrier has refused it as one too many for its user, who rests for four seconds.
    until("it says that its user rests", async || {
        let timeline = app.timeline(id).await;
        let last = timeline["entries"].as_array().unwrap().last().unwrap();
        last["what"] == "waits" && last["why"] == "pair_rate" && last["until"].is_string()
    })
    .await;
    until("it is delivered", async || {
        app.timeline(id).await["state"] == "delivered"
    })
    .await;
    let timeline = app.timeline(id).await;
    assert!(!whats(&timeline).contains(&"waits"), "{timeline:#}");

    let pause = format!("/api/v1/channels/{CHANNEL}/pause");
    app.post(&pause, &json!({"reason": "a test"})).await;
    let sent = app.post("/api/v1/messages", &text).await;
    let timeline = app.timeline(sent["id"].as_str().unwrap()).await;
    let waits = first(&timeline, "waits");
    assert_eq!(waits["why"], "channel_paused");
    assert_eq!(waits["reason"], "a test");
}
