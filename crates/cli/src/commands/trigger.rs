//! `wharf trigger`: lets something happen in the simulator.

use std::io::IsTerminal;

use clap::builder::NonEmptyStringValueParser;
use serde_json::{Map, Value};

use crate::api::{Api, segment};
use crate::connection::Simulator;
use crate::failure::Failure;
use crate::list::Paging;
use crate::output::{self, Format, Paint, Style, plain};

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
    let triggered = match api.post(&path, &Value::Object(parameters)).await {
        Ok(triggered) => triggered,
        Err(error) if is_absence(&error) => return Err(unknown(&api, &event, error).await),
        Err(error) => return Err(error),
    };
    if args.format.json {
        return Ok(output::json(&triggered)?);
    }
    output::line(format_args!("{event}  {}", plain(&triggered["wamid"])))?;
    if triggered["update"].is_null() {
        output::note("wharf: nobody is subscribed at the simulator, so no webhook was sent");
    }
    Ok(())
}

const PATH: &str = "/sim/v1/trigger";

async fn list(api: &Api, format: Format) -> anyhow::Result<()> {
    if format.json || !std::io::stdout().is_terminal() {
        let row = |event: &Value| [plain(&event["event"]), plain(&event["does"])];
        let list = Paging::default().of(api, PATH, []);
        let head = ["EVENT", "WHAT HAPPENS [PARAMETERS]"];
        return list.table(head, row, format).await;
    }
    let events = api.get(PATH, &[]).await?;
    let paint = Paint::for_stdout();
    for (family, events) in families(&events) {
        output::line(paint.paint(Style::Bold, family))?;
        for event in events {
            let name = paint.paint(Style::Inbound, plain(&event["event"]));
            output::line(format_args!("  {name}  {}", plain(&event["does"])))?;
        }
    }
    Ok(())
}

/// The events by the first part of their names, in the order in which they come.
fn families(events: &Value) -> Vec<(String, Vec<&Value>)> {
    let mut families: Vec<(String, Vec<&Value>)> = Vec::new();
    for event in events["data"].as_array().into_iter().flatten() {
        let name = event["event"].as_str().unwrap_or_default();
        let family = name.split('.').next().unwrap_or_default();
        match families.iter_mut().find(|(known, _)| known == family) {
            Some((_, events)) => events.push(event),
            None => families.push((family.to_owned(), vec![event])),
        }
    }
    families
}

fn is_absence(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Failure::Refused(refusal)) if refusal.status == 404)
}

/// Names the event that was probably meant; what else is not there stays as the simulator said it.
async fn unknown(api: &Api, event: &str, error: anyhow::Error) -> anyhow::Error {
    let events = api.get(PATH, &[]).await.unwrap_or_default();
    let events = events["data"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let names: Vec<_> = events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect();
    if names.is_empty() || names.contains(&event) {
        return error;
    }
    let meant = nearest(event, &names).map(|name| format!("; is it {name}?"));
    let text = format!(
        "there is no event {event:?}{}; `wharf trigger --list` names all",
        meant.unwrap_or_default()
    );
    Failure::NothingFound(text).into()
}

/// The name that takes the fewest changes, if they are few.
fn nearest<'a>(event: &str, names: &[&'a str]) -> Option<&'a str> {
    let apart = names.iter().map(|name| (changes(event, name), *name));
    let (changes, name) = apart.min()?;
    (changes <= event.len() / 3).then_some(name)
}

/// How many letters must be changed, added or left out to get from one to the other.
fn changes(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (above, letter) in from.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (place, other) in to.chars().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[place + 1];
            row[place + 1] = changed.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[to.chars().count()]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_if_there_is_one_near() {
        let names = ["message.text", "message.image", "status.sent"];
        assert_eq!(nearest("message.tex", &names), Some("message.text"));
        assert_eq!(nearest("mesage.txt", &names), Some("message.text"));
        assert_eq!(nearest("text", &names), None);
        assert_eq!(changes("", "abc"), 3);
        assert_eq!(changes("abc", "abc"), 0);
    }
}
