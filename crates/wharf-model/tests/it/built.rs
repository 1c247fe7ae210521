//! Messages built as Meta's samples show them; one function a family.

use serde_json::Value;
use wharf_model::outgoing::{MarketingMessage, MediaSource, Parameter, Template};
use wharf_model::{Content, OutgoingMessage, PhoneNumber};

mod commerce;
mod content;
mod interactive;
mod marketing;
mod more;
mod orders;
mod templates;

/// A message that was built, of either endpoint.
pub(crate) enum Built {
    Message(OutgoingMessage),
    Marketing(MarketingMessage),
}

impl Built {
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Message(message) => serde_json::to_value(message),
            Self::Marketing(message) => serde_json::to_value(message),
        }
        .unwrap()
    }
}

/// A name of a sample, without `request.` and `.json`, and the message built like it.
pub(crate) type Sample = (&'static str, Built);

/// Every sample that is a message.
pub(crate) fn all() -> Vec<Sample> {
    let mut all = content::samples();
    all.extend(interactive::samples());
    all.extend(commerce::samples());
    all.extend(orders::samples());
    all.extend(templates::samples());
    all.extend(marketing::samples());
    all
}

/// A message to the one user of most samples.
fn message(content: impl Into<Content>) -> OutgoingMessage {
    message_to("+16505551234", content)
}

fn message_to(number: &str, content: impl Into<Content>) -> OutgoingMessage {
    let number: PhoneNumber = number.parse().unwrap();
    OutgoingMessage::new(number, content).unwrap()
}

fn sample(name: &'static str, content: impl Into<Content>) -> Sample {
    (name, Built::Message(message(content)))
}

fn sample_to(name: &'static str, number: &str, content: impl Into<Content>) -> Sample {
    (name, Built::Message(message_to(number, content)))
}

fn media(id: &str) -> MediaSource {
    MediaSource::Id(id.parse().unwrap())
}

fn link(url: &str) -> MediaSource {
    MediaSource::link(url).unwrap()
}

fn template(name: &str, language: &str) -> Template {
    Template::new(name, language).unwrap()
}

fn texts(values: &[&str]) -> Vec<Parameter> {
    values.iter().map(|value| Parameter::text(*value)).collect()
}

fn named(values: &[(&str, &str)]) -> Vec<Parameter> {
    values
        .iter()
        .map(|(name, value)| Parameter::named(*name, *value))
        .collect()
}

/// Every sample, and beyond them each kind and optional part that they leave out.
pub(crate) fn everything() -> Vec<Sample> {
    let mut everything = all();
    everything.extend(more::samples());
    everything
}
