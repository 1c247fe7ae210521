//! What came of handing a message to a carrier, whichever carrier it was.

use std::time::Duration;

use wharf_model::{ErrorClass, ErrorCode};

/// What came of one call that sends.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The carrier has it, under this id.
    Accepted {
        carrier_id: String,
        /// The answer, as JSON.
        answer: String,
    },
    /// The carrier has refused it.
    Rejected(Box<Rejection>),
    /// Not a byte left: the carrier cannot know of it.
    NotSent { why: String },
    /// It may have arrived: only a status, or a person, can tell.
    Unknown { why: String },
}

/// Why a user's file was not downloaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Missed {
    /// The carrier does not have it, or not for us.
    #[error("{0}")]
    Never(String),
    /// It may be there the next time.
    #[error("{0}")]
    Later(String),
    /// It came otherwise than announced: it broke off on the way, or was changed.
    #[error("{0}")]
    Wrong(String),
}

/// How much of a budget an answer says is used up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Used {
    /// The id of the business account whose budget it is; none: the app's.
    pub(crate) account: Option<String>,
    pub(crate) percent: f64,
    /// How long nothing is taken any more.
    pub(crate) regain_access: Option<Duration>,
}

/// What the carrier says of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NumberFacts {
    /// Messages a second, if it said so.
    pub(crate) throughput: Option<u32>,
    /// How people take its messages, in the carrier's word.
    pub(crate) quality: Option<String>,
    /// How many people it may write to first, in the carrier's word.
    pub(crate) tier: Option<String>,
}

/// A refusal, with what to do about it.
#[derive(Debug, Clone)]
pub(crate) struct Rejection {
    pub(crate) class: ErrorClass,
    /// The carrier's code, if it gave one.
    pub(crate) code: Option<i64>,
    pub(crate) title: String,
    pub(crate) details: Option<String>,
    /// How long the carrier asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// The answer as it came, if it was JSON.
    pub(crate) raw: Option<String>,
    /// Its HTTP status.
    pub(crate) status: Option<u16>,
}

impl Outcome {
    /// A word for metrics, attempts and logs.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Rejected(rejection) => rejection.class.as_str(),
            Self::NotSent { .. } => "not_sent",
            Self::Unknown { .. } => "unknown",
        }
    }
}

impl Rejection {
    /// What a person should do.
    pub(crate) fn advice(&self) -> &'static str {
        match self.code {
            Some(code) => ErrorCode(code).advice(),
            None if self.class.is_retry() => "Check what stands between Wharf and the carrier.",
            None => "Correct the message: repeating it unchanged fails again.",
        }
    }
}
