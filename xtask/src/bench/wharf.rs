//! `wharf` processes that are measured: built in release, started in temporary folders, ended with
//! the value that stands for them.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{http, traffic};

/// What a gateway is connected to.
#[derive(Clone, Copy, Default)]
pub(super) struct Around<'a> {
    pub(super) simulator: Option<&'a Simulator>,
    /// URL of a PostgreSQL database; a SQLite file of its own if there is none.
    pub(super) postgres: Option<&'a str>,
    pub(super) nats: Option<&'a str>,
    /// A gateway that has set up the same database.
    pub(super) beside: Option<&'a Gateway>,
}

/// A `wharf serve` of its own, in a temporary folder.
pub(super) struct Gateway {
    child: Child,
    pub(super) address: SocketAddr,
    pub(super) key: String,
    pub(super) started_in: Duration,
    files: tempfile::TempDir,
}

impl Gateway {
    pub(super) fn start(wharf: &Path, around: Around<'_>) -> anyhow::Result<Self> {
        let files = tempfile::tempdir()?;
        let file = |name: &str, text: &str| {
            let path = files.path().join(name);
            std::fs::write(&path, text)?;
            anyhow::Ok(path)
        };
        let app_secret = file("app-secret", traffic::APP_SECRET)?;
        let verify_token = file("verify-token", traffic::VERIFY_TOKEN)?;
        file("access-token", traffic::ACCESS_TOKEN)?;
        let address = free_address()?;
        let graph = around
            .simulator
            .map_or_else(|| address, |simulator| simulator.address);
        let data = files.path().display();
        let sqlite = format!("sqlite:{data}/wharf.db");
        let config = format!(
            "store = \"{}\"\ndata_dir = \"{data}\"\n\
             [server]\nlisten = \"{address}\"\n\
             [cloud]\nbase_url = \"http://{graph}\"\napp_secrets = [\"file:{}\"]\n\
             verify_token = \"file:{}\"\n[nats]\nurl = \"{}\"\n[log]\nlevel = \"warn\"\n",
            around.postgres.unwrap_or(&sqlite),
            app_secret.display(),
            verify_token.display(),
            around.nats.unwrap_or_default(),
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
        if let Some(first) = around.beside {
            gateway.key.clone_from(&first.key);
            return Ok(gateway);
        }
        let key = gateway.files.path().join("api-key");
        let key = std::fs::read_to_string(key).context("the first API key")?;
        key.trim().clone_into(&mut gateway.key);
        gateway.channel("bench", traffic::PHONE_NUMBER_ID, 1000)?;
        Ok(gateway)
    }

    /// Adds a channel that sends so many messages a second.
    pub(super) fn channel(
        &self,
        id: &str,
        phone_number_id: &str,
        throughput: u32,
    ) -> anyhow::Result<()> {
        let token = self.files.path().join("access-token");
        let channel = json!({
            "id": id, "name": id, "phone_number_id": phone_number_id,
            "waba_id": traffic::WABA_ID, "throughput": throughput,
            "access_token": format!("file:{}", token.display()),
        });
        http::post(self.address, "/api/v1/channels", &self.key, &channel).map(drop)
    }

    /// Waits until everything that came in is an event; how many there are.
    pub(super) fn drain(&self) -> anyhow::Result<u64> {
        let mut events = 0;
        wait_for("the inbox to be applied", || {
            let status = self.status().unwrap_or_default();
            events = status["events"].as_u64().unwrap_or_default();
            status["inbox"]["waiting"] == json!(false)
        })?;
        Ok(events)
    }

    pub(super) fn status(&self) -> anyhow::Result<Value> {
        let text = http::get(self.address, "/api/v1/status", &self.key)?;
        Ok(serde_json::from_str(&text)?)
    }

    pub(super) fn metric(&self, name: &str) -> anyhow::Result<f64> {
        let text = http::get(self.address, "/metrics", &self.key)?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        Ok(line.unwrap_or(0.0))
    }

    /// Resident memory now, in KiB.
    pub(super) fn resident_kib(&self) -> anyhow::Result<u64> {
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
pub(super) struct Simulator {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Simulator {
    /// `numbers`: phone number ids.
    pub(super) fn start(wharf: &Path, numbers: &[String]) -> anyhow::Result<Self> {
        let address = free_address()?;
        let numbers = numbers.iter().enumerate();
        let numbers = numbers.map(|(nth, id)| format!("--number={id}:1555078388{nth}"));
        let child = Command::new(wharf)
            .args(["simulate", "--listen", &address.to_string(), "--auto-read"])
            .args([
                "--app-secret",
                traffic::APP_SECRET,
                "--access-token",
                traffic::ACCESS_TOKEN,
            ])
            .args(["--verify-token", traffic::VERIFY_TOKEN])
            .args(numbers)
            .stdout(Stdio::null())
            .spawn()
            .context("start wharf simulate")?;
        let simulator = Self { child, address };
        wait_for("the simulator", || {
            http::get(address, "/sim/v1", "").is_ok()
        })?;
        Ok(simulator)
    }

    pub(super) fn subscribe(&self, gateway: &Gateway) -> anyhow::Result<()> {
        let callback = format!("http://{}/webhooks/whatsapp", gateway.address);
        let body = json!({
            "override_callback_uri": callback, "verify_token": traffic::VERIFY_TOKEN,
        });
        let path = format!("/v26.0/{}/subscribed_apps", traffic::WABA_ID);
        http::post(self.address, &path, traffic::ACCESS_TOKEN, &body).map(drop)
    }

    /// Messages that it has accepted so far.
    pub(super) fn accepted(&self) -> anyhow::Result<u64> {
        let text = http::get(self.address, "/sim/v1/accepted/count", "")?;
        let count: Value = serde_json::from_str(&text)?;
        count["count"].as_u64().context("the simulator's count")
    }

    /// Waits for so many, or as long as `limit`.
    pub(super) fn accepted_at_least(&self, wanted: u64, limit: Duration) -> anyhow::Result<u64> {
        let begun = Instant::now();
        loop {
            let count = self.accepted()?;
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

/// Builds the binary; its path.
pub(super) fn build() -> anyhow::Result<PathBuf> {
    build_target("wharf", &["-p", "wharf"])
}

/// Builds an example of the gateway's; its path.
pub(super) fn build_example(name: &str) -> anyhow::Result<PathBuf> {
    build_target(name, &["-p", "gateway", "--example", name])
}

/// Builds an example of the simulator's; its path.
pub(super) fn build_simulator_example(name: &str) -> anyhow::Result<PathBuf> {
    build_target(name, &["-p", "simulator", "--example", name])
}

fn build_target(name: &str, select: &[&str]) -> anyhow::Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    // What cargo says about this package would have it build ring and all that needs it anew.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&*name);
        }
    }
    let built = cargo
        .args(["build", "--release", "--message-format", "json"])
        .args(select)
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(built.status.success(), "{name} does not build");
    let messages = String::from_utf8_lossy(&built.stdout).into_owned();
    let executable = messages.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        (message["target"]["name"] == name).then_some(())?;
        message["executable"].as_str().map(PathBuf::from)
    });
    executable.context("cargo named no executable")
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

pub(super) fn wait_for(what: &str, mut ready: impl FnMut() -> bool) -> anyhow::Result<()> {
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
pub(super) fn say(line: &str) {
    println!("{line}");
}
