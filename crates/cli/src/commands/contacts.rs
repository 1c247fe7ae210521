//! `wharf contacts`: the people who are written to, what is kept of one, and its end.

mod erase;

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::Value;

use crate::api::segment;
use crate::connection::Gateway;
use crate::download;
use crate::list::Paging;
use crate::output::{self, Format, note, plain};

/// List contacts, look at one, export or erase what is kept of it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf contacts list
  wharf contacts get cnt_…
  wharf contacts export cnt_… --output ada.ndjson
  wharf contacts erase cnt_…")]
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
    /// Show contacts, newest first
    #[command(after_help = "Example:\n  wharf contacts list --limit 200")]
    List {
        #[command(flatten)]
        paging: Paging,
    },
    /// Show one contact
    #[command(after_help = "Example:\n  wharf contacts get cnt_…")]
    Get { id: String },
    /// Print everything that is kept of a contact, a line of JSON each
    #[command(after_help = "\
Examples:
  wharf contacts export cnt_… > ada.ndjson
  wharf contacts export cnt_… --output ada.ndjson")]
    Export {
        id: String,
        /// Write it to this new file, which only you can read, instead of standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Erase a person everywhere, for good; prints a report of what is gone
    Erase(erase::Args),
    /// Show how far an erasure is, or its report
    #[command(after_help = "Example:\n  wharf contacts erasure era_…")]
    Erasure { id: String },
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/contacts/{}", segment(id));
    let answer = match args.command {
        Command::List { paging } => {
            let list = paging.of(&api, "/api/v1/contacts", []);
            let head = ["ID", "NAME", "NUMBER", "BSUID", "USERNAME", "CREATED"];
            return list.table(head, row, args.format).await;
        }
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Export { id, output } => {
            let path = format!("{}/export", one(&id));
            return download::save(&api, &path, &[], output.as_deref()).await;
        }
        Command::Erase(erase) => {
            let Some(erasure) = erase::run(erase, &api).await? else {
                note("wharf: nothing was erased");
                return Ok(());
            };
            erasure
        }
        Command::Erasure { id } => {
            let path = format!("/api/v1/erasures/{}", segment(&id));
            api.get(&path, &[]).await?
        }
    };
    Ok(output::record(&answer, args.format)?)
}

fn row(contact: &Value) -> [String; 6] {
    ["id", "name", "wa_id", "bsuid", "username", "created_at"].map(|field| plain(&contact[field]))
}
