//! `wharf login` and `wharf logout`: profiles made and removed.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::Context;
use serde_json::json;
use url::Url;

use crate::api::Api;
use crate::connection::{USUAL_URL, is_this_machine, url_variable};
use crate::failure::Failure;
use crate::output::{self, Format, note};
use crate::profiles::{self, Profile, Profiles};
use crate::signals::Signals;
use crate::terminal::Unseen;

/// Sign in to a gateway: try a key, and keep it in a profile
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The key is asked for and not shown, or read from standard input. It is tried at the gateway before
it is kept, in a file that only you can read. From then on commands use this gateway, unless
another profile is named; without --profile it is called `default`.

Examples:
  wharf login --url https://wharf.example
  wharf login --profile staging --url https://staging.wharf.example < key.txt
  wharf login --url http://127.0.0.1:8080 < wharf-data/api-key")]
pub(crate) struct Args {
    #[command(flatten)]
    format: Format,
    /// Where the gateway is, else where the profile has it, `WHARF_URL`, or `http://127.0.0.1:8080`
    #[arg(long)]
    url: Option<Url>,
}

/// Forget a gateway and its key
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It removes the profile from this machine. The key stays good: `wharf keys revoke` ends it.

Examples:
  wharf logout
  wharf logout --profile staging")]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let mut stored = Profiles::load()?;
    let name = profiles::by_flag().or_else(profiles::by_variable);
    let name = name.unwrap_or_else(|| profiles::USUAL.to_owned());
    check_name(&name)?;
    let before = stored
        .profiles
        .get(&name)
        .map(|profile| profile.url.clone());
    let url = match args.url.or(before) {
        Some(url) => url,
        None => match url_variable()? {
            Some(url) => url,
            None => Url::parse(USUAL_URL).context("the usual URL is none")?,
        },
    };
    if url.scheme() == "http" && !is_this_machine(&url) {
        note("wharf: without https everybody on the way can read the key");
    }
    let mut signals = Signals::listen()?;
    let tried = async {
        let api_key = key(&url).await?;
        let api = Api::gateway(url.clone(), Some(&api_key))?;
        let one = [("limit", "1".to_owned())];
        let answer = api.get("/api/v1/channels", &one).await?;
        anyhow::Ok((api_key, answer))
    };
    let (api_key, answer) = tokio::select! {
        tried = tried => tried?,
        () = signals.next() => {
            return Err(Failure::Interrupted("ended; nothing was kept".to_owned()).into());
        }
    };
    if !answer["data"].is_array() {
        anyhow::bail!("what answers at {url} is no gateway; is --url right?");
    }
    stored.profiles.insert(
        name.clone(),
        Profile {
            url: url.clone(),
            api_key,
        },
    );
    stored.current = Some(name.clone());
    stored.save()?;
    if args.format.json {
        return Ok(output::json(&json!({"profile": name, "url": url}))?);
    }
    Ok(output::line(format_args!(
        "signed in to {url}; the profile is {name}"
    ))?)
}

pub(crate) fn logout(args: &LogoutArgs) -> anyhow::Result<()> {
    let mut stored = Profiles::load()?;
    let name = profiles::by_flag().or_else(profiles::by_variable);
    let Some(name) = name.or_else(|| stored.current.clone()) else {
        return Err(
            Failure::Usage("no profile is in use; name one with --profile".to_owned()).into(),
        );
    };
    stored.get(&name)?;
    stored.profiles.remove(&name);
    if stored.current.as_deref() == Some(&name) {
        stored.current = None;
    }
    stored.save()?;
    if args.format.json {
        return Ok(output::json(&json!({"profile": name, "removed": true}))?);
    }
    Ok(output::line(format_args!("{name} is forgotten"))?)
}

/// A name that stands well in a file and on a command line.
fn check_name(name: &str) -> Result<(), Failure> {
    let good = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if !name.is_empty() && name.len() <= 64 && name.chars().all(good) {
        return Ok(());
    }
    let text = "the name of a profile has 1 to 64 letters, digits, dots, _ and -";
    Err(Failure::Usage(text.to_owned()))
}

/// The key, from a person who types it unseen, or from a pipe.
async fn key(url: &Url) -> anyhow::Result<String> {
    let asked = std::io::stdin().is_terminal();
    let unseen = if asked {
        let hidden = Unseen::begin().context(
            "the key cannot be hidden here; give it on standard input: wharf login < FILE",
        )?;
        // Nobody is left to read the question if this fails.
        let _ = write!(std::io::stderr(), "API key for {url}: ");
        Some(hidden)
    } else {
        None
    };
    let reading = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        // A key is one short line; the rest of a wrong file is left.
        std::io::Read::take(std::io::stdin().lock(), 4096)
            .read_line(&mut line)
            .map(|_| line)
    });
    let line = reading.await?.context("the key cannot be read")?;
    drop(unseen);
    let key = line.trim().to_owned();
    if key.is_empty() {
        let text = "there was no key on standard input; write wharf login < FILE";
        return Err(Failure::Usage(text.to_owned()).into());
    }
    Ok(key)
}
