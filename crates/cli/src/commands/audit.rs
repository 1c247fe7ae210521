//! `wharf audit`: who changed what, and when.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::Value;

use crate::connection::Gateway;
use crate::download;
use crate::failure::Failure;
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
  wharf audit export --since 30d > audit.csv")]
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
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        paging: Paging,
    },
    /// Print all of them as a table for other programs
    #[command(after_help = "\
Examples:
  wharf audit export --since 30d > audit.csv
  wharf audit export --to ndjson --output audit.ndjson")]
    Export {
        #[command(flatten)]
        filter: Filter,
        /// In which form: csv, or with --json one JSON object a line
        #[arg(long, value_parser = ["csv", "ndjson"], value_name = "FORM")]
        to: Option<String>,
        /// Write it to this new file, which only you can read, instead of standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
struct Filter {
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
}

impl Filter {
    fn query(self) -> Result<[(&'static str, Option<String>); 5], Failure> {
        let time = |text: Option<String>| text.as_deref().map(time::for_api).transpose();
        Ok([
            ("actor", self.actor),
            ("action", self.action),
            ("subject", self.subject),
            ("since", time(self.since)?),
            ("until", time(self.until)?),
        ])
    }
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    match args.command {
        Command::List { filter, paging } => {
            let list = paging.of(&api, "/api/v1/audit", filter.query()?);
            let head = ["AT", "ACTION", "SUBJECT", "ACTOR", "BECAME"];
            list.table(head, row, args.format).await
        }
        Command::Export { filter, to, output } => {
            let query = filter.query()?.into_iter();
            let query = query.filter_map(|(name, value)| Some((name, value?)));
            let form = match to {
                Some(form) if args.format.json && form == "csv" => {
                    let text = "--json and --to csv exclude each other";
                    return Err(Failure::Usage(text.to_owned()).into());
                }
                Some(form) => form,
                None if args.format.json => "ndjson".to_owned(),
                None => "csv".to_owned(),
            };
            let query: Vec<_> = query.chain([("format", form)]).collect();
            download::save(&api, "/api/v1/audit", &query, output.as_deref()).await
        }
    }
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
