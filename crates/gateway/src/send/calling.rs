//! One call to the carrier, and the record of what came of it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use wharf_model::ErrorClass;

use super::attachment;
use super::record::{self, Call, Recorded};
use super::sender::{Budgeted, Line, STORE_RETRY, account};
use crate::app::App;
use crate::carrier::{Outcome, Used};
use crate::cluster::Lease;
use crate::config::Send;
use crate::store::StoreError;
use crate::store::outbound::Claimed;
use crate::store::pairs::Pair;
use crate::telemetry;

/// So many first waits between tries a number waits that Meta has taken into maintenance, which takes
/// a minute at most.
const MAINTENANCE: u32 = 20;

/// What the messages to one user hear of a call.
#[derive(Debug)]
pub(super) enum PairNews {
    /// The carrier has it, or may have it.
    Sent,
    /// The carrier does not have it.
    NotSent,
    /// It was too fast for this user.
    Struck(Pair),
}

/// A call that ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) done: Done,
    /// The conversation whose own pace the message keeps; empty if it keeps none.
    pub(super) pair: String,
    pub(super) news: PairNews,
}

/// What a call tells its sender.
#[derive(Debug, Clone, Copy)]
pub(super) enum Done {
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

/// One call, and its record. The record is tried until the store takes it or is closed: then the
/// message is found in `sending` at the next start.
pub(super) async fn call(
    app: Arc<App>,
    line: Arc<Line>,
    lease: Lease,
    channel_id: String,
    mut message: Claimed,
) -> Ended {
    let content = std::mem::take(&mut message.content);
    let begun = Instant::now();
    let id = &message.message_id;
    let may_call = |uploaded: bool| {
        // Since the claim the node may have stood still for as long as it pleased. After a long
        // upload the service window may have closed, so the message is judged again.
        lease.is_valid() && !(uploaded && begun.elapsed() > margin(&app))
    };
    let ready = attachment::ready(&app, &line.carrier, id, content).await;
    let (mut withheld, mut used) = (false, Vec::new());
    let (outcome, uploaded) = match ready {
        Ok(ready) if !may_call(ready.uploaded) => {
            withheld = true;
            (not_called(), ready.uploaded)
        }
        Ok(ready) => {
            app.metrics.tally.called(&channel_id);
            let mut outcome;
            (outcome, used) = line.carrier.send(&ready.content, id).await;
            match attachment::anew(&app, &line.carrier, &ready, &outcome).await {
                None => {}
                Some(Ok(content)) if may_call(true) => {
                    (outcome, used) = line.carrier.send(&content, id).await;
                }
                Some(Ok(_)) => {
                    withheld = true;
                    outcome = not_called();
                }
                Some(Err(failed)) => outcome = failed,
            }
            (outcome, ready.uploaded)
        }
        Err(outcome) => {
            withheld = !lease.is_valid();
            (outcome, false)
        }
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
    hear(&app, &line.budgets, &used);
    Ended {
        done,
        pair: call.message.place.pair.clone(),
        news,
    }
}

/// What metrics tell of a call once its record is on disk.
fn measure(app: &App, call: &Call, recorded: &Recorded) {
    let sending = &app.metrics.sending;
    let tally = &app.metrics.tally;
    match &call.outcome {
        Outcome::Accepted { .. } => {
            tally.sent(&call.channel_id);
            if let Some(accepted_at) = call.message.accepted_at {
                let took = app.clock.now().saturating_sub(accepted_at);
                sending.to_carrier.observe(telemetry::seconds(took));
            }
        }
        Outcome::Rejected(rejection) => {
            sending.throttled(rejection.class);
            tally.error(rejection.code);
        }
        Outcome::NotSent { .. } | Outcome::Unknown { .. } => {}
    }
    if let Some(reason) = recorded.dead {
        sending.buried(reason);
        tally.failed(&call.channel_id);
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
