//! `wharf search`: whatever belongs to an id, a number or a name.

use std::io::BufRead;

use anyhow::Context;
use serde_json::{Value, json};

use crate::connection::Gateway;
use crate::failure::Failure;
use crate::output::{self, Format, note, plain};
use crate::table;

/// Find what belongs to an id, a wamid, a phone number, a username, an idempotency key
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Any id of Wharf, a wamid, a phone number with or without +, a business-scoped user id, a username, a
request id or an idempotency key. The exit code is 6 if nothing was found.

Examples:
  wharf search +15551234567
  wharf search wamid.HBgL…
  pbpaste | wharf search -")]
pub(crate) struct Args {
    /// What to look for; - or nothing: the first line of standard input
    query: Option<String>,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    gateway: Gateway,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let query = match args.query {
        Some(query) if query != "-" => query,
        _ => {
            let mut line = String::new();
            std::io::stdin()
                .lock()
                .read_line(&mut line)
                .context("standard input cannot be read")?;
            line
        }
    };
    let query = query.trim();
    if query.is_empty() {
        return Err(Failure::Usage("there is nothing to look for".to_owned()).into());
    }
    let api = args.gateway.connect()?;
    // By POST, so that a number does not stand in a URL.
    let found = api.post("/api/v1/search", &json!({ "q": query })).await?;
    let none = found["data"].as_array().is_none_or(Vec::is_empty);
    if args.format.json {
        output::json(&found)?;
    } else if !none {
        let rows: Vec<_> = found["data"]
            .as_array()
            .into_iter()
            .flatten()
            .map(row)
            .collect();
        table::print(["ID", "KIND", "TITLE", "CHANNEL", "AT"], &rows)?;
        note(hint(&found));
    }
    if none {
        return Err(Failure::NothingFound("nothing was found".to_owned()).into());
    }
    Ok(())
}

/// How to look at the first of them.
fn hint(found: &Value) -> String {
    let first = &found["data"][0];
    let id = plain(&first["id"]);
    match first["kind"].as_str().unwrap_or_default() {
        "message" => format!("wharf: `wharf messages timeline {id}` tells what happened to it"),
        "contact" => format!("wharf: `wharf messages list --contact {id}` shows what was said"),
        "conversation" => format!("wharf: `wharf conversations messages {id}` shows what was said"),
        "dead_letter" => format!("wharf: `wharf dead-letters get {id}` says what to do"),
        "job" => format!("wharf: `wharf dead-letters bulk get {id}` tells how far it is"),
        "erasure" => format!("wharf: `wharf contacts erasure {id}` tells how far it is"),
        "api_key" => format!("wharf: `wharf audit list --actor {id}` shows what was done with it"),
        kind @ ("event" | "endpoint" | "channel" | "template" | "suppression") => {
            format!("wharf: `wharf {kind}s get {id}` shows it")
        }
        "delivery" => format!("wharf: `wharf deliveries get {id}` shows its attempts"),
        _ => "wharf: --json shows all that is known".to_owned(),
    }
}

fn row(found: &Value) -> [String; 5] {
    ["id", "kind", "title", "channel", "at"].map(|field| plain(&found[field]))
}
