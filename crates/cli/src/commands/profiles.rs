//! `wharf profiles`: the gateways that one may choose from.

use clap::Subcommand;
use serde_json::{Value, json};

use crate::output::{self, Format, note};
use crate::profiles::{self, Profiles};
use crate::table;

/// List the gateways that you signed in to, and choose one
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf profiles list
  wharf profiles use staging
  wharf --profile staging channels list")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show all profiles, without their keys
    #[command(after_help = "Example:\n  wharf profiles list")]
    List,
    /// Use this profile from now on, when none is named
    #[command(after_help = "Example:\n  wharf profiles use staging")]
    Use { name: String },
}

pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let mut stored = Profiles::load()?;
    match args.command {
        Command::List => list(&stored, args.format),
        Command::Use { name } => {
            let url = stored.get(&name)?.url.clone();
            stored.current = Some(name.clone());
            stored.save()?;
            if args.format.json {
                return Ok(output::json(&json!({"profile": name, "url": url}))?);
            }
            Ok(output::line(format_args!(
                "{name} is used from now on: {url}"
            ))?)
        }
    }
}

fn list(stored: &Profiles, format: Format) -> anyhow::Result<()> {
    let named = profiles::by_flag().or_else(profiles::by_variable);
    let used = named.or_else(|| stored.current.clone());
    let is_used = |name: &str| used.as_deref() == Some(name);
    if format.json {
        let data: Vec<Value> = stored
            .profiles
            .iter()
            .map(|(name, profile)| {
                json!({"name": name, "url": profile.url, "in_use": is_used(name)})
            })
            .collect();
        return Ok(output::json(&json!({ "data": data }))?);
    }
    if stored.profiles.is_empty() {
        note("wharf: there is no profile yet; `wharf login --url URL` makes one");
        return Ok(());
    }
    let rows: Vec<_> = stored
        .profiles
        .iter()
        .map(|(name, profile)| {
            let mark = if is_used(name) { "yes" } else { "" };
            [name.clone(), profile.url.to_string(), mark.to_owned()]
        })
        .collect();
    Ok(table::print(["NAME", "URL", "IN USE"], &rows)?)
}
