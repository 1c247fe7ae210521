//! A claim whose commit was not answered: what it may have taken goes back into the queue.

use std::sync::Arc;

use super::record::fault_of;
use super::sender::STORE_RETRY;
use crate::app::App;
use crate::clock::Millis;
use crate::store::leases::Fence;
use crate::store::messages::State;
use crate::store::outbound::{self, Ended, PUT_BACK};
use crate::store::unsettled::{self, LostClaim};
use crate::store::{Locked, StoreError, Tx};

/// Puts the messages of a claim back, none of which was called, as soon as the store can tell.
///
/// Tried until the store takes it or is closed; then they are found in `sending` after this node's
/// end, and nobody knows any more that they were not sent.
pub(super) async fn put_back(
    app: Arc<App>,
    channel_id: String,
    fence: Option<Fence>,
    claimed_at: Millis,
) {
    loop {
        let (shared, channel, fence) = (Arc::clone(&app), channel_id.clone(), fence.clone());
        let change = move |tx: &Tx<'_>| {
            // The claim holds this lock too: if its commit is still under way, it is waited for.
            if let Some(fence) = &fence {
                tx.lock(Locked::Lease(&fence.name))?;
            }
            undo(tx, &shared, &channel, claimed_at)
        };
        match app.store.write(change).await {
            Ok(0) => return,
            Ok(count) => {
                tracing::info!(
                    channel.id = channel_id,
                    messages = count,
                    "a claim whose commit was not answered was undone"
                );
                return super::wake(&app, &channel_id);
            }
            Err(error) if matches!(error, StoreError::Closed) || error.is_lasting() => {
                tracing::error!(channel.id = channel_id, %error, "a claim whose commit was not answered cannot be undone");
                return;
            }
            Err(_) => tokio::time::sleep(STORE_RETRY).await,
        }
    }
}

fn undo(tx: &Tx<'_>, app: &App, channel_id: &str, claimed_at: Millis) -> Result<usize, StoreError> {
    let claim = LostClaim {
        channel_id,
        node: app.cluster.node(),
        claimed_at,
    };
    let now = app.clock.now();
    let fault = fault_of(
        "not_sent",
        "the message was not sent",
        "the store did not answer",
    );
    let detail = outbound::json(&fault)?;
    let messages = unsettled::of_claim(tx, &claim)?;
    for (position, message) in (0_i64..).zip(&messages) {
        if !unsettled::is_sending(tx, &message.id, message.attempt)? {
            continue;
        }
        let ended = Ended {
            message_id: &message.id,
            attempt: message.attempt,
            outcome: PUT_BACK,
            detail: &detail,
            http_status: None,
            at: now,
        };
        outbound::end_attempt(tx, &ended)?;
        let (id, attempt) = (&message.id, message.attempt);
        outbound::leave_sending(tx, id, attempt, State::Queued, &fault, now)?;
        // They were the first of the queue, and are again.
        app.queue.add_before_all(tx, &message.id, position)?;
    }
    Ok(messages.len())
}
