//! Commands that the user answers with a tap: buttons, list, interactive.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wharf_model::OutgoingMessage;
use wharf_model::outgoing::{
    Action, Buttons, CtaUrl, Header, Interactive, List, ListRow, ListSection, ReplyButton,
};

use super::content::message;
use super::recipient::To;
use super::{Fault, fields};

#[derive(Deserialize)]
struct ButtonsCommand {
    to: To,
    content_text: String,
    header_text: Option<String>,
    footer: Option<String>,
    buttons: Vec<Button>,
}

#[derive(Deserialize)]
struct Button {
    button_id: String,
    display_text: String,
}

#[derive(Deserialize)]
struct ListCommand {
    to: To,
    title: Option<String>,
    description: Option<String>,
    button_text: String,
    footer: Option<String>,
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    title: Option<String>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the documented key")]
struct Row {
    row_id: String,
    title: String,
    description: Option<String>,
}

#[derive(Deserialize)]
struct InteractiveCommand {
    to: To,
    body_text: String,
    header_text: Option<String>,
    footer_text: Option<String>,
    buttons: Vec<NativeButton>,
}

#[derive(Deserialize)]
struct NativeButton {
    name: String,
    /// JSON in a text.
    button_params_json: String,
}

#[derive(Deserialize)]
struct QuickReply {
    display_text: String,
    id: String,
}

#[derive(Deserialize)]
struct LinkButton {
    display_text: String,
    url: String,
}

pub(super) fn buttons(json: Value) -> Result<OutgoingMessage, Fault> {
    let command: ButtonsCommand = fields(json)?;
    let buttons = command
        .buttons
        .into_iter()
        .map(|button| ReplyButton::new(button.button_id, button.display_text));
    let buttons = Buttons::new(buttons.collect::<Result<_, _>>()?)?;
    let interactive = build(
        command.content_text,
        command.header_text,
        command.footer,
        buttons,
    )?;
    message(&command.to, interactive)
}

pub(super) fn list(json: Value) -> Result<OutgoingMessage, Fault> {
    let command: ListCommand = fields(json)?;
    let sections = command.sections.into_iter().map(section);
    let list = List::new(
        command.button_text,
        sections.collect::<Result<Vec<_>, Fault>>()?,
    )?;
    // Meta wants a body; without a description the title is what there is to say.
    let (header, body) = match (present(command.title), present(command.description)) {
        (title, Some(description)) => (title, description),
        (Some(title), None) => (None, title),
        (None, None) => return Err(Fault::invalid("description is required")),
    };
    let interactive = build(body, header, command.footer, list)?;
    message(&command.to, interactive)
}

pub(super) fn interactive(json: Value) -> Result<OutgoingMessage, Fault> {
    let command: InteractiveCommand = fields(json)?;
    let action = action(&command.buttons)?;
    let interactive = build(
        command.body_text,
        command.header_text,
        command.footer_text,
        action,
    )?;
    message(&command.to, interactive)
}

/// Reply buttons, or one link: the Cloud API has nothing else, and no mixture.
fn action(buttons: &[NativeButton]) -> Result<Action, Fault> {
    if buttons.iter().all(|button| button.name == "quick_reply") {
        let replies = buttons.iter().map(|button| {
            let reply: QuickReply = parameters(button)?;
            Ok(ReplyButton::new(reply.id, reply.display_text)?)
        });
        return Ok(Buttons::new(replies.collect::<Result<_, Fault>>()?)?.into());
    }
    match buttons {
        [button] if button.name == "cta_url" => {
            let link: LinkButton = parameters(button)?;
            Ok(CtaUrl::new(link.display_text, link.url)?.into())
        }
        _ => Err(Fault::Unsupported(
            "the WhatsApp Cloud API takes buttons named quick_reply, or a single one named cta_url"
                .to_owned(),
        )),
    }
}

fn parameters<T: DeserializeOwned>(button: &NativeButton) -> Result<T, Fault> {
    let json = serde_json::from_str(&button.button_params_json)
        .map_err(|_| Fault::invalid("button_params_json is not JSON"))?;
    fields(json).map_err(|fault| match fault {
        Fault::Invalid(error) => Fault::Invalid(format!("button_params_json: {error}")),
        unsupported @ Fault::Unsupported(_) => unsupported,
    })
}

fn section(section: Section) -> Result<ListSection, Fault> {
    let rows = section.rows.into_iter().map(|row| {
        let built = ListRow::new(row.row_id, row.title)?;
        Ok(match present(row.description) {
            Some(description) => built.description(description)?,
            None => built,
        })
    });
    let rows = rows.collect::<Result<Vec<_>, Fault>>()?;
    Ok(match present(section.title) {
        Some(title) => ListSection::titled(title, rows)?,
        None => ListSection::new(rows)?,
    })
}

fn build(
    body: String,
    header: Option<String>,
    footer: Option<String>,
    action: impl Into<Action>,
) -> Result<Interactive, Fault> {
    let mut interactive = Interactive::new(body, action)?;
    if let Some(header) = present(header) {
        interactive = interactive.header(Header::text(header)?)?;
    }
    if let Some(footer) = present(footer) {
        interactive = interactive.footer(footer)?;
    }
    Ok(interactive)
}

/// An empty text is as good as none.
fn present(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
