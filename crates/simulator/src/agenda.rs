//! What will happen later: statuses, retries and held-back updates, by the simulator's clock.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::core::{Core, lock};
use crate::ids::Wamid;
use crate::later;
use crate::record::MessageStatus;
use crate::template::review;
use crate::webhook::Update;
use crate::webhook::office::{self, Posting};
use crate::webhook::subscriptions::Scope;
use crate::world::status;

/// How late the agenda may be before sends wait for it, in real seconds.
const LATE: f64 = 0.1;

/// How often a send that waits looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// How long a send waits at most; somebody may have moved the time by years.
const PATIENCE: Duration = Duration::from_secs(5);

/// Something to do when its time comes. Each one counts as pending at the office, but steps that say so.
#[derive(Debug)]
pub(crate) enum Job {
    Status(Wamid, MessageStatus),
    Again(Box<Posting>),
    Enqueue(Scope, Box<Update>),
    /// A step of a template in its turn. None counts as pending, as reviews take as long as they do.
    Template(u64, u64, review::Step),
    Step(later::Step),
}

/// Jobs by due time, and in the order they were added within one moment.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    heap: Mutex<Heap>,
    earlier: Notify,
    /// A job was performed.
    performed: Notify,
}

#[derive(Debug, Default)]
struct Heap {
    jobs: BinaryHeap<Reverse<Entry>>,
    added: u64,
    /// A job was taken out and is not done yet.
    performing: bool,
}

#[derive(Debug)]
struct Entry {
    due: Timestamp,
    place: u64,
    job: Job,
}

impl Agenda {
    pub(crate) fn add(&self, due: Timestamp, job: Job) {
        let first = {
            let mut heap = lock(&self.heap);
            heap.added += 1;
            let place = heap.added;
            heap.jobs.push(Reverse(Entry { due, place, job }));
            heap.jobs
                .peek()
                .is_some_and(|Reverse(entry)| entry.place == place)
        };
        if first {
            self.earlier.notify_one();
        }
    }

    /// When the next job is due, and whether one is being done or overdue.
    pub(crate) fn outlook(&self, now: Timestamp) -> (Option<Timestamp>, bool) {
        let heap = lock(&self.heap);
        let due = heap.jobs.peek().map(|Reverse(entry)| entry.due);
        (due, heap.performing || due.is_some_and(|due| due <= now))
    }

    fn next(&self, now: Timestamp) -> Next {
        let mut heap = lock(&self.heap);
        match heap.jobs.peek() {
            None => Next::Nothing,
            Some(Reverse(entry)) if entry.due > now => Next::At(entry.due),
            Some(_) => match heap.jobs.pop() {
                Some(Reverse(entry)) => {
                    heap.performing = true;
                    Next::Due(entry.job)
                }
                None => Next::Nothing,
            },
        }
    }

    fn done(&self) {
        lock(&self.heap).performing = false;
        self.performed.notify_waiters();
    }

    /// Waits while what is due is not done in time, so that sends that come faster than their
    /// statuses can be made are answered more slowly: a message is forgotten after so many others,
    /// and must have had its statuses by then. Time that is moved by hand waits for nobody.
    pub(crate) async fn catch_up(&self, clock: &Clock) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE && !clock.is_fixed() {
            // Of a clock that runs faster, what counts is how late it is for us.
            let late = |due| clock.now().duration_since(due).as_secs_f64() > LATE * clock.speed();
            if !self.next_due().is_some_and(late) {
                return;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// When the next thing is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        lock(&self.heap).jobs.peek().map(|Reverse(entry)| entry.due)
    }

    /// Waits until all that is due is done; with `webhooks`, until they were tried, too.
    pub(crate) async fn settled(&self, core: &Core, webhooks: bool) {
        loop {
            let mut performed = std::pin::pin!(self.performed.notified());
            let mut quieter = std::pin::pin!(core.office.rested());
            performed.as_mut().enable();
            quieter.as_mut().enable();
            let settled = {
                let heap = lock(&self.heap);
                let now = core.clock.now();
                let due = heap
                    .jobs
                    .peek()
                    .is_some_and(|Reverse(entry)| entry.due <= now);
                // Under this lock nothing moves from the agenda to the office or back unseen.
                !(due || heap.performing || webhooks && core.office.is_busy())
            };
            if settled {
                return;
            }
            tokio::select! {
                () = performed => {}
                () = quieter => {}
                () = core.stop.cancelled() => return,
            }
        }
    }
}

enum Next {
    Due(Job),
    At(Timestamp),
    Nothing,
}

/// Moves the clock to `goal`, and has everything that is due in between happen at its own time.
pub(crate) async fn travel(core: &Core, goal: Timestamp, webhooks: bool) {
    while !core.stop.is_cancelled() {
        core.agenda.settled(core, webhooks).await;
        let now = core.clock.now();
        match core.agenda.next_due() {
            Some(due) if due <= goal => core.clock.set(due.max(now)),
            _ => break,
        }
    }
    core.clock.set(goal.max(core.clock.now()));
    core.agenda.settled(core, webhooks).await;
}

/// Does what is due until the simulator stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut done: u8 = 0;
    while !core.stop.is_cancelled() {
        match core.agenda.next(core.clock.now()) {
            Next::Due(job) => {
                perform(&core, job);
                core.agenda.done();
                done = (done + 1) % 64;
                if done == 0 {
                    tokio::task::yield_now().await;
                }
            }
            Next::At(due) => {
                tokio::select! {
                    () = core.clock.wait_until(due) => {}
                    () = core.agenda.earlier.notified() => {}
                    () = core.stop.cancelled() => {}
                }
            }
            Next::Nothing => {
                tokio::select! {
                    () = core.agenda.earlier.notified() => {}
                    () = core.stop.cancelled() => {}
                }
            }
        }
    }
}

fn perform(core: &Arc<Core>, job: Job) {
    match job {
        Job::Status(wamid, step) => {
            status::scheduled(core, &wamid, step);
            core.office.ended(1);
        }
        // These two stay pending: they are on their way again.
        Job::Again(posting) => office::again(core, posting),
        Job::Enqueue(scope, update) => office::enqueue(core, &scope, *update),
        Job::Template(id, turn, step) => review::scheduled(core, id, turn, step),
        Job::Step(step) => later::perform(core, step),
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.due, self.place).cmp(&(other.due, other.place))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}
