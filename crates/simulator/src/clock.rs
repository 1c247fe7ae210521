//! The simulator's time: it runs from a given moment, or stands until a test moves it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

/// The clock that every time-out, timestamp and expiry of the simulator reads.
///
/// Clones show the same time. Nothing here reads the system clock: the caller says when it starts.
///
/// ```
/// use std::time::Duration;
/// use simulator::Clock;
///
/// let clock = Clock::fixed("2026-11-21T12:00:00Z".parse()?);
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().to_string(), "2026-11-21T12:01:00Z");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    mode: Mutex<Mode>,
    /// Counts the moves made by hand, so that sleepers look again.
    moves: watch::Sender<u64>,
}

#[derive(Clone, Copy, Debug)]
enum Mode {
    Running { from: Timestamp, since: Instant },
    Fixed(Timestamp),
}

impl Clock {
    /// A clock that shows `from` now and runs on with real time.
    pub fn running_from(from: Timestamp) -> Self {
        Self::with(Mode::Running {
            from,
            since: Instant::now(),
        })
    }

    /// A clock that shows `at` until it is set or advanced.
    pub fn fixed(at: Timestamp) -> Self {
        Self::with(Mode::Fixed(at))
    }

    fn with(mode: Mode) -> Self {
        Self(Arc::new(Inner {
            mode: Mutex::new(mode),
            moves: watch::Sender::new(0),
        }))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match self.mode() {
            Mode::Running { from, since } => later(from, since.elapsed()),
            Mode::Fixed(at) => at,
        }
    }

    /// Whether it stands until it is moved.
    pub fn is_fixed(&self) -> bool {
        matches!(self.mode(), Mode::Fixed(_))
    }

    /// Moves to `at`; a running clock runs on from there.
    pub fn set(&self, at: Timestamp) {
        self.change(|mode| match mode {
            Mode::Running { .. } => Mode::Running {
                from: at,
                since: Instant::now(),
            },
            Mode::Fixed(_) => Mode::Fixed(at),
        });
    }

    /// Moves forward by `by`.
    pub fn advance(&self, by: Duration) {
        self.change(|mode| match mode {
            Mode::Running { from, since } => Mode::Running {
                from: later(from, by),
                since,
            },
            Mode::Fixed(at) => Mode::Fixed(later(at, by)),
        });
    }

    /// Stops at the present moment.
    pub fn freeze(&self) {
        let now = self.now();
        self.change(|_| Mode::Fixed(now));
    }

    /// Runs on from the present moment.
    pub fn run(&self) {
        let now = self.now();
        self.change(|_| Mode::Running {
            from: now,
            since: Instant::now(),
        });
    }

    /// Waits until the clock shows `due` or later. Cancel-safe.
    pub async fn wait_until(&self, due: Timestamp) {
        let mut moves = self.0.moves.subscribe();
        loop {
            moves.mark_unchanged();
            let left = Duration::try_from(due.duration_since(self.now())).unwrap_or_default();
            if left.is_zero() {
                return;
            }
            if self.is_fixed() {
                // The sender lives in `self`, so this only fails when nobody is left to wait.
                let _ = moves.changed().await;
            } else {
                tokio::select! {
                    () = tokio::time::sleep(left) => {}
                    _ = moves.changed() => {}
                }
            }
        }
    }

    fn mode(&self) -> Mode {
        *self.0.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(Mode) -> Mode) {
        {
            let mut mode = self.0.mode.lock().unwrap_or_else(PoisonError::into_inner);
            *mode = change(*mode);
        }
        self.0.moves.send_modify(|moves| *moves += 1);
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.mode()).finish()
    }
}

/// `from` plus `by`, at most the end of representable time.
pub(crate) fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.saturating_add(by).unwrap_or(Timestamp::MAX)
}
