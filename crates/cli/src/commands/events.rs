//! `wharf events`: what happened, and handing it to an endpoint once more.

use clap::Subcommand;
use serde_json::{Value, json};

use crate::api::segment;
use crate::connection::Gateway;
use crate::event_line;
use crate::output::{self, Format, Paint};

/// List events, look at one, deliver it to an endpoint again
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf events list --type status --channel main
  wharf events get evt_… --json
  wharf events replay evt_… --endpoint ep_…")]
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
    #[command(after_help = "Example:\n  wharf events list --type message --after evt_…")]
    List {
        /// Only this event, such as message or status
        #[arg(long = "type", value_name = "EVENT")]
        kind: Option<String>,
        #[arg(long)]
        channel: Option<String>,
        /// Only what came after this event
        #[arg(long, value_name = "ID")]
        after: Option<String>,
        #[command(flatten)]
        paging: super::Paging,
    },
    /// Show one event
    #[command(after_help = "Example:\n  wharf events get evt_…")]
    Get { id: String },
    /// Deliver an event to an endpoint once more
    #[command(after_help = "Example:\n  wharf events replay evt_… --endpoint ep_…")]
    Replay {
        id: String,
        #[arg(long, value_name = "ID")]
        endpoint: String,
    },
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/events/{}", segment(id));
    let answer = match args.command {
        Command::List {
            kind,
            channel,
            after,
            paging,
        } => {
            let query = paging.query([("type", kind), ("channel", channel), ("after", after)]);
            return list(&api.get("/api/v1/events", &query).await?, args.format);
        }
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Replay { id, endpoint } => {
            let body = json!({ "endpoint": endpoint });
            api.post(&format!("{}/replay", one(&id)), &body).await?
        }
    };
    Ok(output::record(&answer, args.format)?)
}

fn list(page: &Value, format: Format) -> anyhow::Result<()> {
    if format.json {
        return Ok(output::json(page)?);
    }
    let paint = Paint::for_stdout();
    for event in page["data"].as_array().into_iter().flatten() {
        output::line(event_line::render(event, paint))?;
    }
    if let Some(cursor) = page["next_cursor"].as_str() {
        output::note(format_args!("there are more: --cursor {cursor}"));
    }
    Ok(())
}
