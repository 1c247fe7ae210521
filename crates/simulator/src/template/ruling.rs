//! What the platform can decide about a template.

use serde_json::Value;

use crate::error::SimulatorError;
use crate::template::{Category, Quality};

/// A decision on a template, made by the simulator's review or ordered by a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// Approved.
    Approve,
    /// Rejected.
    Reject(Reason),
    /// Paused for low quality: three hours, then six; the third time it is disabled.
    Pause,
    /// Paused by pacing, until the business unpauses it.
    PauseForPacing,
    /// A pause ends.
    Unpause,
    /// Disabled for good.
    Disable,
    /// Under review again.
    Pend,
    /// Told to be of low quality; it can still be sent.
    Flag,
    /// A rejection is looked at again.
    Appeal,
    /// Approved again after an appeal or a ban.
    Reinstate,
    /// Told to be locked; what it is does not change.
    Lock,
    /// One too many of its kind.
    LimitExceeded,
    /// Put away after a year without use.
    Archive,
    /// Taken out again.
    Unarchive,
    /// Deleted once its messages have arrived, at most 30 days later.
    PendDeletion,
    /// Deleted.
    Delete,
    /// Its quality changes.
    Quality(Quality),
    /// It will have another category in 24 hours.
    WillRecategorise(Category),
    /// It has another category.
    Recategorise(Category),
}

/// Why a template is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// Harms or harasses.
    AbusiveContent,
    /// Its category cannot be had here.
    CategoryNotAvailable,
    /// Its content is of another category.
    IncorrectCategory,
    /// Its variables or text are malformed.
    InvalidFormat,
    /// It sells where it may not.
    Promotional,
    /// It deceives.
    Scam,
    /// Its language or category does not match its content.
    TagContentMismatch,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::AbusiveContent,
        Self::CategoryNotAvailable,
        Self::IncorrectCategory,
        Self::InvalidFormat,
        Self::Promotional,
        Self::Scam,
        Self::TagContentMismatch,
    ];

    /// Meta's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AbusiveContent => "ABUSIVE_CONTENT",
            Self::CategoryNotAvailable => "CATEGORY_NOT_AVAILABLE",
            Self::IncorrectCategory => "INCORRECT_CATEGORY",
            Self::InvalidFormat => "INVALID_FORMAT",
            Self::Promotional => "PROMOTIONAL",
            Self::Scam => "SCAM",
            Self::TagContentMismatch => "TAG_CONTENT_MISMATCH",
        }
    }
}

impl Ruling {
    /// The ruling that `{"event": …}` orders, with `reason`, `quality` or `category` where needed.
    pub(crate) fn read(json: &Value) -> Result<Self, SimulatorError> {
        let wrong = |name: &'static str, reason: &str| SimulatorError::Parameter {
            name,
            reason: reason.to_owned(),
        };
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        let event = text("event").unwrap_or_default().to_ascii_uppercase();
        let category = || match text("category").unwrap_or("MARKETING") {
            "AUTHENTICATION" => Ok(Category::Authentication),
            "MARKETING" => Ok(Category::Marketing),
            "UTILITY" => Ok(Category::Utility),
            _ => Err(wrong(
                "category",
                "is not AUTHENTICATION, MARKETING or UTILITY",
            )),
        };
        Ok(match event.as_str() {
            "APPROVED" => Self::Approve,
            "REJECTED" => {
                let reason = text("reason").unwrap_or("INVALID_FORMAT");
                let known = Reason::ALL
                    .into_iter()
                    .find(|known| known.as_str() == reason);
                Self::Reject(known.ok_or_else(|| wrong("reason", "is not a known reason"))?)
            }
            "PAUSED" => match text("title") {
                Some("RATE_LIMITING_PAUSE") => Self::PauseForPacing,
                _ => Self::Pause,
            },
            "UNPAUSED" | "UNPAUSE" => Self::Unpause,
            "DISABLED" => Self::Disable,
            "PENDING" => Self::Pend,
            "FLAGGED" => Self::Flag,
            "IN_APPEAL" => Self::Appeal,
            "REINSTATED" => Self::Reinstate,
            "LOCKED" => Self::Lock,
            "LIMIT_EXCEEDED" => Self::LimitExceeded,
            "ARCHIVED" => Self::Archive,
            "UNARCHIVED" => Self::Unarchive,
            "PENDING_DELETION" => Self::PendDeletion,
            "DELETED" => Self::Delete,
            "QUALITY" => Self::Quality(match text("quality").unwrap_or("YELLOW") {
                "UNKNOWN" => Quality::Unknown,
                "GREEN" => Quality::Green,
                "YELLOW" => Quality::Yellow,
                "RED" => Quality::Red,
                _ => return Err(wrong("quality", "is not GREEN, YELLOW, RED or UNKNOWN")),
            }),
            "CATEGORY_IMPENDING" => Self::WillRecategorise(category()?),
            "CATEGORY" => Self::Recategorise(category()?),
            _ => return Err(wrong("event", "is not a decision on templates")),
        })
    }
}

impl Category {
    /// Meta's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "AUTHENTICATION",
            Self::Marketing => "MARKETING",
            Self::Utility => "UTILITY",
        }
    }
}
