//! Notices about a business, its limits and its settings.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::limit::MessagingLimit;
use super::wire::{absent, lenient, number_seconds};
use crate::ids::{EntityId, SolutionId, Wamid};

/// A warning or a notice.
///
/// See [Cloud API/Account alerts webhook reference].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountAlert {
    /// What it is about.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub entity_type: Option<AlertEntity>,
    /// Its id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub entity_id: Option<EntityId>,
    /// What it says.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub alert_info: Option<AlertInfo>,
}

/// What a warning says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertInfo {
    /// How bad it is.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub alert_severity: Option<AlertSeverity>,
    /// Whether it still holds.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub alert_status: Option<AlertStatus>,
    /// What it is.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub alert_type: Option<AlertKind>,
    /// What it is, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub alert_description: Option<String>,
}

/// The review of a WABA.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountReview {
    /// What came of it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub decision: Option<ReviewDecision>,
}

/// How much a business may do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BusinessCapability {
    /// Users that it may write to first in a day.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub max_daily_conversations_per_business: Option<MessagingLimit>,
    /// The same for one number, before February 2026; -1 for no limit.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub max_daily_conversation_per_phone: Option<i64>,
    /// How many numbers the portfolio may have.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub max_phone_numbers_per_business: Option<i64>,
    /// How many numbers the WABA may have.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub max_phone_numbers_per_waba: Option<i64>,
}

/// A solution that several partners share.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartnerSolution {
    /// What happened.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub event: Option<SolutionEvent>,
    /// The solution.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub solution_id: Option<SolutionId>,
    /// How it stands.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub solution_status: Option<SolutionStatus>,
}

/// A way to be paid (India).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaymentConfiguration {
    /// The business's name of it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub configuration_name: Option<String>,
    /// `billdesk`, `payu`, `razorpay` or `zaakpay`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub provider_name: Option<String>,
    /// The business at the provider.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub provider_mid: Option<String>,
    /// Whether it works.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub status: Option<PaymentConfigurationStatus>,
    /// When it was made.
    #[serde(with = "number_seconds", skip_serializing_if = "absent")]
    pub created_timestamp: Option<Timestamp>,
    /// When it last changed.
    #[serde(with = "number_seconds", skip_serializing_if = "absent")]
    pub updated_timestamp: Option<Timestamp>,
}

/// An event that Meta found in a conversation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AutomaticEvent {
    /// The message it was found in.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub id: Option<Wamid>,
    /// What it is.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub event_name: Option<AutomaticEventKind>,
    /// When.
    #[serde(with = "number_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// Click id of the advertisement.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub ctwa_clid: Option<String>,
    /// How much was bought.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub custom_data: Option<AutomaticEventData>,
}

/// How much was bought.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AutomaticEventData {
    /// ISO 4217 code.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub currency: Option<String>,
    /// The amount.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub value: Option<Number>,
}

/// What a warning is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum AlertEntity {
    /// The portfolio.
    Business,
    /// A number.
    PhoneNumber,
    /// Whatever the id names.
    CurrentStatusId,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// How bad a warning is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum AlertSeverity {
    /// Act now.
    Critical,
    /// Good to know.
    Informational,
    /// Act soon.
    Warning,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// Whether a warning still holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum AlertStatus {
    /// It does.
    Active,
    /// It does not, or never did.
    None,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// What a warning is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum AlertKind {
    /// Higher limits come later.
    IncreasedCapabilitiesEligibilityDeferred,
    /// Higher limits are refused.
    IncreasedCapabilitiesEligibilityFailed,
    /// Higher limits take more information.
    IncreasedCapabilitiesEligibilityNeedMoreInfo,
    /// The number is an official business account.
    ObaApproved,
    /// The number is no official business account.
    ObaRejected,
    /// The profile picture is lost.
    ProfilePictureLost,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// What came of a review.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum ReviewDecision {
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

/// What happened to a solution.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum SolutionEvent {
    /// It was made.
    SolutionCreated,
    /// It was changed.
    SolutionUpdated,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// How a solution stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum SolutionStatus {
    /// In use.
    Active,
    /// Out of use.
    Deactivated,
    /// Not offered yet.
    Draft,
    /// Offered to the partners.
    Initiated,
    /// Soon out of use.
    PendingDeactivation,
    /// Refused by a partner.
    Rejected,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// Whether a way to be paid works.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PaymentConfigurationStatus {
    /// It does.
    Active,
    /// It is not connected.
    #[serde(rename = "Needs Connecting")]
    NeedsConnecting,
    /// It is not tested.
    #[serde(rename = "Needs Testing")]
    NeedsTesting,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// An event that Meta found in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum AutomaticEventKind {
    /// Somebody is interested.
    LeadSubmitted,
    /// Somebody bought.
    Purchase,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
