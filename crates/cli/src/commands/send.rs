//! `wharf send`: one message, and if wanted its way to the user.

pub(super) mod body;
mod options;
mod wait;

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use crate::connection::Gateway;
use crate::output::{self, Format, plain};

/// Send a message
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Prints the message's id and state. With --wait it follows the message until it is delivered (exit
code 0), failed (1), or the time is over (5).

Examples:
  wharf send --channel main --to +15551234567 --text 'Hello'
  wharf send --channel main --to +15551234567 --image https://example.com/cat.jpg --caption 'A cat'
  wharf send --channel main --to +15551234567 --template order_update --language en_US --param 42
  wharf send --channel main --to US.13491208655302741918 --text 'Hello' --wait
  jq -n '{to: \"15551234567\", type: \"text\", text: {body: \"Hello\"}}' | wharf send --channel main --body -
  wharf send --channel main --to +15551234567 --text 'Once' --idempotency-key order-42
  wharf send --channel main --to +15551234567 --text 'Soon' --send-at 2027-01-31T08:00:00Z --tag spring")]
pub(crate) struct Args {
    /// The channel to send from
    #[arg(long)]
    channel: String,
    #[command(flatten)]
    content: body::Content,
    #[command(flatten)]
    options: options::Options,
    /// The gateway does the same key only once
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Follow the message until it is delivered or failed
    #[arg(long)]
    wait: bool,
    /// How long --wait waits, in seconds
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    timeout: u64,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    gateway: Gateway,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let mut body = args.content.into_body()?;
    args.options.add_to(&mut body)?;
    body.insert("channel".to_owned(), Value::String(args.channel));
    let api = args.gateway.connect()?;
    let mut request = api.request(Method::POST, "/api/v1/messages")?.json(&body);
    if let Some(key) = args.idempotency_key {
        request = request.header("Idempotency-Key", key);
    }
    let message = api.json(request.timeout(Duration::from_secs(30))).await?;
    if !args.wait {
        return Ok(print(&message, args.format)?);
    }
    let limit = Duration::from_secs(args.timeout);
    wait::follow(&api, message, limit, args.format).await
}

fn print(message: &Value, format: Format) -> Result<(), crate::failure::Failure> {
    if format.json {
        return output::json(message);
    }
    output::line(format_args!(
        "{}  {}",
        plain(&message["id"]),
        plain(&message["state"])
    ))
}
