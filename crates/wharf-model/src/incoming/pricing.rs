//! What a message costs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::timestamp::timestamp;
use super::wire;

/// What a message costs.
///
/// See [Cloud API/Pricing].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pricing {
    /// Whether it costs anything; Meta means to remove this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billable: Option<bool>,
    /// `PMP`; `CBP` before July 2025.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing_model: Option<String>,
    /// Why it costs something or nothing.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<PricingKind>,
    /// Which price list applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<PricingCategory>,
}

/// Why a message costs something or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum PricingKind {
    /// Billable.
    Regular,
    /// Free inside the customer service window.
    FreeCustomerService,
    /// Free inside a free entry point window.
    FreeEntryPoint,
    /// Free inside a group's customer service window.
    FreeGroupCustomerService,
    /// A value that is not in Meta's list.
    Unknown(String),
}

/// Which price list applies to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum PricingCategory {
    /// One-time codes.
    Authentication,
    /// One-time codes at the international rate.
    AuthenticationInternational,
    /// Marketing.
    Marketing,
    /// Marketing through the Marketing Messages API.
    MarketingLite,
    /// Inside a free entry point window.
    ReferralConversion,
    /// Free-form messages.
    Service,
    /// Utility templates.
    Utility,
    /// Marketing in a group.
    GroupMarketing,
    /// Free-form messages in a group.
    GroupService,
    /// Utility templates in a group.
    GroupUtility,
    /// A value that is not in Meta's list.
    Unknown(String),
}

/// A conversation as Meta counted it before version 24.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conversation {
    /// Meta's id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// When it ends; with `sent` only.
    #[serde(
        deserialize_with = "timestamp",
        skip_serializing_if = "Option::is_none",
        serialize_with = "wire::text_seconds::serialize"
    )]
    pub expiration_timestamp: Option<Timestamp>,
    /// How it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<ConversationOrigin>,
}

/// How a conversation began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationOrigin {
    /// A category such as `service` or `referral_conversion`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl PricingKind {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Regular => "regular",
            Self::FreeCustomerService => "free_customer_service",
            Self::FreeEntryPoint => "free_entry_point",
            Self::FreeGroupCustomerService => "free_group_customer_service",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for PricingKind {
    fn from(text: String) -> Self {
        match text.as_str() {
            "regular" => Self::Regular,
            "free_customer_service" => Self::FreeCustomerService,
            "free_entry_point" => Self::FreeEntryPoint,
            "free_group_customer_service" => Self::FreeGroupCustomerService,
            _ => Self::Unknown(text),
        }
    }
}

impl PricingCategory {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Authentication => "authentication",
            Self::AuthenticationInternational => "authentication-international",
            Self::Marketing => "marketing",
            Self::MarketingLite => "marketing_lite",
            Self::ReferralConversion => "referral_conversion",
            Self::Service => "service",
            Self::Utility => "utility",
            Self::GroupMarketing => "group_marketing",
            Self::GroupService => "group_service",
            Self::GroupUtility => "group_utility",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for PricingCategory {
    fn from(text: String) -> Self {
        match text.as_str() {
            "authentication" => Self::Authentication,
            "authentication-international" => Self::AuthenticationInternational,
            "marketing" => Self::Marketing,
            "marketing_lite" => Self::MarketingLite,
            "referral_conversion" => Self::ReferralConversion,
            "service" => Self::Service,
            "utility" => Self::Utility,
            "group_marketing" => Self::GroupMarketing,
            "group_service" => Self::GroupService,
            "group_utility" => Self::GroupUtility,
            _ => Self::Unknown(text),
        }
    }
}

impl From<PricingKind> for String {
    fn from(value: PricingKind) -> String {
        match value {
            PricingKind::Unknown(text) => text,
            known => known.as_str().to_owned(),
        }
    }
}

impl From<PricingCategory> for String {
    fn from(value: PricingCategory) -> String {
        match value {
            PricingCategory::Unknown(text) => text,
            known => known.as_str().to_owned(),
        }
    }
}
