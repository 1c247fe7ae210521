//! The figures of the last hours, and how busy a channel is.

use axum::http::StatusCode;
use gateway::clock::Clock;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::app::{CHANNEL, TestApp, settings, until};
use crate::deliver::Receiver;

const NOW: i64 = 1_800_000_000_000;

/// The sum of a figure over all buckets.
fn sum(overview: &Value, name: &str) -> i64 {
    let buckets = overview["minutes"].as_array().unwrap().iter();
    buckets.filter_map(|bucket| bucket[name].as_i64()).sum()
}

async fn overview(app: &TestApp) -> Value {
    app.get("/api/v1/overview?hours=2").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_counts_what_happened_and_keeps_it_over_a_restart() {
    let clock = Clock::fixed(NOW);
    let mut app = TestApp::start_with(clock, settings(), |_| {}).await;
    let user = app.simulator.user("+16505551234");
    user.says("one").await.unwrap();
    user.says("two").await.unwrap();
    let text = json!({
        "channel": CHANNEL, "to": "+16505551234", "type": "text", "text": {"body": "hi"}
    });
    until("the messages are there", async || {
        let page = app.get("/api/v1/messages?direction=inbound").await;
        page["data"].as_array().unwrap().len() == 2
    })
    .await;
    app.post("/api/v1/messages", &text).await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    app.post("/api/v1/messages", &text).await;
    until("one is sent and one has failed", async || {
        let page = app.get("/api/v1/messages?direction=outbound").await;
        let states: Vec<_> = page["data"].as_array().unwrap().iter().collect();
        states.iter().any(|row| row["state"] == "failed")
            && states.iter().any(|row| row["state"] == "delivered")
    })
    .await;
    // Of two gateways each has counted a part; the next minute writes it.
    app.clock.advance(60_000);
    until("all is told by each", async || {
        let mut is_told = true;
        for _ in 0..app.gateways() {
            let told = overview(&app).await;
            is_told &= sum(&told, "in") == 2 && sum(&told, "out") == 1;
            let minutes = told["minutes"].as_array().unwrap();
            is_told &= minutes.iter().any(|minute| !minute["ack_p50_ms"].is_null());
            is_told &= minutes.iter().any(|minute| minute["errors"]["131026"] == 1);
        }
        is_told
    })
    .await;
    let told = overview(&app).await;
    assert_eq!(told["bucket_seconds"], 60);
    assert_eq!(told["totals"]["in"], 2);
    assert_eq!(told["totals"]["out"], 1);
    assert_eq!(told["totals"]["dead_letters"], 1);
    assert_eq!(sum(&told, "dead_letters"), 1);
    let buckets = told["minutes"].as_array().unwrap();
    assert_eq!(buckets.len(), 121);
    let times: Vec<_> = buckets.iter().map(|bucket| bucket["at"].as_str()).collect();
    assert!(times.is_sorted());
    assert_eq!(buckets[0]["in"], Value::Null, "nobody counted then");
    // Two gateways may have written their parts into neighbouring minutes.
    let busy = buckets
        .iter()
        .find(|bucket| !bucket["ack_p50_ms"].is_null());
    let busy = busy.unwrap();
    assert!(busy["ack_p50_ms"].as_f64().unwrap() <= busy["ack_p99_ms"].as_f64().unwrap());
    let refused = |bucket: &&Value| bucket["errors"]["131026"] == 1;
    assert_eq!(buckets.iter().filter(refused).count(), 1, "{buckets:?}");

    app.restart().await;
    let told = overview(&app).await;
    assert_eq!((sum(&told, "in"), sum(&told, "out")), (2, 1));
    // After two days it is forgotten.
    app.clock.advance(50 * 3_600_000);
    until("it is over", async || {
        let told = app.get("/api/v1/overview?hours=48").await;
        told["totals"]["in"] == 0
    })
    .await;
    for wrong in ["0", "49", "x", "-1"] {
        let call = app.call("GET", &format!("/api/v1/overview?hours={wrong}"));
        assert_eq!(call.send().await.unwrap().status(), 400, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_lags_from_its_event_to_the_attempt_that_arrives() {
    let app = TestApp::start_with(Clock::fixed(NOW), settings(), |_| {}).await;
    let receiver = Receiver::start(StatusCode::SERVICE_UNAVAILABLE).await;
    let endpoint = json!({"url": receiver.url, "event_types": ["message"]});
    app.post("/api/v1/endpoints", &endpoint).await;
    let lags = async || -> Vec<f64> {
        let told = overview(&app).await;
        let buckets = told["minutes"].as_array().unwrap().iter();
        let lags = buckets.filter_map(|bucket| bucket["delivery_lag_ms"].as_f64());
        lags.collect()
    };
    let delivery = async || app.get("/api/v1/deliveries").await["data"][0].clone();
    app.simulator.user("+16505551234").says("hi").await.unwrap();
    until("it was tried", async || {
        delivery().await["attempt_count"] == 1
    })
    .await;
    for _ in 0..app.gateways() {
        assert!(lags().await.is_empty(), "nothing has arrived");
    }
    receiver.status.send_replace(StatusCode::OK);
    app.clock.advance(6000);
    until("it has arrived", async || {
        delivery().await["state"] == "delivered"
    })
    .await;
    // The next minute writes it.
    app.clock.advance(60_000);
    // One node of several has it in its memory before the others read it.
    until("each gateway tells it", async || {
        for _ in 0..app.gateways() {
            if lags().await.is_empty() {
                return false;
            }
        }
        true
    })
    .await;
    for _ in 0..app.gateways() {
        let lags = lags().await;
        // It is told to a quarter.
        let is_told = lags.len() == 1 && (6000.0..=7500.0).contains(&lags[0]);
        assert!(is_told, "{lags:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_tells_how_busy_it_is() {
    let app = TestApp::start().await;
    let path = format!("/api/v1/channels/{CHANNEL}/load");
    until("the number's standing is known", async || {
        app.get(&path).await["quality"].is_string()
    })
    .await;
    app.post(&format!("/api/v1/channels/{CHANNEL}/pause"), &json!({}))
        .await;
    let text = |priority: &str| {
        json!({
            "channel": CHANNEL, "to": "+16505551234", "type": "text", "text": {"body": "hi"},
            "priority": priority
        })
    };
    app.simulator
        .user("+16505551234")
        .says("hello")
        .await
        .unwrap();
    until("the user is known", async || {
        let page = app.get("/api/v1/conversations").await;
        !page["data"].as_array().unwrap().is_empty()
    })
    .await;
    for priority in ["high", "low", "low"] {
        app.post("/api/v1/messages", &text(priority)).await;
    }
    let in_two_hours = jiff::Timestamp::from_millisecond(app.clock.now() + 7_200_000).unwrap();
    let later = json!({
        "channel": CHANNEL, "to": "+16505551234", "type": "template",
        "send_at": in_two_hours.to_string(),
        "template": {"name": "hello_world", "language": {"code": "en_US"}}
    });
    app.post("/api/v1/messages", &later).await;
    let load = app.get(&path).await;
    assert_eq!(load["state"], "paused");
    assert_eq!(
        (&load["queue"]["due"], &load["queue"]["later"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(
        load["queue"]["by_priority"],
        json!({"high": 1, "normal": 0, "low": 2})
    );
    assert!(load["queue"]["oldest_age_seconds"].is_i64());
    assert_eq!(load["throughput"]["allowed_per_second"], 80);
    assert!(load["tier"].is_string(), "{load}");
    // A list says as much of each, if it is asked to by somebody who may ask.
    let list = "/api/v1/channels?load=true";
    let listed = &app.get(list).await["data"][0]["load"];
    for part in ["state", "tier", "quality"] {
        assert_eq!(listed[part], load[part]);
    }
    assert_eq!(listed["queue"]["due"], 3);
    let bare = app.get("/api/v1/channels").await;
    assert_eq!(bare["data"][0].get("load"), None);
    let sender = json!({"name": "sender", "role": "sender"});
    let sender = app.post("/api/v1/api-keys", &sender).await;
    for (path, status) in [(list, 403), ("/api/v1/channels", 200)] {
        let asked = app.http.get(app.url(path));
        let asked = asked.bearer_auth(sender["key"].as_str().unwrap());
        assert_eq!(asked.send().await.unwrap().status(), status, "{path}");
    }
    app.post(&format!("/api/v1/channels/{CHANNEL}/resume"), &json!({}))
        .await;
    until("all are sent", async || {
        let load = app.get(&path).await;
        load["sent_24h"] == 3 && load["throughput"]["used_per_second"].as_f64() > Some(0.0)
    })
    .await;
    let none = app.call("GET", "/api/v1/channels/none/load");
    assert_eq!(none.send().await.unwrap().status(), 404);
}
