//! Faults in a given order, and the calls that a fault or script is for.

use crate::fault::{Calls, Trouble};
use crate::ids::PhoneNumberId;

/// Narrows a fault or script to some calls; what is absent matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Matching {
    /// Sends to this phone number, BSUID or group.
    pub recipient: Option<String>,
    /// Sends with this `type`.
    pub kind: Option<String>,
    /// Calls whose path holds this, such as `/message_templates`.
    pub path: Option<String>,
    /// Calls with this method, such as `POST`.
    pub method: Option<String>,
}

impl Matching {
    /// Every call.
    pub const ANY: Self = Self {
        recipient: None,
        kind: None,
        path: None,
        method: None,
    };
}

/// What becomes of one call after the other; when it is over, calls pass again.
///
/// ```
/// use simulator::{Script, Trouble};
///
/// // Three sends pass, the fourth is refused, the answer to the fifth is lost.
/// let script = Script::new()
///     .pass(3)
///     .strike(Trouble::graph(130_429))
///     .strike(Trouble::CutAfterAccepting);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Only calls of this number; all numbers when absent.
    #[serde(default)]
    pub number: Option<PhoneNumberId>,
    /// Which calls.
    #[serde(default)]
    pub calls: Calls,
    /// Narrows it to a recipient, a kind of message, a path.
    #[serde(default)]
    pub matching: Matching,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// Whether it begins anew after its last step.
    #[serde(default)]
    pub repeat: bool,
}

/// What becomes of the next `times` calls.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What goes wrong; the calls pass when absent.
    #[serde(default)]
    pub trouble: Option<Trouble>,
    /// How many calls.
    #[serde(default = "once")]
    pub times: u32,
}

const fn once() -> u32 {
    1
}

impl Script {
    /// A script for sends, without a step yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Then so many calls pass.
    #[must_use]
    pub fn pass(self, times: u32) -> Self {
        self.then(None, times)
    }

    /// Then one call is struck.
    #[must_use]
    pub fn strike(self, trouble: Trouble) -> Self {
        self.then(Some(trouble), 1)
    }

    /// Only these calls.
    #[must_use]
    pub fn matching(self, matching: Matching) -> Self {
        Self { matching, ..self }
    }

    /// Other calls than sends.
    #[must_use]
    pub fn calls(self, calls: Calls) -> Self {
        Self { calls, ..self }
    }

    /// Begins anew after the last step.
    #[must_use]
    pub fn repeated(self) -> Self {
        Self {
            repeat: true,
            ..self
        }
    }

    fn then(mut self, trouble: Option<Trouble>, times: u32) -> Self {
        self.steps.push(Step { trouble, times });
        self
    }
}
