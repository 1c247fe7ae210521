//! `cargo xtask bench`: what Wharf costs, against a bare handler in the same run.

mod cluster;
mod http;
mod inbox;
mod load;
mod pace;
mod quiet;
mod send;
mod service;
mod simulator;
mod traffic;
mod wharf;

use std::process::Command;

use anyhow::ensure;
use clap::{Args, Subcommand};

/// The whole service by default; or one comparison.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Bench {
    #[command(flatten)]
    service: service::Service,
    #[command(subcommand)]
    other: Option<Other>,
}

#[derive(Clone, Debug, Subcommand)]
enum Other {
    /// The ways to make a webhook durable, one on top of the other: the figures in docs/design.md.
    Inbox(inbox::Inbox),
    /// PostgreSQL and NATS: each against the same work done barely, on servers of its own.
    Cluster(cluster::Cluster),
    /// A backlog over three numbers: what is used of the pace that Meta permits.
    SendPace(pace::Pace),
    /// The send path: messages accepted a second, and its cost against a bare loop.
    Send(send::Send),
    /// The simulator: sends a second with their statuses, and the memory of many users.
    Simulator(simulator::Simulator),
}

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        if cfg!(debug_assertions) {
            return in_release();
        }
        match &self.other {
            Some(Other::Inbox(inbox)) => inbox.run(),
            Some(Other::Cluster(cluster)) => cluster.run(),
            Some(Other::SendPace(pace)) => pace.run(),
            Some(Other::Send(send)) => send.run(),
            Some(Other::Simulator(simulator)) => simulator.run(),
            None => self.service.run(),
        }
    }
}

/// The load generator must not be what is measured: the same command again, optimised.
fn in_release() -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--package", "xtask", "--"])
        .args(std::env::args_os().skip(1))
        .status()?;
    ensure!(status.success(), "the measurement failed");
    Ok(())
}
