//! Contact cards that a user shared.

use serde::Deserialize;

use crate::ids::WaId;

/// A contact card that a user shared; any part may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SharedContact {
    /// Name.
    pub name: Option<SharedName>,
    /// Phone numbers.
    pub phones: Vec<SharedPhone>,
    /// Email addresses.
    pub emails: Vec<SharedEmail>,
    /// Postal addresses.
    pub addresses: Vec<SharedAddress>,
    /// Web addresses.
    pub urls: Vec<SharedUrl>,
    /// Where the person works.
    pub org: Option<SharedOrg>,
    /// Date of birth, as the user typed it.
    pub birthday: Option<String>,
    /// `contact_request` if the user answered a request for their own number, else `other`.
    pub origin: Option<String>,
    /// The card as a vCard.
    pub vcard: Option<String>,
}

/// The name on a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SharedName {
    /// The name as shown.
    pub formatted_name: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Middle name.
    pub middle_name: Option<String>,
    /// What follows the name.
    pub suffix: Option<String>,
    /// What precedes the name.
    pub prefix: Option<String>,
}

/// A phone number on a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SharedPhone {
    /// The number as shown.
    pub phone: Option<String>,
    /// Present if the number is on WhatsApp.
    pub wa_id: Option<WaId>,
    /// Any text, such as `CELL`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// An email address on a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SharedEmail {
    /// The address.
    pub email: Option<String>,
    /// Any text, such as `WORK`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A postal address on a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SharedAddress {
    /// Street and number.
    pub street: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State or region.
    pub state: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Country as two letters.
    pub country_code: Option<String>,
    /// Any text, such as `HOME`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A web address on a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SharedUrl {
    /// The address.
    pub url: Option<String>,
    /// Any text, such as `WORK`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// Where the person on a card works.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SharedOrg {
    /// Company.
    pub company: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Position.
    pub title: Option<String>,
}
