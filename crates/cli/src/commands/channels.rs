//! `wharf channels`: the numbers that the gateway sends from.

mod update;

use clap::Subcommand;
use serde_json::{Map, Value, json};

use crate::api::segment;
use crate::connection::Gateway;
use crate::list::Paging;
use crate::output::{self, Format, plain};

/// List, create, change, pause and remove channels
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
    List {
        #[command(flatten)]
        paging: Paging,
    },
    /// Show one channel
    #[command(after_help = "Example:\n  wharf channels get main")]
    Get { id: String },
    /// Create a channel
    #[command(after_help = "\
Example:
  wharf channels create --id main --name 'Lucky Shrub' --phone-number-id 106540352242922 \\
      --waba-id 102290129340398 --access-token env:WHATSAPP_ACCESS_TOKEN")]
    Create(Create),
    /// Change a channel; what is not named stays
    #[command(after_help = "\
Examples:
  wharf channels update main --name 'Lucky Shrub, Berlin'
  wharf channels update main --access-token file:/run/secrets/token
  wharf channels update main --unset throughput")]
    Update(Box<update::Args>),
    /// Show how much a channel sends and what waits
    #[command(after_help = "Example:\n  wharf channels load main")]
    Load { id: String },
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
        Command::List { paging } => {
            let list = paging.of(&api, "/api/v1/channels", []);
            let head = ["ID", "NAME", "NUMBER", "PHONE NUMBER ID", "STATE"];
            return list.table(head, row, args.format).await;
        }
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Create(create) => api.post("/api/v1/channels", &create.body()).await?,
        Command::Update(update) => {
            let path = one(&update.id);
            api.patch(&path, &update.body()).await?
        }
        Command::Load { id } => api.get(&format!("{}/load", one(&id)), &[]).await?,
        Command::Pause { id, reason } => {
            api.post(&format!("{}/pause", one(&id)), &json!({ "reason": reason }))
                .await?
        }
        Command::Resume { id } => {
            api.post(&format!("{}/resume", one(&id)), &json!({}))
                .await?
        }
        Command::Delete { id } => {
            let answer = api.delete(&one(&id)).await?;
            return Ok(output::outcome(&answer, "deleted", args.format)?);
        }
    };
    Ok(output::record(&answer, args.format)?)
}

fn row(channel: &Value) -> [String; 5] {
    [
        "id",
        "name",
        "display_phone_number",
        "phone_number_id",
        "state",
    ]
    .map(|field| plain(&channel[field]))
}
