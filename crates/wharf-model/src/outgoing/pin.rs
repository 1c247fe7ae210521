//! Pinning a message of a group.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;

use super::invalid::InvalidMessage;
use super::limits;
use super::read::Object;
use crate::ids::Wamid;

/// Pins a message of a group, or takes the pin off; three are pinned at most, the oldest gives way.
///
/// See [Cloud API/Groups messaging].
///
/// ```
/// use wharf_model::outgoing::Pin;
///
/// let pin = Pin::new("wamid.A".parse()?, 7)?;
/// assert_eq!(serde_json::to_value(&pin)?["expiration_days"], "7");
/// assert_eq!(Pin::new("wamid.A".parse()?, 31).unwrap_err().field(), "/pin/expiration_days");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    message_id: Wamid,
    days: Option<u8>,
}

impl Pin {
    /// Pins a message for 1 to 30 days.
    pub fn new(message_id: Wamid, days: u8) -> Result<Self, InvalidMessage> {
        if !(1..=limits::PIN_DAYS).contains(&days) {
            return Err(InvalidMessage::invalid(
                "/pin/expiration_days",
                "not 1 to 30 days",
            ));
        }
        Ok(Self {
            message_id,
            days: Some(days),
        })
    }

    /// Takes the pin off a message.
    pub fn remove(message_id: Wamid) -> Self {
        Self {
            message_id,
            days: None,
        }
    }

    /// The message.
    pub fn message_id(&self) -> &Wamid {
        &self.message_id
    }

    /// For how many days it is pinned; `None` takes the pin off.
    pub fn days(&self) -> Option<u8> {
        self.days
    }

    pub(crate) fn read(value: &Value) -> Result<Self, InvalidMessage> {
        let object = Object::new(value, "/pin", &["type", "message_id", "expiration_days"])?;
        let message_id = object.require_id("message_id")?;
        match object.require_text("type")? {
            "unpin" => Ok(Self::remove(message_id)),
            "pin" => Self::new(message_id, object.require_number("expiration_days")?),
            _ => Err(object.invalid("type", "neither `pin` nor `unpin`")),
        }
    }
}

impl Serialize for Pin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let kind = if self.days.is_some() { "pin" } else { "unpin" };
        map.serialize_entry("type", kind)?;
        map.serialize_entry("message_id", &self.message_id)?;
        if let Some(days) = self.days {
            // Meta's page writes the number as text.
            map.serialize_entry("expiration_days", &days.to_string())?;
        }
        map.end()
    }
}
