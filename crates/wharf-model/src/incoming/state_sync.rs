//! The address book of a WhatsApp Business app.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::webhook_error::WebhookError;
use super::wire::{absent, elements, lenient, text_seconds};
use crate::ids::{Bsuid, WaId};

/// Changes of the address book of a coexistence number.
///
/// See [Cloud API/App state sync webhook reference].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StateSync {
    /// The changes, one entry each.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub state_sync: Vec<StateSyncItem>,
    /// What went wrong.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WebhookError>,
}

/// A change of one entry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StateSyncItem {
    /// `contact`.
    #[serde(
        rename = "type",
        deserialize_with = "lenient",
        skip_serializing_if = "absent"
    )]
    pub kind: Option<String>,
    /// The entry.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub contact: Option<SyncedContact>,
    /// What was done to it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub action: Option<SyncAction>,
    /// When.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub metadata: Option<SyncMetadata>,
}

/// An entry of the address book.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyncedContact {
    /// Whole name.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub full_name: Option<String>,
    /// Given name.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub first_name: Option<String>,
    /// The user by phone number.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub phone_number: Option<WaId>,
    /// The user by business-scoped user id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub user_id: Option<Bsuid>,
    /// The user by the id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub parent_user_id: Option<Bsuid>,
    /// The username, of those who have one.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub username: Option<String>,
}

/// When an entry was changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyncMetadata {
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
}

/// What was done to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SyncAction {
    /// Added, or changed.
    Add,
    /// Removed.
    Remove,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
