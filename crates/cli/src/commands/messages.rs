//! `wharf messages`: what came in and what went out.

mod timeline;

use clap::Subcommand;
use serde_json::{Value, json};

use crate::api::segment;
use crate::connection::Gateway;
use crate::output::{self, Format, plain};

/// List messages, look at one and at what happened to it, cancel or send it again
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf messages list --channel main --state failed
  wharf messages list --tag spring --state failed
  wharf messages get msg_…
  wharf messages timeline wamid.…
  wharf messages resend msg_…")]
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
    /// Show messages, newest first
    #[command(after_help = "Example:\n  wharf messages list --channel main --direction inbound")]
    List(List),
    /// Show one message with its statuses, by our id or the wamid
    #[command(after_help = "Example:\n  wharf messages get msg_…")]
    Get { id: String },
    /// Show what happened to a message, by our id, the wamid or the idempotency key
    #[command(after_help = "Example:\n  wharf messages timeline order-42")]
    Timeline { id: String },
    /// Take back a message that is not sent yet
    #[command(after_help = "Example:\n  wharf messages cancel msg_…")]
    Cancel { id: String },
    /// Tell the user that a message of theirs was read
    #[command(after_help = "Example:\n  wharf messages read msg_…")]
    Read { id: String },
    /// Send a message again that failed, or whose outcome is unknown: then it may arrive twice
    #[command(after_help = "Example:\n  wharf messages resend msg_…")]
    Resend { id: String },
}

#[derive(Debug, clap::Args)]
struct List {
    /// Only of this channel
    #[arg(long, value_name = "ID")]
    channel: Option<String>,
    /// Only this conversation, cnv_…
    #[arg(long, value_name = "ID")]
    conversation: Option<String>,
    /// Only with this contact, cnt_…
    #[arg(long, value_name = "ID")]
    contact: Option<String>,
    /// Only with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Only this state, such as queued, sent, failed or unknown
    #[arg(long)]
    state: Option<String>,
    /// inbound or outbound
    #[arg(long)]
    direction: Option<String>,
    #[command(flatten)]
    paging: super::Paging,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/messages/{}", segment(id));
    let answer = match args.command {
        Command::List(list) => {
            let filters = [
                ("channel", list.channel),
                ("conversation", list.conversation),
                ("contact", list.contact),
                ("tag", list.tag),
                ("state", list.state),
                ("direction", list.direction),
            ];
            let messages = list.paging.of(&api, "/api/v1/messages", filters);
            return messages.table(HEAD, row, args.format).await;
        }
        Command::Timeline { id } => {
            let timeline = api.get(&format!("{}/timeline", one(&id)), &[]).await?;
            return Ok(timeline::print(&timeline, args.format)?);
        }
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Cancel { id } => {
            api.post(&format!("{}/cancel", one(&id)), &json!({}))
                .await?
        }
        Command::Read { id } => api.post(&format!("{}/read", one(&id)), &json!({})).await?,
        Command::Resend { id } => {
            api.post(&format!("{}/resend", one(&id)), &json!({}))
                .await?
        }
    };
    Ok(output::record(&answer, args.format)?)
}

pub(super) const HEAD: [&str; 6] = ["ID", "DIRECTION", "TYPE", "STATE", "CHANNEL", "CREATED"];

pub(super) fn row(message: &Value) -> [String; 6] {
    ["id", "direction", "type", "state", "channel", "created_at"]
        .map(|field| plain(&message[field]))
}
