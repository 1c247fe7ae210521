//! What is too old goes, in its kinds; what still waits for something stays.

use gateway::clock::Clock;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::app::{CHANNEL, TestApp, settings, until};

/// A day of 2026, on a clock that only the test moves.
const NOW: i64 = 1_795_219_200_000;
const DAY: i64 = 24 * 60 * 60 * 1000;

impl TestApp {
    async fn shown_message(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/messages/{id}")).await
    }

    /// The names of the events that are kept about a message.
    async fn events_of(&self, id: &str) -> usize {
        let events = self.events().await;
        events.iter().filter(|event| event["message"] == id).count()
    }
}

async fn start(clock: &Clock) -> TestApp {
    TestApp::start_with(clock.clone(), settings(), |config| {
        config.nats.url = String::new().into();
        // The simulator's users live by another clock.
        config.send.check_window = false;
        // What nobody knows of stays so.
        config.send.unknown_grace_seconds = 400 * 24 * 3600;
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn content_and_events_go_and_what_waits_stays() {
    let clock = Clock::fixed(NOW);
    let mut app = start(&clock).await;
    let old = app.send_text("old news").await;
    app.until_state(&old, "delivered").await;
    let mut later = json!({"channel": CHANNEL, "to": "+16505551234", "type": "text",
        "text": {"body": "much later"}});
    later["send_at"] = json!("2027-10-01T08:00:00Z");
    let later = app.post("/api/v1/messages", &later).await;
    let later = later["id"].as_str().unwrap();
    app.simulator
        .fault(Fault::new(Trouble::CutBeforeAccepting).times(1));
    let unknown = app.send_text("perhaps").await;
    app.until_state(&unknown, "unknown").await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    let failed = app.send_text("to nobody").await;
    app.until_state(&failed, "failed").await;
    app.simulator
        .user("+16505551234")
        .says("hello from before")
        .await
        .unwrap();
    app.until_applied().await;
    clock.advance(60 * DAY);
    let recent = app.send_text("recent").await;
    app.until_state(&recent, "delivered").await;

    clock.advance(31 * DAY);
    app.restart_at_once().await;
    until("the old message has no content", async || {
        app.shown_message(&old).await["content"].is_null()
    })
    .await;
    let shown = app.shown_message(&old).await;
    assert!(shown["content_expired_at"].is_string(), "{shown}");
    assert_eq!(shown["state"], "delivered");
    assert!(shown["wamid"].is_string() && shown["type"] == "text");
    assert_eq!(shown["statuses"][0]["update"], json!({}), "{shown}");
    let inbound = app.get("/api/v1/messages?direction=inbound").await;
    assert_eq!(inbound["data"][0]["content"], Value::Null, "{inbound}");
    for (id, text) in [
        (later, "much later"),
        (&unknown, "perhaps"),
        (&failed, "to nobody"),
        (&recent, "recent"),
    ] {
        let shown = app.shown_message(id).await;
        assert_eq!(shown["content"]["text"]["body"], text, "{shown}");
    }
    until("events of the old message are gone", async || {
        app.events_of(&old).await == 0
    })
    .await;
    assert!(app.events_of(&recent).await > 0);
    assert!(
        app.metrics()
            .await
            .contains("wharf_retention_removed_total")
    );

    // What waited goes once it is settled, and old enough.
    let letters = app.get("/api/v1/dead-letters?kind=send").await;
    let letter = letters["data"].as_array().unwrap().iter();
    let mut letter = letter.filter(|letter| letter["message_id"] == failed);
    let letter = letter.next_back().unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/dead-letters/{letter}");
    app.post(&format!("{path}/discard"), &json!({"reason": "too late"}))
        .await;
    clock.advance(91 * DAY);
    app.restart().await;
    until("the settled one has no content", async || {
        app.shown_message(&failed).await["content"].is_null()
    })
    .await;
    until("its letter is gone", async || {
        app.call("GET", &path).send().await.unwrap().status() == 404
    })
    .await;
    let again = app.call("POST", &format!("/api/v1/messages/{failed}/resend"));
    assert_eq!(again.send().await.unwrap().status(), 409);
    let kept = app.shown_message(&unknown).await;
    assert_eq!(kept["content"]["text"]["body"], "perhaps", "{kept}");
    let status = app.get("/api/v1/status").await;
    assert_eq!(status["retention"]["audit_days"], 400, "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_stays_until_its_subscriber_has_it_and_for_ever_if_wished() {
    let clock = Clock::fixed(NOW);
    let mut app = start(&clock).await;
    // Nobody listens there: the first attempt fails, the next one is due later.
    let endpoint = json!({"url": "http://127.0.0.1:9/"});
    app.post("/api/v1/endpoints", &endpoint).await;
    let old = app.send_text("old news").await;
    app.until_state(&old, "delivered").await;
    until("deliveries wait", async || {
        let page = app.get("/api/v1/deliveries?state=pending").await;
        page["data"].as_array().unwrap().len() == app.events().await.len()
    })
    .await;
    let before = app.events_of(&old).await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    let failed = app.send_text("to nobody").await;
    app.until_state(&failed, "failed").await;
    let letters = app.get("/api/v1/dead-letters?kind=send").await;
    let letter = letters["data"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/dead-letters/{letter}");
    app.post(&format!("{path}/discard"), &json!({"reason": "a test"}))
        .await;
    app.config.retention.messages_days = 0;
    app.restart_at_once().await;
    clock.advance(200 * DAY);
    app.restart_at_once().await;
    // Settled letters are what is swept last.
    until("the sweep has passed", async || {
        app.call("GET", &path).send().await.unwrap().status() == 404
    })
    .await;
    let shown = app.shown_message(&old).await;
    assert_eq!(shown["content"]["text"]["body"], "old news");
    assert_eq!(app.events_of(&old).await, before);
}
