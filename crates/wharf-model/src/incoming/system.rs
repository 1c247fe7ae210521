//! Messages that WhatsApp itself puts into a thread.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::raw_object::RawObject;
use super::timestamp::timestamp;
use super::wire;
use crate::ids::{Bsuid, WaId};

/// A change of a user's identity.
///
/// See [Cloud API/System messages webhook reference].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct System {
    /// What happened, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// `user_changed_number`, `user_changed_user_id` or `customer_identity_changed`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The new WhatsApp id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<WaId>,
    /// The new business-scoped user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Bsuid>,
    /// The new identity; it stands beside the `system` object.
    #[serde(skip)]
    pub identity: Option<IdentityChange>,
}

/// A user's new identity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityChange {
    /// The business has acknowledged it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<bool>,
    /// Since when it holds.
    #[serde(
        deserialize_with = "timestamp",
        skip_serializing_if = "Option::is_none",
        serialize_with = "wire::text_seconds::serialize"
    )]
    pub created_timestamp: Option<Timestamp>,
    /// Its hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// A message that the Cloud API does not hand over; the message's errors say why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unsupported {
    /// What the user sent, such as `poll_creation`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl System {
    pub(super) fn read(message: &RawObject<'_>) -> Option<Self> {
        let mut system: Self = message.body("system")?;
        system.identity = message.body("identity");
        Some(system)
    }
}
