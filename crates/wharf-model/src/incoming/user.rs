//! Users: what they want, what they are called, what they tap.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::wire::{absent, lenient, number_seconds, text_seconds};
use crate::ids::{Bsuid, WaId};

/// A user who stops or resumes marketing.
///
/// See [Cloud API/User preferences webhook reference].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserPreference {
    /// The user by WhatsApp id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub wa_id: Option<WaId>,
    /// The user by business-scoped user id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub user_id: Option<Bsuid>,
    /// The user by the id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub parent_user_id: Option<Bsuid>,
    /// What happened, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub detail: Option<String>,
    /// What it is about.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub category: Option<PreferenceCategory>,
    /// What the user wants.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub value: Option<PreferenceValue>,
    /// When.
    #[serde(with = "number_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// The form the user came by.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub signup_id: Option<String>,
}

/// A user whose business-scoped user id changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserIdUpdate {
    /// The user by WhatsApp id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub wa_id: Option<WaId>,
    /// What happened, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub detail: Option<String>,
    /// The id.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub user_id: Option<UserIdChange>,
    /// The id that several portfolios share.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub parent_user_id: Option<UserIdChange>,
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
}

/// An id that was replaced.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserIdChange {
    /// It was this.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub previous: Option<Bsuid>,
    /// It is this.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub current: Option<Bsuid>,
}

/// Something a user did, other than write.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserAction {
    /// What.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub action_type: Option<UserActionKind>,
    /// When.
    #[serde(with = "text_seconds", skip_serializing_if = "absent")]
    pub timestamp: Option<Timestamp>,
    /// Of a tap on a link.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub marketing_messages_link_click_data: Option<LinkClick>,
}

/// A tap on the link of a marketing message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LinkClick {
    /// What was tapped, such as `cta`.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub click_component: Option<String>,
    /// The product.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub product_id: Option<String>,
    /// The tap.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub click_id: Option<String>,
    /// The message.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub tracking_token: Option<String>,
}

/// What a preference is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PreferenceCategory {
    /// Marketing.
    MarketingMessages,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// What a user wants.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PreferenceValue {
    /// No more.
    Stop,
    /// Again.
    Resume,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// What a user did.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UserActionKind {
    /// Tapped the link of a marketing message.
    MarketingMessagesLinkClick,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
