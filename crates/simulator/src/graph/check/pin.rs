//! Pinning a message to the top of a group.

use serde_json::Value;

use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::graph::check::message::Content;
use crate::ids::Wamid;

const DAYS: std::ops::RangeInclusive<u64> = 1..=30;

/// What a pin asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) message: Wamid,
    /// For how many days; nothing takes the pin off.
    pub(crate) days: Option<u64>,
}

/// See [Cloud API/Groups messaging].
pub(super) fn check(pin: &Object<'_>) -> Result<Content, GraphError> {
    pin.only(&["type", "message_id", "expiration_days"])?;
    let kind = pin.required_text("type", usize::MAX)?;
    let message = pin.required_text("message_id", usize::MAX)?;
    if !message.starts_with("wamid.") {
        return Err(pin.invalid("message_id", "must be a message ID"));
    }
    let days = match (kind, pin.get("expiration_days")) {
        ("unpin", _) => None,
        ("pin", None) => return Err(pin.missing("expiration_days")),
        ("pin", Some(days)) => {
            let days = match days {
                Value::String(text) => text.parse().ok(),
                days => days.as_u64(),
            };
            let days = days.filter(|days| DAYS.contains(days));
            Some(days.ok_or_else(|| pin.invalid("expiration_days", "must be between 1 and 30"))?)
        }
        _ => return Err(pin.invalid("type", "must be pin or unpin")),
    };
    Ok(Content {
        pin: Some(Pin {
            message: Wamid::from(message),
            days,
        }),
        ..Content::default()
    })
}
