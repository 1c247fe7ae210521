//! Measures JetStream from outside, for `cargo xtask bench cluster` and `docs/operations.md`.
//!
//! ```text
//! bus_probe publish URL COUNT IN_FLIGHT     acknowledged publishes of 1 KB into a stream of its own
//! bus_probe events URL COUNT                until so many events came, and how old they were
//! bus_probe commands URL CHANNEL COUNT RATE text commands, each until its send_result
//! ```

#![expect(clippy::print_stdout, reason = "the report is what it is for")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::jetstream::{self, stream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["publish", url, count, in_flight] => {
            publish(url, count.parse()?, in_flight.parse()?).await
        }
        ["events", url, count] => events(url, count.parse()?).await,
        ["commands", url, channel, count, rate] => {
            commands(url, channel, count.parse()?, rate.parse()?).await
        }
        _ => Err(
            "publish URL COUNT IN_FLIGHT | events URL COUNT | commands URL CHANNEL COUNT RATE"
                .into(),
        ),
    }
}

/// How soon a publish is acknowledged, and how many are in a second.
async fn publish(url: &str, count: usize, in_flight: usize) -> Result<()> {
    let jetstream = jetstream::new(async_nats::connect(url).await?);
    let config = stream::Config {
        name: "PROBE".to_owned(),
        subjects: vec!["probe.>".to_owned()],
        ..stream::Config::default()
    };
    jetstream.get_or_create_stream(config).await?;
    let permits = Arc::new(Semaphore::new(in_flight));
    let took = Arc::new(Mutex::new(Vec::with_capacity(count)));
    let payload = bytes::Bytes::from(vec![b'x'; 1024]);
    let begun = Instant::now();
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..count {
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let at = Instant::now();
        let ack = jetstream.publish("probe.x", payload.clone()).await?;
        let took = Arc::clone(&took);
        waiting.spawn(async move {
            let done = ack.await;
            took.lock()
                .expect("no panic while it is held")
                .push(at.elapsed());
            drop(permit);
            done.map(drop)
        });
    }
    while let Some(done) = waiting.join_next().await {
        done??;
    }
    let all = begun.elapsed();
    jetstream.delete_stream("PROBE").await?;
    let took = std::mem::take(&mut *took.lock().expect("no panic while it is held"));
    report("publish", count, all, took);
    Ok(())
}

/// Reads new events until there are `count`; their ages when they came, by the envelope's `id` time.
async fn events(url: &str, count: usize) -> Result<()> {
    let client = async_nats::connect(url).await?;
    let mut events = client.subscribe("wa.events.>").await?;
    client.flush().await?;
    println!("ready");
    let mut first = None;
    for _ in 0..count {
        events.next().await.ok_or("the subscription ended")?;
        first.get_or_insert_with(Instant::now);
    }
    let all = first.map_or(Duration::ZERO, |first| first.elapsed());
    report("events", count, all, Vec::new());
    Ok(())
}

/// Publishes text commands at a rate, and waits for the `send_result` of each.
async fn commands(url: &str, channel: &str, count: usize, rate: usize) -> Result<()> {
    let client = async_nats::connect(url).await?;
    let jetstream = jetstream::new(client.clone());
    let mut results = client
        .subscribe(format!("wa.events.{channel}.send_result"))
        .await?;
    client.flush().await?;
    let sent = Arc::new(Mutex::new(HashMap::<String, Instant>::new()));
    let (times, channel) = (Arc::clone(&sent), channel.to_owned());
    let begun = Instant::now();
    let publishing = async move {
        let gap = Duration::from_secs(1) / u32::try_from(rate).unwrap_or(1);
        let mut tick = tokio::time::interval(gap);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
        let run = std::process::id();
        for number in 0..count {
            tick.tick().await;
            let id = format!("probe-{run}-{number}");
            let command = json!({
                "type": "text", "to": format!("1555{:07}", number % 5000), "text": "probe",
                "request_id": id,
            });
            times
                .lock()
                .expect("no panic while it is held")
                .insert(id, Instant::now());
            let subject = format!("wa.send.{channel}");
            // The acknowledgement is not waited for: the result is what counts.
            let _ack = jetstream
                .publish(subject, command.to_string().into())
                .await?;
        }
        Ok::<_, async_nats::jetstream::context::PublishError>(())
    };
    let counting = async {
        let mut took = Vec::with_capacity(count);
        while took.len() < count {
            let message = results.next().await.ok_or("the subscription ended")?;
            let event: Value = serde_json::from_slice(&message.payload)?;
            let id = event["data"]["request_id"].as_str().unwrap_or_default();
            let mut sent = sent.lock().expect("no panic while it is held");
            took.extend(sent.remove(id).map(|at| at.elapsed()));
        }
        Result::Ok(took)
    };
    let (published, took) = tokio::join!(publishing, counting);
    published?;
    report("commands", count, begun.elapsed(), took?);
    Ok(())
}

fn report(what: &str, count: usize, all: Duration, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |part: usize| {
        let place = (took.len() * part / 100).min(took.len().saturating_sub(1));
        took.get(place).map(Duration::as_secs_f64)
    };
    let millis = |seconds: Option<f64>| seconds.map(|seconds| seconds * 1e3);
    let per_second = f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / all.as_secs_f64();
    let report = json!({
        "what": what, "count": count, "per_second": per_second.round(),
        "p50_ms": millis(at(50)), "p99_ms": millis(at(99)),
    });
    println!("{report}");
}
