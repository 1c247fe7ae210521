//! `wharf conversations`: who is talked with on which channel, and what was said.

use clap::Subcommand;
use serde_json::Value;

use super::messages;
use crate::api::segment;
use crate::connection::Gateway;
use crate::list::Paging;
use crate::output::{self, Format, plain};

/// List conversations, look at one and at its messages
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A conversation is one contact on one channel. While its window is open, 24 hours after the contact
wrote last, anything may be sent; after that only templates.

Examples:
  wharf conversations list --channel main
  wharf conversations get cnv_…
  wharf conversations messages cnv_… --limit 20")]
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
    /// Show conversations, those with the newest messages first
    #[command(after_help = "Example:\n  wharf conversations list --contact cnt_…")]
    List {
        /// Only of this channel
        #[arg(long, value_name = "ID")]
        channel: Option<String>,
        /// Only with this contact, cnt_…
        #[arg(long, value_name = "ID")]
        contact: Option<String>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show one conversation
    #[command(after_help = "Example:\n  wharf conversations get cnv_…")]
    Get { id: String },
    /// Show the messages of a conversation, newest first
    #[command(after_help = "Example:\n  wharf conversations messages cnv_… --direction inbound")]
    Messages {
        id: String,
        /// inbound or outbound
        #[arg(long)]
        direction: Option<String>,
        #[command(flatten)]
        paging: Paging,
    },
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/conversations/{}", segment(id));
    match args.command {
        Command::List {
            channel,
            contact,
            paging,
        } => {
            let filters = [("channel", channel), ("contact", contact)];
            let list = paging.of(&api, "/api/v1/conversations", filters);
            let head = [
                "ID",
                "NAME",
                "LAST TEXT",
                "LAST MESSAGE",
                "UNREAD",
                "WINDOW CLOSES",
                "CHANNEL",
                "CONTACT",
            ];
            list.table(head, row, args.format).await
        }
        Command::Get { id } => {
            let conversation = api.get(&one(&id), &[]).await?;
            Ok(output::record(&conversation, args.format)?)
        }
        Command::Messages {
            id,
            direction,
            paging,
        } => {
            // A list of a conversation that is not there would be empty, which says nothing.
            let conversation = api.get(&one(&id), &[]).await?;
            let filters = [("conversation", Some(id)), ("direction", direction)];
            let list = paging.of(&api, "/api/v1/messages", filters);
            let head = ["ID", "CREATED", "WHO", "TEXT", "STATE", "TYPE"];
            list.table(head, |message| said(message, &conversation), args.format)
                .await
        }
    }
}

fn row(conversation: &Value) -> [String; 8] {
    let field = |name: &str| plain(&conversation[name]);
    let last = conversation.pointer("/last_message/text");
    [
        field("id"),
        name(conversation),
        last.and_then(Value::as_str).unwrap_or_default().to_owned(),
        field("last_message_at"),
        field("unread"),
        field("window_closes_at"),
        field("channel"),
        field("contact_id"),
    ]
}

/// The name of the contact, or else the number or id; empty if the key does not show them.
fn name(conversation: &Value) -> String {
    let contact = &conversation["contact"];
    let known = ["name", "username", "wa_id", "bsuid", "group_id"];
    let mut known = known.iter().filter_map(|field| contact[field].as_str());
    known.next().unwrap_or_default().to_owned()
}

/// A message of the conversation: from the contact, or from the channel.
fn said(message: &Value, conversation: &Value) -> [String; 6] {
    let field = |name: &str| plain(&message[name]);
    let who = match message["direction"].as_str() {
        Some("inbound") => name(conversation),
        _ => field("channel"),
    };
    [
        field("id"),
        field("created_at"),
        who,
        messages::text(message),
        field("state"),
        field("type"),
    ]
}
