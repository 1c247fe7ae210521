//! Sending: accept → queued → the channel's sender → carrier → outcome.
//!
//! A message enters through [`accept`], which returns once it is on disk. Each channel has one
//! sender, on one node, which takes due messages in order, at the pace of its number, and puts each
//! attempt on record before the call. What the carrier answered is recorded in one transaction with its
//! consequences: the state, the `send_result`, another place in the queue, a dead letter.
//!
//! Due times are compared with the app's clock, so a test that moves a fixed clock is noticed
//! within [`sender::LOOK_AGAIN`]. Pace and pauses are measured on the runtime's monotonic clock: a
//! step of the wall clock neither stops a number nor lets it run.

mod accept;
pub(crate) mod asked;
mod attachment;
mod backoff;
mod bucket;
mod budget;
mod calling;
mod claim;
mod ending;
mod expire;
mod in_flight;
mod learn;
mod lost_claim;
mod operate;
mod options;
mod pace;
mod pairs;
mod policy;
mod probe;
mod queue;
mod record;
mod sender;
mod settle;
mod supervisor;
#[cfg(test)]
mod tests;
mod unknown;
mod waiters;

use std::sync::Arc;

use tokio::sync::broadcast::error::RecvError;

use crate::StoreError;
use crate::app::App;
use crate::clock::Millis;

pub(crate) use accept::{
    Accept, AcceptError, Accepted, Idempotency, accept, accept_within, look_ahead,
};
pub(crate) use attachment::{Attachment, AttachmentError, pending};
pub(crate) use backoff::exponential;
pub(crate) use ending::{channel_resumed, stopped_by_status};
pub(crate) use in_flight::KeysInFlight;
pub(crate) use operate::{OperateError, ReadError, cancel, mark_read, resend};
pub(crate) use options::{Door, Options, Priority};
pub(crate) use pairs::rested_at;
pub(crate) use policy::{Heard, Keywords, Meaning, Refused, WINDOW, consent};
pub(crate) use queue::Queue;
pub(crate) use settle::{Again, give_up, send_again};
pub(crate) use waiters::{Settled, Waiters, settled};

/// Settles what a former run left, and starts a sender for each channel that can send.
pub(crate) async fn start(app: &Arc<App>) -> Result<(), StoreError> {
    if !app.cluster.is_shared() {
        unknown::recover(app, Millis::MAX).await?;
    }
    app.queue.begin(&app.store, app.clock.now()).await?;
    supervisor::start(app).await?;
    app.spawn(hear(Arc::clone(app)));
    app.spawn(expire::watch(Arc::clone(app)));
    app.spawn(probe::watch(Arc::clone(app)));
    app.spawn(unknown::watch(Arc::clone(app)));
    app.spawn(learn::watch(Arc::clone(app)));
    app.spawn(waiters::follow(Arc::clone(app)));
    Ok(())
}

/// Tells a channel's sender that something is due now.
pub(crate) fn wake(app: &App, channel_id: &str) {
    wake_at(app, channel_id, Millis::MIN);
}

/// Tells a channel's sender, on whichever node it is, that something is due at `due_at`.
fn wake_at(app: &App, channel_id: &str, due_at: Millis) {
    app.queue.wake(channel_id, due_at);
    app.store.wake_queue(channel_id, due_at);
}

/// Wakes the senders of this node when another has put something into their queues.
async fn hear(app: Arc<App>) {
    let mut wakes = app.store.queue_wakes();
    loop {
        let wake = tokio::select! {
            () = app.stopping.cancelled() => return,
            wake = wakes.recv() => wake,
        };
        match wake {
            Ok(Some((channel_id, due_at))) => app.queue.wake(&channel_id, due_at),
            Ok(None) | Err(RecvError::Lagged(_)) => {
                if let Err(error) = app.queue.look_around(&app.store).await {
                    tracing::debug!(%error, "cannot see what waits in the queues");
                }
            }
            Err(RecvError::Closed) => return,
        }
    }
}
