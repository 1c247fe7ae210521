//! `wharf doctor`: everything that can keep a gateway from working, looked at one by one.

mod files;
mod network;

use crate::commands::config;
use crate::finding;
use crate::output::Format;
use crate::settings::Settings;

/// Look at configuration, data, ports, the Graph API and the clock, and say what to do
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each line is ok, warn or fail; the exit code is 1 if any failed. It is safe beside a gateway that
runs: then the data is asked for through it.

Examples:
  wharf doctor
  wharf doctor --config wharf.toml --json")]
pub(crate) struct Args {
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let (mut findings, config) = config::findings(&args.settings);
    if let Some(config) = config {
        let gateway = network::gateway(&config).await?;
        let runs = gateway.runs;
        findings.extend(gateway.findings);
        // A gateway that runs holds its files; it has just said whether it can use them.
        if !runs {
            findings.extend(files::findings(&config).await);
        }
        findings.extend(network::graph(&config).await?);
    }
    finding::report(&findings, args.format)
}
