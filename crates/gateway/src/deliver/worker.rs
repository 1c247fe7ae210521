//! The worker of one endpoint: it alone feeds, calls and records for it, so that no other endpoint
//! waits for this one.

mod pace;
mod wait;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::pace::{Pace, Turn};
use self::wait::{Feeding, Recording, at, fed, recorded};
use super::call::{Caller, Outcome};
use super::feed::{self, BATCH, Fed, Work};
use super::orphans;
use super::record::{self, Health, Made, Verdict};
use crate::app::App;
use crate::clock::Millis;
use crate::cluster::Lease;
use crate::store::endpoints::Endpoint;
use crate::store::{StoreError, Tx};
use crate::telemetry;

/// How often the clock is looked at while something waits for its time.
const TICK: Duration = Duration::from_millis(200);
/// How long to wait after the store failed.
const STORE_RETRY: Duration = Duration::from_secs(1);

/// Deliveries in memory at most, before the next batch of them: what was made and cannot be
/// recorded, because the disk is slow or full, must not grow without end.
const IN_HAND: usize = 4 * BATCH;

/// Calls for tests at most beside those for which there are lanes.
const TEST_LANES: usize = 4;

/// What an endpoint is now; `None` once it is deleted.
pub(super) type Change = Option<Arc<Endpoint>>;

/// Whether work is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Active,
    /// The endpoint is disabled.
    Held,
    /// The endpoint is deleted: calls under way are finished, the rest is canceled.
    Gone,
    /// The service stops, or another node goes on here. Calls that are not finished by then are made again.
    Stopping {
        by: Instant,
    },
}

/// Everything that is known in memory; all of it is found again in the store.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says by itself what may be there"
)]
pub(super) struct Worker {
    app: Arc<App>,
    caller: Caller,
    endpoint: Arc<Endpoint>,
    changes: watch::Receiver<Change>,
    events: watch::Receiver<i64>,
    /// The right to work for this endpoint.
    lease: Lease,
    /// Where the cursor stands, once it was read.
    position: Option<i64>,
    ready: VecDeque<Work>,
    /// Deliveries that are ready, under way, or not recorded yet.
    in_hand: HashSet<String>,
    calls: JoinSet<Made>,
    made: Vec<Made>,
    recording: Option<Recording>,
    feeding: Option<Feeding>,
    /// There may be due deliveries in the store.
    look: bool,
    /// There may be tests among them, which wait for nothing else.
    look_for_tests: bool,
    /// There may be events after the cursor.
    news: bool,
    /// Whether due deliveries were read last; they and events take turns.
    looked_last: bool,
    next_due: Option<Millis>,
    pace: Pace,
    /// The endpoint may be on record as one that fails.
    suspect: bool,
    /// Nothing with the store before this.
    store_paused_until: Option<Instant>,
    mode: Mode,
}

impl Worker {
    pub(super) fn new(
        app: Arc<App>,
        caller: Caller,
        endpoint: Arc<Endpoint>,
        changes: watch::Receiver<Change>,
        lease: Lease,
    ) -> Self {
        let events = app.store.events();
        Self {
            app,
            caller,
            changes,
            events,
            lease,
            position: None,
            ready: VecDeque::new(),
            in_hand: HashSet::new(),
            calls: JoinSet::new(),
            made: Vec::new(),
            recording: None,
            feeding: None,
            look: true,
            look_for_tests: false,
            news: true,
            looked_last: false,
            next_due: None,
            pace: Pace::default(),
            suspect: true,
            store_paused_until: None,
            mode: of(&endpoint),
            endpoint,
        }
    }

    /// Works until the endpoint is deleted or the service stops; calls under way are finished.
    pub(super) async fn run(mut self) {
        let (stopping, lease) = (self.app.stopping.clone(), self.lease.clone());
        while !self.is_done() {
            self.end_pauses();
            self.launch();
            self.record();
            self.feed();
            let wake = self.wake();
            tokio::select! {
                () = stopping.cancelled(), if !self.stops() => self.stop(),
                () = lease.over(), if self.may_change() => self.end(),
                Some(made) = self.calls.join_next(), if !self.calls.is_empty() => self.take(made),
                result = recorded(&mut self.recording) => self.recorded(result),
                fed = fed(&mut self.feeding) => self.fed(fed),
                changed = self.changes.changed(), if self.may_change() => match changed {
                    Ok(()) => self.changed(),
                    Err(_) => self.stop(),
                },
                changed = self.events.changed(), if self.may_change() && !self.news => match changed {
                    Ok(()) => self.news = true,
                    Err(_) => self.stop(),
                },
                () = at(wake) => {}
            }
        }
        if self.mode == Mode::Gone {
            let canceled = orphans::cancel_of(&self.app, self.endpoint.id.clone()).await;
            if let Err(error) = canceled {
                tracing::error!(%error, "deliveries of a deleted endpoint are not canceled; the next start does it");
            }
        }
    }

    fn is_done(&self) -> bool {
        let idle = self.calls.is_empty() && self.made.is_empty() && self.recording.is_none();
        match self.mode {
            Mode::Active | Mode::Held => false,
            // What is being fed now would be left over.
            Mode::Gone => idle && self.feeding.is_none(),
            Mode::Stopping { by } => idle || by <= Instant::now(),
        }
    }

    /// Whether news from outside still matter; at the end they would only keep the loop spinning.
    fn may_change(&self) -> bool {
        matches!(self.mode, Mode::Active | Mode::Held)
    }

    fn stops(&self) -> bool {
        matches!(self.mode, Mode::Stopping { .. })
    }

    /// Begins calls while there are deliveries and lanes; tests wait for none.
    fn launch(&mut self) {
        let most = self.app.config.deliver.in_flight;
        let lanes = self.pace.lanes(most);
        while self.mode == Mode::Active
            && self.lease.is_valid()
            && let Some(first) = self.ready.front()
            && (self.calls.len() < lanes
                || first.is_test() && self.calls.len() < most.max(1) + TEST_LANES)
            && let Some(work) = self.ready.pop_front()
        {
            let endpoint = Arc::clone(&self.endpoint);
            let call = call(Arc::clone(&self.app), self.caller.clone(), endpoint, work);
            self.calls.spawn(self.app.tasks.track_future(call));
        }
    }

    /// Takes the results that are there.
    fn take(&mut self, first: Result<Made, tokio::task::JoinError>) {
        let mut next = Some(first);
        while let Some(result) = next {
            match result {
                Ok(made) => self.judge(made),
                // Its delivery stays pending in the store and is made after the next start.
                Err(error) => tracing::error!(%error, "a delivery broke off"),
            }
            next = self.calls.try_join_next();
        }
    }

    fn judge(&mut self, made: Made) {
        let id = &self.endpoint.id;
        let turn = match made.verdict {
            Verdict::Delivered => self.pace.succeeded(),
            Verdict::Again { .. } | Verdict::Failed | Verdict::Missed => self.pace.failed(),
        };
        match turn {
            Turn::None => {}
            Turn::Recovered => tracing::info!(endpoint.id = id, "an endpoint answers again"),
            Turn::Fails => {
                let outcome = made.outcome.label();
                tracing::warn!(
                    endpoint.id = id,
                    outcome,
                    "an endpoint fails and is called less"
                );
            }
        }
        // The record disables the endpoint; nothing more is begun in the meantime.
        if made.outcome == Outcome::Gone && self.mode == Mode::Active {
            self.mode = Mode::Held;
        }
        self.made.push(made);
    }

    /// Hands everything that was made to the store, one batch at a time.
    fn record(&mut self) {
        if self.recording.is_some() || self.made.is_empty() || self.store_paused_until.is_some() {
            return;
        }
        let batch = Arc::new(std::mem::take(&mut self.made));
        let (app, records) = (Arc::clone(&self.app), Arc::clone(&batch));
        let endpoint_id = self.endpoint.id.clone();
        let health = Health {
            suspect: self.suspect,
            disable_after_days: app.config.deliver.disable_after_days,
        };
        let record = move |tx: &Tx<'_>| record::record(tx, &app, &endpoint_id, health, &records);
        match self.app.store.submit(record) {
            Ok(answer) => self.recording = Some(Recording { batch, answer }),
            // The store is closed: what was made is not recorded and will be made again.
            Err(_) => self.stop(),
        }
    }

    fn recorded(&mut self, (batch, result): (Arc<Vec<Made>>, Result<bool, StoreError>)) {
        match result {
            Ok(overtaken) => self.look |= overtaken,
            Err(error) => {
                self.store_failed(&error, "attempts could not be recorded");
                // At a shutdown there is no second try: the attempts are made again after it.
                if !self.stops() {
                    self.made.extend(Arc::into_inner(batch).unwrap_or_default());
                }
                return;
            }
        }
        let is = |verdict| move |made: &Made| made.verdict == verdict;
        self.suspect = !batch.iter().any(is(Verdict::Delivered))
            && (self.suspect || !batch.iter().all(is(Verdict::Missed)));
        for made in batch.iter() {
            self.in_hand.remove(&made.delivery_id);
            if let Verdict::Again { due_at } = made.verdict {
                self.next_due = Some(self.next_due.map_or(due_at, |next| next.min(due_at)));
            }
        }
    }

    /// Begins to look for work when little is left.
    fn feed(&mut self) {
        if self.next_due.is_some_and(|due| due <= self.app.clock.now()) {
            self.look = true;
            self.next_due = None;
        }
        let full = self.ready.len() >= BATCH / 2 || self.in_hand.len() >= IN_HAND;
        if self.feeding.is_some()
            || full && !self.look_for_tests
            || self.mode != Mode::Active
            || !self.lease.is_valid()
            || self.store_paused_until.is_some()
        {
            return;
        }
        let app = Arc::clone(&self.app);
        let endpoint = Arc::clone(&self.endpoint);
        if full {
            self.look_for_tests = false;
            let tests = feed::tests(app, endpoint.id.clone(), self.in_hand.clone());
            self.feeding = Some(Box::pin(tests));
        } else if self.look && !(self.news && self.looked_last) {
            (self.look, self.look_for_tests) = (false, false);
            self.looked_last = true;
            let due = feed::due(app, endpoint.id.clone(), self.in_hand.clone());
            self.feeding = Some(Box::pin(due));
        } else if self.news {
            self.news = false;
            self.looked_last = false;
            self.events.borrow_and_update();
            self.feeding = Some(Box::pin(feed::fan_out(app, endpoint, self.position)));
        }
    }

    fn fed(&mut self, fed: Result<Fed, StoreError>) {
        match fed {
            Ok(Fed::Due {
                work,
                next_due,
                more,
            }) => {
                self.look |= more;
                let earliest = [self.next_due, next_due].into_iter().flatten().min();
                self.next_due = earliest;
                self.get_ready(work);
            }
            Ok(Fed::Tests { work }) => self.get_ready(work),
            Ok(Fed::Events {
                work,
                position,
                more,
            }) => {
                self.news |= more;
                self.position = Some(position);
                self.get_ready(work);
            }
            Ok(Fed::Moved) => {
                self.position = None;
                (self.look, self.news) = (true, true);
            }
            Ok(Fed::Gone) => self.mode = Mode::Gone,
            Err(error) => {
                self.store_failed(&error, "deliveries could not be read or made");
                self.look_for_tests = true;
                // The transaction may have been committed after all: read again where it stands.
                self.position = None;
                (self.look, self.news) = (true, true);
            }
        }
    }

    fn get_ready(&mut self, work: Vec<Work>) {
        if self.mode != Mode::Active {
            // It stays in the store until it is asked for again.
            return;
        }
        self.in_hand
            .extend(work.iter().map(|work| work.delivery_id.clone()));
        for work in work {
            if work.is_test() {
                self.ready.push_front(work);
            } else {
                self.ready.push_back(work);
            }
        }
    }

    /// The endpoint, or something due, was changed from outside.
    fn changed(&mut self) {
        let change = self.changes.borrow_and_update().clone();
        if let Some(endpoint) = change {
            if !self.stops() {
                self.mode = of(&endpoint);
            }
            self.endpoint = endpoint;
        } else if !self.stops() {
            self.mode = Mode::Gone;
        }
        (self.look, self.look_for_tests) = (true, true);
        if self.mode != Mode::Active {
            self.drop_ready();
        }
    }

    /// The lease is over: another node goes on, unless it was ended because nothing is left to do.
    fn end(&mut self) {
        if self.changes.borrow().is_none() {
            self.changed();
        } else {
            self.stop();
        }
    }

    fn stop(&mut self) {
        if !self.stops() {
            let drain = Duration::from_secs(self.app.config.server.drain_seconds);
            self.mode = Mode::Stopping {
                by: Instant::now() + drain,
            };
        }
        self.feeding = None;
        self.drop_ready();
    }

    fn drop_ready(&mut self) {
        for work in self.ready.drain(..) {
            self.in_hand.remove(&work.delivery_id);
        }
    }

    fn store_failed(&mut self, error: &StoreError, what: &str) {
        if matches!(error, StoreError::Closed) {
            self.stop();
            return;
        }
        tracing::error!(%error, source = ?std::error::Error::source(error), "{what}");
        self.store_paused_until = Some(Instant::now() + STORE_RETRY);
    }

    /// Forgets pauses that are over; one that is still set has a wake-up before it.
    fn end_pauses(&mut self) {
        let now = Instant::now();
        self.pace.end_pause(now);
        self.store_paused_until.take_if(|until| *until <= now);
    }

    /// When to go round again though nothing happens.
    fn wake(&self) -> Option<Instant> {
        let due = self
            .next_due
            .filter(|_| self.mode == Mode::Active)
            .map(|due| {
                let left = u64::try_from(due - self.app.clock.now()).unwrap_or(0);
                Instant::now() + Duration::from_millis(left).min(TICK)
            });
        let drained = match self.mode {
            Mode::Stopping { by } => Some(by),
            _ => None,
        };
        let lapsed = (!self.lease.is_valid()).then(|| Instant::now() + TICK);
        let pauses = [
            self.pace.paused_until(),
            self.store_paused_until,
            drained,
            lapsed,
        ];
        pauses.into_iter().flatten().chain(due).min()
    }
}

fn of(endpoint: &Endpoint) -> Mode {
    if endpoint.disabled.is_some() {
        Mode::Held
    } else {
        Mode::Active
    }
}

/// One attempt, from its start to what follows from it.
async fn call(app: Arc<App>, caller: Caller, endpoint: Arc<Endpoint>, work: Work) -> Made {
    let started_at = app.clock.now();
    let begun = Instant::now();
    let answer = caller
        .call(&endpoint, &work.event_id, work.body.clone(), started_at)
        .await;
    let took = begun.elapsed();
    let outcome = telemetry::Outcome {
        outcome: answer.outcome.label(),
    };
    app.metrics.deliveries.get_or_create(&outcome).inc();
    app.metrics.delivery_seconds.observe(took.as_secs_f64());
    let lag = app.clock.now().saturating_sub(work.told_at);
    let lag = Duration::from_millis(u64::try_from(lag).unwrap_or(0));
    let delivered = answer.outcome == Outcome::Delivered;
    app.metrics
        .tally
        .delivered(&endpoint.id, delivered.then_some(lag));
    let duration_ms = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
    Made::new(&app, work, started_at, duration_ms, answer)
}
