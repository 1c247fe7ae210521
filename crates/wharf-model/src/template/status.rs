//! Where a template stands, and how users take it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fields::{Fields, put_some, take, take_number};

/// Where a template stands; only an approved one can be sent.
///
/// See [Cloud API/Template management].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum TemplateStatus {
    /// It can be sent.
    Approved,
    /// Not used for twelve months; deleted 28 days later.
    Archived,
    /// Gone.
    Deleted,
    /// Switched off for good because of its quality.
    Disabled,
    /// The business has asked Meta to look again.
    InAppeal,
    /// The account has too many templates.
    LimitExceeded,
    /// Switched off for a while because of its quality.
    Paused,
    /// Meta has not looked yet.
    Pending,
    /// Deleted, with messages under way.
    PendingDeletion,
    /// Approved again after an appeal.
    Reinstated,
    /// Refused.
    Rejected,
    /// A status that is not in Meta's list.
    Unknown(String),
}

impl TemplateStatus {
    /// The status as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Approved => "APPROVED",
            Self::Archived => "ARCHIVED",
            Self::Deleted => "DELETED",
            Self::Disabled => "DISABLED",
            Self::InAppeal => "IN_APPEAL",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::Paused => "PAUSED",
            Self::Pending => "PENDING",
            Self::PendingDeletion => "PENDING_DELETION",
            Self::Reinstated => "REINSTATED",
            Self::Rejected => "REJECTED",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for TemplateStatus {
    fn from(text: String) -> Self {
        match text.as_str() {
            "APPROVED" => Self::Approved,
            "ARCHIVED" => Self::Archived,
            "DELETED" => Self::Deleted,
            "DISABLED" => Self::Disabled,
            "IN_APPEAL" => Self::InAppeal,
            "LIMIT_EXCEEDED" => Self::LimitExceeded,
            "PAUSED" => Self::Paused,
            "PENDING" => Self::Pending,
            "PENDING_DELETION" => Self::PendingDeletion,
            "REINSTATED" => Self::Reinstated,
            "REJECTED" => Self::Rejected,
            _ => Self::Unknown(text),
        }
    }
}

impl From<TemplateStatus> for String {
    fn from(status: TemplateStatus) -> String {
        match status {
            TemplateStatus::Unknown(text) => text,
            known => known.as_str().to_owned(),
        }
    }
}

/// How users take a template.
///
/// See [Cloud API/Template quality rating].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Fields", into = "Fields")]
pub struct TemplateQuality {
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub score: Option<String>,
    /// Since when, in seconds since 1970.
    pub date: Option<i64>,
    /// Why.
    pub reasons: Option<Vec<String>>,
    /// Whatever else Meta said, as it came.
    pub other: Map<String, Value>,
}

impl From<Fields> for TemplateQuality {
    fn from(mut map: Fields) -> Self {
        Self {
            score: take(&mut map, "score"),
            date: take_number(&mut map, "date"),
            reasons: take(&mut map, "reasons"),
            other: map,
        }
    }
}

impl From<TemplateQuality> for Fields {
    fn from(quality: TemplateQuality) -> Fields {
        let mut map = quality.other;
        put_some(&mut map, "score", quality.score);
        put_some(&mut map, "date", quality.date);
        put_some(&mut map, "reasons", quality.reasons);
        map
    }
}
