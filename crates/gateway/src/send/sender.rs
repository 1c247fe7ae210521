//! One channel's sender: takes due messages in order, within the pace of the number, and calls.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use wharf_model::ErrorClass;

use super::attachment;
use super::backoff;
use super::budget::Allowance;
use super::claim::{self, Ask, PassedOver};
use super::lost_claim;
use super::pace::Pace;
use super::pairs::Pairs;
use super::queue::Wake;
use super::record::{self, Call, Recorded};
use crate::app::App;
use crate::carrier::{Carrier, Outcome, Used};
use crate::clock::Millis;
use crate::cluster::Lease;
use crate::config::Send;
use crate::store::channels::Channel;
use crate::store::outbound::{Claim, Claimed, Claimer};
use crate::store::pairs::Pair;
use crate::store::{StoreError, Tx};
use crate::telemetry;

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
    app: String,
    account: Option<String>,
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

fn account(id: &str) -> String {
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

/// What the messages to one user hear of a call.
#[derive(Debug)]
enum PairNews {
    /// The carrier has it, or may have it.
    Sent,
    /// The carrier does not have it.
    NotSent,
    /// It was too fast for this user.
    Struck(Pair),
}

/// A call that ended.
#[derive(Debug)]
struct Ended {
    done: Done,
    /// The conversation whose own pace the message keeps; empty if it keeps none.
    pair: String,
    news: PairNews,
}

/// What a call tells its sender.
#[derive(Debug, Clone, Copy)]
enum Done {
    /// The carrier gave a proper answer.
    Answered,
    /// The carrier was not called: another node may send for the channel.
    NotCalled,
    /// The carrier said that it is at fault itself, or nothing.
    Fault,
    /// The number is too fast: all wait a moment, and go on more slowly.
    TooFast(Option<Duration>),
    /// The carrier cannot be reached, or the account is too fast: all must wait.
    Strike(Option<Duration>),
}

/// So many first waits between tries a number waits that Meta has taken into maintenance, which takes
/// a minute at most.
const MAINTENANCE: u32 = 20;

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

/// One call, and its record. The record is tried until the store takes it or is closed: then the
/// message is found in `sending` at the next start.
async fn call(
    app: Arc<App>,
    line: Arc<Line>,
    lease: Lease,
    channel_id: String,
    mut message: Claimed,
) -> Ended {
    let content = std::mem::take(&mut message.content);
    let begun = Instant::now();
    let id = &message.message_id;
    let ready = attachment::ready(&app, &line.carrier, id, content).await;
    // Since the claim the node may have stood still for as long as it pleased.
    let mut withheld = !lease.is_valid();
    if let Ok(ready) = &ready {
        // A long upload: the service window may have closed meanwhile, so it is judged again.
        withheld |= ready.uploaded && begun.elapsed() > margin(&app);
    }
    let (outcome, uploaded) = match ready {
        Ok(ready) if withheld => (not_called(), ready.uploaded),
        Ok(ready) => {
            let (outcome, used) = attachment::send(&app, &line.carrier, id, &ready).await;
            hear(&app, &line.budgets, &used);
            (outcome, ready.uploaded)
        }
        Err(outcome) => (outcome, false),
    };
    app.metrics
        .send_seconds
        .observe(begun.elapsed().as_secs_f64());
    let label = telemetry::Outcome {
        outcome: outcome.as_str(),
    };
    app.metrics.sends.get_or_create(&label).inc();
    let done = if withheld {
        Done::NotCalled
    } else {
        done_of(&outcome, &app.config.send)
    };
    let mut news = match &outcome {
        Outcome::Accepted { .. } | Outcome::Unknown { .. } => PairNews::Sent,
        Outcome::Rejected(_) | Outcome::NotSent { .. } => PairNews::NotSent,
    };
    let call = Arc::new(Call {
        message,
        channel_id,
        channel_version: line.version,
        outcome,
        uploaded,
    });
    loop {
        let (shared, recorded) = (Arc::clone(&app), Arc::clone(&call));
        match app
            .store
            .write(move |tx| record::record(tx, &shared, &recorded))
            .await
        {
            Ok(recorded) => {
                measure(&app, &call, &recorded);
                if let Some(due_at) = recorded.due_at {
                    app.queue.wake(&call.channel_id, due_at);
                }
                tell(&call, &recorded);
                if let Some(struck) = recorded.struck {
                    news = PairNews::Struck(struck);
                }
                break;
            }
            Err(error) => {
                tracing::error!(message.id = call.message.message_id, outcome = call.outcome.as_str(), %error, source = ?std::error::Error::source(&error), "the outcome of a send cannot be recorded");
                if matches!(error, StoreError::Closed) || error.is_lasting() {
                    break;
                }
                tokio::time::sleep(STORE_RETRY).await;
            }
        }
    }
    Ended {
        done,
        pair: call.message.place.pair.clone(),
        news,
    }
}

/// What metrics tell of a call once its record is on disk.
fn measure(app: &App, call: &Call, recorded: &Recorded) {
    let sending = &app.metrics.sending;
    match &call.outcome {
        Outcome::Accepted { .. } => {
            if let Some(accepted_at) = call.message.accepted_at {
                let took = app.clock.now().saturating_sub(accepted_at);
                sending.to_carrier.observe(telemetry::seconds(took));
            }
        }
        Outcome::Rejected(rejection) => sending.throttled(rejection.class),
        Outcome::NotSent { .. } | Outcome::Unknown { .. } => {}
    }
    if let Some(reason) = recorded.dead {
        sending.buried(reason);
    }
}

/// What follows for all messages of the number.
fn done_of(outcome: &Outcome, settings: &Send) -> Done {
    match outcome {
        Outcome::NotSent { .. } => Done::Strike(None),
        Outcome::Unknown { .. } => Done::Fault,
        Outcome::Rejected(rejection) if rejection.code == Some(131_057) => {
            let pause = Duration::from_millis(settings.backoff_first_ms) * MAINTENANCE;
            Done::Strike(Some(rejection.retry_after.unwrap_or(pause)))
        }
        Outcome::Rejected(rejection) => match rejection.class {
            ErrorClass::RetryNumber => Done::TooFast(rejection.retry_after),
            ErrorClass::RetryAccount => Done::Strike(rejection.retry_after),
            ErrorClass::Retry => Done::Fault,
            _ => Done::Answered,
        },
        Outcome::Accepted { .. } => Done::Answered,
    }
}

/// Takes note of what an answer said about budgets, for all channels that share them.
fn hear(app: &App, budgets: &Budgeted, used: &[Used]) {
    for used in used {
        let now = Instant::now();
        match &used.account {
            None => app.queue.budgets.hear(&budgets.app, used, now),
            Some(id) => app.queue.budgets.hear(&account(id), used, now),
        }
    }
}

/// How long after its claim a message may still be sent.
fn margin(app: &App) -> Duration {
    let seconds = app.config.send.window_margin_seconds.max(1);
    Duration::from_secs(u64::from(seconds))
}

/// Another node may send for the channel by now: what was claimed goes back to its place.
fn not_called() -> Outcome {
    Outcome::NotSent {
        why: "the node's lease on the channel ended".to_owned(),
    }
}

/// Log lines for people: only what went wrong, and never what was said to whom.
fn tell(call: &Call, recorded: &Recorded) {
    let Call {
        message,
        channel_id,
        outcome,
        ..
    } = call;
    let (id, attempt) = (&message.message_id, message.attempt);
    match outcome {
        Outcome::Rejected(rejection) if recorded.paused => {
            tracing::error!(
                channel.id = channel_id,
                class = rejection.class.as_str(),
                code = rejection.code,
                advice = rejection.advice(),
                "the carrier refuses this channel: it is paused and keeps its queue; put right what the advice says, then resume it"
            );
        }
        Outcome::Rejected(rejection) => {
            tracing::warn!(
                channel.id = channel_id,
                message.id = id,
                attempt,
                class = rejection.class.as_str(),
                code = rejection.code,
                dead_letter = recorded.dead,
                "the carrier refused a message"
            );
        }
        Outcome::Unknown { why } => {
            tracing::warn!(
                channel.id = channel_id,
                message.id = id,
                attempt,
                why,
                "a message may or may not have been sent; a status will tell, or a person must decide"
            );
        }
        Outcome::NotSent { why } => {
            tracing::debug!(
                channel.id = channel_id,
                message.id = id,
                attempt,
                why,
                "a message was not sent"
            );
        }
        Outcome::Accepted { .. } => {
            tracing::debug!(
                channel.id = channel_id,
                message.id = id,
                attempt,
                "accepted"
            );
        }
    }
}
