//! `wharf doctor`: everything that can keep a gateway from working, looked at one by one.

mod files;
mod network;

use gateway::config::Config;

use crate::commands::config;
use crate::finding::{self, Finding};
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
        findings.push(retention(&config));
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

/// How long what is kept.
fn retention(config: &Config) -> Finding {
    let kept = &config.retention;
    let kept = [
        ("messages", kept.messages_days),
        ("raw notifications", kept.raw_days),
        ("files", kept.media_days),
        ("events", kept.logs_days),
        ("audit", kept.audit_days),
    ];
    let kept = kept.map(|(what, days)| match days {
        0 => format!("{what} for ever"),
        1 => format!("{what} 1 day"),
        days => format!("{what} {days} days"),
    });
    let mut seen = kept.join(", ");
    let apart = &config.media.channel_retention_days;
    if !apart.is_empty() {
        seen = format!("{seen}; files of channels: {}", apart.join(", "));
    }
    Finding::ok("retention", seen)
}
