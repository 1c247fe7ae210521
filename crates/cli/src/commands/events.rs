//! `wharf events`: what happened, and handing it on once more.

mod resend;

use clap::Subcommand;
use serde_json::json;

use crate::api::segment;
use crate::connection::Gateway;
use crate::event_line::{self, Look};
use crate::list::Paging;
use crate::output::{self, Format};
use crate::time::Point;

/// List events, look at one, deliver it again
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf events list --type status --channel main --since 1h
  wharf events get evt_… --json
  wharf events resend evt_…
  wharf events resend evt_… --forward-to http://127.0.0.1:3000/events")]
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
    /// Show events, oldest first
    #[command(after_help = "\
Examples:
  wharf events list --type message --since 10m
  wharf events list --since evt_… --all --json")]
    List {
        /// Only this event, such as message or status
        #[arg(long = "type", visible_alias = "event", value_name = "EVENT")]
        kind: Option<String>,
        /// Only of this channel
        #[arg(long, value_name = "ID")]
        channel: Option<String>,
        /// From where on: a time, how long ago (10m, 2h, 7d), an event id (exclusive), or start
        #[arg(long, visible_alias = "after", value_name = "WHEN", value_parser = Point::parse)]
        since: Option<Point>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show one event
    #[command(after_help = "Example:\n  wharf events get evt_…")]
    Get { id: String },
    /// Deliver events once more: to every endpoint that wants them, to one, or to a URL
    #[command(visible_alias = "replay")]
    Resend(resend::Args),
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    match args.command {
        Command::List {
            kind,
            channel,
            since,
            paging,
        } => {
            let after = match since {
                None | Some(Point::Start) => None,
                Some(Point::Now) if args.format.json => {
                    let nothing = json!({"data": [], "next_cursor": null});
                    return Ok(output::json(&nothing)?);
                }
                Some(Point::Now) => return Ok(()),
                Some(point) => Some(point.for_api()),
            };
            let filters = [("type", kind), ("channel", channel), ("after", after)];
            let list = paging.of(&api, "/api/v1/events", filters);
            let look = Look::here(true);
            list.lines(|event| event_line::render(event, look), args.format)
                .await
        }
        Command::Get { id } => {
            let path = format!("/api/v1/events/{}", segment(&id));
            Ok(output::record(&api.get(&path, &[]).await?, args.format)?)
        }
        Command::Resend(resend) => resend::run(resend, &api, args.format).await,
    }
}
