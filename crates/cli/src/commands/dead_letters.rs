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
use crate::time;
use crate::trouble;

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
    #[command(after_help = "\
Examples:
  wharf dead-letters list --kind delivery
  wharf dead-letters list --state resolved --since 7d
  wharf dead-letters list --refused-by job_…")]
    List {
        /// Only this kind: send, delivery, ingest, command or media
        #[arg(long)]
        kind: Option<String>,
        /// Only with this reason
        #[arg(long)]
        reason: Option<String>,
        /// Only of this channel
        #[arg(long)]
        channel: Option<String>,
        /// Only those that this job has settled
        #[arg(long, value_name = "ID")]
        settled_by: Option<String>,
        /// Only those that this job was refused
        #[arg(long, value_name = "ID")]
        refused_by: Option<String>,
        /// Which of them: open, resolved or any [default: open, or any of a job's]
        #[arg(long)]
        state: Option<String>,
        /// From when on: a time, or how long ago (10m, 2h, 7d)
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// Until before when: a time, or how long ago
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
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
            settled_by,
            refused_by,
            state,
            since,
            until,
            paging,
        } => {
            let at = |point: Option<String>| point.map(|text| time::for_api(&text)).transpose();
            let filters = [
                ("kind", kind),
                ("reason", reason),
                ("channel", channel),
                ("settled_by", settled_by),
                ("refused_by", refused_by),
                ("state", state),
                ("since", at(since)?),
                ("until", at(until)?),
            ];
            let list = paging.of(&api, "/api/v1/dead-letters", filters);
            return list.table(HEAD, row, args.format).await;
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

const HEAD: [&str; 8] = [
    "ID", "REASON", "ERROR", "FIX", "CREATED", "MESSAGE", "KIND", "CHANNEL",
];

fn row(letter: &Value) -> [String; 8] {
    let field = |name: &str| plain(&letter[name]);
    [
        field("id"),
        field("reason"),
        error(&letter["detail"]),
        plain(&letter["fix"]["action"]),
        field("created_at"),
        field("message_id"),
        field("kind"),
        field("channel"),
    ]
}

/// What went wrong, in the words that a letter of this kind has.
fn error(detail: &Value) -> String {
    let texts = ["title", "error", "message", "why"];
    let mut texts = texts.iter().filter_map(|field| detail[field].as_str());
    trouble::sentence(&detail["code"], texts.next().unwrap_or_default())
}

fn group(group: &Value) -> [String; 5] {
    ["reason", "kind", "count", "oldest_at", "newest_at"].map(|field| plain(&group[field]))
}
