//! `wharf audit`: who changed what, and when.

use clap::Subcommand;
use serde_json::Value;

use crate::connection::Gateway;
use crate::list::Paging;
use crate::output::{Format, plain};
use crate::time;

/// Show who changed what, and when
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Every change that was asked for through the API, the console or this program, with what was there
before and what came in its place, without secrets.

Examples:
  wharf audit list --since 1d
  wharf audit list --subject main --all --json > audit.json")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    gateway: Gateway,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show changes, newest first
    #[command(after_help = "\
Examples:
  wharf audit list --action channel.paused --since 7d
  wharf audit list --actor key_… --until 2026-11-21")]
    List {
        /// Only by this API key
        #[arg(long, value_name = "ID")]
        actor: Option<String>,
        /// Only this, such as channel.paused
        #[arg(long)]
        action: Option<String>,
        /// Only of the thing with this id
        #[arg(long, value_name = "ID")]
        subject: Option<String>,
        /// Only from this time on
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// Only up to this time
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        #[command(flatten)]
        paging: Paging,
    },
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let Command::List {
        actor,
        action,
        subject,
        since,
        until,
        paging,
    } = args.command;
    let times = |text: Option<String>| text.as_deref().map(time::for_api).transpose();
    let filters = [
        ("actor", actor),
        ("action", action),
        ("subject", subject),
        ("since", times(since)?),
        ("until", times(until)?),
    ];
    let api = args.gateway.connect()?;
    let list = paging.of(&api, "/api/v1/audit", filters);
    let head = ["AT", "ACTION", "SUBJECT", "ACTOR", "BECAME"];
    list.table(head, row, args.format).await
}

fn row(deed: &Value) -> [String; 5] {
    let actor = deed["actor_name"].as_str();
    let actor = actor.map_or_else(|| plain(&deed["actor"]), str::to_owned);
    [
        plain(&deed["at"]),
        plain(&deed["action"]),
        plain(&deed["subject"]),
        actor,
        plain(&deed["became"]),
    ]
}
