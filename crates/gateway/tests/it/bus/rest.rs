//! The routes about NATS, in the documented shapes.

use serde_json::{Value, json};

use super::{Bench, fixture, text};
use crate::app::{CHANNEL, TestApp, until};

/// The same keys, at every depth, with values of the same kind.
fn same_shape(found: &Value, documented: &Value, at: &str) {
    match (found, documented) {
        (Value::Object(found), Value::Object(documented)) => {
            let keys: Vec<_> = found.keys().collect();
            let expected: Vec<_> = documented.keys().collect();
            assert_eq!(keys, expected, "{at}");
            for (key, value) in documented {
                same_shape(&found[key], value, &format!("{at}/{key}"));
            }
        }
        _ => assert_eq!(
            std::mem::discriminant(found),
            std::mem::discriminant(documented),
            "{at}: {found}"
        ),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_nats_everything_says_so() {
    let app = TestApp::start_without_bus().await;
    let status = app.get("/api/v1/nats/status").await;
    assert_eq!(status, fixture("rest.nats_status.disabled.json"));
    assert_eq!(app.get("/api/v1/status").await["nats"], Value::Null);
    let purge = app.call("POST", "/api/v1/nats/streams/WA_EVENTS/purge");
    assert_eq!(purge.send().await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_shown_counted_and_purged() {
    let mut bench = Bench::start().await;
    bench.command(CHANNEL, &text("one", "hello")).await;
    bench.result("one").await;
    let status = bench.app.get("/api/v1/nats/status").await;
    same_shape(&status, &fixture("rest.nats_status.enabled.json"), "");
    assert_eq!(status["url"], bench.nats.url());
    assert_eq!(status["send_stream"]["consumer_count"], 1);
    let consumers = "/api/v1/nats/streams/WA_SEND/consumers";
    assert_eq!(
        bench.app.get(consumers).await,
        json!({"success": true, "stream": "WA_SEND", "consumer_count": 1})
    );
    until("the statuses are events", async || {
        let page = bench.app.get("/api/v1/events?type=status").await;
        page["data"].as_array().unwrap().len() >= 2
    })
    .await;
    bench.until_complete().await;
    let purge = "/api/v1/nats/streams/WA_EVENTS/purge";
    assert_eq!(
        bench.app.post(purge, &json!(null)).await,
        json!({"success": true, "message": "Stream 'WA_EVENTS' purged"})
    );
    let status = bench.app.get("/api/v1/nats/status").await;
    assert_eq!(status["events_stream"]["messages"], 0);
    for path in [
        "/api/v1/nats/streams/OTHER/purge",
        "/api/v1/nats/streams/KV_x/purge",
    ] {
        let refused = bench.app.call("POST", path).send().await.unwrap();
        assert_eq!(refused.status(), 404, "{path}");
    }

    bench.nats.stop().unwrap();
    until("the loss is noticed", async || {
        bench.app.get("/api/v1/nats/status").await["connected"] == false
    })
    .await;
    let status = bench.app.get("/api/v1/nats/status").await;
    assert_eq!(status["events_stream"], Value::Null);
    let refused = bench.app.call("POST", purge).send().await.unwrap();
    assert_eq!(refused.status(), 503);
}
