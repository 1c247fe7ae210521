//! One channel's sender: takes due messages in order, within the pace of the number, and calls.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::backoff;
use super::budget::Allowance;
use super::calling::{Done, Ended, PairNews, call};
use super::claim::{self, Ask, PassedOver};
use super::lost_claim;
use super::pace::Pace;
use super::pairs::Pairs;
use super::queue::Wake;
use crate::app::App;
use crate::carrier::Carrier;
use crate::clock::Millis;
use crate::cluster::Lease;
use crate::store::channels::Channel;
use crate::store::outbound::{Claim, Claimer};
use crate::store::{StoreError, Tx};

/// How long a sender sleeps at most before it compares due times with the clock again.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// So many calls in a row without a proper answer are not their messages' fault: the carrier is
/// ill, and every further call would spend a try, or leave one more message unknown.
const FAULTS_IN_A_ROW: u32 = 3;

/// How long a sender waits after the store has failed it.
pub(super) const STORE_RETRY: Duration = Duration::from_secs(1);

/// How a channel sends at this moment.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) carrier: Carrier,
    /// `updated_at` of the channel.
    pub(super) version: Millis,
    /// Messages a second.
    pub(super) throughput: u32,
    pub(super) budgets: Budgeted,
}

/// The budgets of the carrier's that a channel shares with others.
#[derive(Debug)]
pub(super) struct Budgeted {
    pub(super) app: String,
    pub(super) account: Option<String>,
}

impl Budgeted {
    /// Who has the same token is the same app.
    pub(super) fn of(channel: &Channel) -> Self {
        let token = channel.access_token.as_deref().unwrap_or_default();
        Self {
            app: format!("app/{token}"),
            account: channel.waba_id.as_deref().map(account),
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        [Some(self.app.as_str()), self.account.as_deref()]
            .into_iter()
            .flatten()
    }
}

pub(super) fn account(id: &str) -> String {
    format!("account/{id}")
}

/// The sender of one channel. It ends when the app stops, its channel is gone or another node's,
/// after the last call under way.
#[derive(Debug)]
pub(super) struct Sender {
    app: Arc<App>,
    channel_id: String,
    wake: Arc<Wake>,
    /// The right to send for this channel.
    lease: Lease,
    /// No line: the channel is paused, or cannot send.
    line: watch::Receiver<Option<Arc<Line>>>,
    pace: Pace,
    /// Shared with the claim under way.
    pairs: Arc<Mutex<Pairs>>,
    passed_over: PassedOver,
    calls: JoinSet<Ended>,
    /// Nothing leaves before this time: the number or the way to the carrier needs a pause.
    held_until: Option<Instant>,
    /// Pauses in a row. While there is one, a single message tries the way.
    strikes: u32,
    /// How often in a row the carrier has said that the number is too fast.
    too_fast: u32,
    /// Calls in a row that the carrier failed to answer properly.
    faults: u32,
    /// When the last claim was made.
    claimed_at: Millis,
}

impl Sender {
    pub(super) fn new(
        app: Arc<App>,
        channel_id: String,
        line: watch::Receiver<Option<Arc<Line>>>,
        lease: Lease,
    ) -> Self {
        let wake = app.queue.listen(&channel_id);
        let throughput = line.borrow().as_ref().map_or(1, |line| line.throughput);
        let pace = Pace::new(throughput, lease.is_alone(), Instant::now());
        Self {
            app,
            channel_id,
            wake,
            lease,
            line,
            pace,
            pairs: Arc::default(),
            passed_over: PassedOver::default(),
            calls: JoinSet::new(),
            held_until: None,
            strikes: 0,
            too_fast: 0,
            faults: 0,
            claimed_at: Millis::MIN,
        }
    }

    /// Sends until the app stops, or the channel is gone or another node's.
    pub(super) async fn run(mut self) {
        loop {
            while let Some(done) = self.calls.try_join_next() {
                self.settle(done.ok());
            }
            let changed = self.line.has_changed();
            let stopping =
                self.app.stopping.is_cancelled() || changed.is_err() || self.lease.is_over();
            let line = if stopping {
                None
            } else {
                self.line.borrow_and_update().clone()
            };
            if let (Ok(true), Some(line)) = (changed, &line) {
                // Another token or number, or a person's word: no reason to wait on.
                self.pace.permit(line.throughput, Instant::now());
                self.held_until = None;
                self.strikes = 0;
                self.too_fast = 0;
                self.faults = 0;
                self.wake.at(Millis::MIN);
            }
            if stopping && self.calls.is_empty() {
                return;
            }
            let mut look_at = None;
            if !self.lease.is_valid() {
                // It was not renewed in time: perhaps it will be, perhaps another node has it.
                look_at = Some(Instant::now() + LOOK_AGAIN);
            } else if let Some(line) = line
                && let Some(free) = self.free()
            {
                let now = Instant::now();
                let names = line.budgets.names();
                match self.app.queue.budgets.allowance(names, now) {
                    Allowance::Share(share) => self.pace.allow(share, now),
                    Allowance::Until(until) => self.held_until = self.held_until.max(Some(until)),
                }
                let room = self.pace.available(now).min(free.get());
                look_at = self.look_at(now);
                if room > 0 && look_at.is_some_and(|at| at <= now) {
                    self.send(&line, room).await;
                    continue;
                }
            }
            self.wait(stopping, look_at).await;
        }
    }

    /// Waits for whatever may change what can be done.
    async fn wait(&mut self, stopping: bool, look_at: Option<Instant>) {
        tokio::select! {
            Some(done) = self.calls.join_next(), if !self.calls.is_empty() => {
                self.settle(done.ok());
            }
            _ = self.line.changed(), if !stopping => self.line.mark_changed(),
            () = self.lease.over(), if !stopping => {}
            () = self.wake.woken(), if !stopping => {}
            () = self.app.stopping.cancelled(), if !stopping => {}
            () = tokio::time::sleep_until(look_at.unwrap_or_else(Instant::now)),
                if look_at.is_some() => {}
        }
    }

    /// How many calls may begin; `None` when one must end first.
    fn free(&self) -> Option<NonZeroUsize> {
        let most = if self.strikes > 0 {
            1
        } else {
            self.app.config.send.in_flight
        };
        NonZeroUsize::new(most.saturating_sub(self.calls.len()))
    }

    /// When something may be due and may leave; `None` when nothing waits.
    fn look_at(&self, now: Instant) -> Option<Instant> {
        let due_at = self.wake.due_at();
        if due_at == Millis::MAX {
            return None;
        }
        let left = due_at.saturating_sub(self.app.clock.now());
        let due = u64::try_from(left).map_or(Duration::ZERO, Duration::from_millis);
        let ready = if self.pace.is_dry() {
            self.pace.ready_at()
        } else {
            now
        };
        let moments = [
            Some(now + due.min(LOOK_AGAIN)),
            Some(ready),
            self.held_until,
        ];
        moments.into_iter().flatten().max()
    }

    /// Takes up to `room` messages and begins their calls.
    async fn send(&mut self, line: &Arc<Line>, room: usize) {
        self.held_until = None;
        let now = self.app.clock.now();
        self.wake.clear();
        let (channel_id, limit) = (self.channel_id.clone(), i64::try_from(room).unwrap_or(1));
        let version = line.version;
        let claimed_at = now.max(self.claimed_at.saturating_add(1));
        self.claimed_at = claimed_at;
        let (node, fence) = (
            self.app.cluster.node().to_owned(),
            self.lease.fence().cloned(),
        );
        let held = fence.clone();
        let (app, passed_over) = (Arc::clone(&self.app), self.passed_over);
        let pairs = Arc::clone(&self.pairs);
        let claim = move |tx: &Tx<'_>| {
            let claimer = Claimer {
                channel_id: &channel_id,
                version,
                node: &node,
                fence: fence.as_ref(),
                claimed_at,
            };
            let mut pairs = pairs.lock().unwrap_or_else(PoisonError::into_inner);
            let ask = Ask {
                limit,
                passed_over,
                pairs: &mut pairs,
                now,
            };
            claim::claim(tx, &app, &claimer, ask)
        };
        match self.app.store.write(claim).await {
            Ok(Claim::Taken {
                messages,
                next_due,
                passed_over,
            }) => {
                if let Some(due_at) = next_due {
                    self.wake.at(due_at);
                }
                self.passed_over.count(&messages, &passed_over);
                self.pace.take(messages.len());
                self.pace.keep_up(messages.len() >= room);
                for message in messages {
                    let call = call(
                        Arc::clone(&self.app),
                        Arc::clone(line),
                        self.lease.clone(),
                        self.channel_id.clone(),
                        message,
                    );
                    self.calls.spawn(self.app.tasks.track_future(call));
                }
            }
            Ok(Claim::Stale) => {
                // The change is on its way here; should it get lost, look again all the same.
                self.wake.at(Millis::MIN);
                self.held_until = Some(Instant::now() + LOOK_AGAIN);
            }
            Err(error) => {
                tracing::error!(channel.id = self.channel_id, %error, source = ?std::error::Error::source(&error), "messages cannot be taken from the queue; it will be tried again");
                self.wake.at(Millis::MIN);
                self.pairs().forget_all();
                self.held_until = Some(Instant::now() + STORE_RETRY);
                if matches!(error, StoreError::Uncertain) {
                    let (app, channel_id) = (Arc::clone(&self.app), self.channel_id.clone());
                    let undo = lost_claim::put_back(app, channel_id, held, claimed_at);
                    self.app.spawn(undo);
                }
            }
        }
    }

    fn pairs(&self) -> std::sync::MutexGuard<'_, Pairs> {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&mut self, ended: Option<Ended>) {
        let Some(Ended { done, pair, news }) = ended else {
            return;
        };
        match news {
            _ if pair.is_empty() => {}
            PairNews::Sent => self.pairs().accepted(&pair),
            PairNews::NotSent => self.pairs().give_back(&pair),
            PairNews::Struck(struck) => {
                let mut pairs = self.pairs();
                pairs.give_back(&pair);
                pairs.struck(&pair, &struck);
            }
        }
        // Calls that began before a pause say nothing about the time after it.
        if self.held_until.is_some() {
            return;
        }
        match done {
            Done::TooFast(retry_after) => self.slow_down(retry_after),
            Done::Strike(retry_after) => self.pause(retry_after),
            Done::Fault => {
                self.faults = self.faults.saturating_add(1);
                if self.strikes > 0 || self.faults >= FAULTS_IN_A_ROW {
                    self.pause(None);
                }
            }
            Done::Answered => {
                self.strikes = 0;
                self.too_fast = 0;
                self.faults = 0;
            }
            Done::NotCalled => {}
        }
    }

    /// Lets nothing leave for a moment, then less than before.
    fn slow_down(&mut self, retry_after: Option<Duration>) {
        let now = Instant::now();
        let settings = &self.app.config.send;
        let pause = backoff::of_number(self.too_fast, retry_after, settings, &self.app.random);
        self.too_fast = self.too_fast.saturating_add(1);
        self.held_until = Some(now + pause);
        self.pace.too_fast(now);
        tracing::warn!(
            channel.id = self.channel_id,
            pause_ms = pause.as_millis(),
            "the carrier asks the number to send more slowly"
        );
    }

    /// Lets nothing leave for a while; then a single message tries the way.
    fn pause(&mut self, retry_after: Option<Duration>) {
        let settings = &self.app.config.send;
        let pause = backoff::of_number(self.strikes, retry_after, settings, &self.app.random);
        self.strikes = self.strikes.saturating_add(1);
        self.held_until = Some(Instant::now() + pause);
        tracing::warn!(
            channel.id = self.channel_id,
            strikes = self.strikes,
            pause_ms = pause.as_millis(),
            "the channel waits: the carrier is not reached, fails, or asks to send more slowly"
        );
    }
}
