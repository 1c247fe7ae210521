//! How many users a business may write to first in a day.

use serde::{Deserialize, Serialize};

/// How many users a business may write to first in a day.
///
/// See [Cloud API/Messaging limits].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum LimitTier {
    /// 50.
    #[serde(rename = "TIER_50")]
    Tier50,
    /// 250.
    #[serde(rename = "TIER_250")]
    Tier250,
    /// 2,000.
    #[serde(rename = "TIER_2K")]
    Tier2K,
    /// 10,000.
    #[serde(rename = "TIER_10K")]
    Tier10K,
    /// 100,000.
    #[serde(rename = "TIER_100K")]
    Tier100K,
    /// Not decided.
    #[serde(rename = "TIER_NOT_SET")]
    TierNotSet,
    /// As many as it likes.
    #[serde(rename = "TIER_UNLIMITED")]
    TierUnlimited,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// How many users a business may write to first in a day, as a number or as a tier.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MessagingLimit {
    /// So many; -1 for no limit.
    Count(i64),
    /// The tier by name.
    Tier(LimitTier),
}
