//! The PIN of two-step verification and how often it may be tried. See [Cloud API/Registration].

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::later;
use crate::graph::GraphError;

/// Registrations and deregistrations within [`WINDOW`].
const ATTEMPTS: usize = 10;
const WINDOW: Duration = Duration::from_hours(72);
/// Wrong PINs in a row before a pause.
const GUESSES: u32 = 5;
/// The pause after too many guesses; Meta names its own in the details.
const PAUSE: Duration = Duration::from_hours(1);
/// The least time between a wrong PIN and the next one.
const PACE: Duration = Duration::from_secs(1);

/// The PIN and the attempts at it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pin {
    digits: Option<String>,
    wrong: u32,
    wrong_at: Option<Timestamp>,
    attempts: VecDeque<Timestamp>,
}

impl Pin {
    pub(crate) fn is_set(&self) -> bool {
        self.digits.is_some()
    }

    pub(crate) fn set(&mut self, pin: &str) {
        self.digits = Some(pin.to_owned());
        self.wrong = 0;
        self.wrong_at = None;
    }

    /// Turns two-step verification off.
    pub(crate) fn clear(&mut self) {
        *self = Self {
            attempts: std::mem::take(&mut self.attempts),
            ..Self::default()
        };
    }

    /// Counts a registration or deregistration, and refuses the eleventh in 72 hours.
    pub(crate) fn attempt(&mut self, now: Timestamp) -> Result<(), GraphError> {
        while let Some(first) = self.attempts.front()
            && later(*first, WINDOW) <= now
        {
            self.attempts.pop_front();
        }
        if self.attempts.len() >= ATTEMPTS {
            return Err(GraphError::usual(133_016));
        }
        self.attempts.push_back(now);
        Ok(())
    }

    /// Compares; the first PIN of a number without one becomes its PIN.
    pub(crate) fn check(&mut self, pin: &str, now: Timestamp) -> Result<(), GraphError> {
        let Some(known) = &self.digits else {
            self.set(pin);
            return Ok(());
        };
        if let Some(at) = self.wrong_at {
            let until = later(at, PAUSE);
            if self.wrong >= GUESSES && now < until {
                return Err(GraphError::new(
                    133_008,
                    format!("Too many wrong PINs were entered; try again at {until}."),
                ));
            }
            if self.wrong >= GUESSES {
                self.wrong = 0;
            }
            let next = later(at, PACE);
            if now < next {
                return Err(GraphError::new(
                    133_009,
                    format!("The PIN was entered too fast; try again at {next}."),
                ));
            }
        }
        if known == pin {
            self.wrong = 0;
            self.wrong_at = None;
            Ok(())
        } else {
            self.wrong += 1;
            self.wrong_at = Some(now);
            Err(GraphError::usual(133_005))
        }
    }
}

/// Whether a text is a PIN: six digits.
pub(crate) fn is_pin(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}
