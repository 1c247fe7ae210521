//! `wharf channels`: the numbers that the gateway sends from.

use clap::Subcommand;
use serde_json::{Map, Value, json};

use crate::api::{Api, segment};
use crate::connection::Gateway;
use crate::output::{self, Format, plain};

/// List, create, pause and remove channels
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf channels list
  wharf channels create --id main --name 'Lucky Shrub' --phone-number-id 106540352242922 \\
      --waba-id 102290129340398 --access-token env:WHATSAPP_ACCESS_TOKEN
  wharf channels pause main --reason 'token expired'
  wharf channels resume main")]
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
    /// Show all channels
    #[command(after_help = "Example:\n  wharf channels list")]
    List,
    /// Show one channel
    #[command(after_help = "Example:\n  wharf channels get main")]
    Get { id: String },
    /// Create a channel
    #[command(after_help = "\
Example:
  wharf channels create --id main --name 'Lucky Shrub' --phone-number-id 106540352242922 \\
      --waba-id 102290129340398 --access-token env:WHATSAPP_ACCESS_TOKEN")]
    Create(Create),
    /// Stop sending; messages stay queued
    #[command(after_help = "Example:\n  wharf channels pause main --reason 'token expired'")]
    Pause {
        id: String,
        /// Why, for the people who look at it later
        #[arg(long)]
        reason: Option<String>,
    },
    /// Send again
    #[command(after_help = "Example:\n  wharf channels resume main")]
    Resume { id: String },
    /// Remove a channel
    #[command(after_help = "Example:\n  wharf channels delete main")]
    Delete { id: String },
}

#[derive(Debug, clap::Args)]
struct Create {
    /// Its id: letters, digits, _ and -; without one the gateway chooses
    #[arg(long)]
    id: Option<String>,
    /// Its name, for people
    #[arg(long)]
    name: String,
    /// Meta's id of the business phone number
    #[arg(long, value_name = "ID")]
    phone_number_id: String,
    /// The WABA that the number belongs to
    #[arg(long, value_name = "ID")]
    waba_id: Option<String>,
    /// Where the gateway finds the access token; without one the channel only receives
    #[arg(long, value_name = "env:NAME|file:PATH")]
    access_token: Option<String>,
    /// Where the gateway finds an app secret of this channel's own
    #[arg(long, value_name = "env:NAME|file:PATH")]
    app_secret: Option<String>,
    /// Where the gateway finds a verify token of this channel's own
    #[arg(long, value_name = "env:NAME|file:PATH")]
    verify_token: Option<String>,
    /// Messages a second
    #[arg(long, value_name = "N")]
    throughput: Option<u32>,
}

impl Create {
    fn body(self) -> Value {
        let texts = [
            ("id", self.id),
            ("name", Some(self.name)),
            ("phone_number_id", Some(self.phone_number_id)),
            ("waba_id", self.waba_id),
            ("access_token", self.access_token),
            ("app_secret", self.app_secret),
            ("verify_token", self.verify_token),
        ];
        let given = texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?.into())));
        let mut body: Map<String, Value> = given
            .map(|(name, text): (_, Value)| (name.to_owned(), text))
            .collect();
        body.extend(
            self.throughput
                .map(|rate| ("throughput".to_owned(), rate.into())),
        );
        Value::Object(body)
    }
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/channels/{}", segment(id));
    let answer = match args.command {
        Command::List => return list(&api, args.format).await,
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Create(create) => api.post("/api/v1/channels", &create.body()).await?,
        Command::Pause { id, reason } => {
            api.post(&format!("{}/pause", one(&id)), &json!({ "reason": reason }))
                .await?
        }
        Command::Resume { id } => {
            api.post(&format!("{}/resume", one(&id)), &json!({}))
                .await?
        }
        Command::Delete { id } => api.delete(&one(&id)).await?,
    };
    Ok(output::record(&answer, args.format)?)
}

async fn list(api: &Api, format: Format) -> anyhow::Result<()> {
    let page = api
        .get("/api/v1/channels", &[("limit", "500".to_owned())])
        .await?;
    let row = |channel: &Value| {
        ["id", "name", "phone_number_id", "state"].map(|field| plain(&channel[field]))
    };
    Ok(output::page(
        &page,
        ["ID", "NAME", "PHONE NUMBER ID", "STATE"],
        row,
        format,
    )?)
}
