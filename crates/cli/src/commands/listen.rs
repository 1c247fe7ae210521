//! `wharf listen`: events as they happen, shown and, if wanted, forwarded.

mod forward;

use anyhow::Context;
use serde_json::Value;
use url::Url;

use crate::connection::{Gateway, secret};
use crate::event_line;
use crate::output::{self, Format, Paint};
use crate::signals::Signals;
use crate::signature::SigningSecret;
use crate::stream::{Filter, LiveStream};

/// Show events as they happen, and forward them to a server under development
#[derive(Debug, clap::Args)]
#[command(after_help = "\
One line an event: time (UTC), event, channel, what matters of it. When the connection breaks it is
taken up again after the last event shown. --forward-to POSTs each event with a Standard Webhooks
signature, one after the other, and tries three times.

Examples:
  wharf listen
  wharf listen --types message,status --channel main
  wharf listen --since start --json | jq .data
  wharf listen --forward-to http://127.0.0.1:3000/events --secret whsec_…
  wharf listen --types message --count 1 --json")]
pub(crate) struct Args {
    /// Only these events, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "EVENTS")]
    types: Vec<String>,
    /// Only this channel
    #[arg(long)]
    channel: Option<String>,
    /// From where on: an event id (exclusive), now, or start
    #[arg(long, value_name = "ID|now|start")]
    since: Option<String>,
    /// POST each event to this URL
    #[arg(long, value_name = "URL")]
    forward_to: Option<Url>,
    /// The signing secret of --forward-to, or where it is (`env:NAME`, `file:PATH`). Without it one is made
    #[arg(
        long,
        requires = "forward_to",
        env = "WHARF_FORWARD_SECRET",
        hide_env_values = true
    )]
    secret: Option<String>,
    /// End after this many events
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    gateway: Gateway,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let forwarder = match args.forward_to {
        Some(url) => Some(forwarder(url, args.secret.as_deref())?),
        None => None,
    };
    let filter = Filter {
        types: args.types,
        channel: args.channel,
        since: args.since,
    };
    let mut events = LiveStream::connect(args.gateway.connect()?, filter).await?;
    output::note("wharf: listening; end with Ctrl-C");
    let (paint, mut left) = (Paint::for_stdout(), args.count);
    while left != Some(0) {
        let event = tokio::select! {
            event = events.next() => event?,
            () = signals.next() => return Ok(()),
        };
        left = left.map(|left| left - 1);
        let envelope: Value = serde_json::from_str(&event.data)
            .context("the gateway sent an event that is not JSON")?;
        if args.format.json {
            output::line(&event.data)?;
        } else {
            output::line(event_line::render(&envelope, paint))?;
        }
        if let Some(forwarder) = &forwarder {
            let outcome = tokio::select! {
                outcome = forwarder.forward(&event) => outcome,
                () = signals.next() => return Ok(()),
            };
            show(&outcome, args.format, paint)?;
        }
    }
    Ok(())
}

fn forwarder(url: Url, given: Option<&str>) -> anyhow::Result<forward::Forwarder> {
    let signing = if let Some(text) = given {
        SigningSecret::parse(&secret(text, "--secret")?)?
    } else {
        let made = SigningSecret::generate();
        output::note(format_args!(
            "wharf: the signing secret is {}",
            made.expose()
        ));
        made
    };
    forward::Forwarder::new(url, signing)
}

/// JSON lines are data alone, so there the outcome is a remark.
fn show(outcome: &forward::Outcome, format: Format, paint: Paint) -> anyhow::Result<()> {
    let line = outcome.line(paint);
    if format.json {
        output::note(line);
    } else {
        output::line(line)?;
    }
    Ok(())
}
