//! `wharf migrate`: brings the store up to date without serving from it.

use std::time::Duration;

use anyhow::anyhow;
use gateway::Place;
use gateway::migrate::{self, Status};
use serde_json::json;

use crate::finding::causes;
use crate::output::{self, Format};
use crate::settings::Settings;
use crate::table;

/// Apply the migrations that the store has not seen yet
#[derive(Debug, clap::Args)]
#[command(after_help = "\
`wharf serve` does the same at its start. Nodes on PostgreSQL may run on meanwhile; a SQLite database
must not be in use, except for --status.

Examples:
  wharf migrate --config wharf.toml
  wharf migrate --config wharf.toml --status")]
pub(crate) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// List what is applied and what is pending, and change nothing
    #[arg(long, visible_alias = "dry-run")]
    status: bool,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let place = args
        .settings
        .load()
        .and_then(|config| config.store_place())
        .map_err(|error| anyhow!("{}; compare it with `wharf config default`", causes(&error)))?;
    let format = args.format;
    let work = move || {
        if args.status {
            show(&migrate::status(&place)?, format)
        } else {
            apply(&place, format)
        }
    };
    // Not on the runtime: the connection has one of its own.
    tokio::task::spawn_blocking(work).await?
}

fn show(status: &Status, format: Format) -> anyhow::Result<()> {
    if format.json {
        output::json(&json!({
            "applied": status.applied, "pending": status.pending, "newer": status.newer,
        }))?;
        return Ok(());
    }
    let applied = status
        .applied
        .iter()
        .map(|name| [name.clone(), "applied".to_owned()]);
    let newer = status.newer.iter();
    let newer = newer.map(|name| [name.clone(), "applied by a newer wharf".to_owned()]);
    let pending = status.pending.iter();
    let pending = pending.map(|name| [(*name).to_owned(), "pending".to_owned()]);
    let rows: Vec<_> = applied.chain(newer).chain(pending).collect();
    Ok(table::print(["MIGRATION", "STATE"], &rows)?)
}

fn apply(place: &Place, format: Format) -> anyhow::Result<()> {
    let mut applied: Vec<(&str, Duration)> = Vec::new();
    migrate::run(place, &mut |name, took| {
        if !format.json {
            output::note(format_args!("{name}  applied in {} ms", took.as_millis()));
        }
        applied.push((name, took));
    })?;
    if format.json {
        let list = applied.iter().map(
            |(name, took)| json!({"migration": name, "duration_ms": took.as_secs_f64() * 1000.0}),
        );
        output::json(&json!({"applied": list.collect::<Vec<_>>()}))?;
    } else if applied.is_empty() {
        output::line("there is nothing to do: the store is up to date")?;
    } else {
        output::line(format_args!(
            "{} applied: the store is up to date",
            applied.len()
        ))?;
    }
    Ok(())
}
