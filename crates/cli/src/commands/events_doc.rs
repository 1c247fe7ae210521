//! `wharf events-doc`: writes `docs/events.md` from the gateway's own catalogue.

use crate::output;

/// Print docs/events.md
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf events-doc > docs/events.md")]
pub(crate) struct Args {}

pub(crate) fn run(_: Args) -> anyhow::Result<()> {
    output::line(gateway::events_markdown().trim_end())?;
    Ok(())
}
