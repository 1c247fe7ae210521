//! Commands whose content is a few words: text, location, contact, reaction, read.

use serde::Deserialize;
use serde_json::Value;
use wharf_model::outgoing::{
    ContactCard, ContactName, ContactPhone, Contacts, Location, Reaction, Text,
};
use wharf_model::{Content, InvalidMessage, OutgoingMessage, Wamid};

use super::recipient::To;
use super::{Fault, fields};

/// Messages that one command may mark at most.
const READS: usize = 1000;

#[derive(Deserialize)]
struct TextCommand {
    to: To,
    text: String,
}

#[derive(Deserialize)]
struct LocationCommand {
    to: To,
    latitude: f64,
    longitude: f64,
    name: Option<String>,
    address: Option<String>,
}

#[derive(Deserialize)]
struct ContactCommand {
    to: To,
    contact: Contact,
}

#[derive(Deserialize)]
struct Contact {
    display_name: String,
    #[serde(default)]
    phones: Vec<Phone>,
}

#[derive(Deserialize)]
struct Phone {
    number: String,
    phone_type: Option<String>,
}

#[derive(Deserialize)]
struct ReactionCommand {
    to: To,
    message_id: String,
    emoji: String,
}

#[derive(Deserialize)]
struct ReadCommand {
    message_ids: Vec<String>,
}

pub(super) fn message(to: &To, content: impl Into<Content>) -> Result<OutgoingMessage, Fault> {
    Ok(OutgoingMessage::new(to.recipient()?, content)?)
}

pub(super) fn text(json: Value) -> Result<OutgoingMessage, Fault> {
    let command: TextCommand = fields(json)?;
    message(&command.to, Text::new(command.text)?)
}

pub(super) fn location(json: Value) -> Result<OutgoingMessage, Fault> {
    let command: LocationCommand = fields(json)?;
    let mut location = Location::new(command.latitude, command.longitude)?;
    if let Some(name) = command.name {
        location = location.name(name)?;
    }
    if let Some(address) = command.address {
        location = location.address(address)?;
    }
    message(&command.to, location)
}

pub(super) fn contact(json: Value) -> Result<OutgoingMessage, Fault> {
    let command: ContactCommand = fields(json)?;
    let Contact {
        display_name,
        phones,
    } = command.contact;
    // Meta wants one part beside the name as shown.
    let mut card = ContactCard::new(ContactName {
        first_name: Some(display_name.clone()),
        formatted_name: display_name,
        ..ContactName::default()
    })?;
    card.phones = phones
        .into_iter()
        .map(|phone| ContactPhone {
            phone: Some(phone.number),
            kind: phone.phone_type,
            wa_id: None,
        })
        .collect();
    message(&command.to, Contacts::new(vec![card])?)
}

pub(super) fn reaction(json: Value) -> Result<OutgoingMessage, Fault> {
    let command: ReactionCommand = fields(json)?;
    let target = wamid(command.message_id, "message_id")?;
    let reaction = match command.emoji.as_str() {
        "" => Reaction::remove(target),
        emoji => Reaction::new(target, emoji)?,
    };
    message(&command.to, reaction)
}

pub(super) fn read(json: Value) -> Result<Vec<Wamid>, Fault> {
    let command: ReadCommand = fields(json)?;
    if command.message_ids.is_empty() {
        return Err(Fault::invalid("message_ids is required"));
    }
    if command.message_ids.len() > READS {
        return Err(InvalidMessage::TooMany {
            field: "message_ids".to_owned(),
            limit: READS,
            count: command.message_ids.len(),
        }
        .into());
    }
    let ids = command.message_ids.into_iter();
    ids.map(|id| wamid(id, "message_ids")).collect()
}

fn wamid(id: String, field: &str) -> Result<Wamid, Fault> {
    Wamid::try_from(id).map_err(|_| Fault::Invalid(format!("{field} holds no message id")))
}
