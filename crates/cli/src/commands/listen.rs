//! `wharf listen`: events as they happen, shown and, if wanted, forwarded.

use anyhow::Context;
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use crate::api::{Api, segment};
use crate::connection::Gateway;
use crate::event_line::{self, Look};
use crate::forward::{Forwarder, signing};
use crate::output::{self, Format, note};
use crate::signals::Signals;
use crate::signature::SigningSecret;
use crate::stream::{Filter, LiveStream};
use crate::time::Point;

/// Show events as they happen, and forward them to a server under development
#[derive(Debug, clap::Args)]
#[command(after_help = "\
One line an event: time (UTC), event, channel, what matters of it, its id. When the connection
breaks it is taken up again after the last event shown. --forward-to POSTs each event once, one
after the other, with a Standard Webhooks signature, and shows the answer's status and time beside
it. Ctrl-C ends it with a count of both.

Examples:
  wharf listen
  wharf listen --event message,status --channel main
  wharf listen --since 10m --json | jq .data
  wharf listen --forward-to http://127.0.0.1:3000/events
  wharf listen --forward-to http://127.0.0.1:3000/events --as-endpoint ep_…
  wharf listen --event message --count 1 --json")]
pub(crate) struct Args {
    /// Only these events, separated by commas
    #[arg(
        long = "event",
        visible_alias = "types",
        value_delimiter = ',',
        value_name = "EVENTS"
    )]
    events: Vec<String>,
    /// Only of these channels, separated by commas
    #[arg(long = "channel", value_delimiter = ',', value_name = "IDS")]
    channels: Vec<String>,
    /// Only with this contact: cnt_…, a phone number or a business-scoped user id
    #[arg(long, value_name = "WHO")]
    contact: Option<String>,
    /// From where on: a time, how long ago (10m, 2h, 7d), an event id (exclusive), now, or start
    #[arg(long, value_name = "WHEN", value_parser = Point::parse)]
    since: Option<Point>,
    /// POST each event to this URL
    #[arg(long, value_name = "URL")]
    forward_to: Option<Url>,
    /// Where the signing secret of --forward-to is, else `WHARF_FORWARD_SECRET`. Without it one is
    /// made and printed
    #[arg(
        long,
        requires = "forward_to",
        conflicts_with = "as_endpoint",
        value_name = "env:NAME|file:PATH"
    )]
    secret: Option<String>,
    /// Sign with this endpoint's secret, and take its filters where none are given
    #[arg(long, requires = "forward_to", value_name = "ID")]
    as_endpoint: Option<String>,
    /// End after this many events
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    gateway: Gateway,
}

/// What was shown and forwarded.
#[derive(Debug)]
struct Tally {
    began: Instant,
    shown: u64,
    forwarding: bool,
    taken: u64,
    refused: u64,
}

pub(crate) async fn run(mut args: Args) -> anyhow::Result<()> {
    let api = args.gateway.clone().connect()?;
    let forwarder = match args.forward_to.take() {
        Some(url) => {
            let secret = match args.as_endpoint.take() {
                Some(id) => endpoint(&api, &id, &mut args).await?,
                None => signing(args.secret.as_deref())?,
            };
            Some(Forwarder::new(url, secret)?)
        }
        None => None,
    };
    let filter = Filter {
        types: args.events.clone(),
        // The gateway looks for one; several are told apart here.
        channel: (args.channels.len() == 1).then(|| args.channels[0].clone()),
        since: args.since.as_ref().map(Point::for_api),
    };
    let mut events = LiveStream::connect(api, filter).await?;
    let mut signals = Signals::listen()?;
    note("wharf: listening; end with Ctrl-C");
    let mut tally = Tally {
        began: Instant::now(),
        shown: 0,
        forwarding: forwarder.is_some(),
        taken: 0,
        refused: 0,
    };
    let look = Look::here(false);
    while args.count.is_none_or(|count| tally.shown < count) {
        let event = tokio::select! {
            event = events.next() => event?,
            () = signals.next() => break,
        };
        let envelope: Value = serde_json::from_str(&event.data)
            .context("the gateway sent an event that is not JSON")?;
        if !args.wants(&envelope) {
            continue;
        }
        tally.shown += 1;
        if args.format.json {
            output::line(&event.data)?;
        } else {
            output::line(event_line::render(&envelope, look))?;
        }
        let Some(forwarder) = &forwarder else {
            continue;
        };
        let outcome = tokio::select! {
            outcome = forwarder.forward(&event.id, event.data.clone()) => outcome,
            () = signals.next() => break,
        };
        if outcome.is_taken() {
            tally.taken += 1;
        } else {
            tally.refused += 1;
        }
        let line = format!("{}  {}", outcome.line(look.paint), event.id);
        // JSON lines are data alone, so there the outcome is a remark.
        if args.format.json {
            note(line);
        } else {
            output::line(line)?;
        }
    }
    note(tally.summary());
    Ok(())
}

/// The secret of an endpoint; its filters count where none are given.
async fn endpoint(api: &Api, id: &str, args: &mut Args) -> anyhow::Result<SigningSecret> {
    let path = format!("/api/v1/endpoints/{}", segment(id));
    let found = api.get(&path, &[]).await?;
    let list = |field: &str| {
        let values = found[field].as_array().into_iter().flatten();
        values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    if args.events.is_empty() {
        args.events = list("event_types");
    }
    if args.channels.is_empty() {
        args.channels = list("channels");
    }
    let answer = api.get(&format!("{path}/secret"), &[]).await?;
    let secret = answer["secret"]
        .as_str()
        .context("the endpoint has no secret")?;
    SigningSecret::parse(secret)
}

impl Args {
    /// What the gateway does not filter.
    fn wants(&self, envelope: &Value) -> bool {
        let channel = envelope["session_id"].as_str().unwrap_or_default();
        if !self.channels.is_empty() && !self.channels.iter().any(|wanted| wanted == channel) {
            return false;
        }
        let Some(contact) = &self.contact else {
            return true;
        };
        let wanted = contact.trim_start_matches('+');
        let data = &envelope["data"];
        ["contact_id", "from", "chat", "recipient"]
            .iter()
            .any(|field| data[field].as_str() == Some(wanted))
    }
}

impl Tally {
    fn summary(&self) -> String {
        let seconds = self.began.elapsed().as_secs();
        let time = match seconds {
            0..=119 => format!("{seconds} s"),
            120..=7199 => format!("{} min", seconds / 60),
            _ => format!("{} h", seconds / 3600),
        };
        let events = if self.shown == 1 { "event" } else { "events" };
        let shown = format!("wharf: {} {events} in {time}", self.shown);
        match (self.forwarding, self.refused) {
            (false, _) => shown,
            (true, 0) => format!("{shown}; {} forwarded", self.taken),
            (true, refused) => format!(
                "{shown}; {} forwarded, {refused} not taken: `wharf events resend ID --forward-to URL`",
                self.taken
            ),
        }
    }
}
