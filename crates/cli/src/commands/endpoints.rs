//! `wharf endpoints`: the subscribers' URLs that events are delivered to.

use clap::Subcommand;
use serde_json::{Value, json};
use url::Url;

use crate::api::{Api, segment};
use crate::connection::Gateway;
use crate::output::{self, Format, plain};

/// List, create and remove endpoints, which events are delivered to
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf endpoints create https://example.com/wharf --types message,status
  wharf endpoints list
  wharf endpoints secret ep_…
  wharf endpoints enable ep_…")]
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
    /// Show all endpoints
    #[command(after_help = "Example:\n  wharf endpoints list")]
    List,
    /// Show one endpoint
    #[command(after_help = "Example:\n  wharf endpoints get ep_…")]
    Get { id: String },
    /// Create an endpoint; the answer has the secret that its signatures are checked with
    #[command(after_help = "\
Example:
  wharf endpoints create https://example.com/wharf --types message,status --channels main")]
    Create {
        /// Where events are sent to, by POST
        #[arg(value_name = "ENDPOINT_URL")]
        to: Url,
        /// What it is, for people
        #[arg(long)]
        description: Option<String>,
        /// Only these events, separated by commas
        #[arg(long, value_delimiter = ',', value_name = "EVENTS")]
        types: Vec<String>,
        /// Only these channels, separated by commas
        #[arg(long, value_delimiter = ',', value_name = "IDS")]
        channels: Vec<String>,
    },
    /// Show the secret that signatures are checked with
    #[command(after_help = "Example:\n  wharf endpoints secret ep_…")]
    Secret { id: String },
    /// Deliver again to an endpoint that was disabled
    #[command(after_help = "Example:\n  wharf endpoints enable ep_…")]
    Enable { id: String },
    /// Remove an endpoint
    #[command(after_help = "Example:\n  wharf endpoints delete ep_…")]
    Delete { id: String },
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/endpoints/{}", segment(id));
    let answer = match args.command {
        Command::List => return list(&api, args.format).await,
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Create {
            to,
            description,
            types,
            channels,
        } => {
            let mut body = json!({"url": to, "event_types": types, "channels": channels});
            if let Some(description) = description {
                body["description"] = description.into();
            }
            api.post("/api/v1/endpoints", &body).await?
        }
        Command::Secret { id } => api.get(&format!("{}/secret", one(&id)), &[]).await?,
        Command::Enable { id } => {
            api.post(&format!("{}/enable", one(&id)), &json!({}))
                .await?
        }
        Command::Delete { id } => api.delete(&one(&id)).await?,
    };
    Ok(output::record(&answer, args.format)?)
}

async fn list(api: &Api, format: Format) -> anyhow::Result<()> {
    let page = api
        .get("/api/v1/endpoints", &[("limit", "500".to_owned())])
        .await?;
    let row = |endpoint: &Value| {
        let state = if endpoint["disabled_at"].is_null() {
            "enabled"
        } else {
            "disabled"
        };
        let types = endpoint["event_types"]
            .as_array()
            .filter(|types| !types.is_empty());
        let types = types.map(|types| types.iter().map(plain).collect::<Vec<_>>().join(","));
        [
            plain(&endpoint["id"]),
            plain(&endpoint["url"]),
            types.unwrap_or_else(|| "all".to_owned()),
            state.to_owned(),
        ]
    };
    Ok(output::page(
        &page,
        ["ID", "URL", "EVENTS", "STATE"],
        row,
        format,
    )?)
}
