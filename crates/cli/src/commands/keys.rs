//! `wharf keys`: who may call the API.

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::api::segment;
use crate::connection::Gateway;
use crate::list::Paging;
use crate::output::{self, Format, note, plain};

/// List, create, rotate and revoke API keys
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A key is shown when it is made or rotated, and never again: the gateway keeps only its hash.

Examples:
  wharf keys create billing --role sender --channel support
  wharf keys create board --role viewer --no-texts
  wharf keys list
  wharf keys rotate key_…
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
        paging: Paging,
    },
    /// Create a key; it is shown now and never again
    #[command(after_help = "\
Examples:
  wharf keys create billing --role sender --channel support --channel sales
  wharf keys create auditor --role viewer --texts --json | jq -r .key > key.txt")]
    Create(Create),
    /// Give a key another secret; the one before stays good for a while, so that nothing stops
    #[command(after_help = "\
Examples:
  wharf keys rotate key_…
  wharf keys rotate key_… --overlap 3600")]
    Rotate {
        id: String,
        /// For how many seconds the secret before stays good, up to 604800 [default: a day]
        #[arg(long, value_name = "SECONDS")]
        overlap: Option<u32>,
    },
    /// Refuse a key from now on
    #[command(after_help = "Example:\n  wharf keys revoke key_…")]
    Revoke { id: String },
}

#[derive(Debug, clap::Args)]
struct Create {
    /// What it is for
    name: String,
    /// What its holder may do
    #[arg(long, default_value = "admin")]
    role: Role,
    /// Only for this channel; may be given several times
    #[arg(long = "channel", value_name = "ID")]
    channels: Vec<String>,
    /// Its holder does not see what people write; so it is for a viewer, unless --texts
    #[arg(long)]
    no_texts: bool,
    /// Its holder sees what people write; so it is for all but a viewer
    #[arg(long, conflicts_with = "no_texts")]
    texts: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    /// Everything
    Admin,
    /// Everything that goes on, but not how the gateway is set up
    Operator,
    /// Sending, and seeing what became of it
    Sender,
    /// Looking
    Viewer,
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Sender => "sender",
            Self::Viewer => "viewer",
        }
    }
}

impl Create {
    fn body(self) -> Value {
        let mut body = json!({"name": self.name, "role": self.role.as_str()});
        if !self.channels.is_empty() {
            body["channels"] = self.channels.into();
        }
        if self.no_texts || self.texts {
            body["shows_texts"] = self.texts.into();
        }
        body
    }
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/api-keys/{}", segment(id));
    let shown_once = match args.command {
        Command::List { paging } => {
            let list = paging.of(&api, "/api/v1/api-keys", []);
            let head = [
                "ID",
                "NAME",
                "ROLE",
                "CHANNELS",
                "TEXTS",
                "CREATED",
                "LAST USED",
                "STATE",
            ];
            return list.table(head, row, args.format).await;
        }
        Command::Create(create) => api.post("/api/v1/api-keys", &create.body()).await?,
        Command::Rotate { id, overlap } => {
            let body = match overlap {
                Some(seconds) => json!({ "overlap_seconds": seconds }),
                None => json!({}),
            };
            api.post(&format!("{}/rotate", one(&id)), &body).await?
        }
        Command::Revoke { id } => {
            let answer = api.delete(&one(&id)).await?;
            return Ok(output::outcome(&answer, "revoked", args.format)?);
        }
    };
    output::record(&shown_once, args.format)?;
    note("wharf: keep the key: it is not shown again");
    Ok(())
}

fn row(key: &Value) -> [String; 8] {
    let channels = key["channels"].as_array();
    let channels = channels.map(|all| all.iter().map(plain).collect::<Vec<_>>().join(","));
    let state = if key["revoked_at"].is_null() {
        "active"
    } else {
        "revoked"
    };
    [
        plain(&key["id"]),
        plain(&key["name"]),
        plain(&key["role"]),
        channels.unwrap_or_else(|| "all".to_owned()),
        if key["shows_texts"] == false {
            "no"
        } else {
            "yes"
        }
        .to_owned(),
        plain(&key["created_at"]),
        plain(&key["last_used_at"]),
        state.to_owned(),
    ]
}
