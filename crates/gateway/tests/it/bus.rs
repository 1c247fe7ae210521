//! The bus against a real server: a gateway, the simulator, and a client beside them.

mod commands;
mod outages;
mod python;
mod redelivery;
mod rest;
mod security;

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::{self, Context};
use futures_util::StreamExt;
use gateway::clock::Clock;
use gateway::config::Config;
use serde_json::{Value, json};
use test_servers::Nats;

use crate::app::{CHANNEL, PATIENCE, TestApp, settings, until};

/// A gateway with a bus, and a client of the same server.
pub(crate) struct Bench {
    pub(crate) app: TestApp,
    pub(crate) nats: Nats,
    pub(crate) js: Context,
}

/// What is published to a subject.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    pub(crate) subject: String,
    pub(crate) message_id: String,
    pub(crate) body: Value,
}

/// A client of the server, which must be up.
pub(crate) async fn client(nats: &Nats) -> Context {
    let client = async_nats::connect(nats.url()).await.unwrap();
    jetstream::new(client)
}

/// A gateway on the server; `change` may say more of its configuration.
pub(crate) async fn gateway(nats: &Nats, change: impl FnOnce(&mut Config)) -> TestApp {
    let url = nats.url();
    TestApp::start_with(Clock::system(), settings(), |config| {
        config.nats.url = url.into();
        change(config);
    })
    .await
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let nats = Nats::start().unwrap();
        let js = client(&nats).await;
        let app = gateway(&nats, change).await;
        let bench = Self { app, nats, js };
        bench.until_worker().await;
        bench
    }

    /// Waits until the consumer of commands is there.
    pub(crate) async fn until_worker(&self) {
        until("the worker is there", async || {
            worker(&self.js).await.is_some()
        })
        .await;
    }

    /// Publishes a command and waits for the server to have it.
    pub(crate) async fn command(&self, session: &str, command: &Value) {
        self.raw_command(session, command.to_string().into_bytes())
            .await;
    }

    pub(crate) async fn raw_command(&self, session: &str, payload: Vec<u8>) {
        let subject = format!("wa.send.{session}");
        let ack = self.js.publish(subject, payload.into()).await.unwrap();
        ack.await.unwrap();
    }

    /// Everything in the stream of events, oldest first.
    pub(crate) async fn published(&self) -> Vec<Published> {
        published(&self.js).await
    }

    /// Waits for the `send_result` of a request and returns its payload.
    pub(crate) async fn result(&self, request_id: &str) -> Value {
        let begun = Instant::now();
        loop {
            let all = self.published().await;
            let found = all.iter().find(|one| {
                one.body["event"] == "send_result" && one.body["data"]["request_id"] == request_id
            });
            if let Some(found) = found {
                return found.body.clone();
            }
            // A command in the hands of one that was killed comes back after the 30 s that the
            // contract gives for an acknowledgement.
            let patience = PATIENCE + Duration::from_secs(30);
            assert!(begun.elapsed() < patience, "no result of {request_id}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until the stream holds all events of the log. It holds them in their order at any time.
    pub(crate) async fn until_complete(&self) -> Vec<Published> {
        let begun = Instant::now();
        loop {
            let published = self.published().await;
            let log = self.app.events().await;
            let log: Vec<_> = log.iter().map(|event| event["id"].as_str()).collect();
            let ids = published.iter().map(|one| Some(one.message_id.as_str()));
            let ids: Vec<_> = ids.collect();
            assert!(log.starts_with(&ids), "the stream is not the log");
            if ids.len() == log.len() {
                return published;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{} of {} events are published",
                ids.len(),
                log.len()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The dead letters of commands that wait for somebody.
    pub(crate) async fn dead_letters(&self) -> Vec<Value> {
        let page = self.app.get("/api/v1/dead-letters?kind=command").await;
        page["data"].as_array().unwrap().clone()
    }
}

/// The consumer of commands, if it is there.
pub(crate) async fn worker(js: &Context) -> Option<PullConsumer> {
    js.get_consumer_from_stream("wa-send-worker", "WA_SEND")
        .await
        .ok()
}

/// Everything in the stream of events, oldest first.
pub(crate) async fn published(js: &Context) -> Vec<Published> {
    let Ok(stream) = js.get_stream("WA_EVENTS").await else {
        return Vec::new();
    };
    let count = stream.cached_info().state.messages;
    let consumer = stream
        .create_consumer(pull::Config {
            ack_policy: AckPolicy::None,
            ..pull::Config::default()
        })
        .await
        .unwrap();
    let mut all = Vec::new();
    while all.len() < usize::try_from(count).unwrap() {
        let batch = consumer.fetch().max_messages(500).messages().await.unwrap();
        let batch: Vec<_> = batch.collect().await;
        assert!(!batch.is_empty(), "{} of {count}", all.len());
        for message in batch {
            let message = message.unwrap();
            let headers = message.headers.as_ref().unwrap();
            all.push(Published {
                subject: message.subject.to_string(),
                message_id: headers.get("Nats-Msg-Id").unwrap().to_string(),
                body: serde_json::from_slice(&message.payload).unwrap(),
            });
        }
    }
    all
}

/// A documented command under a request id of its own, with ids in the form of the carrier.
pub(crate) fn fixture(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/nats-commands");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let text = text.replace("3EB0ABC123...", "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBI=");
    let mut command: Value = serde_json::from_str(&text).unwrap();
    if command.get("request_id").is_some() {
        command["request_id"] = json!(name);
    }
    command
}

pub(crate) fn text(request_id: &str, words: &str) -> Value {
    json!({"type": "text", "to": "16505551234", "text": words, "request_id": request_id})
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_published_in_order_under_their_ids() {
    let bench = Bench::start().await;
    let user = bench.app.simulator.user("+16505551234");
    for number in 0..20 {
        bench
            .command(CHANNEL, &text(&format!("r{number}"), "hello"))
            .await;
        user.says(&format!("answer {number}")).await.unwrap();
    }
    for number in 0..20 {
        bench.result(&format!("r{number}")).await;
    }
    bench.app.until_applied().await;
    let published = bench.until_complete().await;
    let mut kinds: HashMap<&str, usize> = HashMap::new();
    for one in &published {
        let event = one.body["event"].as_str().unwrap();
        assert_eq!(one.subject, format!("wa.events.{CHANNEL}.{event}"));
        assert_eq!(one.body["id"], one.message_id);
        assert_eq!(one.body["session_id"], CHANNEL);
        *kinds.entry(event).or_default() += 1;
    }
    assert_eq!((kinds["message"], kinds["send_result"]), (20, 20));
}
