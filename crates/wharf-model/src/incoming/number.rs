//! Numbers: name, quality, limits, two-step verification, username.

use serde::{Deserialize, Serialize};

use super::limit::MessagingLimit;
use super::wire::{absent, lenient};

/// The review of a display name.
///
/// See [Cloud API/Phone number name update webhook reference].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NumberName {
    /// The number, as shown.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub display_phone_number: Option<String>,
    /// What came of it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub decision: Option<NameDecision>,
    /// The name.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub requested_verified_name: Option<String>,
    /// Why not.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub rejection_reason: Option<NameRejection>,
}

/// A change of what a number may do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NumberQuality {
    /// The number, as shown.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub display_phone_number: Option<String>,
    /// What happened.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub event: Option<NumberQualityEvent>,
    /// Users that the business may write to first in a day.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub max_daily_conversations_per_business: Option<MessagingLimit>,
    /// The same; Meta means to remove this.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub current_limit: Option<MessagingLimit>,
    /// The same before; Meta means to remove this.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub old_limit: Option<MessagingLimit>,
}

/// A change of a number's two-step verification.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Security {
    /// The number, as shown.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub display_phone_number: Option<String>,
    /// What happened.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub event: Option<SecurityEvent>,
    /// The id of the Meta user who asked for it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub requester: Option<String>,
}

/// The business's username.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BusinessUsername {
    /// The number, as shown.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub display_phone_number: Option<String>,
    /// The name; absent if it was deleted.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub username: Option<String>,
    /// How it stands.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub status: Option<UsernameStatus>,
}

/// What came of the review of a display name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum NameDecision {
    /// Approved.
    Approved,
    /// Put off.
    Deferred,
    /// Not decided.
    Pending,
    /// Rejected.
    Rejected,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// Why a display name was rejected.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum NameRejection {
    /// It is an employee's.
    NameEmployeeIssue,
    /// It does not belong to the end client.
    NameEndclientNotrelated,
    /// Its form is not allowed.
    NameFormatUnacceptable,
    /// It is a person's.
    NameIndividualIssue,
    /// It differs from the business's other names.
    NameNotConsistent,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// What happened to a number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum NumberQualityEvent {
    /// It was set up.
    Onboarding,
    /// It may send faster.
    ThroughputUpgrade,
    /// Its quality is low.
    Flagged,
    /// Its quality is no longer low.
    Unflagged,
    /// It may write to more users.
    Upgrade,
    /// It may write to fewer users.
    Downgrade,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// What happened to a number's two-step verification.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum SecurityEvent {
    /// The PIN was changed.
    PinChanged,
    /// Somebody asked to switch it off.
    PinResetRequest,
    /// It was switched off.
    PinRequestSuccess,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// How a username stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UsernameStatus {
    /// In use.
    Approved,
    /// Gone.
    Deleted,
    /// Kept for the business.
    Reserved,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
