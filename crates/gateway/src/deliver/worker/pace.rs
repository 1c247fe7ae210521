//! How fast an endpoint is called: all lanes while it answers, one and slowly while it fails.

use std::time::Duration;

use tokio::time::Instant;

/// Failures in a row after which an endpoint is only probed: one call at a time, with a pause
/// after each failure. The first success ends that. So a dead endpoint with a long backlog costs
/// ten calls a second at most, and none of its deliveries loses its place in the schedule.
const FAILING_AFTER: u32 = 20;
const FAILING_PAUSE: Duration = Duration::from_millis(100);

/// What the last calls tell about the next.
#[derive(Debug, Default)]
pub(super) struct Pace {
    failures: u32,
    paused_until: Option<Instant>,
}

/// What changed with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    None,
    Fails,
    Recovered,
}

impl Pace {
    /// Calls that may be under way at once, none of them now if it pauses.
    pub(super) fn lanes(&self, most: usize) -> usize {
        match self.failures {
            _ if self.paused_until.is_some() => 0,
            ..FAILING_AFTER => most.max(1),
            FAILING_AFTER.. => 1,
        }
    }

    pub(super) fn succeeded(&mut self) -> Turn {
        let failed = std::mem::take(&mut self.failures) >= FAILING_AFTER;
        self.paused_until = None;
        if failed { Turn::Recovered } else { Turn::None }
    }

    pub(super) fn failed(&mut self) -> Turn {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILING_AFTER {
            self.paused_until = Some(Instant::now() + FAILING_PAUSE);
        }
        if self.failures == FAILING_AFTER {
            Turn::Fails
        } else {
            Turn::None
        }
    }

    /// When the pause ends, if there is one.
    pub(super) fn paused_until(&self) -> Option<Instant> {
        self.paused_until
    }

    /// Forgets a pause that is over.
    pub(super) fn end_pause(&mut self, now: Instant) {
        self.paused_until.take_if(|until| *until <= now);
    }
}
