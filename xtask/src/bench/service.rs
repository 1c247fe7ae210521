//! The whole service, measured from outside: acknowledgement, sustained ingest, sending, memory.
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use super::inbox::{self, Server};
use super::load::{Load, Outcome};
use super::{http, traffic};

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
        let wharf = build_wharf()?;
        let wanted = |part| self.only.is_none_or(|only| only == part);
        if wanted(Part::Start) {
            start(&wharf)?;
        }
        if wanted(Part::Acknowledge) {
            self.acknowledge(&wharf, &inbox::build()?)?;
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
                    let gateway = Gateway::start(wharf, None)?;
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
        let gateway = Gateway::start(wharf, None)?;
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
        let simulator = Simulator::start(wharf)?;
        let gateway = Gateway::start(wharf, Some(&simulator))?;
        simulator.subscribe(&gateway)?;
        let idle = gateway.resident_kib()?;
        let count = usize::try_from(u64::from(self.send_rate) * (self.seconds + 2))?;
        let sends = Load {
            address: gateway.address,
            connections: 16,
            warm_up: Duration::from_secs(1),
            measured: Duration::from_secs(self.seconds),
            rate: Some(self.send_rate),
            requests: traffic::sends(count, &gateway.key),
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
        let gateway = Gateway::start(wharf, None)?;
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

/// A `wharf serve` of its own, in a temporary folder.
struct Gateway {
    child: Child,
    address: SocketAddr,
    key: String,
    started_in: Duration,
    files: tempfile::TempDir,
}

impl Gateway {
    fn start(wharf: &Path, simulator: Option<&Simulator>) -> anyhow::Result<Self> {
        let files = tempfile::tempdir()?;
        let file = |name: &str, text: &str| {
            let path = files.path().join(name);
            std::fs::write(&path, text)?;
            anyhow::Ok(path)
        };
        let app_secret = file("app-secret", traffic::APP_SECRET)?;
        let verify_token = file("verify-token", traffic::VERIFY_TOKEN)?;
        let access_token = file("access-token", traffic::ACCESS_TOKEN)?;
        let address = free_address()?;
        let graph = simulator.map_or_else(|| address, |simulator| simulator.address);
        let config = format!(
            "store = \"sqlite:{0}/wharf.db\"\ndata_dir = \"{0}\"\n\
             [server]\nlisten = \"{address}\"\n\
             [cloud]\nbase_url = \"http://{graph}\"\napp_secrets = [\"file:{1}\"]\n\
             verify_token = \"file:{2}\"\n[log]\nlevel = \"warn\"\n",
            files.path().display(),
            app_secret.display(),
            verify_token.display(),
        );
        let config = file("wharf.toml", &config)?;
        let begun = Instant::now();
        let child = Command::new(wharf)
            .args(["serve", "--config"])
            .arg(config)
            .stdout(Stdio::null())
            .spawn()
            .context("start wharf serve")?;
        let mut gateway = Self {
            child,
            address,
            key: String::new(),
            started_in: Duration::ZERO,
            files,
        };
        wait_for("the gateway", || http::get(address, "/livez", "").is_ok())?;
        gateway.started_in = begun.elapsed();
        let key = gateway.files.path().join("api-key");
        let key = std::fs::read_to_string(key).context("the first API key")?;
        key.trim().clone_into(&mut gateway.key);
        gateway.post(
            "/api/v1/channels",
            &json!({
                "id": "bench", "name": "bench", "phone_number_id": traffic::PHONE_NUMBER_ID,
                "waba_id": traffic::WABA_ID, "throughput": 1000,
                "access_token": format!("file:{}", access_token.display()),
            }),
        )?;
        Ok(gateway)
    }

    fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        http::post(self.address, path, &self.key, body)
    }

    /// Waits until everything that came in is an event; how many there are.
    fn drain(&self) -> anyhow::Result<i64> {
        let mut events = 0;
        wait_for("the inbox to be applied", || {
            let status = http::get(self.address, "/api/v1/status", &self.key);
            let status: Value = status
                .ok()
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default();
            events = status["events"].as_i64().unwrap_or_default();
            status["inbox"]["waiting"] == json!(false)
        })?;
        Ok(events)
    }

    fn metric(&self, name: &str) -> anyhow::Result<f64> {
        let text = http::get(self.address, "/metrics", &self.key)?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        Ok(line.unwrap_or(0.0))
    }

    /// Resident memory now, in KiB.
    fn resident_kib(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next());
        kib.context("VmRSS")?.parse().context("VmRSS")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A `wharf simulate` of its own, whose users read at once.
struct Simulator {
    child: Child,
    address: SocketAddr,
}

impl Simulator {
    fn start(wharf: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        let child = Command::new(wharf)
            .args(["simulate", "--listen", &address.to_string(), "--auto-read"])
            .args([
                "--app-secret",
                traffic::APP_SECRET,
                "--access-token",
                traffic::ACCESS_TOKEN,
            ])
            .args(["--verify-token", traffic::VERIFY_TOKEN])
            .stdout(Stdio::null())
            .spawn()
            .context("start wharf simulate")?;
        let simulator = Self { child, address };
        wait_for("the simulator", || {
            http::get(address, "/sim/v1", "").is_ok()
        })?;
        Ok(simulator)
    }

    fn subscribe(&self, gateway: &Gateway) -> anyhow::Result<()> {
        let callback = format!("http://{}/webhooks/whatsapp", gateway.address);
        let body = json!({
            "override_callback_uri": callback, "verify_token": traffic::VERIFY_TOKEN,
        });
        let path = format!("/v26.0/{}/subscribed_apps", traffic::WABA_ID);
        http::post(self.address, &path, traffic::ACCESS_TOKEN, &body).map(drop)
    }

    fn accepted_at_least(&self, wanted: u64, limit: Duration) -> anyhow::Result<u64> {
        let begun = Instant::now();
        loop {
            let text = http::get(self.address, "/sim/v1/accepted/count", "")?;
            let count: Value = serde_json::from_str(&text)?;
            let count = count["count"].as_u64().context("the simulator's count")?;
            if count >= wanted || begun.elapsed() > limit {
                return Ok(count);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ratio((bare, wharf): &(Outcome, Outcome)) -> f64 {
    wharf.per_second / bare.per_second
}

fn build_wharf() -> anyhow::Result<PathBuf> {
    let built = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "-p",
            "wharf",
            "--message-format",
            "json",
        ])
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(built.status.success(), "wharf does not build");
    let messages = String::from_utf8_lossy(&built.stdout).into_owned();
    let executable = messages.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        (message["target"]["name"] == "wharf").then_some(())?;
        message["executable"].as_str().map(PathBuf::from)
    });
    executable.context("cargo named no executable")
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn wait_for(what: &str, mut ready: impl FnMut() -> bool) -> anyhow::Result<()> {
    let begun = Instant::now();
    while !ready() {
        ensure!(
            begun.elapsed() < Duration::from_mins(2),
            "{what} took too long"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the figures are this command's result")]
fn say(line: &str) {
    println!("{line}");
}
