//! `wharf contacts`: the people who are written to, what is kept of one, and its end.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;
use reqwest::Method;
use serde_json::Value;

use crate::api::{Api, segment};
use crate::connection::Gateway;
use crate::failure::Failure;
use crate::list::Paging;
use crate::output::{self, Format, note, plain};
use crate::signals::Signals;

/// List contacts, look at one, export or erase what is kept of it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf contacts list
  wharf contacts get cnt_…
  wharf contacts export cnt_… --output ada.json
  wharf contacts erase cnt_…")]
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
    /// Show contacts, newest first
    #[command(after_help = "Example:\n  wharf contacts list --limit 200")]
    List {
        #[command(flatten)]
        paging: Paging,
    },
    /// Show one contact
    #[command(after_help = "Example:\n  wharf contacts get cnt_…")]
    Get { id: String },
    /// Print everything that is kept of a contact, as it came
    #[command(after_help = "\
Examples:
  wharf contacts export cnt_… > ada.json
  wharf contacts export cnt_… --output ada.json")]
    Export {
        id: String,
        /// Write it to this file, which only you can read, instead of standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Erase a person everywhere, for good; prints a report of what is gone
    #[command(after_help = "\
It asks first, unless --yes is given. Where nobody can be asked, --yes is needed.

Examples:
  wharf contacts erase cnt_…
  wharf contacts erase cnt_… --yes --json")]
    Erase {
        id: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.gateway.connect()?;
    let one = |id: &str| format!("/api/v1/contacts/{}", segment(id));
    let answer = match args.command {
        Command::List { paging } => {
            let list = paging.of(&api, "/api/v1/contacts", []);
            let head = ["ID", "NAME", "NUMBER", "BSUID", "USERNAME", "CREATED"];
            return list.table(head, row, args.format).await;
        }
        Command::Get { id } => api.get(&one(&id), &[]).await?,
        Command::Export { id, output } => {
            return export(&api, &format!("{}/export", one(&id)), output).await;
        }
        Command::Erase { id, yes } => {
            let contact = api.get(&one(&id), &[]).await?;
            if !yes && !is_wanted(&contact).await? {
                note("wharf: nothing was erased");
                return Ok(());
            }
            api.delete(&one(&id)).await?
        }
    };
    Ok(output::outcome(&answer, "erased", args.format)?)
}

/// As the gateway gives it, piece by piece: a person may have written a lot.
async fn export(api: &Api, path: &str, output: Option<PathBuf>) -> anyhow::Result<()> {
    let mut answer = api.send(api.request(Method::GET, path)?).await?;
    let mut file: Box<dyn Write> = match &output {
        Some(path) => Box::new(private(path)?),
        None => Box::new(std::io::stdout().lock()),
    };
    while let Some(piece) = answer
        .chunk()
        .await
        .context("the export broke off; begin again")?
    {
        match file.write_all(&piece) {
            Ok(()) => {}
            Err(_) if output.is_none() => return Err(Failure::OutputClosed.into()),
            Err(error) => return Err(error).context("the export cannot be written"),
        }
    }
    file.flush().context("the export cannot be written")?;
    Ok(())
}

fn private(path: &std::path::Path) -> anyhow::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .with_context(|| format!("cannot make {}; is it there already?", path.display()))
}

/// Asks; only "yes" is a yes.
async fn is_wanted(contact: &Value) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        let text = "erasing cannot be undone: add --yes, since nobody can be asked here";
        return Err(Failure::Usage(text.to_owned()).into());
    }
    let mut signals = Signals::listen()?;
    let who = ["name", "wa_id", "bsuid", "username"]
        .map(|field| contact[field].as_str())
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ");
    note(output::visible(&format!(
        "This erases {} ({who}) everywhere: messages, files, events. It cannot be undone.\nType yes to go on:",
        plain(&contact["id"]),
    )));
    let reading = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|_| line)
    });
    tokio::select! {
        line = reading => Ok(line?.context("no answer could be read")?.trim() == "yes"),
        () = signals.next() => Ok(false),
    }
}

fn row(contact: &Value) -> [String; 6] {
    ["id", "name", "wa_id", "bsuid", "username", "created_at"].map(|field| plain(&contact[field]))
}
