//! `wharf access-doc`: writes `docs/access.md` from the gateway's own table.

use crate::output;

/// Print docs/access.md
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf access-doc > docs/access.md")]
pub(crate) struct Args {}

pub(crate) fn run(_: Args) -> anyhow::Result<()> {
    output::line(gateway::access_markdown().trim_end())?;
    Ok(())
}
