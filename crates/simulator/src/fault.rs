//! Faults that tests order: what goes wrong, for whom, how often.

use std::time::Duration;

use crate::ids::PhoneNumberId;

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
    /// Every Graph call.
    All,
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
