//! Measures the bus from outside, for `cargo xtask bench cluster`.
//!
//! ```text
//! bus_probe publish URL COUNT IN_FLIGHT BYTES   publishes into a stream of its own, acknowledged
//! bus_probe stream URL NAME                     what a stream holds, and how fast it was filled
//! bus_probe flood URL CHANNELS COUNT            text commands as fast as they go, until all have a result
//! bus_probe latency URL API KEY CHANNEL COUNT RATE
//!                                               commands and REST calls in turns, each until its result
//! ```
#![expect(clippy::print_stdout, reason = "the report is what it is for")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use async_nats::jetstream::{self, stream};
use futures_util::{Stream, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Failure>;

/// How long a result may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let report = match arguments[..] {
        ["publish", url, count, in_flight, bytes] => {
            publish(url, count.parse()?, in_flight.parse()?, bytes.parse()?).await
        }
        ["stream", url, name] => stream_report(&jetstream(url).await?, name).await,
        ["flood", url, channels, count] => flood(url, channels, count.parse()?).await,
        ["latency", url, api, key, channel, count, rate] => {
            // The library wants to be told; here nothing is encrypted.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let rest = Rest {
                client: reqwest::Client::new(),
                api: api.to_owned(),
                key: key.to_owned(),
                channel: channel.to_owned(),
            };
            latency(url, rest, count.parse()?, rate.parse()?).await
        }
        _ => Err("publish | stream | flood | latency: see the source".into()),
    }?;
    println!("{report}");
    Ok(())
}

async fn jetstream(url: &str) -> Result<jetstream::Context> {
    Ok(jetstream::new(async_nats::connect(url).await?))
}

/// Publishes barely: an id each, so that none comes twice, and no order.
async fn publish(url: &str, count: usize, in_flight: usize, bytes: usize) -> Result<Value> {
    let jetstream = jetstream(url).await?;
    let config = stream::Config {
        name: "PROBE".to_owned(),
        subjects: vec!["probe.>".to_owned()],
        max_bytes: 1 << 30,
        duplicate_window: Duration::from_mins(2),
        ..stream::Config::default()
    };
    jetstream.create_stream(config).await?;
    let permits = Arc::new(Semaphore::new(in_flight));
    let payload = bytes::Bytes::from(vec![b'x'; bytes]);
    let mut acknowledged = JoinSet::new();
    for number in 0..count {
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", format!("evt_probe{number:020}"));
        let subject = "probe.bench.message";
        let sent = jetstream.publish_with_headers(subject, headers, payload.clone());
        let acknowledgement = sent.await?;
        acknowledged.spawn(async move {
            let done = acknowledgement.await;
            drop(permit);
            done.map(drop)
        });
        while let Some(done) = acknowledged.try_join_next() {
            done??;
        }
    }
    while let Some(done) = acknowledged.join_next().await {
        done??;
    }
    let report = stream_report(&jetstream, "PROBE").await?;
    jetstream.delete_stream("PROBE").await?;
    Ok(report)
}

/// How many messages came, how large the first is, and how many a second by the server's clock.
async fn stream_report(jetstream: &jetstream::Context, name: &str) -> Result<Value> {
    let stream = jetstream.get_stream(name).await?;
    let state = &stream.cached_info().state;
    let first = stream.get_raw_message(state.first_sequence).await?;
    let took = (state.last_timestamp - state.first_timestamp).as_seconds_f64();
    let after_the_first = f64::from(u32::try_from(state.messages.saturating_sub(1))?);
    Ok(json!({
        "messages": state.messages, "payload": first.payload.len(),
        "per_second": after_the_first / took.max(1e-9),
    }))
}

/// Publishes all that goes, and waits for all results.
async fn flood(url: &str, channels: &str, count: usize) -> Result<Value> {
    let client = async_nats::connect(url).await?;
    let jetstream = jetstream::new(client.clone());
    let mut results = client.subscribe("wa.events.*.send_result").await?;
    client.flush().await?;
    let channels: Vec<&str> = channels.split(',').collect();
    let begun = Instant::now();
    let mut taken = JoinSet::new();
    for number in 0..count {
        let channel = channels[number % channels.len()];
        let command = command(number, &format!("flood-{number}")).to_string();
        let subject = format!("wa.send.{channel}");
        taken.spawn(
            jetstream
                .publish(subject, command.into())
                .await?
                .into_future(),
        );
    }
    while let Some(done) = taken.join_next().await {
        done??;
    }
    let published = begun.elapsed();
    for _ in 0..count {
        let result = tokio::time::timeout(PATIENCE, results.next()).await?;
        let result: Value = serde_json::from_slice(&result.ok_or("the bus is gone")?.payload)?;
        if result["success"] != true {
            return Err(format!("a command failed: {result}").into());
        }
    }
    Ok(json!({"published_s": published.as_secs_f64(), "results_s": begun.elapsed().as_secs_f64()}))
}

fn command(number: usize, request_id: &str) -> Value {
    json!({
        "type": "text", "to": format!("1555{:07}", number % 5000), "text": "probe",
        "request_id": request_id,
    })
}

/// The API.
#[derive(Clone)]
struct Rest {
    client: reqwest::Client,
    api: String,
    key: String,
    channel: String,
}

impl Rest {
    async fn send(&self, number: usize, key: &str) -> Result<()> {
        let body = json!({
            "channel": self.channel, "to": format!("+1555{:07}", number % 5000),
            "type": "text", "text": {"body": "probe"},
        });
        let answer = self
            .client
            .post(format!("{}/api/v1/messages", self.api))
            .bearer_auth(&self.key)
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await?;
        answer.error_for_status()?.bytes().await?;
        Ok(())
    }

    /// The `data` lines of the live stream.
    async fn follow(&self) -> Result<impl Stream<Item = Value> + Send + use<>> {
        let path = "/api/v1/events/stream?types=send_result";
        let answer = self
            .client
            .get(format!("{}{path}", self.api))
            .bearer_auth(&self.key)
            .send()
            .await?
            .error_for_status()?;
        let mut rest = String::new();
        Ok(answer.bytes_stream().flat_map(move |bytes| {
            rest.push_str(&String::from_utf8_lossy(&bytes.unwrap_or_default()));
            let whole = rest.rfind('\n').map_or(0, |end| end + 1);
            let lines: String = rest.drain(..whole).collect();
            let events: Vec<Value> = lines
                .lines()
                .filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok())
                .collect();
            futures_util::stream::iter(events)
        }))
    }
}

/// Who waits for which result.
type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<Instant>>>>;

/// Every other message goes over REST and is waited for on the live stream of the API; the others go
/// and come over the bus.
async fn latency(url: &str, rest: Rest, count: usize, rate: u32) -> Result<Value> {
    let client = async_nats::connect(url).await?;
    let jetstream = jetstream::new(client.clone());
    let results = client
        .subscribe(format!("wa.events.{}.send_result", rest.channel))
        .await?;
    client.flush().await?;
    let on_bus = Waiting::default();
    let on_stream = Waiting::default();
    let bus = results.filter_map(async |message| serde_json::from_slice(&message.payload).ok());
    let listeners = [
        tokio::spawn(listen(bus, Arc::clone(&on_bus))),
        tokio::spawn(listen(rest.follow().await?, Arc::clone(&on_stream))),
    ];
    let mut tick = tokio::time::interval(Duration::from_secs(1) / rate);
    let mut under_way = JoinSet::new();
    for number in 0..count {
        tick.tick().await;
        let id = format!("latency-{number}");
        if number % 2 == 0 {
            let result = wait(&on_bus, &id);
            let command = command(number, &id).to_string();
            let jetstream = jetstream.clone();
            let subject = format!("wa.send.{}", rest.channel);
            under_way.spawn(async move {
                let begun = Instant::now();
                jetstream.publish(subject, command.into()).await?.await?;
                let taken = begun.elapsed();
                let at = tokio::time::timeout(PATIENCE, result).await??;
                Ok::<_, Failure>((true, taken, at - begun))
            });
        } else {
            let result = wait(&on_stream, &id);
            let rest = rest.clone();
            under_way.spawn(async move {
                let begun = Instant::now();
                rest.send(number, &id).await?;
                let taken = begun.elapsed();
                let at = tokio::time::timeout(PATIENCE, result).await??;
                Ok((false, taken, at - begun))
            });
        }
    }
    let mut took: [Vec<Duration>; 4] = Default::default();
    let warm_up = count / 10;
    let mut seen = 0;
    while let Some(done) = under_way.join_next().await {
        let (bus, taken, result) = done??;
        seen += 1;
        if seen > warm_up {
            let [bus_taken, bus_result, rest_taken, rest_result] = &mut took;
            let (first, second) = if bus {
                (bus_taken, bus_result)
            } else {
                (rest_taken, rest_result)
            };
            first.push(taken);
            second.push(result);
        }
    }
    for listener in listeners {
        listener.abort();
    }
    let [bus_taken, bus_result, rest_taken, rest_result] = took.map(percentiles);
    Ok(json!({
        "bus_taken": bus_taken, "bus_result": bus_result,
        "rest_answered": rest_taken, "rest_result": rest_result,
    }))
}

fn wait(waiting: &Waiting, id: &str) -> oneshot::Receiver<Instant> {
    let (tell, told) = oneshot::channel();
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.insert(id.to_owned(), tell);
    told
}

async fn listen(results: impl Stream<Item = Value>, waiting: Waiting) {
    let mut results = std::pin::pin!(results);
    while let Some(event) = results.next().await {
        let id = event["data"]["request_id"].as_str().unwrap_or_default();
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tell) = waiting.remove(id) {
            let _ = tell.send(Instant::now());
        }
    }
}

fn percentiles(mut took: Vec<Duration>) -> Value {
    took.sort_unstable();
    let at = |percent: usize| {
        let place = took.get(took.len() * percent / 100).copied();
        place.unwrap_or_default().as_secs_f64() * 1e3
    };
    json!({"p50_ms": at(50), "p99_ms": at(99)})
}
