//! Events to JetStream and commands from it, against bare publishes and the REST API.
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::{Bench, nats, number};
use crate::bench::load::Load;
use crate::bench::traffic;
use crate::bench::wharf::{Around, Gateway, Simulator, say, wait_for};

/// Events on their way at once: as many as the gateway's publisher has.
const IN_FLIGHT: &str = "512";

/// Updates in one webhook of the backlog.
const UPDATES: usize = 50;

/// Numbers that send, each at the highest throughput that Meta has (1,000 a second).
const NUMBERS: [&str; 4] = [
    traffic::PHONE_NUMBER_ID,
    "106540352243001",
    "106540352243002",
    "106540352243003",
];

/// Messages a second, half of them commands, whose latency is measured, and how many.
const PACE: &str = "100";
const PACED: &str = "800";

/// A backlog of events, from the server's return until it has them all.
pub(super) fn publish(bench: &Bench, backlog: usize) -> anyhow::Result<()> {
    let database = bench.database()?;
    let mut nats = nats()?;
    // It is there before the gateway, so that the gateway's cursor begins before the backlog.
    nats.stop()?;
    let url = nats.url();
    let gateway = Gateway::start(
        &bench.wharf,
        Around {
            postgres: Some(&database.url()),
            nats: Some(&url),
            ..Around::default()
        },
    )?;
    let webhooks = backlog.div_ceil(UPDATES);
    let load = Load {
        address: gateway.address,
        connections: 4,
        warm_up: Duration::ZERO,
        measured: Duration::from_mins(1),
        rate: None,
        requests: traffic::notifications(webhooks, UPDATES, 0),
    };
    let sent = load.once()?;
    ensure!(
        sent == webhooks,
        "{} webhooks were refused",
        webhooks - sent
    );
    let events = gateway.drain()?;
    nats.resume()?;
    wait_for("the events to be published", || {
        let status = gateway.status().unwrap_or_default();
        status["nats"]["waiting"].as_u64() == Some(0)
    })?;
    let of_wharf = bench.probe(&["stream", &url, "WA_EVENTS"])?;
    let messages = number(&of_wharf, "/messages")?;
    ensure!(
        messages >= events as f64,
        "{messages} of {events} events are in the stream"
    );
    drop(gateway);
    let bytes = format!("{:.0}", number(&of_wharf, "/payload")?);
    let bare = bench.probe(&["publish", &url, &events.to_string(), IN_FLIGHT, &bytes])?;
    let (of_wharf, bare) = (
        number(&of_wharf, "/per_second")?,
        number(&bare, "/per_second")?,
    );
    say(&format!(
        "\npublishing {events} events that waited, {bytes} bytes each, {IN_FLIGHT} under way: \
         {of_wharf:.0} a second; bare publishes {bare:.0}; of bare {:.2}",
        of_wharf / bare,
    ));
    Ok(())
}

/// Commands as fast as they go to the simulator, against as many over REST.
pub(super) fn commands(bench: &Bench, count: usize) -> anyhow::Result<()> {
    let database = bench.database()?;
    let nats = nats()?;
    let ids = NUMBERS.map(str::to_owned);
    let simulator = Simulator::start(&bench.wharf, &ids)?;
    let (store, url) = (database.url(), nats.url());
    let gateway = start(bench, &simulator, &store, &url)?;
    // The first is there.
    let channels = ["bench", "bench-b", "bench-c", "bench-d"];
    for (channel, id) in channels.iter().zip(&ids).skip(1) {
        gateway.channel(channel, id, 1000)?;
    }
    let over_rest = {
        let load = Load {
            address: gateway.address,
            connections: 64,
            warm_up: Duration::ZERO,
            measured: Duration::from_mins(1),
            rate: None,
            requests: traffic::sends(count, &gateway.key, &channels),
        };
        let begun = Instant::now();
        let sent = load.once()?;
        ensure!(sent == count, "{} messages were refused", count - sent);
        rate(&simulator, count as u64, count, begun)?
    };
    let wanted = simulator.accepted()? + count as u64;
    let begun = Instant::now();
    let list = channels.join(",");
    let of_count = count.to_string();
    let (results, over_bus) = std::thread::scope(|scope| {
        let flood = scope.spawn(|| bench.probe(&["flood", &url, &list, &of_count]));
        let over_bus = rate(&simulator, wanted, count, begun);
        let results = flood.join().ok().context("the flood panicked");
        anyhow::Ok((results??, over_bus?))
    })?;
    let until_results = count as f64 / number(&results, "/results_s")?;
    say(&format!(
        "\n{count} messages on four numbers, as fast as they go, until the simulator has accepted all: \
         as commands {over_bus:.0} a second ({until_results:.0} until the last send_result was on the bus), \
         over REST {over_rest:.0}; of REST {:.2}",
        over_bus / over_rest,
    ));
    Ok(())
}

/// Commands and REST calls in turns at a modest pace: what the bus adds.
pub(super) fn latency(bench: &Bench) -> anyhow::Result<()> {
    let database = bench.database()?;
    let nats = nats()?;
    let simulator = Simulator::start(&bench.wharf, &[])?;
    let (store, url) = (database.url(), nats.url());
    let gateway = start(bench, &simulator, &store, &url)?;
    let api = format!("http://{}", gateway.address);
    let took = bench.probe(&["latency", &url, &api, &gateway.key, "bench", PACED, PACE])?;
    let figure = |pointer: &str| number(&took, pointer);
    say(&format!(
        "\n{PACED} messages, {PACE} a second, commands and REST calls in turns: \
         command → send_result on the bus p50 {:.2} ms, p99 {:.2} ms; \
         REST call → send_result on the live stream p50 {:.2} ms, p99 {:.2} ms \
         (→ answered p50 {:.2} ms; a command is in the stream after {:.2} ms); \
         the bus adds {:.2} ms at p50",
        figure("/bus_result/p50_ms")?,
        figure("/bus_result/p99_ms")?,
        figure("/rest_result/p50_ms")?,
        figure("/rest_result/p99_ms")?,
        figure("/rest_answered/p50_ms")?,
        figure("/bus_taken/p50_ms")?,
        figure("/bus_result/p50_ms")? - figure("/rest_result/p50_ms")?,
    ));
    Ok(())
}

fn start(bench: &Bench, simulator: &Simulator, store: &str, nats: &str) -> anyhow::Result<Gateway> {
    let gateway = Gateway::start(
        &bench.wharf,
        Around {
            simulator: Some(simulator),
            postgres: Some(store),
            nats: Some(nats),
            ..Around::default()
        },
    )?;
    wait_for("the bus", || {
        let status = gateway.status().unwrap_or_default();
        status["nats"]["connected"] == true && status["node"]["leases"]["bus"] == 1
    })?;
    Ok(gateway)
}

/// Messages a second until the simulator has `wanted` in all.
fn rate(simulator: &Simulator, wanted: u64, count: usize, begun: Instant) -> anyhow::Result<f64> {
    let accepted = simulator.accepted_at_least(wanted, Duration::from_mins(1))?;
    ensure!(
        accepted >= wanted,
        "{} messages are missing",
        wanted - accepted
    );
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}
