//! Marking a user's message as read, with or without the typing indicator.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::ids::Wamid;

/// Marks a message, and all earlier ones of its thread, as read.
///
/// See [Cloud API/Mark messages as read] and [Cloud API/Typing indicators].
///
/// ```
/// use wharf_model::ReadReceipt;
///
/// let receipt = ReadReceipt { message_id: "wamid.A".parse()?, typing: true };
/// let body = serde_json::to_value(&receipt)?;
/// assert_eq!(body["status"], "read");
/// assert_eq!(body["typing_indicator"]["type"], "text");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadReceipt {
    /// The user's message.
    pub message_id: Wamid,
    /// Show the typing indicator, until the next message or for 25 seconds.
    pub typing: bool,
}

impl Serialize for ReadReceipt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("messaging_product", "whatsapp")?;
        map.serialize_entry("status", "read")?;
        map.serialize_entry("message_id", &self.message_id)?;
        if self.typing {
            map.serialize_entry("typing_indicator", &Typing { kind: "text" })?;
        }
        map.end()
    }
}

#[derive(serde::Serialize)]
struct Typing {
    #[serde(rename = "type")]
    kind: &'static str,
}
