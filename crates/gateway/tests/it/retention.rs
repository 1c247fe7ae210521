//! What is too old goes, in its kinds; what still waits for something stays.

use gateway::clock::Clock;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::app::{CHANNEL, TestApp, settings, until};
use crate::erasure::{files_below, holders};

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

    /// Whether the inbox has a notification with these words.
    async fn has_raw(&self, words: &str) -> bool {
        let mut raw = Vec::new();
        if self.config.store.starts_with("sqlite:") {
            files_below(&self.data().join("inbox"), &mut raw);
        } else {
            let all = self.everything().await.into_iter();
            raw.extend(all.filter(|(table, _)| table == "inbox"));
        }
        !holders(&raw, words).is_empty()
    }

    /// Whether a status with this wamid is kept.
    async fn has_status_of(&self, wamid: &str) -> bool {
        let all = self.everything().await.into_iter();
        let mut kept = all.filter(|(table, _)| table == "message_statuses");
        kept.any(|(_, bytes)| String::from_utf8_lossy(&bytes).contains(wamid))
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
async fn raw_notifications_go_after_their_days() {
    let clock = Clock::fixed(NOW);
    let mut app = start(&clock).await;
    let user = app.simulator.user("+16505551234");
    let inbound = "/api/v1/messages?direction=inbound";
    for (number, text) in ["raw of the first day", "raw of the twentieth"]
        .iter()
        .enumerate()
    {
        clock.advance(20 * DAY * i64::try_from(number).unwrap());
        user.says(text).await.unwrap();
        until("it has come in", async || {
            let page = app.get(inbound).await;
            page["data"].as_array().unwrap().len() == number + 1
        })
        .await;
        app.until_applied().await;
        assert!(app.has_raw(text).await);
    }
    clock.advance(13 * DAY);
    app.restart_at_once().await;
    until("the old one is gone", async || {
        !app.has_raw("raw of the first day").await
    })
    .await;
    assert!(app.has_raw("raw of the twentieth").await);
    let kept = app.get(inbound).await;
    let text = &kept["data"][1]["content"]["text"]["body"];
    assert_eq!(text, "raw of the first day");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_an_erasure_goes_when_the_audit_would() {
    let clock = Clock::fixed(NOW);
    let mut app = start(&clock).await;
    let mut reports = Vec::new();
    for number in ["16505551234", "16505550042"] {
        let user = app.simulator.user(&format!("+{number}"));
        user.says("hello").await.unwrap();
        app.until_known(number).await;
        let contact = app.contact(number).await;
        let erasure = app.erase(&contact).await;
        reports.push(app.until_erased(&erasure).await);
        clock.advance(2 * DAY);
    }
    let is_kept = async |app: &TestApp, report: &Value| {
        let path = format!("/api/v1/erasures/{}", report["id"].as_str().unwrap());
        app.call("GET", &path).send().await.unwrap().status() == 200
    };
    assert!(is_kept(&app, &reports[0]).await && is_kept(&app, &reports[1]).await);
    // 401 days after the one and 399 after the other.
    clock.advance(397 * DAY);
    app.restart_at_once().await;
    until("the older report is gone", async || {
        !is_kept(&app, &reports[0]).await
    })
    .await;
    assert!(is_kept(&app, &reports[1]).await);
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

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_disabled_for_long_holds_up_nothing() {
    let clock = Clock::fixed(NOW);
    let mut app = start(&clock).await;
    // Nobody listens there: the first attempt fails, the next one is due later.
    let endpoint = json!({"url": "http://127.0.0.1:9/"});
    let endpoint = app.post("/api/v1/endpoints", &endpoint).await;
    let path = format!("/api/v1/endpoints/{}", endpoint["id"].as_str().unwrap());
    let waiting = "/api/v1/deliveries?state=pending&limit=500";
    let old = app.send_text("old news").await;
    app.until_state(&old, "delivered").await;
    until("deliveries wait", async || {
        let page = app.get(waiting).await;
        page["data"].as_array().unwrap().len() == app.events().await.len()
    })
    .await;
    let disable = app.call("PATCH", &path).json(&json!({"disabled": true}));
    assert_eq!(disable.send().await.unwrap().status(), 200);
    // It is not even a delivery.
    let missed = app.send_text("missed").await;
    app.until_state(&missed, "delivered").await;
    // Of one moment any event may be the newest.
    clock.advance(1);
    let last = app.send_text("the last of the day").await;
    app.until_state(&last, "delivered").await;
    clock.advance(60 * DAY);
    let recent = app.send_text("recent").await;
    app.until_state(&recent, "delivered").await;
    clock.advance(29 * DAY);
    app.restart().await;
    assert!(app.events_of(&old).await > 0 && app.events_of(&missed).await > 0);

    clock.advance(2 * DAY);
    app.restart().await;
    until("old events are gone", async || {
        app.events_of(&old).await + app.events_of(&missed).await == 0
    })
    .await;
    assert_eq!(app.get(waiting).await["data"], json!([]));
    app.post(&format!("{path}/enable"), &json!({})).await;
    let kept = app.events_of(&recent).await;
    assert!(kept > 0);
    until("what is younger is delivered", async || {
        app.get(waiting).await["data"].as_array().unwrap().len() >= kept
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_of_other_messages_and_of_edited_ones_goes_with_the_messages() {
    let clock = Clock::fixed(NOW);
    let mut app = start(&clock).await;
    let number = settings().numbers[0].clone();
    let foreign = json!({"object": "whatsapp_business_account",
        "entry": [{"id": number.waba.to_string(), "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "1", "phone_number_id": number.id.to_string()},
            "statuses": [{"id": "wamid.foreign", "status": "sent", "timestamp": "1795219200",
                "recipient_id": "16505550077"}]}}]}]});
    assert_eq!(app.notify(foreign.to_string().as_bytes()).await, 200);
    app.until_applied().await;
    let ours = app.send_text("ours").await;
    app.until_state(&ours, "delivered").await;
    let statuses = app.shown_message(&ours).await["statuses"].clone();
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    let failed = app.send_text("to nobody").await;
    app.until_state(&failed, "failed").await;
    let letters = app.get("/api/v1/dead-letters?kind=send").await;
    let letter = letters["data"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/dead-letters/{letter}");
    let edited = json!({"to": "+16505551234", "type": "text", "text": {"body": "to somebody"}});
    app.post(&format!("{path}/retry"), &json!({"message": edited}))
        .await;
    let deed = app.get(&path).await["history"][0].clone();
    assert_eq!(deed["was"]["text"]["body"], "to nobody", "{deed}");
    assert!(app.has_status_of("wamid.foreign").await);

    // Letters and the audit stay for longer.
    app.config.retention.logs_days = 0;
    clock.advance(91 * DAY);
    app.restart_at_once().await;
    until("what was said of the other message is gone", async || {
        !app.has_status_of("wamid.foreign").await
    })
    .await;
    until("what the edited message said is gone", async || {
        let history = app.get(&path).await["history"][0].clone();
        history["was"].is_null() && history["became"].is_null()
    })
    .await;
    let deed = app.get(&path).await["history"][0].clone();
    assert_eq!(deed["action"], "dead_letter.edited", "{deed}");
    let kept = app.shown_message(&ours).await["statuses"].clone();
    assert_eq!(
        kept.as_array().unwrap().len(),
        statuses.as_array().unwrap().len()
    );
}
