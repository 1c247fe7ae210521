//! The bot's messages as a scenario looks at them: kind, text, buttons, rows, parameters.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::Value;

use crate::ids::{PhoneNumberId, Wamid};
use crate::record::{Accepted, ChatLine, MessageStatus};
use crate::scenario::journal::Call;

/// A message of the bot.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) wamid: Wamid,
    pub(crate) at: Timestamp,
    pub(crate) number: PhoneNumberId,
    /// Meta's type; of interactive messages with theirs: `interactive.button`.
    pub(crate) kind: String,
    /// The request.
    pub(crate) body: Value,
    pub(crate) status: Option<MessageStatus>,
}

impl Came {
    pub(crate) fn new(accepted: &Accepted) -> Self {
        let body = accepted.json();
        let kind = kind(&accepted.kind, &body[&accepted.kind]);
        Self {
            wamid: accepted.wamid.clone(),
            at: accepted.at,
            number: accepted.phone_number_id.clone(),
            kind,
            body,
            status: accepted.statuses.last().map(|(status, _)| *status),
        }
    }

    /// The object under its type.
    pub(crate) fn content(&self) -> &Value {
        let name = self.kind.split('.').next().unwrap_or_default();
        &self.body[name]
    }

    /// Body, caption, question, or the name of a place.
    pub(crate) fn text(&self) -> &str {
        text(self.content())
    }

    /// Ids and titles of the buttons, in order; of a carousel those of its cards.
    pub(crate) fn buttons(&self) -> Vec<[&str; 2]> {
        let content = self.content();
        let mut found = Vec::new();
        buttons(&content["action"], &mut found);
        for card in array(&content["action"]["cards"]) {
            buttons(&card["action"], &mut found);
        }
        found
    }

    /// Ids and titles of the rows of a list, in order.
    pub(crate) fn rows(&self) -> Vec<[&str; 2]> {
        let sections = array(&self.content()["action"]["sections"]).iter();
        let rows = sections.flat_map(|section| array(&section["rows"]));
        rows.map(|row| [str(&row["id"]), str(&row["title"])])
            .collect()
    }

    /// The values of a template's text, in order.
    pub(crate) fn parameters(&self) -> Vec<String> {
        let components = array(&self.content()["components"]).iter();
        let body = components.filter(|component| {
            component["type"]
                .as_str()
                .is_some_and(|kind| kind.eq_ignore_ascii_case("body"))
        });
        body.flat_map(|component| array(&component["parameters"]))
            .map(|parameter| {
                let kind = str(&parameter["type"]);
                match &parameter[kind] {
                    Value::String(text) => text.clone(),
                    other => other
                        .get("fallback_value")
                        .map_or_else(|| other.to_string(), |text| str(text).to_owned()),
                }
            })
            .collect()
    }

    /// The message that it quotes or reacts to.
    pub(crate) fn replies_to(&self) -> Option<&str> {
        let context = self.body.pointer("/context/message_id");
        let reacted = self.body.pointer("/reaction/message_id");
        context.or(reacted).and_then(Value::as_str)
    }

    /// In a line, as a report shows it.
    pub(crate) fn shown(&self) -> String {
        shown(&self.kind, self.content())
    }
}

/// Meta's type; of interactive messages with theirs.
fn kind(kind: &str, content: &Value) -> String {
    match content["type"].as_str() {
        Some(inner) if kind == "interactive" => format!("{kind}.{inner}"),
        _ => kind.to_owned(),
    }
}

fn text(content: &Value) -> &str {
    let places = ["/body/text", "/body", "/caption", "/name", "/emoji"];
    places
        .iter()
        .find_map(|place| content.pointer(place)?.as_str())
        .unwrap_or_default()
}

fn buttons<'a>(action: &'a Value, found: &mut Vec<[&'a str; 2]>) {
    for button in array(&action["buttons"]) {
        let kind = str(&button["type"]);
        let reply = &button[kind];
        found.push([str(&reply["id"]), str(&reply["title"])]);
    }
    if let Some(text) = action.pointer("/parameters/display_text") {
        found.push(["", str(text)]);
    }
    if let Some(text) = action.pointer("/parameters/flow_cta") {
        found.push(["", str(text)]);
    }
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn str(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A message in a line.
fn shown(kind: &str, content: &Value) -> String {
    let mut line = kind.to_owned();
    let text = text(content);
    if !text.is_empty() {
        let _ = write!(line, " “{}”", short(text));
    } else if content["name"].is_null() && !kind.starts_with("interactive") {
        let _ = write!(line, " {}", short(&content.to_string()));
    }
    for reply in ["button_reply", "list_reply"] {
        if let Some(title) = content[reply]["title"].as_str() {
            let _ = write!(line, " “{title}”");
        }
    }
    let mut found = Vec::new();
    buttons(&content["action"], &mut found);
    for card in array(&content["action"]["cards"]) {
        buttons(&card["action"], &mut found);
    }
    for section in array(&content["action"]["sections"]) {
        found.extend(
            array(&section["rows"])
                .iter()
                .map(|row| ["", str(&row["title"])]),
        );
    }
    for [_, title] in found {
        let _ = write!(line, " [{title}]");
    }
    line
}

/// A text in one line of a report.
pub(crate) fn short(text: &str) -> String {
    const MOST: usize = 160;
    let flat: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MOST)
        .collect();
    if text.chars().count() > MOST {
        format!("{flat}… ({} characters)", text.chars().count())
    } else {
        flat
    }
}

/// The chat of one user in lines, oldest first, with the sends that were refused.
pub(crate) fn transcript(
    name: &str,
    lines: &[ChatLine],
    came: &[Came],
    calls: &[Call],
) -> Vec<String> {
    let time = |at: Timestamp| at.strftime("%H:%M:%S").to_string();
    let mut shown_lines: Vec<(Timestamp, String)> = Vec::new();
    for line in lines.iter().filter(|line| line.from_user) {
        let text = shown(&kind(&line.kind, &line.content), &line.content);
        shown_lines.push((line.at, format!("{}  {name} → bot  {text}", time(line.at))));
    }
    for message in came {
        let status = message.status.map_or("accepted", MessageStatus::as_str);
        let text = message.shown();
        let line = format!("{}  bot → {name}  {text}  ({status})", time(message.at));
        shown_lines.push((message.at, line));
    }
    for call in calls {
        if let Some(code) = call.refused() {
            let title = call.answer.pointer("/error/message").map_or("", str);
            let details = call
                .answer
                .pointer("/error/error_data/details")
                .map_or("", str);
            let line = format!(
                "{}  bot ✗ {} {}  refused {code}: {title} {details}",
                time(call.at),
                call.method,
                call.path
            );
            shown_lines.push((call.at, line.trim_end().to_owned()));
        } else if call.status.is_none() {
            let line = format!(
                "{}  bot ✗ {} {}  the connection was cut",
                time(call.at),
                call.method,
                call.path
            );
            shown_lines.push((call.at, line));
        }
    }
    shown_lines.sort_by_key(|(at, _)| *at);
    let mut lines: Vec<(String, usize)> = Vec::new();
    for (_, line) in shown_lines {
        match lines.last_mut() {
            Some((last, times)) if *last == line => *times += 1,
            _ => lines.push((line, 1)),
        }
    }
    let lines = lines.into_iter();
    lines
        .map(|(line, times)| match times {
            1 => line,
            times => format!("{line}  (× {times})"),
        })
        .collect()
}
