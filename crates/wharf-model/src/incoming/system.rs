//! Messages that WhatsApp itself puts into a thread.

use jiff::Timestamp;
use serde::Deserialize;

use super::raw_object::RawObject;
use super::timestamp::timestamp;
use crate::ids::{Bsuid, WaId};

/// A change of a user's identity.
///
/// See [Cloud API/System messages webhook reference].
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct System {
    /// What happened, for a person.
    pub body: Option<String>,
    /// `user_changed_number`, `user_changed_user_id` or `customer_identity_changed`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The new WhatsApp id.
    pub wa_id: Option<WaId>,
    /// The new business-scoped user id.
    pub user_id: Option<Bsuid>,
    /// The new identity; it stands beside the `system` object.
    #[serde(skip)]
    pub identity: Option<IdentityChange>,
}

/// A user's new identity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IdentityChange {
    /// The business has acknowledged it.
    pub acknowledged: Option<bool>,
    /// Since when it holds.
    #[serde(deserialize_with = "timestamp")]
    pub created_timestamp: Option<Timestamp>,
    /// Its hash.
    pub hash: Option<String>,
}

/// A message that the Cloud API does not hand over; the message's errors say why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Unsupported {
    /// What the user sent, such as `poll_creation`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

impl System {
    pub(super) fn read(message: &RawObject<'_>) -> Option<Self> {
        let mut system: Self = message.get("system")?;
        system.identity = message.get("identity");
        Some(system)
    }
}
