//! The send path, measured from outside: how fast messages are accepted, and what the way from the
//! queue to the carrier costs against a bare loop over `wharf-client` in the same run.
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::json;

use super::inbox::Server;
use super::load::Load;
use super::wharf::{Around, Gateway, Simulator, build, build_example, say};
use super::{http, traffic};

/// Options of `cargo xtask bench send`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Send {
    /// How often each part is run; the median is shown.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Messages of each run.
    #[arg(long, default_value_t = 20_000)]
    messages: usize,
    /// Numbers that share them, so that the permitted rate is not what is measured.
    #[arg(long, default_value_t = 20)]
    numbers: usize,
}

impl Send {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let wharf = build()?;
        let bare = build_example("inbox_rungs")?;
        let looped = build_example("send_bare")?;
        self.accept(&wharf, &bare)?;
        self.overhead(&wharf, &looped)
    }

    /// Sends over REST, each with an idempotency key, on disk before the answer; nothing leaves.
    fn accept(&self, wharf: &Path, bare: &Path) -> anyhow::Result<()> {
        say("\n| connections | bare a second | accepted a second | of bare | p50 ms | p99 ms |");
        say("|---:|---:|---:|---:|---:|---:|");
        for connections in [1, 16, 64] {
            let mut pairs = Vec::new();
            for _ in 0..self.rounds {
                let files = tempfile::tempdir()?;
                let server = Server::start(bare, "bare", files.path())?;
                let load = Load {
                    address: server.address,
                    connections,
                    warm_up: Duration::from_millis(500),
                    measured: Duration::from_secs(2),
                    rate: None,
                    requests: traffic::notifications(1000, 1, 0),
                };
                let of_bare = load.run()?;
                drop(server);
                let gateway = Gateway::start(wharf, Around::default())?;
                pause(&gateway, "bench", true)?;
                let load = Load {
                    address: gateway.address,
                    requests: traffic::sends(150_000, &gateway.key, &["bench"]),
                    ..load
                };
                let of_wharf = load.run()?;
                ensure!(of_wharf.other == 0, "{} were refused", of_wharf.other);
                pairs.push((of_wharf.per_second / of_bare.per_second, of_bare, of_wharf));
            }
            pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (ratio, of_bare, of_wharf) = pairs.get(pairs.len() / 2).context("no rounds")?;
            say(&format!(
                "| {connections} | {:.0} | {:.0} | {ratio:.2} | {:.2} | {:.2} |",
                of_bare.per_second,
                of_wharf.per_second,
                of_wharf.p50.as_secs_f64() * 1e3,
                of_wharf.p99.as_secs_f64() * 1e3,
            ));
        }
        Ok(())
    }

    /// A backlog of many numbers, let go at once, until the simulator has taken the last message.
    fn overhead(&self, wharf: &Path, looped: &Path) -> anyhow::Result<()> {
        let mut pairs = Vec::new();
        for _ in 0..self.rounds {
            let of_bare = self.bare(wharf, looped)?;
            let of_wharf = self.backlog(wharf)?;
            pairs.push((of_wharf / of_bare, of_bare, of_wharf));
        }
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (ratio, of_bare, of_wharf) = pairs.get(pairs.len() / 2).context("no rounds")?;
        let each = |seconds: f64| seconds * 1e6 / self.messages as f64;
        say(&format!(
            "\nfrom the queue to the carrier: {} messages on {} numbers; a bare loop over wharf-client \
             {:.0} µs a message, Wharf {:.0} µs a message: {ratio:.2} of bare",
            self.messages,
            self.numbers,
            each(*of_bare),
            each(*of_wharf),
        ));
        Ok(())
    }

    fn ids(&self) -> Vec<String> {
        let first: u64 = traffic::PHONE_NUMBER_ID.parse().unwrap_or_default();
        (first..)
            .take(self.numbers)
            .map(|id| id.to_string())
            .collect()
    }

    /// Seconds that the loop takes.
    fn bare(&self, wharf: &Path, looped: &Path) -> anyhow::Result<f64> {
        let ids = self.ids();
        let simulator = Simulator::start(wharf, &ids)?;
        let output = Command::new(looped)
            .arg(format!("http://{}", simulator.address))
            .arg(traffic::ACCESS_TOKEN)
            .args([self.messages.to_string(), "64".to_owned()])
            .args(&ids)
            .stderr(Stdio::inherit())
            .output()?;
        ensure!(output.status.success(), "the bare loop failed");
        let text = String::from_utf8(output.stdout)?;
        text.trim().parse().context("the loop's seconds")
    }

    /// Seconds from the release of the backlog until the simulator has all of it.
    fn backlog(&self, wharf: &Path) -> anyhow::Result<f64> {
        let ids = self.ids();
        let simulator = Simulator::start(wharf, &ids)?;
        let around = Around {
            simulator: Some(&simulator),
            ..Around::default()
        };
        let gateway = Gateway::start(wharf, around)?;
        let names: Vec<String> = (1..ids.len()).map(|nth| format!("bench{nth}")).collect();
        for (name, id) in names.iter().zip(ids.iter().skip(1)) {
            gateway.channel(name, id, 1000)?;
        }
        let mut channels: Vec<&str> = names.iter().map(String::as_str).collect();
        channels.push("bench");
        for channel in &channels {
            pause(&gateway, channel, true)?;
        }
        let load = Load {
            address: gateway.address,
            connections: 64,
            warm_up: Duration::ZERO,
            measured: Duration::ZERO,
            rate: None,
            requests: traffic::sends(self.messages, &gateway.key, &channels),
        };
        let taken = load.once()?;
        ensure!(taken == self.messages, "only {taken} were accepted");
        let begun = Instant::now();
        for channel in &channels {
            pause(&gateway, channel, false)?;
        }
        let wanted = u64::try_from(self.messages)?;
        let sent = simulator.accepted_at_least(wanted, Duration::from_mins(2))?;
        ensure!(sent == wanted, "only {sent} of {wanted} were sent");
        Ok(begun.elapsed().as_secs_f64())
    }
}

fn pause(gateway: &Gateway, channel: &str, on: bool) -> anyhow::Result<()> {
    let (verb, body) = if on {
        ("pause", json!({"reason": "the measurement begins later"}))
    } else {
        ("resume", json!({}))
    };
    let path = format!("/api/v1/channels/{channel}/{verb}");
    http::post(gateway.address, &path, &gateway.key, &body).map(drop)
}
