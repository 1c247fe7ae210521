//! `wharf endpoints`: the subscribers' URLs that events are delivered to.

use clap::Subcommand;
use serde_json::{Map, Value, json};
use url::Url;

use super::deliveries;
use crate::api::segment;
use crate::connection::Gateway;
use crate::list::Paging;
use crate::output::{self, Format, note, plain};
use crate::time;

/// List, create, change, test and remove endpoints, which events are delivered to
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf endpoints create https://example.com/wharf --types message,status
  wharf endpoints list
  wharf endpoints test ep_…
  wharf endpoints recover ep_… --since 2h
  wharf endpoints rotate-secret ep_…")]
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
    List {
        #[command(flatten)]
        paging: Paging,
    },
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
        #[command(flatten)]
        about: About,
    },
    /// Change an endpoint; what is not named stays
    #[command(after_help = "\
Examples:
  wharf endpoints update ep_… --to https://example.com/new
  wharf endpoints update ep_… --types message,status
  wharf endpoints update ep_… --all-types --all-channels")]
    Update(Box<Update>),
    /// Show how well deliveries go: success rate, what waits, when it is tried next
    #[command(after_help = "Example:\n  wharf endpoints stats ep_…")]
    Stats { id: String },
    /// Send a test event at once, and show the answer
    #[command(after_help = "Example:\n  wharf endpoints test ep_…")]
    Test { id: String },
    /// Show the secret that signatures are checked with
    #[command(after_help = "Example:\n  wharf endpoints secret ep_…")]
    Secret { id: String },
    /// Make a new secret; for a while deliveries are signed with both
    #[command(after_help = "Example:\n  wharf endpoints rotate-secret ep_… --overlap 3600")]
    RotateSecret {
        id: String,
        /// For how many seconds both sign
        #[arg(long, value_name = "SECONDS")]
        overlap: Option<u32>,
    },
    /// Send everything that failed since then once more
    #[command(after_help = "\
Examples:
  wharf endpoints recover ep_… --since 2h
  wharf endpoints recover ep_… --since 2026-11-21T08:00:00Z")]
    Recover {
        id: String,
        /// From when on: a time, or how long ago (10m, 2h, 7d)
        #[arg(long, value_name = "TIME")]
        since: String,
    },
    /// Deliver again to an endpoint that was disabled
    #[command(after_help = "Example:\n  wharf endpoints enable ep_…")]
    Enable { id: String },
    /// Deliver no more; what comes waits until it is enabled
    #[command(after_help = "Example:\n  wharf endpoints disable ep_…")]
    Disable { id: String },
    /// Remove an endpoint
    #[command(after_help = "Example:\n  wharf endpoints delete ep_…")]
    Delete { id: String },
}

#[derive(Debug, clap::Args)]
struct About {
    /// What it is, for people
    #[arg(long)]
    description: Option<String>,
    /// Only these events, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "EVENTS")]
    types: Vec<String>,
    /// Only these channels, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "IDS")]
    channels: Vec<String>,
}

#[derive(Debug, clap::Args)]
struct Update {
    id: String,
    #[command(flatten)]
    changes: Changes,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
struct Changes {
    /// Where events are sent to from now on
    #[arg(long, value_name = "ENDPOINT_URL")]
    to: Option<Url>,
    /// What it is, for people
    #[arg(long)]
    description: Option<String>,
    /// Only these events, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "EVENTS")]
    types: Vec<String>,
    /// Only these channels, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "IDS")]
    channels: Vec<String>,
    /// All events
    #[arg(long, conflicts_with = "types")]
    all_types: bool,
    /// All channels
    #[arg(long, conflicts_with = "channels")]
    all_channels: bool,
}

impl Changes {
    fn body(self) -> Value {
        let mut body = Map::new();
        body.extend(self.to.map(|to| ("url".to_owned(), to.as_str().into())));
        body.extend(
            self.description
                .map(|text| ("description".to_owned(), text.into())),
        );
        if self.all_types || !self.types.is_empty() {
            body.insert("event_types".to_owned(), self.types.into());
        }
        if self.all_channels || !self.channels.is_empty() {
            body.insert("channels".to_owned(), self.channels.into());
        }
        Value::Object(body)
    }
}

/// What the gateway recovers in one call at most.
const AT_ONCE: i64 = 10_000;

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/endpoints/{}", segment(id));
    let part = |id: &str, part: &str| format!("/api/v1/endpoints/{}/{part}", segment(id));
    let answer = match args.command {
        Command::List { paging } => {
            let with_stats = [("stats", Some("true".to_owned()))];
            let list = paging.of(&api, "/api/v1/endpoints", with_stats);
            let head = ["ID", "STATE", "WAITING", "URL", "EVENTS", "CHANNELS"];
            return list.table(head, row, args.format).await;
        }
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Create { to, about } => {
            let mut body =
                json!({"url": to, "event_types": about.types, "channels": about.channels});
            if let Some(description) = about.description {
                body["description"] = description.into();
            }
            api.post("/api/v1/endpoints", &body).await?
        }
        Command::Update(update) => {
            let path = one(&update.id);
            api.patch(&path, &update.changes.body()).await?
        }
        Command::Stats { id } => api.get(&part(&id, "stats"), &[]).await?,
        Command::Test { id } => {
            let delivery = api.post(&part(&id, "test"), &json!({})).await?;
            let taken = delivery["state"] == "delivered";
            deliveries::show(delivery, args.format)?;
            anyhow::ensure!(taken, "the endpoint did not take it");
            return Ok(());
        }
        Command::Secret { id } => api.get(&part(&id, "secret"), &[]).await?,
        Command::RotateSecret { id, overlap } => {
            let body = match overlap {
                Some(seconds) => json!({ "overlap_seconds": seconds }),
                None => json!({}),
            };
            let answer = api.post(&part(&id, "rotate-secret"), &body).await?;
            note("wharf: give it to the subscriber before the old one ends");
            answer
        }
        Command::Recover { id, since } => {
            let body = json!({ "since": time::for_api(&since)? });
            let answer = api.post(&part(&id, "recover"), &body).await?;
            if answer["deliveries"] == AT_ONCE {
                note("wharf: there may be more: recover again");
            }
            answer
        }
        Command::Enable { id } => api.post(&part(&id, "enable"), &json!({})).await?,
        Command::Disable { id } => api.patch(&one(&id), &json!({ "disabled": true })).await?,
        Command::Delete { id } => {
            let answer = api.delete(&one(&id)).await?;
            return Ok(output::outcome(&answer, "deleted", args.format)?);
        }
    };
    Ok(output::record(&answer, args.format)?)
}

/// With how its deliveries go.
fn row(endpoint: &Value) -> [String; 6] {
    let figures = &endpoint["stats"];
    let state = if !endpoint["disabled_at"].is_null() {
        "disabled"
    } else if figures["failing"].as_i64().is_some_and(|count| count > 0) {
        deliveries::FAILING
    } else {
        "enabled"
    };
    let names = |field: &str| {
        let names = endpoint[field].as_array().filter(|names| !names.is_empty());
        let names = names.map(|names| names.iter().map(plain).collect::<Vec<_>>().join(","));
        names.unwrap_or_else(|| "all".to_owned())
    };
    [
        plain(&endpoint["id"]),
        state.to_owned(),
        plain(&figures["waiting"]),
        plain(&endpoint["url"]),
        names("event_types"),
        names("channels"),
    ]
}
