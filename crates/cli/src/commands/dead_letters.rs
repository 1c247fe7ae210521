//! `wharf dead-letters`: work that gave up, kept until a person decides.

use clap::Subcommand;
use serde_json::{Value, json};

use crate::api::segment;
use crate::connection::Gateway;
use crate::output::{self, Format, plain};

/// List dead letters, look at one, try it again or discard it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf dead-letters list
  wharf dead-letters get dl_…
  wharf dead-letters retry dl_…
  wharf dead-letters discard dl_… --reason 'number no longer ours'")]
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
        /// Only this kind
        #[arg(long)]
        kind: Option<String>,
        #[command(flatten)]
        paging: super::Paging,
    },
    /// Show one dead letter
    #[command(after_help = "Example:\n  wharf dead-letters get dl_…")]
    Get { id: String },
    /// Try it again
    #[command(after_help = "Example:\n  wharf dead-letters retry dl_…")]
    Retry { id: String },
    /// Leave it for good
    #[command(after_help = "Example:\n  wharf dead-letters discard dl_… --reason 'test data'")]
    Discard {
        id: String,
        /// Why, for the people who look at it later
        #[arg(long)]
        reason: String,
    },
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/dead-letters/{}", segment(id));
    let answer = match args.command {
        Command::List { kind, paging } => {
            let page = api
                .get("/api/v1/dead-letters", &paging.query([("kind", kind)]))
                .await?;
            let head = ["ID", "KIND", "REASON", "RESOLUTION", "CREATED"];
            return Ok(output::page(&page, head, row, args.format)?);
        }
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Retry { id } => api.post(&format!("{}/retry", one(&id)), &json!({})).await?,
        Command::Discard { id, reason } => {
            api.post(
                &format!("{}/discard", one(&id)),
                &json!({ "reason": reason }),
            )
            .await?
        }
    };
    Ok(output::record(&answer, args.format)?)
}

fn row(letter: &Value) -> [String; 5] {
    ["id", "kind", "reason", "resolution", "created_at"].map(|field| plain(&letter[field]))
}
