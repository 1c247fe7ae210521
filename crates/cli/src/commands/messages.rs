//! `wharf messages`: what came in and what went out.

mod timeline;

use clap::Subcommand;
use serde_json::{Value, json};

use crate::api::{Api, segment};
use crate::connection::Gateway;
use crate::event_line::words;
use crate::failure::Failure;
use crate::output::{self, Format, plain};
use crate::table::Table;
use crate::time;
use crate::trouble;

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
    #[command(after_help = "\
Examples:
  wharf messages list --channel main --direction inbound
  wharf messages list --state failed,unknown --since 1d")]
    List(Box<List>),
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
    /// Only these states, separated by commas, such as queued, sent, failed or unknown
    #[arg(long, value_name = "STATES")]
    state: Option<String>,
    /// Only those that wait in the queue: due, later, or with a priority: high, normal, low
    #[arg(long, value_name = "WAIT")]
    queue: Option<String>,
    /// inbound or outbound
    #[arg(long)]
    direction: Option<String>,
    /// From when on: a time, or how long ago (10m, 2h, 7d)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Until before when: a time, or how long ago
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    paging: super::Paging,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = async |id: &str| {
        let id = named(&api, id).await?;
        anyhow::Ok(format!("/api/v1/messages/{}", segment(&id)))
    };
    let answer = match args.command {
        Command::List(list) => {
            let at = |point: Option<String>| point.map(|text| time::for_api(&text)).transpose();
            let filters = [
                ("channel", list.channel),
                ("conversation", list.conversation),
                ("contact", list.contact),
                ("tag", list.tag),
                ("state", list.state),
                ("queue", list.queue),
                ("direction", list.direction),
                ("since", at(list.since)?),
                ("until", at(list.until)?),
            ];
            let messages = list.paging.of(&api, "/api/v1/messages", filters);
            return messages.table(HEAD, row, args.format).await;
        }
        Command::Timeline { id } => {
            let timeline = api
                .get(&format!("{}/timeline", one(&id).await?), &[])
                .await?;
            return Ok(timeline::print(&timeline, args.format)?);
        }
        Command::Get { id } => {
            let message = api.get(&one(&id).await?, &[]).await?;
            return Ok(show(message, args.format)?);
        }
        Command::Cancel { id } => {
            api.post(&format!("{}/cancel", one(&id).await?), &json!({}))
                .await?
        }
        Command::Read { id } => {
            api.post(&format!("{}/read", one(&id).await?), &json!({}))
                .await?
        }
        Command::Resend { id } => {
            api.post(&format!("{}/resend", one(&id).await?), &json!({}))
                .await?
        }
    };
    Ok(output::record(&answer, args.format)?)
}

/// Our id of a message that is called so. A wamid has a phone number in it, which must not stand in a
/// URL.
async fn named(api: &Api, id: &str) -> anyhow::Result<String> {
    if !id.starts_with("wamid.") {
        return Ok(id.to_owned());
    }
    let found = api.post("/api/v1/search", &json!({ "q": id })).await?;
    let hits = found["data"].as_array().into_iter().flatten();
    let mut messages = hits.filter(|hit| hit["kind"] == "message");
    match messages.next().and_then(|hit| hit["id"].as_str()) {
        Some(id) => Ok(id.to_owned()),
        None => Err(Failure::NothingFound("no message has this wamid".to_owned()).into()),
    }
}

/// Prints a message: what it says as text, its statuses as a table.
fn show(mut message: Value, format: Format) -> Result<(), Failure> {
    if format.json {
        return output::json(&message);
    }
    let statuses = message["statuses"].take();
    let text = text(&message);
    if !text.is_empty() {
        message["text"] = text.into();
        if message["type"] == "text" {
            message["content"] = Value::Null;
        }
    }
    output::record(&message, format)?;
    let statuses = statuses.as_array().map(Vec::as_slice).unwrap_or_default();
    if statuses.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = statuses.iter().map(status).collect();
    Table::new(["AT", "STATUS", "RECIPIENT", "ERROR"])
        .exact()
        .print(&rows)
}

fn status(status: &Value) -> [String; 4] {
    let error = &status["update"]["errors"][0];
    let text = error["title"].as_str().unwrap_or_default();
    [
        plain(&status["at"]),
        plain(&status["status"]),
        plain(
            status
                .pointer("/update/recipient_id")
                .unwrap_or(&status["recipient"]),
        ),
        trouble::sentence(&error["code"], text),
    ]
}

const HEAD: [&str; 8] = [
    "ID",
    "STATE",
    "WHO",
    "TEXT",
    "CREATED",
    "DIRECTION",
    "TYPE",
    "CHANNEL",
];

fn row(message: &Value) -> [String; 8] {
    let field = |name: &str| plain(&message[name]);
    [
        field("id"),
        field("state"),
        who(message),
        text(message),
        field("created_at"),
        field("direction"),
        field("type"),
        field("channel"),
    ]
}

/// Who wrote it, or whom it is to; empty if the key does not show it.
pub(super) fn who(message: &Value) -> String {
    let content = &message["content"];
    let named = match message["direction"].as_str() {
        Some("inbound") => ["from", "from_user_id"],
        _ => ["to", "recipient"],
    };
    let mut named = named.iter().filter_map(|field| content[field].as_str());
    let who = named.next().unwrap_or_default();
    // Meta leaves the plus out where a user writes.
    if !who.is_empty() && who.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("+{who}");
    }
    who.to_owned()
}

/// What it says; empty if it has no words, or the key does not show them.
pub(super) fn text(message: &Value) -> String {
    let kind = message["type"].as_str().unwrap_or_default();
    words(&message["content"][kind]).to_owned()
}
