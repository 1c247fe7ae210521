//! `wharf deliveries`: what was handed to endpoints, with every attempt.

use clap::Subcommand;
use serde_json::{Value, json};

use crate::api::segment;
use crate::connection::Gateway;
use crate::failure::Failure;
use crate::list::Paging;
use crate::output::{self, Format, plain};
use crate::table;
use crate::time;
use crate::trouble;

/// List deliveries to endpoints, look at the attempts of one, try one again
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf deliveries list --endpoint ep_… --state failing
  wharf deliveries get dlv_…
  wharf deliveries retry dlv_…")]
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
    /// Show deliveries, newest first
    #[command(after_help = "\
Examples:
  wharf deliveries list --state failing
  wharf deliveries list --endpoint ep_… --tried-since 24h")]
    List {
        /// Only to this endpoint
        #[arg(long, value_name = "ID")]
        endpoint: Option<String>,
        /// Only of this event
        #[arg(long, value_name = "ID")]
        event: Option<String>,
        /// Only in this state: pending, failing (pending after an attempt that failed), delivered,
        /// failed or canceled
        #[arg(long)]
        state: Option<String>,
        /// Only those that were tried since: a time, or how long ago (10m, 2h, 7d)
        #[arg(long, value_name = "TIME")]
        tried_since: Option<String>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show one delivery with its attempts
    #[command(after_help = "Example:\n  wharf deliveries get dlv_…")]
    Get { id: String },
    /// Try a delivery again at once, with the whole schedule before it
    #[command(after_help = "Example:\n  wharf deliveries retry dlv_…")]
    Retry { id: String },
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/deliveries/{}", segment(id));
    match args.command {
        Command::List {
            endpoint,
            event,
            state,
            tried_since,
            paging,
        } => {
            let tried_since = tried_since.map(|text| time::for_api(&text)).transpose()?;
            let failing = state.as_deref() == Some(FAILING);
            let state = if failing {
                Some("pending".to_owned())
            } else {
                state
            };
            let filters = [
                ("endpoint", endpoint),
                ("event", event),
                ("state", state),
                ("failures", failing.then(|| "true".to_owned())),
                ("tried_since", tried_since),
            ];
            let list = paging.of(&api, "/api/v1/deliveries", filters);
            list.table(HEAD, row, args.format).await
        }
        Command::Get { id } => {
            let delivery = api.get(&one(&id), &[]).await?;
            Ok(show(delivery, args.format)?)
        }
        Command::Retry { id } => {
            let path = format!("{}/retry", one(&id));
            let delivery = api.post(&path, &json!({})).await?;
            Ok(output::record(&delivery, args.format)?)
        }
    }
}

/// Prints a delivery and its attempts.
pub(super) fn show(mut delivery: Value, format: Format) -> Result<(), Failure> {
    if format.json {
        return output::json(&delivery);
    }
    let attempts = delivery["attempts"].take();
    output::record(&delivery, format)?;
    let rows: Vec<_> = attempts
        .as_array()
        .into_iter()
        .flatten()
        .map(attempt)
        .collect();
    let head = ["ATTEMPT", "AT", "MS", "STATUS", "ERROR", "ANSWER"];
    table::print(head, &rows)
}

/// Where a delivery stands that is pending because an attempt failed.
pub(super) const FAILING: &str = "failing";

const HEAD: [&str; 8] = [
    "ID", "EVENT", "STATE", "STATUS", "TRIES", "NEXT TRY", "CREATED", "ENDPOINT",
];

fn row(delivery: &Value) -> [String; 8] {
    let field = |name: &str| plain(&delivery[name]);
    let has_failed = delivery["attempt_count"]
        .as_i64()
        .is_some_and(|count| count > 0);
    let state = match field("state") {
        state if state == "pending" && has_failed => FAILING.to_owned(),
        state => state,
    };
    [
        field("id"),
        field("event"),
        state,
        field("last_status"),
        field("attempt_count"),
        field("next_attempt_at"),
        field("created_at"),
        field("endpoint_id"),
    ]
}

fn attempt(attempt: &Value) -> [String; 6] {
    let answer = match &attempt["response"] {
        // A later gateway tells of the whole answer.
        Value::Object(answer) => answer.get("body").unwrap_or(&Value::Null),
        other => other,
    };
    let field = |name: &str| plain(&attempt[name]);
    let error = field("error");
    [
        field("number"),
        field("at"),
        field("duration_ms"),
        field("status"),
        trouble::beside_status(&error, &attempt["status"]).to_owned(),
        plain(answer),
    ]
}
