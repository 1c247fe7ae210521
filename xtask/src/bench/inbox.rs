//! Compares bare, signed, journaled and `SQLite` acknowledgement of the same requests.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::load::{self, Load, Outcome};
use super::quiet;
use super::wharf::build_example;

const SECRET: &[u8] = b"bench-app-secret";

/// Options of `cargo xtask bench inbox`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Inbox {
    /// How often each combination is run; the median is shown.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Measured time of one run, in milliseconds.
    #[arg(long, default_value_t = 1000)]
    millis: u64,
    /// Keep-alive connections.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256")]
    connections: Vec<usize>,
    /// Bytes in a body.
    #[arg(long, value_delimiter = ',', default_value = "1024,20480")]
    bodies: Vec<usize>,
    /// What to compare; the first is the measure of the others.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "bare,hmac,journal,sqlite"
    )]
    rungs: Vec<String>,
    /// Where the servers keep their files; a temporary folder by default.
    #[arg(long)]
    dir: Option<std::path::PathBuf>,
}

pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Inbox {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let dir = match &self.dir {
            Some(dir) => tempfile::tempdir_in(dir),
            None => tempfile::tempdir(),
        }?;
        let program = build_example("inbox_rungs")?;
        let mut runs: BTreeMap<(usize, usize, usize), Vec<Outcome>> = BTreeMap::new();
        for round in 0..self.rounds {
            for (rung, name) in self.rungs.iter().enumerate() {
                // A fresh server each time, so that no rung runs on the others' leftovers.
                let files = dir.path().join(format!("{name}-{round}"));
                let server = Server::start(&program, name, &files)?;
                for &body in &self.bodies {
                    let requests = requests(body);
                    for &connections in &self.connections {
                        let load = Load {
                            address: server.address,
                            connections,
                            warm_up: Duration::from_millis(self.millis / 4),
                            measured: Duration::from_millis(self.millis),
                            rate: None,
                            requests: Arc::clone(&requests),
                        };
                        quiet::wait(Duration::from_secs(5))?;
                        let outcome = load.run()?;
                        ensure!(
                            outcome.other == 0,
                            "{name} answered {} errors",
                            outcome.other
                        );
                        runs.entry((body, connections, rung))
                            .or_default()
                            .push(outcome);
                    }
                }
                drop(server);
                std::fs::remove_dir_all(&files).context("remove the server's files")?;
            }
        }
        self.print(&mut runs);
        Ok(())
    }

    #[expect(clippy::print_stdout, reason = "the table is this command's result")]
    fn print(&self, runs: &mut BTreeMap<(usize, usize, usize), Vec<Outcome>>) {
        println!("| body | connections | rung | a second | of bare | p50 ms | p99 ms |");
        println!("|---:|---:|---|---:|---:|---:|---:|");
        let mut bare = 0.0;
        for (&(body, connections, rung), outcomes) in runs {
            let per_second = median(outcomes, |outcome| outcome.per_second);
            let p50 = median(outcomes, |outcome| outcome.p50.as_secs_f64() * 1e3);
            let p99 = median(outcomes, |outcome| outcome.p99.as_secs_f64() * 1e3);
            if rung == 0 {
                bare = per_second;
            }
            let name = self.rungs.get(rung).map_or("", String::as_str);
            let share = per_second / bare;
            println!(
                "| {body} | {connections} | {name} | {per_second:.0} | {share:.2} | {p50:.2} | {p99:.2} |"
            );
        }
    }
}

impl Server {
    pub(super) fn start(program: &Path, rung: &str, files: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(files)?;
        Self::start_on(program, rung, files.as_os_str())
    }

    /// `place`: a folder or a URL.
    pub(super) fn start_on(program: &Path, rung: &str, place: &OsStr) -> anyhow::Result<Self> {
        Self::start_with(program, &[OsStr::new(rung), place])
    }

    pub(super) fn start_with(
        program: &Path,
        arguments: &[impl AsRef<OsStr>],
    ) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .context("start the measured server")?;
        let mut line = String::new();
        let out = child.stdout.take().context("the server's output")?;
        BufReader::new(out).read_line(&mut line)?;
        let address = line.trim().parse().context("the server's address")?;
        Ok(Self { child, address })
    }

    /// Resident memory now, in KiB.
    pub(super) fn resident_kib(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next());
        kib.context("VmRSS")?.parse().context("VmRSS")
    }

    /// Processor time that it has taken since its start, its own and the system's for it.
    pub(super) fn processor_time(&self) -> anyhow::Result<Duration> {
        /// Linux counts in hundredths, whatever the machine.
        const TICK: Duration = Duration::from_millis(10);
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // Behind the program's name, which may hold anything, the 12th and 13th field.
        let (_, fields) = stat.rsplit_once(')').context("stat")?;
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks = ticks.map(str::parse::<u32>);
        let ticks = ticks.sum::<Result<u32, _>>().context("stat")?;
        Ok(TICK * ticks)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Signed requests, each with a body of its own.
fn requests(body: usize) -> Arc<[Vec<u8>]> {
    let request = |number: usize| {
        let mut text =
            format!(r#"{{"object":"whatsapp_business_account","id":"{number:08}","text":""#);
        let fill = body.saturating_sub(text.len() + 2);
        text.extend(std::iter::repeat_n('x', fill));
        text.push_str("\"}");
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(SECRET).context("key")?;
        mac.update(text.as_bytes());
        let mut signature = "sha256=".to_owned();
        for byte in mac.finalize().into_bytes() {
            write!(signature, "{byte:02x}")?;
        }
        let headers = [
            ("content-type", "application/json"),
            ("x-hub-signature-256", &*signature),
        ];
        anyhow::Ok(load::request(
            "/webhooks/whatsapp",
            &headers,
            text.as_bytes(),
        ))
    };
    (0..512).filter_map(|number| request(number).ok()).collect()
}

fn median(outcomes: &mut [Outcome], of: impl Fn(&Outcome) -> f64) -> f64 {
    outcomes.sort_by(|a, b| of(a).total_cmp(&of(b)));
    outcomes.get(outcomes.len() / 2).map_or(0.0, &of)
}
