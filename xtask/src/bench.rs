//! `cargo xtask bench`: what Wharf costs, against a bare handler in the same run.

mod http;
mod inbox;
mod load;
mod quiet;
mod service;
mod traffic;

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
}

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        match &self.other {
            Some(Other::Inbox(inbox)) => inbox.run(),
            None => self.service.run(),
        }
    }
}
