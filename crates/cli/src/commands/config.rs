//! `wharf config`: the default configuration, the one in force, and whether it works.

mod check;

use anyhow::Context;
use clap::Subcommand;

pub(crate) use check::findings;

use crate::finding;
use crate::output::{self, Format};
use crate::settings::Settings;

/// Show or check the gateway's configuration
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf config default > wharf.toml
  wharf config show --config wharf.toml
  wharf config check --config wharf.toml")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the commented default configuration, which is the manual of every setting
    #[command(after_help = "Example:\n  wharf config default > wharf.toml")]
    Default,
    /// Print the configuration in force: defaults, file, environment, flags. Secrets stay references
    #[command(after_help = "Example:\n  wharf config show --config wharf.toml --json")]
    Show {
        #[command(flatten)]
        settings: Settings,
        #[command(flatten)]
        format: Format,
    },
    /// Check it: read the secrets, try the data folder, and say what to do about what is wrong
    #[command(after_help = "Example:\n  wharf config check --config wharf.toml")]
    Check {
        #[command(flatten)]
        settings: Settings,
        #[command(flatten)]
        format: Format,
    },
}

pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    match args.command {
        Command::Default => output::line(gateway::config::DEFAULT.trim_end())?,
        Command::Show { settings, format } => {
            let shown = settings.load()?.show();
            if format.json {
                let value = toml::from_str(&shown).context("the configuration cannot be shown")?;
                output::json(&value)?;
            } else {
                output::line(shown.trim_end())?;
            }
        }
        Command::Check { settings, format } => {
            let (findings, _) = findings(&settings);
            finding::report(&findings, format)?;
        }
    }
    Ok(())
}
