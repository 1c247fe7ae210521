//! A form that asks for an address in India.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::outgoing::invalid::{InvalidMessage, counted, required};
use crate::outgoing::limits;
use crate::outgoing::read::Object;

/// A form that asks for an address, for businesses and users of India.
///
/// See [Cloud API/Address messages].
///
/// ```
/// use wharf_model::outgoing::{AddressField, AddressRequest, Interactive};
///
/// let form = AddressRequest::india()
///     .value(AddressField::City, "Mumbai")?
///     .error(AddressField::InPinCode, "We do not deliver there yet.")?;
/// assert_eq!(Interactive::new("Where do we deliver?", form)?.kind(), "address_message");
/// # Ok::<(), wharf_model::InvalidMessage>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressRequest {
    values: BTreeMap<AddressField, String>,
    saved: Vec<SavedAddress>,
    errors: BTreeMap<AddressField, String>,
}

/// An address that the business knows, to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SavedAddress {
    id: String,
    value: BTreeMap<AddressField, String>,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AddressField {
    /// Whom the goods are for.
    Name,
    /// Their phone number.
    PhoneNumber,
    /// The postal code, at most six characters.
    InPinCode,
    /// House.
    HouseNumber,
    /// Floor.
    FloorNumber,
    /// Tower.
    TowerNumber,
    /// Building.
    BuildingName,
    /// Street and number.
    Address,
    /// What is near.
    LandmarkArea,
    /// City.
    City,
    /// State.
    State,
}

const PARAMETERS: &str = "/interactive/action/parameters";
const KEYS: [&str; 11] = [
    "name",
    "phone_number",
    "in_pin_code",
    "house_number",
    "floor_number",
    "tower_number",
    "building_name",
    "address",
    "landmark_area",
    "city",
    "state",
];

impl AddressRequest {
    /// An empty form for an address in India.
    pub fn india() -> Self {
        Self::default()
    }

    /// Fills a field in.
    pub fn value(
        mut self,
        field: AddressField,
        value: impl Into<String>,
    ) -> Result<Self, InvalidMessage> {
        let at = format!("{PARAMETERS}/values/{}", field.as_str());
        self.values.insert(field, field.check(value.into(), &at)?);
        Ok(self)
    }

    /// Adds an address to choose from.
    pub fn saved(mut self, address: SavedAddress) -> Result<Self, InvalidMessage> {
        self.saved.push(address);
        let field = format!("{PARAMETERS}/saved_addresses");
        counted(self.saved.len(), limits::SAVED_ADDRESSES, &field)?;
        Ok(self)
    }

    /// Says what is wrong with a field, to ask for it again.
    pub fn error(
        mut self,
        field: AddressField,
        text: impl Into<String>,
    ) -> Result<Self, InvalidMessage> {
        let at = format!("{PARAMETERS}/validation_errors/{}", field.as_str());
        let text = required(text.into(), limits::ADDRESS_FIELD, &at)?;
        self.errors.insert(field, text);
        Ok(self)
    }

    pub(super) fn read(interactive: &Object<'_>) -> Result<Self, InvalidMessage> {
        let action = super::action::named(interactive, "address_message")?;
        let known = ["country", "values", "saved_addresses", "validation_errors"];
        let parameters = action.require_child("parameters", &known)?;
        if parameters.require_text("country")? != "IN" {
            return Err(parameters.invalid("country", "not `IN`, the one country of this form"));
        }
        let mut request = Self::india();
        if let Some(values) = parameters.child("values", &KEYS)? {
            for (field, value) in fields(&values)? {
                request = request.value(field, value)?;
            }
        }
        let saved = parameters.each("saved_addresses", &["id", "value"], |saved| {
            let values = fields(&saved.require_child("value", &KEYS)?)?;
            SavedAddress::new(saved.require_text("id")?, values)
                .map_err(|fault| fault.within(saved.at()))
        })?;
        for address in saved {
            request = request.saved(address)?;
        }
        if let Some(errors) = parameters.child("validation_errors", &KEYS)? {
            for (field, text) in fields(&errors)? {
                request = request.error(field, text)?;
            }
        }
        Ok(request)
    }
}

impl SavedAddress {
    /// An address by an id, which comes back where it is chosen.
    pub fn new<T: Into<String>>(
        id: impl Into<String>,
        values: impl IntoIterator<Item = (AddressField, T)>,
    ) -> Result<Self, InvalidMessage> {
        let id = required(id.into(), limits::ADDRESS_FIELD, "/id")?;
        let mut value = BTreeMap::new();
        for (field, text) in values {
            let at = format!("/value/{}", field.as_str());
            value.insert(field, field.check(text.into(), &at)?);
        }
        if value.is_empty() {
            return Err(InvalidMessage::missing("/value"));
        }
        Ok(Self { id, value })
    }
}

impl AddressField {
    const ALL: [Self; 11] = [
        Self::Name,
        Self::PhoneNumber,
        Self::InPinCode,
        Self::HouseNumber,
        Self::FloorNumber,
        Self::TowerNumber,
        Self::BuildingName,
        Self::Address,
        Self::LandmarkArea,
        Self::City,
        Self::State,
    ];

    /// The field as Meta writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::PhoneNumber => "phone_number",
            Self::InPinCode => "in_pin_code",
            Self::HouseNumber => "house_number",
            Self::FloorNumber => "floor_number",
            Self::TowerNumber => "tower_number",
            Self::BuildingName => "building_name",
            Self::Address => "address",
            Self::LandmarkArea => "landmark_area",
            Self::City => "city",
            Self::State => "state",
        }
    }

    fn check(self, value: String, at: &str) -> Result<String, InvalidMessage> {
        let limit = match self {
            Self::InPinCode => limits::PIN_CODE,
            _ => limits::ADDRESS_FIELD,
        };
        required(value, limit, at)
    }
}

fn fields(object: &Object<'_>) -> Result<Vec<(AddressField, String)>, InvalidMessage> {
    let mut found = Vec::new();
    for field in AddressField::ALL {
        if let Some(text) = object.text_or_number(field.as_str())? {
            found.push((field, text.into_owned()));
        }
    }
    Ok(found)
}

impl Serialize for AddressRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            name: &'static str,
            parameters: Parameters<'a>,
        }
        #[derive(Serialize)]
        struct Parameters<'a> {
            country: &'static str,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            values: &'a BTreeMap<AddressField, String>,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            saved_addresses: &'a [SavedAddress],
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            validation_errors: &'a BTreeMap<AddressField, String>,
        }
        Wire {
            name: "address_message",
            parameters: Parameters {
                country: "IN",
                values: &self.values,
                saved_addresses: &self.saved,
                validation_errors: &self.errors,
            },
        }
        .serialize(serializer)
    }
}
