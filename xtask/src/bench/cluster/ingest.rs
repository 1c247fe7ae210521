//! Webhooks into PostgreSQL, against a bare loop that stores the same rows.
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};

use super::{Bench, Cluster, number, report};
use crate::bench::inbox::Server;
use crate::bench::load::{Load, Outcome};
use crate::bench::traffic;
use crate::bench::wharf::{Around, Gateway, say};

/// How long the rest of a load may be applied alone, to see how fast that goes.
const REST: Duration = Duration::from_secs(2);

/// Who stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rung {
    /// The loop in one process, without HTTP.
    Loop,
    /// The loop behind a bare handler.
    Handler,
    /// One or two gateways.
    Nodes(usize),
}

const RUNGS: [Rung; 4] = [Rung::Loop, Rung::Handler, Rung::Nodes(1), Rung::Nodes(2)];

/// One measurement.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// Events a second while the load ran, and after it.
    applied: Option<(f64, f64)>,
}

/// As fast as it goes: acknowledged, and through to the event.
pub(super) fn acknowledge(bench: &Bench, options: &Cluster) -> anyhow::Result<()> {
    say(
        "\n| connections | stored by | a second | of the loop | of the handler | p50 ms | p99 ms | events a second meanwhile | and after |",
    );
    say("|---:|---|---:|---:|---:|---:|---:|---:|---:|");
    for &connections in &options.connections {
        let mut rounds: Vec<[Figures; 4]> = Vec::new();
        for _ in 0..options.rounds {
            let mut round = [Figures::default(); 4];
            for (figures, rung) in round.iter_mut().zip(RUNGS) {
                *figures = run(bench, rung, connections, options.millis)
                    .with_context(|| format!("{rung:?}"))?;
            }
            rounds.push(round);
        }
        for (place, rung) in RUNGS.iter().enumerate() {
            let of = |base: usize| {
                median(
                    rounds
                        .iter()
                        .map(|round| round[place].per_second / round[base].per_second),
                )
            };
            let pick =
                |pick: fn(&Figures) -> f64| median(rounds.iter().map(|round| pick(&round[place])));
            let applied = match rung {
                Rung::Nodes(_) => format!(
                    "{:.0} | {:.0}",
                    pick(|figures| figures.applied.unwrap_or_default().0),
                    pick(|figures| figures.applied.unwrap_or_default().1),
                ),
                _ => " | ".to_owned(),
            };
            say(&format!(
                "| {connections} | {} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} | {applied} |",
                rung.name(),
                pick(|figures| figures.per_second),
                of(0),
                of(1),
                pick(|figures| figures.p50_ms),
                pick(|figures| figures.p99_ms),
            ));
        }
    }
    Ok(())
}

fn run(bench: &Bench, rung: Rung, connections: usize, millis: u64) -> anyhow::Result<Figures> {
    let database = bench.database()?;
    let url = database.url();
    // More than are sent: a repeated update would cost less to apply.
    let count = usize::try_from(millis)? * 50;
    let nodes = match rung {
        Rung::Loop => {
            let folder = tempfile::tempdir()?;
            let file = folder.path().join("bodies");
            std::fs::write(&file, traffic::bodies(20_000))?;
            let file = file.to_str().context("the temporary folder's name")?;
            let (writers, millis) = (connections.to_string(), millis.to_string());
            let said = report(&bench.table_rungs, &["loop", &url, file, &writers, &millis])?;
            return Ok(Figures {
                per_second: number(&said, "/per_second")?,
                p50_ms: number(&said, "/p50_ms")?,
                p99_ms: number(&said, "/p99_ms")?,
                applied: None,
            });
        }
        Rung::Handler => {
            let server = Server::start_on(&bench.table_rungs, "serve", OsStr::new(&url))?;
            let load = load(server.address, connections, millis, count, 0);
            return outcome(load.run()?, None);
        }
        Rung::Nodes(nodes) => gateways(bench, &url, nodes)?,
    };
    let share = connections / nodes.len();
    let loads = nodes.iter().enumerate().map(|(nth, node)| {
        let load = load(node.address, share, millis, count / nodes.len(), nth);
        std::thread::spawn(move || load.run())
    });
    let loads: Vec<_> = loads.collect();
    let node = nodes.first().context("no node")?;
    // The warm-up is not measured.
    std::thread::sleep(Duration::from_millis(millis / 4));
    let (begun, before) = (Instant::now(), events(node)?);
    let all = join(loads)?;
    let (ended, after) = (Instant::now(), events(node)?);
    let mut last = after;
    while ended.elapsed() < REST && node.status()?["inbox"]["waiting"] == true {
        std::thread::sleep(Duration::from_millis(10));
        last = events(node)?;
    }
    let meanwhile = (after - before) / ended.duration_since(begun).as_secs_f64();
    let alone = (last - after) / ended.elapsed().as_secs_f64();
    outcome(all, Some((meanwhile, alone)))
}

/// At a steady rate, one node and two: acknowledged, and how old a notification is when its event is
/// there.
pub(super) fn steady(bench: &Bench, rate: u32) -> anyhow::Result<()> {
    say(&format!(
        "\n| {rate} webhooks a second for 8 s into | acknowledged | p50 ms | p99 ms | age at the event, first half ms | second half | largest | left to apply after the last, ms |"
    ));
    say("|---|---:|---:|---:|---:|---:|---:|---:|");
    for count in [1, 2] {
        let database = bench.database()?;
        let nodes = gateways(bench, &database.url(), count)?;
        let share = rate / u32::try_from(count)?;
        let loads = nodes.iter().enumerate().map(|(nth, node)| {
            let load = Load {
                rate: Some(share),
                warm_up: Duration::from_secs(1),
                ..load(node.address, 64 / count, 8000, rate as usize * 10, nth)
            };
            std::thread::spawn(move || load.run())
        });
        let loads: Vec<_> = loads.collect();
        let mut ages = Vec::new();
        while !loads.iter().all(JoinHandle::is_finished) {
            std::thread::sleep(Duration::from_millis(200));
            let mut oldest: f64 = 0.0;
            for node in &nodes {
                // One of them applies; the other says nothing.
                oldest = oldest.max(node.metric("wharf_inbox_lag_milliseconds")?);
            }
            ages.push(oldest);
        }
        let all = join(loads)?;
        let ended = Instant::now();
        nodes.first().context("no node")?.drain()?;
        let left = ended.elapsed();
        let (first, second) = ages.split_at(ages.len() / 2);
        let mean = |ages: &[f64]| ages.iter().sum::<f64>() / ages.len().max(1) as f64;
        say(&format!(
            "| {} | {:.0} | {:.2} | {:.2} | {:.0} | {:.0} | {:.0} | {:.0} |",
            Rung::Nodes(count).name(),
            all.per_second,
            all.p50.as_secs_f64() * 1e3,
            all.p99.as_secs_f64() * 1e3,
            mean(first),
            mean(second),
            ages.iter().copied().fold(0.0, f64::max),
            left.as_secs_f64() * 1e3,
        ));
    }
    Ok(())
}

fn gateways(bench: &Bench, url: &str, count: usize) -> anyhow::Result<Vec<Gateway>> {
    let around = Around {
        postgres: Some(url),
        ..Around::default()
    };
    let mut nodes = vec![Gateway::start(&bench.wharf, around)?];
    while nodes.len() < count {
        let beside = nodes.first();
        nodes.push(Gateway::start(&bench.wharf, Around { beside, ..around })?);
    }
    Ok(nodes)
}

fn load(address: SocketAddr, connections: usize, millis: u64, count: usize, nth: usize) -> Load {
    Load {
        address,
        connections,
        warm_up: Duration::from_millis(millis / 4),
        measured: Duration::from_millis(millis),
        rate: None,
        requests: traffic::notifications(count, 1, nth),
    }
}

/// The sum of the loads; their latencies are those of the slower one.
fn join(loads: Vec<JoinHandle<anyhow::Result<Outcome>>>) -> anyhow::Result<Outcome> {
    let mut all: Option<Outcome> = None;
    for load in loads {
        let one = load.join().map_err(|_| anyhow!("a load panicked"))??;
        all = Some(match all {
            None => one,
            Some(all) => Outcome {
                other: all.other + one.other,
                all: all.all + one.all,
                per_second: all.per_second + one.per_second,
                p50: all.p50.max(one.p50),
                p99: all.p99.max(one.p99),
            },
        });
    }
    all.context("no load")
}

fn outcome(all: Outcome, applied: Option<(f64, f64)>) -> anyhow::Result<Figures> {
    ensure!(all.other == 0, "{} answers were errors", all.other);
    Ok(Figures {
        per_second: all.per_second,
        p50_ms: all.p50.as_secs_f64() * 1e3,
        p99_ms: all.p99.as_secs_f64() * 1e3,
        applied,
    })
}

fn events(node: &Gateway) -> anyhow::Result<f64> {
    node.status()?["events"]
        .as_f64()
        .context("no count of events")
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

impl Rung {
    fn name(self) -> &'static str {
        match self {
            Self::Loop => "bare loop",
            Self::Handler => "bare handler and loop",
            Self::Nodes(1) => "one node",
            Self::Nodes(_) => "two nodes",
        }
    }
}
