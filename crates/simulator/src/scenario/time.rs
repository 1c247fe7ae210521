//! The time of a scenario: it stands while the bot works, runs while nothing comes, and jumps where
//! nobody has anything to do.
//!
//! Branches sleep here until they see what they wait for or their time is over. When all of them
//! sleep and bot and platform are quiet, the clock moves to what is due next. A bot is a process of
//! its own that lives in real time: before a jump it is given a while (`settle`), and where an
//! answer of it is awaited the clock runs with real time, until it has done nothing at all for
//! longer (`patience`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::clock::later;
use crate::core::{Core, lock};
use crate::scenario::journal::Journal;

/// How often the quiet is looked at, in real time; also the step of a running clock.
const TICK: Duration = Duration::from_millis(5);

/// Tells that the bot or the platform did something.
#[derive(Clone, Debug)]
pub(crate) struct Activity(Arc<watch::Sender<Instant>>);

impl Activity {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Instant::now())))
    }

    pub(crate) fn happened(&self) {
        self.0.send_replace(Instant::now());
    }

    /// How long nothing has happened.
    fn quiet(&self) -> Duration {
        self.0.borrow().elapsed()
    }

    /// Wakes sleepers without being an event itself.
    fn look(&self) {
        self.0.send_modify(|_| {});
    }
}

/// The clock's mover and the branches that wait for it.
#[derive(Debug)]
pub(crate) struct Time {
    core: Arc<Core>,
    journal: Arc<Journal>,
    pub(crate) activity: Activity,
    settle: Duration,
    patience: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Branches that are under way.
    branches: usize,
    sleepers: HashMap<u64, Sleeper>,
    made: u64,
    /// When a branch last fell asleep or woke up, in real time.
    stirred: Instant,
}

#[derive(Debug)]
struct Sleeper {
    deadline: Timestamp,
    /// Whether it waits for the bot, which needs real time.
    patient: Option<Patience>,
    over: bool,
}

#[derive(Debug)]
struct Patience {
    since: Instant,
    at_least: Duration,
}

impl Time {
    pub(crate) fn new(
        core: Arc<Core>,
        journal: Arc<Journal>,
        activity: Activity,
        settle: Duration,
        patience: Duration,
    ) -> Self {
        Self {
            core,
            journal,
            activity,
            settle,
            patience,
            state: Mutex::new(State {
                branches: 1,
                sleepers: HashMap::new(),
                made: 0,
                stirred: Instant::now(),
            }),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.core.clock.now()
    }

    /// Waits for something that the bot does, at most `within`.
    pub(crate) async fn await_bot<T>(
        &self,
        within: Duration,
        look: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let patience = Patience {
            since: Instant::now(),
            at_least: within.min(self.patience),
        };
        self.sleep(later(self.now(), within), Some(patience), look)
            .await
    }

    /// Lets time pass until `deadline`, or until `look` sees something.
    pub(crate) async fn pass<T>(
        &self,
        deadline: Timestamp,
        look: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        self.sleep(deadline, None, look).await
    }

    async fn sleep<T>(
        &self,
        deadline: Timestamp,
        patient: Option<Patience>,
        mut look: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let mut happened = self.activity.0.subscribe();
        let id = {
            let mut state = lock(&self.state);
            state.made += 1;
            let id = state.made;
            let sleeper = Sleeper {
                deadline,
                patient,
                over: false,
            };
            state.sleepers.insert(id, sleeper);
            state.stirred = Instant::now();
            id
        };
        let seen = loop {
            happened.mark_unchanged();
            // In this order, so that what came at the last moment counts.
            let over = lock(&self.state)
                .sleepers
                .get(&id)
                .is_none_or(|one| one.over);
            let seen = look();
            if seen.is_some() || over {
                break seen;
            }
            // The sender lives in `self`.
            let _ = happened.changed().await;
        };
        let mut state = lock(&self.state);
        state.sleepers.remove(&id);
        state.stirred = Instant::now();
        seen
    }

    /// One branch becomes `n`.
    pub(crate) fn split(&self, n: usize) {
        lock(&self.state).branches += n;
    }

    /// A branch sleeps until others are done, or ends.
    pub(crate) fn leave(&self) {
        lock(&self.state).branches -= 1;
    }

    /// A branch goes on after others.
    pub(crate) fn enter(&self) {
        lock(&self.state).branches += 1;
    }

    /// Moves the clock for the sleepers, for ever.
    pub(crate) async fn run(&self) {
        loop {
            tokio::time::sleep(TICK).await;
            self.step();
        }
    }

    fn step(&self) {
        let now = self.now();
        let quiet = self.activity.quiet();
        let (due, due_now) = self.core.agenda.outlook(now);
        let (earliest, patient, asleep) = {
            let state = lock(&self.state);
            let awake = state.sleepers.values().filter(|one| !one.over).count() < state.branches;
            let Some(earliest) = state.sleepers.values().map(|one| one.deadline).min() else {
                return;
            };
            if awake {
                self.activity.look();
                return;
            }
            let patient = state.sleepers.values().any(|one| one.patient.is_some());
            (earliest, patient, state.stirred.elapsed())
        };
        if due_now || self.core.office.is_busy() || quiet < self.settle {
            // A bot that is busy for long must not stop the time: it may wait for a limit to pass.
            if patient && asleep >= self.settle && now < earliest {
                self.creep(now);
            }
            self.activity.look();
            return;
        }
        if self.journal.under_way() > 0 && quiet < self.patience {
            return self.creep(now);
        }
        if let Some(due) = due.filter(|due| *due <= earliest) {
            self.core.clock.set(due);
            self.activity.look();
        } else if patient && quiet < self.patience && now < earliest {
            self.creep(now);
        } else {
            self.core.clock.set(earliest.max(now));
            self.end(quiet);
        }
    }

    /// The clock runs with real time, up to the first deadline.
    fn creep(&self, now: Timestamp) {
        let deadlines = lock(&self.state)
            .sleepers
            .values()
            .map(|one| one.deadline)
            .min();
        let next = later(now, TICK);
        let next = deadlines.map_or(next, |deadline| next.min(deadline.max(now)));
        self.core.clock.set(next);
        self.end(self.activity.quiet());
    }

    /// Ends the sleep of everyone whose time is over.
    fn end(&self, quiet: Duration) {
        let now = self.now();
        let mut some = false;
        for sleeper in lock(&self.state).sleepers.values_mut() {
            let waited = sleeper.patient.as_ref().is_none_or(|patience| {
                patience.since.elapsed() >= patience.at_least || quiet >= self.patience
            });
            if now >= sleeper.deadline && waited {
                sleeper.over = true;
                some = true;
            }
        }
        if some {
            self.activity.look();
        }
    }
}
