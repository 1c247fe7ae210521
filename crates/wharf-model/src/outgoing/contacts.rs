//! Contact card messages.

use serde::Serialize;

use super::invalid::{InvalidMessage, counted};
use super::limits;
use super::read::Object;

mod card;

pub use card::{
    ContactAddress, ContactCard, ContactEmail, ContactName, ContactOrg, ContactPhone, ContactUrl,
};

/// One to 257 contact cards.
///
/// See [Cloud API/Contacts messages].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Contacts(Vec<ContactCard>);

impl Contacts {
    /// One to 257 contact cards.
    pub fn new(cards: Vec<ContactCard>) -> Result<Self, InvalidMessage> {
        counted(cards.len(), limits::CONTACTS, "/contacts")?;
        Ok(Self(cards))
    }

    /// The cards, never none.
    pub fn cards(&self) -> &[ContactCard] {
        &self.0
    }

    pub(crate) fn read(message: &Object<'_>) -> Result<Self, InvalidMessage> {
        if !message.require("contacts")?.is_array() {
            return Err(message.invalid("contacts", "not a list"));
        }
        Self::new(message.each("contacts", card::KEYS, ContactCard::read)?)
    }
}
