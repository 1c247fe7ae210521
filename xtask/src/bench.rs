//! `cargo xtask bench`: what Wharf costs, against a bare handler in the same run.

mod inbox;
mod load;
mod quiet;

use clap::Subcommand;

/// What to measure.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Bench {
    /// The ways to make a webhook durable, one on top of the other: the figures in docs/design.md.
    Inbox(inbox::Inbox),
}

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        match self {
            Self::Inbox(inbox) => inbox.run(),
        }
    }
}
