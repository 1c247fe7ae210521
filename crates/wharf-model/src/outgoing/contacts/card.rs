//! One contact card and its parts.

use jiff::civil::Date;
use serde::Serialize;

use crate::outgoing::invalid::InvalidMessage;
use crate::outgoing::read::Object;

pub(super) const KEYS: &[&str] = &[
    "name",
    "phones",
    "emails",
    "addresses",
    "urls",
    "org",
    "birthday",
];

/// A contact card: a name and whatever else is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContactCard {
    name: ContactName,
    /// Phone numbers, as shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<ContactPhone>,
    /// Email addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<ContactEmail>,
    /// Postal addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<ContactAddress>,
    /// Web addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<ContactUrl>,
    /// Where the person works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<ContactOrg>,
    /// Date of birth.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date")]
    pub birthday: Option<Date>,
}

/// A name: as shown, and at least one of its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContactName {
    /// The name as shown.
    pub formatted_name: String,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Middle name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// What follows the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// What precedes the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

/// A phone number of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContactPhone {
    /// The number as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Any text; `CELL`, `HOME` and `WORK` are usual.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// With it the user may write to the contact, without it invite them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
}

/// An email address of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContactEmail {
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Any text, such as `Work`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A postal address of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContactAddress {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Country as two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// Any text, such as `Office`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A web address of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContactUrl {
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Any text, such as `Company`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// Where a contact works.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContactOrg {
    /// Company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Department.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl ContactCard {
    /// A card with a name, which must have at least one part beside the formatted one.
    pub fn new(name: ContactName) -> Result<Self, InvalidMessage> {
        if name.formatted_name.is_empty() {
            return Err(InvalidMessage::Empty {
                field: "/name/formatted_name".to_owned(),
            });
        }
        let parts = [
            &name.first_name,
            &name.last_name,
            &name.middle_name,
            &name.suffix,
            &name.prefix,
        ];
        if parts
            .iter()
            .all(|part| part.as_deref().is_none_or(str::is_empty))
        {
            return Err(InvalidMessage::missing("/name/first_name"));
        }
        Ok(Self {
            name,
            phones: Vec::new(),
            emails: Vec::new(),
            addresses: Vec::new(),
            urls: Vec::new(),
            org: None,
            birthday: None,
        })
    }

    /// The name.
    pub fn name(&self) -> &ContactName {
        &self.name
    }

    pub(super) fn read(object: &Object<'_>) -> Result<Self, InvalidMessage> {
        let name = object.require_child(
            "name",
            &[
                "formatted_name",
                "first_name",
                "last_name",
                "middle_name",
                "suffix",
                "prefix",
            ],
        )?;
        let mut card = Self::new(ContactName {
            formatted_name: name.require_text("formatted_name")?.to_owned(),
            first_name: name.owned("first_name")?,
            last_name: name.owned("last_name")?,
            middle_name: name.owned("middle_name")?,
            suffix: name.owned("suffix")?,
            prefix: name.owned("prefix")?,
        })
        .map_err(|fault| fault.within(object.at()))?;
        card.phones = object.each("phones", &["phone", "type", "wa_id"], read_phone)?;
        card.emails = object.each("emails", &["email", "type"], read_email)?;
        card.addresses = object.each("addresses", ADDRESS_KEYS, read_address)?;
        card.urls = object.each("urls", &["url", "type"], read_url)?;
        if let Some(org) = object.child("org", &["company", "department", "title"])? {
            card.org = Some(ContactOrg {
                company: org.owned("company")?,
                department: org.owned("department")?,
                title: org.owned("title")?,
            });
        }
        if let Some(birthday) = object.text("birthday")? {
            card.birthday = Some(birthday.parse().map_err(|_| {
                object.invalid("birthday", "not a date of the form year-month-day")
            })?);
        }
        Ok(card)
    }
}

const ADDRESS_KEYS: &[&str] = &[
    "street",
    "city",
    "state",
    "zip",
    "country",
    "country_code",
    "type",
];

fn read_phone(phone: &Object<'_>) -> Result<ContactPhone, InvalidMessage> {
    Ok(ContactPhone {
        phone: phone.owned("phone")?,
        kind: phone.owned("type")?,
        wa_id: phone.owned("wa_id")?,
    })
}

fn read_email(email: &Object<'_>) -> Result<ContactEmail, InvalidMessage> {
    Ok(ContactEmail {
        email: email.owned("email")?,
        kind: email.owned("type")?,
    })
}

fn read_url(url: &Object<'_>) -> Result<ContactUrl, InvalidMessage> {
    Ok(ContactUrl {
        url: url.owned("url")?,
        kind: url.owned("type")?,
    })
}

fn read_address(address: &Object<'_>) -> Result<ContactAddress, InvalidMessage> {
    Ok(ContactAddress {
        street: address.owned("street")?,
        city: address.owned("city")?,
        state: address.owned("state")?,
        zip: address.owned("zip")?,
        country: address.owned("country")?,
        country_code: address.owned("country_code")?,
        kind: address.owned("type")?,
    })
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands the field over by reference"
)]
fn date<S: serde::Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}
