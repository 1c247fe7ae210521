//! PostgreSQL and NATS: what the gateway does with them, against the same work done barely in the
//! same run, on servers of its own.

mod bus;
mod ingest;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;
use test_servers::{Database, Durability, Nats, Postgres};

use super::wharf::{build, build_example};

/// Options of `cargo xtask bench cluster`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Cluster {
    /// How often each ingest load is run; the median is shown.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Measured time of one ingest load, in milliseconds.
    #[arg(long, default_value_t = 2000)]
    millis: u64,
    /// Keep-alive connections, or writers of the bare loop.
    #[arg(long, value_delimiter = ',', default_value = "64,256")]
    connections: Vec<usize>,
    /// Webhooks a second of the steady load.
    #[arg(long, default_value_t = 1_500)]
    rate: u32,
    /// Events that wait for NATS.
    #[arg(long, default_value_t = 20_000)]
    backlog: usize,
    /// Commands at once, and as many REST calls.
    #[arg(long, default_value_t = 4_000)]
    commands: usize,
    /// Take `wharf` and `examples/` from this folder instead of building them: for before and after.
    #[arg(long)]
    built: Option<PathBuf>,
    /// Measure only this part.
    #[arg(long)]
    only: Option<Part>,
}

/// The parts of the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Ingest,
    Steady,
    Publish,
    Commands,
    Latency,
}

/// What all parts need. Servers end with it, whatever way this ends.
struct Bench {
    wharf: PathBuf,
    table_rungs: PathBuf,
    bus_probe: PathBuf,
    postgres: Postgres,
}

impl Cluster {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let built = |name: &str| match &self.built {
            Some(folder) => Ok(folder.join("examples").join(name)),
            None => build_example(name),
        };
        let bench = Bench {
            wharf: match &self.built {
                Some(folder) => folder.join("wharf"),
                None => build()?,
            },
            table_rungs: built("table_rungs")?,
            bus_probe: built("bus_probe")?,
            postgres: Postgres::start(Durability::Disk)?,
        };
        let wanted = |part| self.only.is_none_or(|only| only == part);
        if wanted(Part::Ingest) {
            ingest::acknowledge(&bench, self)?;
        }
        if wanted(Part::Steady) {
            ingest::steady(&bench, self.rate)?;
        }
        if wanted(Part::Publish) {
            bus::publish(&bench, self.backlog)?;
        }
        if wanted(Part::Commands) {
            bus::commands(&bench, self.commands)?;
        }
        if wanted(Part::Latency) {
            bus::latency(&bench)?;
        }
        Ok(())
    }
}

impl Bench {
    fn database(&self) -> anyhow::Result<Database> {
        self.postgres.database().context("make a database")
    }

    fn probe(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        report(&self.bus_probe, arguments)
    }
}

fn nats() -> anyhow::Result<Nats> {
    Nats::start().context("start nats-server")
}

/// Runs a probe to its end; what it reports.
fn report(program: &Path, arguments: &[&str]) -> anyhow::Result<Value> {
    let out = Command::new(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .context("start a probe")?;
    ensure!(out.status.success(), "a probe failed");
    Ok(serde_json::from_slice(&out.stdout)?)
}

fn number(report: &Value, pointer: &str) -> anyhow::Result<f64> {
    let value = report.pointer(pointer).and_then(Value::as_f64);
    value.with_context(|| format!("a probe says no {pointer}"))
}
