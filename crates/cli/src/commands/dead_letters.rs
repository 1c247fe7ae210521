//! `wharf dead-letters`: work that gave up, kept until a person decides.

mod bulk;

use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;
use serde_json::{Value, json};

use crate::api::segment;
use crate::connection::Gateway;
use crate::list::Paging;
use crate::output::{self, Format, plain};

/// List dead letters, look at one, try it again or discard it, one by one or in bulk
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf dead-letters groups
  wharf dead-letters list
  wharf dead-letters get dl_…
  wharf dead-letters retry dl_…
  wharf dead-letters discard dl_… --reason 'number no longer ours'
  wharf dead-letters bulk retry --reason auth --dry-run")]
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
    /// Show dead letters, newest first
    #[command(after_help = "Example:\n  wharf dead-letters list --kind delivery")]
    List {
        /// Only this kind: send, delivery, ingest or command
        #[arg(long)]
        kind: Option<String>,
        /// Only with this reason
        #[arg(long)]
        reason: Option<String>,
        /// Only of this channel
        #[arg(long)]
        channel: Option<String>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Count them by reason and kind
    #[command(after_help = "Example:\n  wharf dead-letters groups")]
    Groups,
    /// Show one dead letter, with what was done to it
    #[command(
        visible_alias = "show",
        after_help = "Example:\n  wharf dead-letters get dl_…"
    )]
    Get {
        id: String,
    },
    /// Try it again
    #[command(after_help = "\
Examples:
  wharf dead-letters retry dl_…
  wharf dead-letters retry dl_… --message edited.json")]
    Retry {
        id: String,
        /// Send what this file says instead, a message in Meta's shape; - is standard input
        #[arg(long, value_name = "FILE")]
        message: Option<PathBuf>,
    },
    /// Leave it for good
    #[command(after_help = "Example:\n  wharf dead-letters discard dl_… --reason 'test data'")]
    Discard {
        id: String,
        /// Why, for the people who look at it later
        #[arg(long)]
        reason: String,
    },
    Bulk(bulk::Args),
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/dead-letters/{}", segment(id));
    let answer = match args.command {
        Command::List {
            kind,
            reason,
            channel,
            paging,
        } => {
            let filters = [("kind", kind), ("reason", reason), ("channel", channel)];
            let list = paging.of(&api, "/api/v1/dead-letters", filters);
            let head = ["ID", "KIND", "CHANNEL", "REASON", "FIX", "CREATED"];
            return list.table(head, row, args.format).await;
        }
        Command::Groups => {
            let list = Paging::default().of(&api, "/api/v1/dead-letters/groups", []);
            let head = ["REASON", "KIND", "COUNT", "OLDEST", "NEWEST"];
            return list.table(head, group, args.format).await;
        }
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Retry { id, message } => {
            let body = match message {
                Some(file) => json!({ "message": read(&file)? }),
                None => json!({}),
            };
            api.post(&format!("{}/retry", one(&id)), &body).await?
        }
        Command::Discard { id, reason } => {
            api.post(
                &format!("{}/discard", one(&id)),
                &json!({ "reason": reason }),
            )
            .await?
        }
        Command::Bulk(bulk) => return bulk::run(bulk, &api, args.format).await,
    };
    Ok(output::record(&answer, args.format)?)
}

fn read(file: &std::path::Path) -> anyhow::Result<Value> {
    let text = if file.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))
}

fn row(letter: &Value) -> [String; 6] {
    [
        &letter["id"],
        &letter["kind"],
        &letter["channel"],
        &letter["reason"],
        &letter["fix"]["action"],
        &letter["created_at"],
    ]
    .map(plain)
}

fn group(group: &Value) -> [String; 5] {
    ["reason", "kind", "count", "oldest_at", "newest_at"].map(|field| plain(&group[field]))
}
