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
    Running {
        from: Timestamp,
        since: Instant,
        speed: f64,
    },
    Fixed(Timestamp),
}

impl Clock {
    /// A clock that shows `from` now and runs on with real time.
    pub fn running_from(from: Timestamp) -> Self {
        Self::with(Mode::Running {
            from,
            since: Instant::now(),
            speed: 1.0,
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
            Mode::Running { from, since, speed } => later(from, faster(since.elapsed(), speed)),
            Mode::Fixed(at) => at,
        }
    }

    /// Whether it stands until it is moved.
    pub fn is_fixed(&self) -> bool {
        matches!(self.mode(), Mode::Fixed(_))
    }

    /// Simulated seconds in a real one; 0 while it stands.
    pub fn speed(&self) -> f64 {
        match self.mode() {
            Mode::Running { speed, .. } => speed,
            Mode::Fixed(_) => 0.0,
        }
    }

    /// Moves to `at`; a running clock runs on from there.
    pub fn set(&self, at: Timestamp) {
        self.change(|mode| match mode {
            Mode::Running { speed, .. } => Mode::Running {
                from: at,
                since: Instant::now(),
                speed,
            },
            Mode::Fixed(_) => Mode::Fixed(at),
        });
    }

    /// Jumps forward by `by`: what was due in between is late then. To have each thing happen at
    /// its own time, use [`Simulator::advance`](crate::Simulator::advance).
    pub fn advance(&self, by: Duration) {
        self.change(|mode| match mode {
            Mode::Running { from, since, speed } => Mode::Running {
                from: later(from, by),
                since,
                speed,
            },
            Mode::Fixed(at) => Mode::Fixed(later(at, by)),
        });
    }

    /// Stops at the present moment.
    pub fn freeze(&self) {
        let now = self.now();
        self.change(|_| Mode::Fixed(now));
    }

    /// Runs on from the present moment, as fast as real time.
    pub fn run(&self) {
        self.run_at(1.0);
    }

    /// Runs on from the present moment, `speed` times as fast as real time: 60 makes a minute of
    /// each second. What is no positive number stops it.
    pub fn run_at(&self, speed: f64) {
        let now = self.now();
        self.change(|_| {
            if speed.is_finite() && speed > 0.0 {
                Mode::Running {
                    from: now,
                    since: Instant::now(),
                    speed,
                }
            } else {
                Mode::Fixed(now)
            }
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
            let speed = self.speed();
            if speed == 0.0 {
                // The sender lives in `self`, so this only fails when nobody is left to wait.
                let _ = moves.changed().await;
            } else {
                tokio::select! {
                    () = tokio::time::sleep(slower(left, speed)) => {}
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

/// What a clock of this speed makes of real time.
fn faster(real: Duration, speed: f64) -> Duration {
    if (speed - 1.0).abs() < f64::EPSILON {
        return real;
    }
    Duration::try_from_secs_f64(real.as_secs_f64() * speed).unwrap_or(Duration::MAX)
}

/// The real time that passes meanwhile; at most a day, and then one looks again.
fn slower(simulated: Duration, speed: f64) -> Duration {
    const DAY: Duration = Duration::from_hours(24);
    let real = Duration::try_from_secs_f64(simulated.as_secs_f64() / speed).unwrap_or(DAY);
    // A timer's tick: a clock that is fast would have us look again and again for less.
    real.clamp(Duration::from_micros(100), DAY)
}

/// `from` plus `by`, at most the end of representable time.
pub(crate) fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.saturating_add(by).unwrap_or(Timestamp::MAX)
}
