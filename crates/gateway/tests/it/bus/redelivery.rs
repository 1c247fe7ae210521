//! Commands that come more than once, too early, or not any more.

use std::time::Duration;

use async_nats::jetstream::AckKind;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::stream::{Config, RetentionPolicy};
use futures_util::StreamExt;
use serde_json::json;
use test_servers::Nats;

use super::{Bench, client, gateway, text, worker};
use crate::app::{CHANNEL, until};

/// Streams as another program may have made them before us.
async fn older_streams(nats: &Nats) -> async_nats::jetstream::Context {
    let js = client(nats).await;
    js.create_stream(Config {
        name: "WA_SEND".to_owned(),
        subjects: vec!["wa.send.>".to_owned()],
        retention: RetentionPolicy::WorkQueue,
        ..Config::default()
    })
    .await
    .unwrap();
    let worker = pull::Config {
        durable_name: Some("wa-send-worker".to_owned()),
        filter_subject: "wa.send.>".to_owned(),
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_secs(30),
        max_deliver: 3,
        ..pull::Config::default()
    };
    js.create_consumer_on_stream(worker, "WA_SEND")
        .await
        .unwrap();
    js
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_was_delivered_before_is_done() {
    let nats = Nats::start().unwrap();
    let js = older_streams(&nats).await;
    let command = text("second time", "hello").to_string();
    let sent = js
        .publish(format!("wa.send.{CHANNEL}"), command.into())
        .await;
    sent.unwrap().await.unwrap();
    refuse(&js, 1).await;
    let app = gateway(&nats, |_| {}).await;
    let bench = Bench { app, nats, js };
    // The channel is made after the gateway's start: until then the command waits.
    assert_eq!(bench.result("second time").await["success"], true);
    let stream = bench.js.get_stream("WA_SEND").await.unwrap();
    let config = &stream.cached_info().config;
    assert_eq!(config.max_age, Duration::from_hours(24));
    assert_eq!(config.max_bytes, 512 << 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_delivered_no_more_is_taken_from_the_stream() {
    let nats = Nats::start().unwrap();
    let js = older_streams(&nats).await;
    let mut app = gateway(&nats, |config| config.nats.url = String::new().into()).await;
    let command = text("stuck", "hello").to_string();
    let sent = js
        .publish(format!("wa.send.{CHANNEL}"), command.into())
        .await;
    sent.unwrap().await.unwrap();
    refuse(&js, 3).await;
    app.config.nats.url = nats.url().into();
    app.restart().await;
    let bench = Bench { app, nats, js };
    assert_eq!(bench.result("stuck").await["success"], true);
    until("it left the stream", async || {
        let mut stream = bench.js.get_stream("WA_SEND").await.unwrap();
        stream.info().await.unwrap().state.messages == 0
    })
    .await;
    assert_eq!(bench.app.simulator.accepted_count(), 1);
}

/// Takes the next command and gives it back, so many times.
async fn refuse(js: &async_nats::jetstream::Context, times: usize) {
    let worker = worker(js).await.unwrap();
    for _ in 0..times {
        let mut batch = worker
            .fetch()
            .max_messages(1)
            .expires(Duration::from_secs(5));
        batch = batch.heartbeat(Duration::from_secs(1));
        let mut batch = batch.messages().await.unwrap();
        let message = batch.next().await.unwrap().unwrap();
        message.ack_with(AckKind::Nak(None)).await.unwrap();
        js.client().flush().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_for_no_channel_is_tried_three_times_and_can_be_retried_later() {
    let bench = Bench::start().await;
    bench
        .command("no.such.session", &text("odd", "hello"))
        .await;
    bench.command("later", &text("early", "hello")).await;
    let result = bench.result("early").await;
    assert_eq!(result["data"]["reason"], "channel_not_found");
    assert_eq!(result["session_id"], "later");
    let letters = bench.dead_letters().await;
    let letter = letters
        .iter()
        .find(|letter| letter["channel"] == "later")
        .unwrap();
    let worker = worker(&bench.js).await.unwrap();
    let info = worker.get_info().await.unwrap();
    assert!(info.delivered.consumer_sequence >= 3, "{info:?}");

    let id = letter["id"].as_str().unwrap();
    let retry = format!("/api/v1/dead-letters/{id}/retry");
    let refused = bench.app.call("POST", &retry).send().await.unwrap();
    assert_eq!(refused.status(), 409);
    let channel = bench.app.get(&format!("/api/v1/channels/{CHANNEL}")).await;
    let token = bench.app.data().join("access-token");
    let other = bench
        .app
        .simulator
        .settings()
        .numbers
        .get(1)
        .map_or_else(|| "999".to_owned(), |number| number.id.to_string());
    let new = json!({"id": "later", "name": "Later", "phone_number_id": other,
        "waba_id": channel["waba_id"], "access_token": format!("file:{}", token.display())});
    bench.app.post("/api/v1/channels", &new).await;
    let settled = bench.app.post(&retry, &json!(null)).await;
    assert_eq!(settled["resolution"], "retried");
    until("the message is there", async || {
        let page = bench.app.get("/api/v1/messages?channel=later").await;
        page["data"][0]["request_id"] == "early"
    })
    .await;
    let again = bench.app.call("POST", &retry).send().await.unwrap();
    assert_eq!(again.status(), 409);
}
