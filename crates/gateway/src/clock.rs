//! Time comes in from outside: the system's, or a fixed one that a test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Unix time in milliseconds, as the store keeps it.
pub type Millis = i64;

/// A source of wall-clock time. Cheap to clone; clones of a fixed clock move together.
#[derive(Debug, Clone)]
pub struct Clock(Mode);

#[derive(Debug, Clone)]
enum Mode {
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Mode::System)
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
            Mode::System => jiff::Timestamp::now().as_millisecond(),
            Mode::Fixed(now) => now.load(Ordering::SeqCst),
        }
    }

    /// Moves a fixed clock forward; the system clock does not move.
    pub fn advance(&self, by: Millis) {
        if let Mode::Fixed(now) = &self.0 {
            now.fetch_add(by, Ordering::SeqCst);
        }
    }
}
