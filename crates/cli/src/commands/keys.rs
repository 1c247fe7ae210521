//! `wharf keys`: who may call the API.

use clap::Subcommand;
use serde_json::{Value, json};

use crate::api::segment;
use crate::connection::Gateway;
use crate::output::{self, Format, plain};

/// List, create and revoke API keys
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf keys create billing
  wharf keys list
  wharf keys revoke key_…")]
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
    /// Show all keys, without the keys themselves
    #[command(after_help = "Example:\n  wharf keys list")]
    List {
        #[command(flatten)]
        paging: super::Paging,
    },
    /// Create a key; it is shown now and never again
    #[command(after_help = "Example:\n  wharf keys create billing")]
    Create {
        /// What it is for
        name: String,
    },
    /// Refuse a key from now on
    #[command(after_help = "Example:\n  wharf keys revoke key_…")]
    Revoke { id: String },
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let answer = match args.command {
        Command::List { paging } => {
            let page = api.get("/api/v1/api-keys", &paging.query([])).await?;
            let head = ["ID", "NAME", "ROLE", "CREATED", "LAST USED", "REVOKED"];
            return Ok(output::page(&page, head, row, args.format)?);
        }
        Command::Create { name } => {
            api.post("/api/v1/api-keys", &json!({ "name": name }))
                .await?
        }
        Command::Revoke { id } => {
            api.delete(&format!("/api/v1/api-keys/{}", segment(&id)))
                .await?
        }
    };
    Ok(output::record(&answer, args.format)?)
}

fn row(key: &Value) -> [String; 6] {
    [
        "id",
        "name",
        "role",
        "created_at",
        "last_used_at",
        "revoked_at",
    ]
    .map(|field| plain(&key[field]))
}
