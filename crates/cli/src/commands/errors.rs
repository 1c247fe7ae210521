//! `wharf errors`: what the carrier said went wrong with messages.

use serde_json::Value;

use crate::connection::Gateway;
use crate::list::Paging;
use crate::output::{Format, plain};
use crate::time;

/// Show what the carrier refused and could not deliver, newest first, and what to do about it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each refusal of a call, also of one that was tried again, and each status `failed`.

Examples:
  wharf errors --since 1h
  wharf errors --code 131047,131026 --channel main")]
pub(crate) struct Args {
    /// Only these codes of the carrier's, separated by commas; 0: also those without one
    #[arg(
        long,
        value_name = "CODE",
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    code: Vec<i64>,
    /// Only of this channel
    #[arg(long, value_name = "ID")]
    channel: Option<String>,
    /// From when on: a time, or how long ago (10m, 2h, 7d)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Until before when: a time, or how long ago
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    gateway: Gateway,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let at = |point: Option<String>| point.map(|text| time::for_api(&text)).transpose();
    let codes: Vec<_> = args.code.iter().map(i64::to_string).collect();
    let codes = codes.join(",");
    let filters = [
        ("code", (!codes.is_empty()).then_some(codes)),
        ("channel", args.channel),
        ("since", at(args.since)?),
        ("until", at(args.until)?),
    ];
    let list = args.paging.of(&api, "/api/v1/errors", filters);
    let head = ["MESSAGE", "CODE", "CLASS", "AT", "ADVICE", "CHANNEL"];
    list.table(head, row, args.format).await
}

fn row(error: &Value) -> [String; 6] {
    ["message", "code", "class", "at", "advice", "channel"].map(|field| plain(&error[field]))
}
