//! Location messages.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::invalid::{InvalidMessage, bounded};
use super::limits;
use super::read::Object;

/// A point on the map.
///
/// See [Cloud API/Location messages].
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    latitude: f64,
    longitude: f64,
    name: Option<String>,
    address: Option<String>,
}

impl Location {
    /// A point by degrees: latitude -90 to 90, longitude -180 to 180.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, InvalidMessage> {
        Self::at(latitude, longitude, "/location")
    }

    /// Adds the name of the place.
    pub fn name(mut self, name: impl Into<String>) -> Result<Self, InvalidMessage> {
        self.name = Some(bounded(
            name.into(),
            limits::LOCATION_TEXT,
            "/location/name",
        )?);
        Ok(self)
    }

    /// Adds the address, which is shown only if there is a name.
    pub fn address(mut self, address: impl Into<String>) -> Result<Self, InvalidMessage> {
        self.address = Some(bounded(
            address.into(),
            limits::LOCATION_TEXT,
            "/location/address",
        )?);
        Ok(self)
    }

    /// Degrees north.
    pub fn latitude(&self) -> f64 {
        self.latitude
    }

    /// Degrees east.
    pub fn longitude(&self) -> f64 {
        self.longitude
    }

    /// The name of the place, if there is one.
    pub fn name_text(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address, if there is one.
    pub fn address_text(&self) -> Option<&str> {
        self.address.as_deref()
    }

    fn at(latitude: f64, longitude: f64, place: &str) -> Result<Self, InvalidMessage> {
        if !(-90.0..=90.0).contains(&latitude) {
            let field = format!("{place}/latitude");
            return Err(InvalidMessage::invalid(field, "not between -90 and 90"));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            let field = format!("{place}/longitude");
            return Err(InvalidMessage::invalid(field, "not between -180 and 180"));
        }
        Ok(Self {
            latitude,
            longitude,
            name: None,
            address: None,
        })
    }

    pub(crate) fn read(value: &Value, place: String) -> Result<Self, InvalidMessage> {
        let object = Object::new(value, place, &["latitude", "longitude", "name", "address"])?;
        let latitude = degrees(&object, "latitude")?;
        let longitude = degrees(&object, "longitude")?;
        let mut location = Self::at(latitude, longitude, object.at())?;
        for (key, slot) in [
            ("name", &mut location.name),
            ("address", &mut location.address),
        ] {
            if let Some(text) = object.owned(key)? {
                *slot = Some(bounded(text, limits::LOCATION_TEXT, &object.pointer(key))?);
            }
        }
        Ok(location)
    }
}

impl Serialize for Location {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // Meta's pages write the degrees as texts.
        map.serialize_entry("latitude", &self.latitude.to_string())?;
        map.serialize_entry("longitude", &self.longitude.to_string())?;
        if let Some(name) = &self.name {
            map.serialize_entry("name", name)?;
        }
        if let Some(address) = &self.address {
            map.serialize_entry("address", address)?;
        }
        map.end()
    }
}

fn degrees(object: &Object<'_>, key: &str) -> Result<f64, InvalidMessage> {
    let text = object
        .text_or_number(key)?
        .ok_or_else(|| InvalidMessage::missing(object.pointer(key)))?;
    text.trim()
        .parse()
        .map_err(|_| object.invalid(key, "not a number"))
}
