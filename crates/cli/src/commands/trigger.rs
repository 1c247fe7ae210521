//! `wharf trigger`: lets something happen in the simulator.

use clap::builder::NonEmptyStringValueParser;
use serde_json::{Map, Value};

use crate::api::{Api, segment};
use crate::connection::Simulator;
use crate::list::Paging;
use crate::output::{self, Format, plain};

/// Let something happen in the simulator, which sends it as a signed webhook
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wharf trigger --list
  wharf trigger message.text
  wharf trigger message.text --user +15550100123 --text 'Hello'
  wharf trigger message.location --set latitude:=52.5 --set longitude:=13.4
  wharf trigger status.failed --wamid wamid.… --set code:=131026
  wharf trigger message.text --simulator http://127.0.0.1:9000 --json")]
pub(crate) struct Args {
    /// What happens, such as message.text or status.delivered
    #[arg(required_unless_present = "list", value_parser = NonEmptyStringValueParser::new())]
    event: Option<String>,
    /// List what can happen
    #[arg(long, conflicts_with = "event")]
    list: bool,
    /// The user: a phone number, or @username
    #[arg(long)]
    user: Option<String>,
    /// The text that the user writes
    #[arg(long)]
    text: Option<String>,
    /// The message of the business that it concerns; without it, the last one sent
    #[arg(long)]
    wamid: Option<String>,
    /// Another parameter, as --list names it: NAME=TEXT or NAME:=JSON
    #[arg(long = "set", value_name = "NAME=TEXT", value_parser = parameter)]
    parameters: Vec<(String, Value)>,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    simulator: Simulator,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let api = args.simulator.connect()?;
    let Some(event) = args.event else {
        return list(&api, args.format).await;
    };
    let named = [
        ("user", args.user),
        ("text", args.text),
        ("wamid", args.wamid),
    ];
    let named = named
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
    let parameters: Map<String, Value> = named.chain(args.parameters).collect();
    let path = format!("/sim/v1/trigger/{}", segment(&event));
    let triggered = api.post(&path, &Value::Object(parameters)).await?;
    if args.format.json {
        return Ok(output::json(&triggered)?);
    }
    output::line(format_args!("{event}  {}", plain(&triggered["wamid"])))?;
    if triggered["update"].is_null() {
        output::note("wharf: nobody is subscribed at the simulator, so no webhook was sent");
    }
    Ok(())
}

async fn list(api: &Api, format: Format) -> anyhow::Result<()> {
    let row = |event: &Value| [plain(&event["event"]), plain(&event["does"])];
    let list = Paging::default().of(api, "/sim/v1/trigger", []);
    let head = ["EVENT", "WHAT HAPPENS [PARAMETERS]"];
    list.table(head, row, format).await
}

/// `:=` first, since a text may hold anything.
fn parameter(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write it as NAME=TEXT or NAME:=JSON")?;
    match name.strip_suffix(':') {
        Some(name) => {
            let value = serde_json::from_str(value).map_err(|_| "after := comes JSON")?;
            Ok((name.to_owned(), value))
        }
        None => Ok((name.to_owned(), Value::String(value.to_owned()))),
    }
}
