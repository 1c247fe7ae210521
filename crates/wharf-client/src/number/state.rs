//! States of a number: whether it works, how people take it, what it may do.

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
