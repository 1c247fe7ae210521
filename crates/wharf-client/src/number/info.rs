//! What Meta tells of a business phone number.

use serde::{Deserialize, Serialize};
use wharf_model::PhoneNumberId;

use super::Number;
use super::automation::Automation;
use super::official::OfficialAccount;
use super::webhook::WebhookConfiguration;
use crate::call::Call;
use crate::fields::Fields;
use crate::graph;
use crate::health::HealthStatus;

/// The fields that [`Number::info`] asks for.
const FIELDS: &str = "id,display_phone_number,verified_name,status,quality_rating,name_status,\
    new_name_status,code_verification_status,platform_type,throughput,account_mode,\
    is_official_business_account,is_pin_enabled,webhook_configuration,\
    whatsapp_business_manager_messaging_limit";

impl Number {
    /// Reads what Meta tells of the number: names, status, quality, limits.
    ///
    /// See [Cloud API/Business phone numbers].
    pub fn info(&self) -> Call<NumberInfo> {
        self.info_fields(FIELDS)
    }

    /// Reads chosen fields of the number, separated by commas.
    ///
    /// See [Cloud API/Business phone numbers].
    pub fn info_fields(&self, fields: &str) -> Call<NumberInfo> {
        let path = [self.id().as_str()];
        graph::read(self.client(), "numbers.get", &path, &[("fields", fields)])
    }

    /// Whether the number can send and take calls, and what stands in the way.
    ///
    /// See [Cloud API/Messaging health status].
    pub fn health(&self) -> Call<NumberInfo> {
        self.info_fields("health_status")
    }
}

/// A business phone number; a field that was not asked for is absent. See [Cloud API/Business phone numbers].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NumberInfo(Fields);

impl NumberInfo {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<PhoneNumberId> {
        self.0.get("id")
    }

    /// The number as people see it.
    pub fn display_phone_number(&self) -> Option<&str> {
        self.0.text("display_phone_number")
    }

    /// The name that people see.
    pub fn verified_name(&self) -> Option<&str> {
        self.0.text("verified_name")
    }

    /// Whether it works.
    pub fn status(&self) -> Option<NumberStatus> {
        self.0.text("status").map(NumberStatus::from)
    }

    /// How people take its messages.
    pub fn quality_rating(&self) -> Option<QualityRating> {
        self.0.text("quality_rating").map(QualityRating::from)
    }

    /// What became of its name.
    pub fn name_status(&self) -> Option<NameStatus> {
        self.0.text("name_status").map(NameStatus::from)
    }

    /// A name that waits for review.
    pub fn new_display_name(&self) -> Option<&str> {
        self.0.text("new_display_name")
    }

    /// What became of the name that waits.
    pub fn new_name_status(&self) -> Option<NameStatus> {
        self.0.text("new_name_status").map(NameStatus::from)
    }

    /// Whether its owner was verified.
    pub fn code_verification_status(&self) -> Option<CodeVerification> {
        self.0
            .text("code_verification_status")
            .map(CodeVerification::from)
    }

    /// What it is registered with.
    pub fn platform_type(&self) -> Option<Platform> {
        self.0.text("platform_type").map(Platform::from)
    }

    /// Whether it is a test number.
    pub fn account_mode(&self) -> Option<AccountMode> {
        self.0.text("account_mode").map(AccountMode::from)
    }

    /// Whether it has the official badge.
    pub fn is_official_business_account(&self) -> Option<bool> {
        self.0.flag("is_official_business_account")
    }

    /// How far the official badge is.
    pub fn official_business_account(&self) -> Option<OfficialAccount> {
        self.0.get("official_business_account")
    }

    /// Whether two-step verification is on.
    pub fn is_pin_enabled(&self) -> Option<bool> {
        self.0.flag("is_pin_enabled")
    }

    /// Whether the business app uses it too.
    pub fn is_on_biz_app(&self) -> Option<bool> {
        self.0.flag("is_on_biz_app")
    }

    /// Whether it was verified before it had a WABA.
    pub fn is_preverified_number(&self) -> Option<bool> {
        self.0.flag("is_preverified_number")
    }

    /// When it came to the platform.
    pub fn last_onboarded_time(&self) -> Option<&str> {
        self.0.text("last_onboarded_time")
    }

    /// Whether people find it by searching.
    pub fn search_visibility(&self) -> Option<&str> {
        self.0.text("search_visibility")
    }

    /// How many people its portfolio may write to in 24 hours.
    pub fn messaging_limit(&self) -> Option<MessagingLimit> {
        self.0
            .text("whatsapp_business_manager_messaging_limit")
            .map(MessagingLimit::from)
    }

    /// Its country.
    pub fn country_code(&self) -> Option<&str> {
        self.0.text("country_code")
    }

    /// Its country's prefix.
    pub fn country_dial_code(&self) -> Option<&str> {
        self.0.text("country_dial_code")
    }

    /// Its certificate, for registering.
    pub fn certificate(&self) -> Option<&str> {
        self.0.text("certificate")
    }

    /// The certificate of a new name.
    pub fn new_certificate(&self) -> Option<&str> {
        self.0.text("new_certificate")
    }

    /// Where its notifications go.
    pub fn webhook_configuration(&self) -> Option<WebhookConfiguration> {
        self.0.get("webhook_configuration")
    }

    /// Commands and prompts.
    pub fn conversational_automation(&self) -> Option<Automation> {
        self.0.get("conversational_automation")
    }

    /// Whether it can send.
    pub fn health_status(&self) -> Option<HealthStatus> {
        self.0.get("health_status")
    }

    /// How many messages a second it may send.
    pub fn throughput(&self) -> Option<Throughput> {
        let throughput: Fields = self.0.get("throughput")?;
        throughput.text("level").map(Throughput::from)
    }
}

/// Whether a number works.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberStatus {
    /// `CONNECTED`.
    Connected,
    /// `DISCONNECTED`.
    Disconnected,
    /// `PENDING`.
    Pending,
    /// `FLAGGED`.
    Flagged,
    /// `RESTRICTED`.
    Restricted,
    /// `RATE_LIMITED`.
    RateLimited,
    /// `BANNED`.
    Banned,
    /// `MIGRATED`.
    Migrated,
    /// `DELETED`.
    Deleted,
    /// `UNVERIFIED`.
    Unverified,
    /// One that this version does not know.
    Unknown(String),
}

impl NumberStatus {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Connected => "CONNECTED",
            Self::Disconnected => "DISCONNECTED",
            Self::Pending => "PENDING",
            Self::Flagged => "FLAGGED",
            Self::Restricted => "RESTRICTED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Banned => "BANNED",
            Self::Migrated => "MIGRATED",
            Self::Deleted => "DELETED",
            Self::Unverified => "UNVERIFIED",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for NumberStatus {
    fn from(value: &str) -> Self {
        match value {
            "CONNECTED" => Self::Connected,
            "DISCONNECTED" => Self::Disconnected,
            "PENDING" => Self::Pending,
            "FLAGGED" => Self::Flagged,
            "RESTRICTED" => Self::Restricted,
            "RATE_LIMITED" => Self::RateLimited,
            "BANNED" => Self::Banned,
            "MIGRATED" => Self::Migrated,
            "DELETED" => Self::Deleted,
            "UNVERIFIED" => Self::Unverified,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// How people take a number's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QualityRating {
    /// `GREEN`.
    Green,
    /// `YELLOW`.
    Yellow,
    /// `RED`.
    Red,
    /// `NA`.
    NotRated,
    /// One that this version does not know.
    Unknown(String),
}

impl QualityRating {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Green => "GREEN",
            Self::Yellow => "YELLOW",
            Self::Red => "RED",
            Self::NotRated => "NA",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for QualityRating {
    fn from(value: &str) -> Self {
        match value {
            "GREEN" => Self::Green,
            "YELLOW" => Self::Yellow,
            "RED" => Self::Red,
            "NA" => Self::NotRated,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// What became of a display name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameStatus {
    /// `APPROVED`.
    Approved,
    /// `AVAILABLE_WITHOUT_REVIEW`.
    AvailableWithoutReview,
    /// `DECLINED`.
    Declined,
    /// `EXPIRED`.
    Expired,
    /// `PENDING_REVIEW`.
    PendingReview,
    /// `NONE`.
    None,
    /// One that this version does not know.
    Unknown(String),
}

impl NameStatus {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Approved => "APPROVED",
            Self::AvailableWithoutReview => "AVAILABLE_WITHOUT_REVIEW",
            Self::Declined => "DECLINED",
            Self::Expired => "EXPIRED",
            Self::PendingReview => "PENDING_REVIEW",
            Self::None => "NONE",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for NameStatus {
    fn from(value: &str) -> Self {
        match value {
            "APPROVED" => Self::Approved,
            "AVAILABLE_WITHOUT_REVIEW" => Self::AvailableWithoutReview,
            "DECLINED" => Self::Declined,
            "EXPIRED" => Self::Expired,
            "PENDING_REVIEW" => Self::PendingReview,
            "NONE" => Self::None,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// Whether the owner of a number was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeVerification {
    /// `VERIFIED`.
    Verified,
    /// `NOT_VERIFIED`.
    NotVerified,
    /// `UNVERIFIED`.
    Unverified,
    /// `EXPIRED`.
    Expired,
    /// One that this version does not know.
    Unknown(String),
}

impl CodeVerification {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Verified => "VERIFIED",
            Self::NotVerified => "NOT_VERIFIED",
            Self::Unverified => "UNVERIFIED",
            Self::Expired => "EXPIRED",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for CodeVerification {
    fn from(value: &str) -> Self {
        match value {
            "VERIFIED" => Self::Verified,
            "NOT_VERIFIED" => Self::NotVerified,
            "UNVERIFIED" => Self::Unverified,
            "EXPIRED" => Self::Expired,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// What a number is registered with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Platform {
    /// `CLOUD_API`.
    CloudApi,
    /// `ON_PREMISE`.
    OnPremise,
    /// `NOT_APPLICABLE`.
    NotApplicable,
    /// One that this version does not know.
    Unknown(String),
}

impl Platform {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::CloudApi => "CLOUD_API",
            Self::OnPremise => "ON_PREMISE",
            Self::NotApplicable => "NOT_APPLICABLE",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for Platform {
    fn from(value: &str) -> Self {
        match value {
            "CLOUD_API" => Self::CloudApi,
            "ON_PREMISE" => Self::OnPremise,
            "NOT_APPLICABLE" => Self::NotApplicable,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// Whether a number is a test number.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountMode {
    /// `SANDBOX`.
    Sandbox,
    /// `LIVE`.
    Live,
    /// One that this version does not know.
    Unknown(String),
}

impl AccountMode {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sandbox => "SANDBOX",
            Self::Live => "LIVE",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for AccountMode {
    fn from(value: &str) -> Self {
        match value {
            "SANDBOX" => Self::Sandbox,
            "LIVE" => Self::Live,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// How many messages a second a number may send: 80 or 1000.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Throughput {
    /// `STANDARD`.
    Standard,
    /// `HIGH`.
    High,
    /// `NOT_APPLICABLE`.
    NotApplicable,
    /// One that this version does not know.
    Unknown(String),
}

impl Throughput {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Standard => "STANDARD",
            Self::High => "HIGH",
            Self::NotApplicable => "NOT_APPLICABLE",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for Throughput {
    fn from(value: &str) -> Self {
        match value {
            "STANDARD" => Self::Standard,
            "HIGH" => Self::High,
            "NOT_APPLICABLE" => Self::NotApplicable,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// How many people a portfolio may write to in 24 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessagingLimit {
    /// `TIER_250`.
    Tier250,
    /// `TIER_2K`.
    Tier2k,
    /// `TIER_10K`.
    Tier10k,
    /// `TIER_100K`.
    Tier100k,
    /// `TIER_UNLIMITED`.
    Unlimited,
    /// One that this version does not know.
    Unknown(String),
}

impl MessagingLimit {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Tier250 => "TIER_250",
            Self::Tier2k => "TIER_2K",
            Self::Tier10k => "TIER_10K",
            Self::Tier100k => "TIER_100K",
            Self::Unlimited => "TIER_UNLIMITED",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for MessagingLimit {
    fn from(value: &str) -> Self {
        match value {
            "TIER_250" => Self::Tier250,
            "TIER_2K" => Self::Tier2k,
            "TIER_10K" => Self::Tier10k,
            "TIER_100K" => Self::Tier100k,
            "TIER_UNLIMITED" => Self::Unlimited,
            other => Self::Unknown(other.to_owned()),
        }
    }
}
