//! `wharf logs`: what people did and what went wrong, in one list by time.

mod entry;

use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;
use eventsource_stream::Event;
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, channel};
use tokio_util::task::TaskTracker;

use self::entry::{Entry, Newest, Shown};
use crate::api::Api;
use crate::connection::Gateway;
use crate::event_line::Look;
use crate::failure::{Failure, is_passing};
use crate::list::Paging;
use crate::output::{self, Format, note, plain};
use crate::signals::Signals;
use crate::stream::{Filter, LiveStream};
use crate::time::{self, written};

/// Events that tell of the state of things, and not of what people write.
const TELLING: [&str; 12] = [
    "dead_letter",
    "unrecognised",
    "endpoint_disabled",
    "channel_paused",
    "channel_resumed",
    "connected",
    "disconnected",
    "account",
    "phone_number",
    "template",
    "flow",
    "security",
];

/// How often the audit is looked at while following it.
const LOOK: Duration = Duration::from_secs(2);

/// Show what was changed and what went wrong, by time
#[derive(Debug, clap::Args)]
#[command(after_help = "\
One list of two things: the audit (who changed what) and the events that tell of the state of
things (dead letters, channels that pause and resume, endpoints that were disabled, news of the
account, its numbers and templates). A key that may not see the audit gets the events alone.
Requests are not kept; what the process itself logs goes to its standard error: see
`journalctl -u wharf` or `docker logs`.

Examples:
  wharf logs
  wharf logs --since 7d --only events
  wharf logs --follow
  wharf logs --follow --json | jq -c 'select(.event.event == \"dead_letter\")'")]
pub(crate) struct Args {
    /// From where on: a time, or how long ago (10m, 2h, 7d)
    #[arg(long, value_name = "TIME", default_value = "1d")]
    since: String,
    /// At most this many of the newest, up to 10000
    #[arg(long, value_name = "N", default_value_t = 200,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// Only one of the two
    #[arg(long)]
    only: Option<Only>,
    /// Go on with what comes
    #[arg(long, short)]
    follow: bool,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    gateway: Gateway,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// What happened
    Events,
    /// Who changed what
    Audit,
}

/// What is shown, and what was shown.
#[derive(Debug)]
struct Logs {
    api: Api,
    /// Up to where the audit was read.
    audited: Option<String>,
    shown: Shown,
    format: Format,
    look: Look,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let since = written(time::time(&args.since).map_err(Failure::Usage)?);
    let api = args.gateway.connect()?;
    let tasks = TaskTracker::new();
    // Opened first, so that nothing falls between the list and the stream.
    let live = match args.only {
        Some(Only::Audit) => None,
        _ if !args.follow => None,
        _ => Some(live(&api, &tasks).await?),
    };
    let mut newest = Newest::of(usize::try_from(args.limit).unwrap_or(usize::MAX));
    if args.only != Some(Only::Audit) {
        events(&api, &since, &mut newest).await?;
    }
    let audited = match args.only {
        Some(Only::Events) => None,
        only => may_read(audit(&api, &since, &mut newest).await, only)?,
    };
    let entries = newest.into_sorted();
    if args.format.json && !args.follow {
        let data: Vec<_> = entries.iter().map(Entry::json).collect();
        return Ok(output::json(&json!({ "data": data }))?);
    }
    let mut logs = Logs {
        api,
        audited,
        shown: Shown::default(),
        format: args.format,
        look: Look::here(true),
    };
    for entry in &entries {
        logs.show(entry)?;
    }
    if !args.follow {
        return Ok(());
    }
    let mut signals = Signals::listen()?;
    note("wharf: following; end with Ctrl-C");
    tokio::select! {
        ended = logs.follow(live) => ended,
        () = signals.next() => Ok(()),
    }
}

/// What happens from now on. The stream lives in a task, since a look at the audit must not break it.
async fn live(api: &Api, tasks: &TaskTracker) -> anyhow::Result<Receiver<anyhow::Result<Event>>> {
    let filter = Filter {
        types: TELLING.map(str::to_owned).to_vec(),
        since: Some("now".to_owned()),
        ..Filter::default()
    };
    let mut stream = LiveStream::connect(api.clone(), filter).await?;
    let (sender, receiver) = channel(64);
    tasks.spawn(async move {
        loop {
            let next = stream.next().await;
            let ended = next.is_err();
            if sender.send(next).await.is_err() || ended {
                return;
            }
        }
    });
    Ok(receiver)
}

impl Logs {
    async fn follow(
        &mut self,
        mut live: Option<Receiver<anyhow::Result<Event>>>,
    ) -> anyhow::Result<()> {
        let mut tick = tokio::time::interval(LOOK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let next = async {
                match &mut live {
                    Some(live) => live.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                event = next => {
                    let event = event.context("the stream ended")??;
                    let event: Value = serde_json::from_str(&event.data)
                        .context("the gateway sent an event that is not JSON")?;
                    self.show(&Entry::event(event))?;
                }
                _ = tick.tick() => self.look_at_audit().await?,
            }
        }
    }

    async fn look_at_audit(&mut self) -> anyhow::Result<()> {
        let Some(since) = self.audited.clone() else {
            return Ok(());
        };
        let mut deeds = Newest::of(1000);
        match audit(&self.api, &since, &mut deeds).await {
            Err(error) if is_passing(&error) => return Ok(()),
            until => self.audited = Some(until?),
        }
        for entry in deeds.into_sorted() {
            self.show(&entry)?;
        }
        Ok(())
    }

    /// Shows an entry that was not shown before.
    fn show(&mut self, entry: &Entry) -> Result<(), Failure> {
        if self.shown.is_new(entry) {
            print(entry, self.format, self.look)?;
        }
        Ok(())
    }
}

fn print(entry: &Entry, format: Format, look: Look) -> Result<(), Failure> {
    if format.json {
        return output::line(entry.json());
    }
    output::line(entry.line(look))
}

async fn events(api: &Api, since: &str, newest: &mut Newest) -> anyhow::Result<()> {
    for kind in TELLING {
        let filters = [
            ("type", Some(kind.to_owned())),
            ("after", Some(since.to_owned())),
        ];
        let mut list = Paging::everything().of(api, "/api/v1/events", filters);
        while let Some(page) = list.next().await? {
            for event in page {
                newest.push(Entry::event(event));
            }
        }
    }
    Ok(())
}

/// Reads the audit from a time on; gives up to when it was read.
async fn audit(api: &Api, since: &str, newest: &mut Newest) -> anyhow::Result<String> {
    let filters = [("since", Some(since.to_owned()))];
    let mut list = Paging::everything().of(api, "/api/v1/audit", filters);
    let mut until = None;
    // Newest first: once there is room for no more, the rest is older.
    while let Some(page) = list.next().await? {
        let count = page.len();
        let first = page.first().map(|deed| plain(&deed["at"]));
        until = until.or(first);
        for deed in page {
            newest.push(Entry::deed(deed));
        }
        if count >= newest.limit() {
            break;
        }
    }
    Ok(until.unwrap_or_else(|| since.to_owned()))
}

/// Up to when the audit was read; that this key may not is a remark, unless it was asked for alone.
fn may_read(audit: anyhow::Result<String>, only: Option<Only>) -> anyhow::Result<Option<String>> {
    let error = match audit {
        Ok(until) => return Ok(Some(until)),
        Err(error) => error,
    };
    match error.downcast_ref::<Failure>() {
        Some(Failure::Refused(refusal))
            if matches!(refusal.status, 403 | 404) && only.is_none() =>
        {
            note("wharf: this key does not see the audit, so that only events are shown");
            Ok(None)
        }
        _ => Err(error),
    }
}
