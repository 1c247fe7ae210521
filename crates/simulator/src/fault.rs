//! Faults that tests order: what goes wrong, for whom, how often.

mod active;
mod script;

use std::time::Duration;

use crate::ids::PhoneNumberId;

pub(crate) use active::{Faults, Strike, Target};
pub use script::{Matching, Script, Step};

/// One kind of trouble, and where and how often it strikes.
///
/// ```
/// use simulator::{Fault, Trouble};
///
/// // The next three sends of any number answer "Rate limit hit".
/// let fault = Fault::new(Trouble::graph(130_429)).times(3);
/// // One call in ten of this number is accepted, but the answer never comes.
/// let fault = Fault::new(Trouble::CutAfterAccepting).number("106540352242922").probability(0.1);
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    /// What goes wrong.
    pub trouble: Trouble,
    /// Only calls of this number; all numbers when absent.
    #[serde(default)]
    pub number: Option<PhoneNumberId>,
    /// Which calls.
    #[serde(default)]
    pub calls: Calls,
    /// Narrows it to a recipient, a kind of message, a path.
    #[serde(default)]
    pub matching: Matching,
    /// How many of those calls it lets pass first.
    #[serde(default)]
    pub after: u32,
    /// Then only each so manieth of them, the first one included; all when absent.
    #[serde(default)]
    pub every: Option<u32>,
    /// How many more times; for ever when absent.
    #[serde(default)]
    pub times: Option<u32>,
    /// Share of calls that it strikes, 0 to 1, drawn from the seed.
    #[serde(default = "always")]
    pub probability: f64,
}

/// Which Graph calls a fault strikes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calls {
    /// `POST /{phone_number_id}/messages` that send, not the ones that mark as read.
    #[default]
    Send,
    /// Marking as read.
    MarkRead,
    /// Upload, look-up, download and deletion of media.
    Media,
    /// Only the upload of media.
    Upload,
    /// Only the download of media.
    Download,
    /// Everything else: numbers, accounts, templates, flows, apps and what hangs on them.
    Manage,
    /// Every Graph call.
    All,
}

impl Calls {
    /// Whether a fault for `self` concerns a call of the class `of`.
    pub(crate) fn concern(self, of: Self) -> bool {
        match self {
            Self::All => true,
            Self::Media => matches!(of, Self::Media | Self::Upload | Self::Download),
            one => one == of,
        }
    }
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The call is refused with a Graph error.
    Graph {
        /// Meta's code; status and title follow from it.
        code: i64,
        /// `error_subcode`.
        #[serde(default)]
        subcode: Option<i64>,
        /// `error_data.details`; the documented one or the title when absent.
        #[serde(default)]
        details: Option<String>,
        /// Seconds of a `Retry-After` header.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// The call is refused with a Graph error, HTTP status 429 and a `Retry-After` header.
    Throttled {
        /// Meta's code.
        code: i64,
        /// Seconds.
        retry_after: u64,
    },
    /// An answer that is no Graph error, as edge servers give: any status, any text.
    Http {
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
    /// The answer comes this many milliseconds of real time late, and is otherwise right.
    Latency {
        /// The milliseconds.
        millis: u64,
    },
    /// The connection is closed and nothing has happened.
    CutBeforeAccepting,
    /// The call takes effect and the connection is closed without an answer.
    CutAfterAccepting,
    /// The connection is closed while the request comes in, and nothing has happened: a file breaks
    /// off after its first piece.
    CutInRequest,
    /// The call takes effect, and the connection is closed in the middle of the answer.
    CutInAnswer,
    /// No answer ever comes, and nothing has happened. Ends when the caller gives up.
    HangBeforeAccepting,
    /// The call takes effect, and no answer ever comes. Ends when the caller gives up.
    HangAfterAccepting,
    /// The request's file and the answer move at this speed, in real time.
    Slow {
        /// Bytes a second.
        bytes_per_second: u64,
    },
    /// The message is accepted, and then fails with this code in a status.
    Fails {
        /// Meta's code.
        code: i64,
    },
}

impl Trouble {
    /// A Graph error with its documented status and texts.
    pub const fn graph(code: i64) -> Self {
        Self::Graph {
            code,
            subcode: None,
            details: None,
            retry_after: None,
        }
    }

    /// A late answer.
    pub fn latency(by: Duration) -> Self {
        Self::Latency {
            millis: u64::try_from(by.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

impl Fault {
    /// Strikes every send of every number, until cleared.
    pub const fn new(trouble: Trouble) -> Self {
        Self {
            trouble,
            number: None,
            calls: Calls::Send,
            matching: Matching::ANY,
            after: 0,
            every: None,
            times: None,
            probability: 1.0,
        }
    }

    /// Only this number.
    #[must_use]
    pub fn number(self, number: impl Into<PhoneNumberId>) -> Self {
        Self {
            number: Some(number.into()),
            ..self
        }
    }

    /// Other calls than sends.
    #[must_use]
    pub fn calls(self, calls: Calls) -> Self {
        Self { calls, ..self }
    }

    /// Only these calls.
    #[must_use]
    pub fn matching(self, matching: Matching) -> Self {
        Self { matching, ..self }
    }

    /// Lets the first `after` of those calls pass.
    #[must_use]
    pub fn after(self, after: u32) -> Self {
        Self { after, ..self }
    }

    /// Only each `every`th of those calls, the first one included.
    #[must_use]
    pub fn every(self, every: u32) -> Self {
        Self {
            every: Some(every),
            ..self
        }
    }

    /// Only the next `times` calls that it strikes.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }

    /// Only this share of calls, 0 to 1.
    #[must_use]
    pub fn probability(self, probability: f64) -> Self {
        Self {
            probability,
            ..self
        }
    }
}

/// Names a fault so that it can be cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub u64);

const fn always() -> f64 {
    1.0
}
