//! The whole service, measured from outside: acknowledgement, sustained ingest, sending, memory.
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};

use super::inbox::Server;
use super::load::{Load, Outcome};
use super::traffic;
use super::wharf::{Around, Gateway, Simulator, build, build_example, say};

/// Options of `cargo xtask bench service`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Service {
    /// How often each acknowledgement load is run; the median is shown.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Measured time of one acknowledgement load, in milliseconds.
    #[arg(long, default_value_t = 1500)]
    millis: u64,
    /// Keep-alive connections.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256")]
    connections: Vec<usize>,
    /// Length of the sustained loads, in seconds.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Single-message webhooks a second, sustained.
    #[arg(long, default_value_t = 10_000)]
    ingest_rate: u32,
    /// Sends a second, each with three statuses.
    #[arg(long, default_value_t = 1_000)]
    send_rate: u32,
    /// Measure only this part.
    #[arg(long)]
    only: Option<Part>,
}

/// The parts of the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Acknowledge,
    Sustain,
    Send,
    Start,
}

impl Service {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let wharf = build()?;
        let wanted = |part| self.only.is_none_or(|only| only == part);
        if wanted(Part::Start) {
            start(&wharf)?;
        }
        if wanted(Part::Acknowledge) {
            self.acknowledge(&wharf, &build_example("inbox_rungs")?)?;
        }
        if wanted(Part::Sustain) {
            self.sustain(&wharf)?;
        }
        if wanted(Part::Send) {
            self.send(&wharf)?;
        }
        Ok(())
    }

    /// Signed webhooks, durable before the 200, against a bare handler in the same run.
    fn acknowledge(&self, wharf: &Path, bare: &Path) -> anyhow::Result<()> {
        say(
            "\n| updates in a body | bytes | connections | bare a second | wharf a second | of bare | p50 ms | p99 ms |",
        );
        say("|---:|---:|---:|---:|---:|---:|---:|---:|");
        for updates in [1, 50] {
            for &connections in &self.connections {
                let mut pairs = Vec::new();
                let mut bytes = 0;
                for round in 0..self.rounds {
                    // More than are sent: a repeated update would cost less to apply.
                    let per_milli = if updates == 1 { 60 } else { 12 };
                    let count = usize::try_from(self.millis)? * per_milli;
                    let requests = traffic::notifications(count, updates, round);
                    bytes = requests.first().map_or(0, Vec::len);
                    let files = tempfile::tempdir()?;
                    let server = Server::start(bare, "bare", files.path())?;
                    let of_bare = self.load(server.address, connections, &requests)?;
                    drop(server);
                    let gateway = Gateway::start(wharf, Around::default())?;
                    let of_wharf = self.load(gateway.address, connections, &requests)?;
                    pairs.push((of_bare, of_wharf));
                }
                pairs.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
                let Some(median) = pairs.get(pairs.len() / 2) else {
                    bail!("no rounds")
                };
                let (of_bare, of_wharf) = median;
                say(&format!(
                    "| {updates} | {bytes} | {connections} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} |",
                    of_bare.per_second,
                    of_wharf.per_second,
                    ratio(median),
                    of_wharf.p50.as_secs_f64() * 1e3,
                    of_wharf.p99.as_secs_f64() * 1e3,
                ));
            }
        }
        Ok(())
    }

    fn load(
        &self,
        address: SocketAddr,
        connections: usize,
        requests: &Arc<[Vec<u8>]>,
    ) -> anyhow::Result<Outcome> {
        let load = Load {
            address,
            connections,
            warm_up: Duration::from_millis(self.millis / 4),
            measured: Duration::from_millis(self.millis),
            rate: None,
            requests: Arc::clone(requests),
        };
        let outcome = load.run()?;
        ensure!(outcome.other == 0, "{} answers were errors", outcome.other);
        Ok(outcome)
    }

    /// A steady rate of webhooks, through to the appended event, with the backlog watched.
    fn sustain(&self, wharf: &Path) -> anyhow::Result<()> {
        let gateway = Gateway::start(wharf, Around::default())?;
        let idle = gateway.resident_kib()?;
        let count = usize::try_from(u64::from(self.ingest_rate) * (self.seconds + 2))?;
        let load = Load {
            address: gateway.address,
            connections: 64,
            warm_up: Duration::from_secs(1),
            measured: Duration::from_secs(self.seconds),
            rate: Some(self.ingest_rate),
            requests: traffic::notifications(count, 1, 0),
        };
        let watched = std::thread::spawn(move || load.run());
        let mut lags = Vec::new();
        let mut largest = 0;
        while !watched.is_finished() {
            std::thread::sleep(Duration::from_millis(500));
            lags.push(gateway.metric("wharf_inbox_lag_milliseconds")?);
            largest = largest.max(gateway.resident_kib()?);
        }
        let Ok(outcome) = watched.join() else {
            bail!("the load panicked")
        };
        let outcome = outcome?;
        let drained = Instant::now();
        let events = gateway.drain()?;
        let half = lags.len() / 2;
        let mean = |lags: &[f64]| lags.iter().sum::<f64>() / lags.len().max(1) as f64;
        say(&format!(
            "\nsustained ingest: {:.0} webhooks a second asked, {:.0} acknowledged (p50 {:.2} ms, p99 {:.2} ms, {} errors); \
             lag of the applied event: {:.0} ms in the first half, {:.0} ms in the second, largest {:.0} ms; \
             {events} events; drained {:.0} ms after the last; RSS idle {:.1} MB, loaded {:.1} MB",
            f64::from(self.ingest_rate),
            outcome.per_second,
            outcome.p50.as_secs_f64() * 1e3,
            outcome.p99.as_secs_f64() * 1e3,
            outcome.other,
            mean(&lags[..half]),
            mean(&lags[half..]),
            lags.iter().copied().fold(0.0, f64::max),
            drained.elapsed().as_secs_f64() * 1e3,
            idle as f64 / 1024.0,
            largest as f64 / 1024.0,
        ));
        Ok(())
    }

    /// Sends at a steady rate through the simulator, with their statuses and as many inbound.
    fn send(&self, wharf: &Path) -> anyhow::Result<()> {
        let simulator = Simulator::start(wharf, &[])?;
        let around = Around {
            simulator: Some(&simulator),
            ..Around::default()
        };
        let gateway = Gateway::start(wharf, around)?;
        simulator.subscribe(&gateway)?;
        let idle = gateway.resident_kib()?;
        let count = usize::try_from(u64::from(self.send_rate) * (self.seconds + 2))?;
        let sends = Load {
            address: gateway.address,
            connections: 16,
            warm_up: Duration::from_secs(1),
            measured: Duration::from_secs(self.seconds),
            rate: Some(self.send_rate),
            requests: traffic::sends(count, &gateway.key, &["bench"]),
        };
        let inbound = Load {
            connections: 16,
            requests: traffic::notifications(count, 1, 0),
            ..sends.clone()
        };
        let begun = Instant::now();
        let sends = std::thread::spawn(move || sends.run());
        let inbound = std::thread::spawn(move || inbound.run());
        let mut largest = 0;
        while !(sends.is_finished() && inbound.is_finished()) {
            std::thread::sleep(Duration::from_millis(500));
            largest = largest.max(gateway.resident_kib()?);
        }
        let (Ok(sends), Ok(inbound)) = (sends.join(), inbound.join()) else {
            bail!("a load panicked")
        };
        let (sends, inbound) = (sends?, inbound?);
        let asked = begun.elapsed();
        let accepted = simulator.accepted_at_least(sends.all, Duration::from_mins(1))?;
        let behind = begun.elapsed().saturating_sub(asked);
        let events = gateway.drain()?;
        say(&format!(
            "\nsending: {} sends a second asked; accepted by the gateway {:.0} a second (p50 {:.2} ms, p99 {:.2} ms, {} errors); \
             by the simulator {accepted}, the last {:.0} ms after the last was asked; \
             inbound meanwhile {:.0} a second (p50 {:.2} ms, p99 {:.2} ms, {} errors); \
             {events} events; RSS idle {:.1} MB, loaded {:.1} MB",
            self.send_rate,
            sends.per_second,
            sends.p50.as_secs_f64() * 1e3,
            sends.p99.as_secs_f64() * 1e3,
            sends.other,
            behind.as_secs_f64() * 1e3,
            inbound.per_second,
            inbound.p50.as_secs_f64() * 1e3,
            inbound.p99.as_secs_f64() * 1e3,
            inbound.other,
            idle as f64 / 1024.0,
            largest as f64 / 1024.0,
        ));
        Ok(())
    }
}

/// From the start of the process to the first answer of `/livez`, and its memory then.
fn start(wharf: &Path) -> anyhow::Result<()> {
    let mut times = Vec::new();
    let mut resident = 0;
    for _ in 0..10 {
        let gateway = Gateway::start(wharf, Around::default())?;
        times.push(gateway.started_in);
        resident = gateway.resident_kib()?;
    }
    times.sort_unstable();
    say(&format!(
        "\nstart to first answer: median {:.0} ms, slowest {:.0} ms of {}; idle RSS {:.1} MB",
        times[times.len() / 2].as_secs_f64() * 1e3,
        times[times.len() - 1].as_secs_f64() * 1e3,
        times.len(),
        resident as f64 / 1024.0,
    ));
    Ok(())
}

fn ratio((bare, wharf): &(Outcome, Outcome)) -> f64 {
    wharf.per_second / bare.per_second
}
