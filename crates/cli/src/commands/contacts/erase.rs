//! `wharf contacts erase`: asked for twice, begun, and watched to its end.

use std::io::IsTerminal;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;

use crate::api::{Api, segment};
use crate::failure::Failure;
use crate::output::{self, note, plain};

/// How often is asked how far it is.
const LOOK: Duration = Duration::from_millis(300);

/// Whom, and how.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It asks first, unless --yes is given. Where nobody can be asked, --yes is needed. The erasure goes
on in the gateway when this command is interrupted; `wharf contacts erasure era_…` tells how far it
is.

Examples:
  wharf contacts erase cnt_…
  wharf contacts erase cnt_… --yes --json")]
pub(super) struct Args {
    id: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do not wait until everything is gone
    #[arg(long)]
    no_wait: bool,
}

/// The erasure, at its end unless nobody waits; `None` if it is not wanted after all.
pub(super) async fn run(args: Args, api: &Api) -> anyhow::Result<Option<Value>> {
    let path = format!("/api/v1/contacts/{}", segment(&args.id));
    if !args.yes && !is_wanted(&api.get(&path, &[]).await?).await? {
        return Ok(None);
    }
    let mut erasure = api.delete(&path).await?;
    let Some(id) = erasure["id"].as_str().map(str::to_owned) else {
        return Ok(Some(erasure));
    };
    let mut told = Value::Null;
    while !args.no_wait && erasure["state"] == "running" {
        if erasure["step"] != told {
            note(format_args!("wharf: {id}: {}", plain(&erasure["step"])));
            told = erasure["step"].clone();
        }
        tokio::time::sleep(LOOK).await;
        erasure = api
            .get(&format!("/api/v1/erasures/{}", segment(&id)), &[])
            .await?;
    }
    Ok(Some(erasure))
}

/// Asks; only "yes" is a yes.
async fn is_wanted(contact: &Value) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        let text = "erasing cannot be undone: add --yes, since nobody can be asked here";
        return Err(Failure::Usage(text.to_owned()).into());
    }
    let who = ["name", "wa_id", "bsuid", "username"].map(|field| contact[field].as_str());
    let who: Vec<_> = who.into_iter().flatten().collect();
    note(output::visible(&format!(
        "This erases {} ({}) everywhere: messages, files, events. It cannot be undone.\n\
         Type yes to go on:",
        plain(&contact["id"]),
        who.join(", "),
    )));
    let reading = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|_| line)
    });
    let line = reading.await?.context("no answer could be read")?;
    Ok(line.trim() == "yes")
}
