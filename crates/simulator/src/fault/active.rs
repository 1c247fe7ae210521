//! The faults and scripts in force, and what they do to one call.

use std::time::Duration;

use crate::chance::{happens, mix};
use crate::fault::{Calls, Fault, FaultId, Matching, Script, Trouble};
use crate::ids::PhoneNumberId;

/// The faults and scripts in force.
#[derive(Debug)]
pub(crate) struct Faults {
    seed: u64,
    made: u64,
    active: Vec<Active>,
}

#[derive(Debug)]
enum Active {
    Fault {
        id: FaultId,
        fault: Fault,
        /// How many calls it has looked at; the position of its next draw.
        seen: u64,
    },
    Script {
        id: FaultId,
        script: Script,
        /// The step it is at.
        step: usize,
        /// How many calls that step has had.
        had: u32,
    },
}

/// What is known of a call when faults are drawn for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) calls: Calls,
    pub(crate) number: Option<&'a PhoneNumberId>,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) recipient: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
}

/// What strikes one call.
#[derive(Debug, Default)]
pub(crate) struct Strike {
    pub(crate) latency: Duration,
    pub(crate) trouble: Option<Trouble>,
}

impl Strike {
    fn add(&mut self, trouble: &Trouble) {
        match trouble {
            Trouble::Latency { millis } => self.latency += Duration::from_millis(*millis),
            trouble => self.trouble = Some(trouble.clone()),
        }
    }
}

impl Target<'_> {
    fn fits(&self, calls: Calls, number: Option<&PhoneNumberId>, matching: &Matching) -> bool {
        let same = |wanted: &Option<String>, given: Option<&str>| {
            wanted
                .as_deref()
                .is_none_or(|wanted| given.is_some_and(|given| bare(wanted).eq(bare(given))))
        };
        calls.concern(self.calls)
            && (number.is_none() || number == self.number)
            && same(&matching.recipient, self.recipient)
            && same(&matching.kind, self.kind)
            && same(&matching.method, Some(self.method))
            && matching
                .path
                .as_ref()
                .is_none_or(|part| self.path.contains(part.as_str()))
    }
}

/// A phone number is the same with and without its plus sign, spaces and hyphens.
fn bare(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
        .filter(|letter| !matches!(letter, '+' | ' ' | '-' | '(' | ')'))
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
        let id = self.id();
        self.active.push(Active::Fault { id, fault, seen: 0 });
        id
    }

    pub(crate) fn add_script(&mut self, script: Script) -> FaultId {
        let id = self.id();
        self.active.push(Active::Script {
            id,
            script,
            step: 0,
            had: 0,
        });
        id
    }

    fn id(&mut self) -> FaultId {
        self.made += 1;
        FaultId(self.made)
    }

    pub(crate) fn clear(&mut self, id: FaultId) -> bool {
        let before = self.active.len();
        self.active.retain(|active| active.id() != id);
        self.active.len() < before
    }

    pub(crate) fn clear_all(&mut self) {
        self.active.clear();
    }

    pub(crate) fn active(&self) -> impl Iterator<Item = (FaultId, &Fault)> {
        self.active.iter().filter_map(|active| match active {
            Active::Fault { id, fault, .. } => Some((*id, fault)),
            Active::Script { .. } => None,
        })
    }

    pub(crate) fn scripts(&self) -> impl Iterator<Item = (FaultId, &Script)> {
        self.active.iter().filter_map(|active| match active {
            Active::Script { id, script, .. } => Some((*id, script)),
            Active::Fault { .. } => None,
        })
    }

    /// Draws for one call: latencies add up, and the first other trouble strikes.
    pub(crate) fn strike(&mut self, target: &Target<'_>) -> Strike {
        let mut strike = Strike::default();
        for active in &mut self.active {
            active.strike(self.seed, target, &mut strike);
        }
        self.active.retain(|active| !active.is_over());
        strike
    }
}

impl Active {
    fn id(&self) -> FaultId {
        match self {
            Self::Fault { id, .. } | Self::Script { id, .. } => *id,
        }
    }

    fn is_over(&self) -> bool {
        match self {
            Self::Fault { fault, .. } => fault.times == Some(0),
            Self::Script { script, step, .. } => *step >= script.steps.len(),
        }
    }

    fn strike(&mut self, seed: u64, target: &Target<'_>, strike: &mut Strike) {
        match self {
            Self::Fault { id, fault, seen } => {
                let late = matches!(fault.trouble, Trouble::Latency { .. });
                let concerned = target.fits(fault.calls, fault.number.as_ref(), &fault.matching)
                    && fault.times != Some(0)
                    && (late || strike.trouble.is_none());
                if !concerned {
                    return;
                }
                let place = *seen;
                *seen += 1;
                let Some(place) = place.checked_sub(u64::from(fault.after)) else {
                    return;
                };
                let due = fault
                    .every
                    .is_none_or(|every| place.is_multiple_of(u64::from(every.max(1))));
                if !due || !happens(fault.probability, seed, 606, mix(0, 606, id.0) ^ place) {
                    return;
                }
                if let Some(times) = &mut fault.times {
                    *times -= 1;
                }
                strike.add(&fault.trouble);
            }
            Self::Script {
                script, step, had, ..
            } => {
                let concerned = target.fits(script.calls, script.number.as_ref(), &script.matching)
                    && strike.trouble.is_none();
                if !concerned {
                    return;
                }
                // A step for no calls at all is skipped; the end is looked for once.
                for _ in 0..=script.steps.len() {
                    let Some(now) = script.steps.get(*step) else {
                        return;
                    };
                    let strikes = *had < now.times;
                    *had += 1;
                    if strikes && let Some(trouble) = &now.trouble {
                        strike.add(trouble);
                    }
                    if *had >= now.times {
                        (*step, *had) = (*step + 1, 0);
                        if script.repeat && *step == script.steps.len() {
                            *step = 0;
                        }
                    }
                    if strikes {
                        return;
                    }
                }
            }
        }
    }
}
