//! Time comes in from outside: the system's, or a fixed one that a test moves.
//!
//! Nodes that share a database go by its clock: the system's is corrected by what that one says, so
//! that clocks of nodes may differ by minutes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Unix time in milliseconds, as the store keeps it.
pub type Millis = i64;

/// A source of wall-clock time. Cheap to clone; clones move together.
#[derive(Debug, Clone)]
pub struct Clock(Mode);

#[derive(Debug, Clone)]
enum Mode {
    /// The machine's clock, and what is added to it.
    System(Arc<AtomicI64>),
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::system_off_by(0)
    }

    /// The machine's clock as if it went wrong by so many milliseconds, for tests.
    pub fn system_off_by(wrong: Millis) -> Self {
        Self(Mode::System(Arc::new(AtomicI64::new(wrong))))
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    pub fn fixed(now: Millis) -> Self {
        Self(Mode::Fixed(Arc::new(AtomicI64::new(now))))
    }

    /// Unix milliseconds.
    pub fn now(&self) -> Millis {
        match &self.0 {
            #[expect(
                clippy::disallowed_methods,
                reason = "this is where the system clock comes in"
            )]
            Mode::System(correction) => {
                jiff::Timestamp::now().as_millisecond() + correction.load(Ordering::SeqCst)
            }
            Mode::Fixed(now) => now.load(Ordering::SeqCst),
        }
    }

    /// Sets the system clock, as this process sees it, to a better one's time; how far it moved. A
    /// fixed clock stands.
    pub(crate) fn correct(&self, now: Millis) -> Millis {
        let Mode::System(correction) = &self.0 else {
            return 0;
        };
        let by = now.saturating_sub(self.now());
        correction.fetch_add(by, Ordering::SeqCst);
        by
    }

    /// Moves a fixed clock forward; the system clock does not move.
    pub fn advance(&self, by: Millis) {
        if let Mode::Fixed(now) = &self.0 {
            now.fetch_add(by, Ordering::SeqCst);
        }
    }
}
