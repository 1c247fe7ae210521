//! One channel's sender: takes due messages in order, within the pace of the number, and calls.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use wharf_model::ErrorClass;

use super::attachment;
use super::backoff;
use super::bucket::Bucket;
use super::claim;
use super::lost_claim;
use super::queue::Wake;
use super::record::{self, Call, Recorded};
use crate::app::App;
use crate::carrier::{Carrier, Outcome};
use crate::clock::Millis;
use crate::cluster::Lease;
use crate::store::outbound::{Claim, Claimed, Claimer};
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
    bucket: Bucket,
    calls: JoinSet<Done>,
    /// Nothing leaves before this time: the number or the way to the carrier needs a pause.
    held_until: Option<Instant>,
    /// Pauses in a row. While there is one, a single message tries the way.
    strikes: u32,
    /// Calls in a row that the carrier failed to answer properly.
    faults: u32,
    /// When the last claim was made.
    claimed_at: Millis,
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
    /// The carrier cannot be reached, or the number is too fast: all must wait.
    Strike(Option<Duration>),
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
        let now = Instant::now();
        let bucket = if lease.is_alone() {
            Bucket::new(throughput, now)
        } else {
            Bucket::empty(throughput, now)
        };
        Self {
            app,
            channel_id,
            wake,
            lease,
            line,
            bucket,
            calls: JoinSet::new(),
            held_until: None,
            strikes: 0,
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
                self.bucket.set_rate(line.throughput, Instant::now());
                self.held_until = None;
                self.strikes = 0;
                self.faults = 0;
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
                let room = self.bucket.available(now).min(free.get());
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
        let ready = if self.bucket.is_dry() {
            self.bucket.ready_at()
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
        let app = Arc::clone(&self.app);
        let claim = move |tx: &Tx<'_>| {
            let claimer = Claimer {
                channel_id: &channel_id,
                version,
                node: &node,
                fence: fence.as_ref(),
                claimed_at,
            };
            claim::claim(tx, &app, &claimer, limit, now)
        };
        match self.app.store.write(claim).await {
            Ok(Claim::Taken { messages, next_due }) => {
                if let Some(due_at) = next_due {
                    self.wake.at(due_at);
                }
                self.bucket.take(messages.len());
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
                self.held_until = Some(Instant::now() + STORE_RETRY);
                if matches!(error, StoreError::Uncertain) {
                    let (app, channel_id) = (Arc::clone(&self.app), self.channel_id.clone());
                    let undo = lost_claim::put_back(app, channel_id, held, claimed_at);
                    self.app.spawn(undo);
                }
            }
        }
    }

    fn settle(&mut self, done: Option<Done>) {
        // Calls that began before a pause say nothing about the time after it.
        if self.held_until.is_some() {
            return;
        }
        match done {
            Some(Done::Strike(retry_after)) => self.pause(retry_after),
            Some(Done::Fault) => {
                self.faults = self.faults.saturating_add(1);
                if self.strikes > 0 || self.faults >= FAULTS_IN_A_ROW {
                    self.pause(None);
                }
            }
            Some(Done::Answered) => {
                self.strikes = 0;
                self.faults = 0;
            }
            Some(Done::NotCalled) | None => {}
        }
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
) -> Done {
    let content = std::mem::take(&mut message.content);
    let begun = Instant::now();
    let id = &message.message_id;
    let ready = attachment::ready(&app, &line.carrier, id, content).await;
    // Since the claim the node may have stood still for as long as it pleased.
    let withheld = !lease.is_valid();
    let (outcome, uploaded) = match ready {
        Ok(ready) if withheld => (not_called(), ready.uploaded),
        Ok(ready) => {
            let outcome = attachment::send(&app, &line.carrier, id, &ready).await;
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
    let done = match &outcome {
        _ if withheld => Done::NotCalled,
        Outcome::NotSent { .. } => Done::Strike(None),
        Outcome::Unknown { .. } => Done::Fault,
        Outcome::Rejected(rejection) if rejection.slows_number() => {
            Done::Strike(rejection.retry_after)
        }
        Outcome::Rejected(rejection) if rejection.class == ErrorClass::Retry => Done::Fault,
        _ => Done::Answered,
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
                if let Some(due_at) = recorded.due_at {
                    app.queue.wake(&call.channel_id, due_at);
                }
                tell(&call, &recorded);
                return done;
            }
            Err(error) => {
                tracing::error!(message.id = call.message.message_id, outcome = call.outcome.as_str(), %error, source = ?std::error::Error::source(&error), "the outcome of a send cannot be recorded");
                if matches!(error, StoreError::Closed) || error.is_lasting() {
                    return done;
                }
                tokio::time::sleep(STORE_RETRY).await;
            }
        }
    }
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
