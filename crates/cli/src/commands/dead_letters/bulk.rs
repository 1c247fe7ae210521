//! `wharf dead-letters bulk`: many of them, previewed, settled by a job, watched.

use std::time::Duration;

use clap::Subcommand;
use serde_json::{Map, Value, json};

use crate::api::{Api, segment};
use crate::failure::Failure;
use crate::output::{self, Format, note, plain};
use crate::table;
use crate::time;

/// How often is asked how far a job is.
const LOOK: Duration = Duration::from_millis(500);

const PATH: &str = "/api/v1/dead-letters/bulk";

/// Settle many dead letters by a job in the gateway, at a pace
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The job goes on when this command is interrupted; `get` tells how far it is.

Examples:
  wharf dead-letters bulk retry --reason auth --channel main --dry-run
  wharf dead-letters bulk retry --reason auth --channel main --per-second 20
  wharf dead-letters bulk discard --created-before 2026-01-01T00:00:00Z --why 'too old'
  wharf dead-letters bulk get job_…")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try them again
    #[command(after_help = "Example:\n  wharf dead-letters bulk retry --reason auth --dry-run")]
    Retry {
        #[command(flatten)]
        which: Which,
    },
    /// Leave them for good
    #[command(
        after_help = "Example:\n  wharf dead-letters bulk discard --kind delivery --why 'endpoint is gone'"
    )]
    Discard {
        #[command(flatten)]
        which: Which,
        /// Why, for the people who look at them later
        #[arg(long)]
        why: String,
    },
    /// Show jobs, newest first
    #[command(after_help = "Example:\n  wharf dead-letters bulk list")]
    List {
        #[command(flatten)]
        paging: crate::list::Paging,
    },
    /// Show how far a job is
    #[command(
        visible_alias = "show",
        after_help = "Example:\n  wharf dead-letters bulk get job_…"
    )]
    Get { id: String },
    /// End a job before its time; what it has settled stays settled
    #[command(after_help = "Example:\n  wharf dead-letters bulk cancel job_…")]
    Cancel { id: String },
}

/// Which of the open ones, and how.
#[derive(Debug, clap::Args)]
struct Which {
    /// This one; may be given several times
    #[arg(long, value_name = "ID")]
    id: Vec<String>,
    /// Only this kind: send, delivery, ingest or command
    #[arg(long)]
    kind: Option<String>,
    /// Only with this reason
    #[arg(long)]
    reason: Option<String>,
    /// Only of this channel
    #[arg(long)]
    channel: Option<String>,
    /// Only those made at or after this time, or from so long ago on (2h, 7d)
    #[arg(long, value_name = "TIME")]
    created_after: Option<String>,
    /// Only those made at or before this time
    #[arg(long, value_name = "TIME")]
    created_before: Option<String>,
    /// All that are open; needed if nothing else says which
    #[arg(long, required_unless_present_any =
        ["id", "kind", "reason", "channel", "created_after", "created_before"])]
    all: bool,
    /// Only tell what would be done
    #[arg(long)]
    dry_run: bool,
    /// At most this many a second
    #[arg(long, value_name = "N", default_value_t = 10)]
    per_second: u32,
    /// Do not wait until the job has ended
    #[arg(long)]
    no_wait: bool,
}

pub(super) async fn run(args: Args, api: &Api, format: Format) -> anyhow::Result<()> {
    let one = |id: &str| format!("{PATH}/{}", segment(id));
    let answer = match args.command {
        Command::Retry { which } => return settle(api, "retry", None, which, format).await,
        Command::Discard { which, why } => {
            return settle(api, "discard", Some(why), which, format).await;
        }
        Command::List { paging } => {
            let head = [
                "ID", "ACTION", "STATE", "TOTAL", "DONE", "FAILED", "CREATED",
            ];
            return paging.of(api, PATH, []).table(head, row, format).await;
        }
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Cancel { id } => {
            api.post(&format!("{}/cancel", one(&id)), &json!({}))
                .await?
        }
    };
    Ok(output::record(&answer, format)?)
}

async fn settle(
    api: &Api,
    action: &str,
    why: Option<String>,
    which: Which,
    format: Format,
) -> anyhow::Result<()> {
    let (dry_run, wait) = (which.dry_run, !which.no_wait);
    let body = which.into_body(action, why)?;
    let mut answer = api.post(PATH, &body).await?;
    if dry_run {
        return Ok(preview(&answer, format)?);
    }
    if wait {
        answer = follow(api, answer).await?;
    }
    output::record(&answer, format)?;
    if answer["failed"].as_i64().unwrap_or(0) > 0 {
        anyhow::bail!("some were refused and stay open; `last_error` says why the last one was");
    }
    Ok(())
}

/// Tells how a job goes on until it has ended; the job then.
async fn follow(api: &Api, mut job: Value) -> anyhow::Result<Value> {
    let path = format!("{PATH}/{}", segment(&plain(&job["id"])));
    let mut told = String::new();
    loop {
        let progress = progress(&job);
        if progress != told {
            note(&progress);
            told = progress;
        }
        if job["state"] != "running" {
            return Ok(job);
        }
        tokio::time::sleep(LOOK).await;
        job = api.get(&path, &[]).await?;
    }
}

/// Where a job stands, in one line.
fn progress(job: &Value) -> String {
    format!(
        "{}: {} of {} done, {} refused ({})",
        plain(&job["id"]),
        plain(&job["done"]),
        plain(&job["total"]),
        plain(&job["failed"]),
        plain(&job["state"]),
    )
}

fn preview(preview: &Value, format: Format) -> Result<(), Failure> {
    if format.json {
        return output::json(preview);
    }
    let mut rows = vec![["total".to_owned(), "-".to_owned(), plain(&preview["total"])]];
    for by in ["kind", "reason", "channel"] {
        let counts = preview[format!("by_{by}")].as_array().into_iter().flatten();
        rows.extend(counts.map(|one| [by.to_owned(), plain(&one["value"]), plain(&one["count"])]));
    }
    table::print(["BY", "VALUE", "COUNT"], &rows)
}

impl Which {
    fn into_body(self, action: &str, why: Option<String>) -> Result<Value, Failure> {
        let time = |text: Option<String>| text.as_deref().map(time::for_api).transpose();
        let mut filter = Map::new();
        if !self.id.is_empty() {
            filter.insert("ids".to_owned(), json!(self.id));
        }
        for (name, value) in [
            ("kind", self.kind),
            ("reason", self.reason),
            ("channel", self.channel),
            ("created_after", time(self.created_after)?),
            ("created_before", time(self.created_before)?),
        ] {
            if let Some(value) = value {
                filter.insert(name.to_owned(), Value::String(value));
            }
        }
        let mut body = json!({
            "action": action, "filter": filter,
            "per_second": self.per_second, "dry_run": self.dry_run,
        });
        if let Some(why) = why {
            body["reason"] = Value::String(why);
        }
        Ok(body)
    }
}

fn row(job: &Value) -> [String; 7] {
    [
        "id",
        "action",
        "state",
        "total",
        "done",
        "failed",
        "created_at",
    ]
    .map(|field| plain(&job[field]))
}
