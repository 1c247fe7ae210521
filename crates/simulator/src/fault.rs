//! Faults that tests order: what goes wrong, for whom, how often.

use std::time::Duration;

use crate::chance::happens;
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

/// The faults in force.
#[derive(Debug)]
pub(crate) struct Faults {
    seed: u64,
    made: u64,
    active: Vec<Active>,
}

#[derive(Debug)]
struct Active {
    id: FaultId,
    fault: Fault,
    /// How many calls it has looked at; the position of its next draw.
    seen: u64,
}

/// What strikes one call.
#[derive(Debug, Default)]
pub(crate) struct Strike {
    pub(crate) latency: Duration,
    pub(crate) trouble: Option<Trouble>,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            made: 0,
            active: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, fault: Fault) -> FaultId {
        self.made += 1;
        let id = FaultId(self.made);
        self.active.push(Active { id, fault, seen: 0 });
        id
    }

    pub(crate) fn clear(&mut self, id: FaultId) -> bool {
        let before = self.active.len();
        self.active.retain(|active| active.id != id);
        self.active.len() < before
    }

    pub(crate) fn clear_all(&mut self) {
        self.active.clear();
    }

    pub(crate) fn active(&self) -> impl Iterator<Item = (FaultId, &Fault)> {
        self.active.iter().map(|active| (active.id, &active.fault))
    }

    /// Draws for one call: latencies add up, and the first other trouble strikes.
    pub(crate) fn strike(&mut self, calls: Calls, number: Option<&PhoneNumberId>) -> Strike {
        let mut strike = Strike::default();
        for active in &mut self.active {
            let fault = &mut active.fault;
            let late = matches!(fault.trouble, Trouble::Latency { .. });
            let concerned = (fault.calls == Calls::All || fault.calls == calls)
                && (fault.number.is_none() || fault.number.as_ref() == number)
                && fault.times != Some(0)
                && (late || strike.trouble.is_none());
            if !concerned {
                continue;
            }
            let place = active.seen;
            active.seen += 1;
            if !happens(fault.probability, self.seed, 30 + active.id.0, place) {
                continue;
            }
            if let Some(times) = &mut fault.times {
                *times -= 1;
            }
            match &fault.trouble {
                Trouble::Latency { millis } => strike.latency += Duration::from_millis(*millis),
                trouble => strike.trouble = Some(trouble.clone()),
            }
        }
        self.active.retain(|active| active.fault.times != Some(0));
        strike
    }
}
