//! Messages whose time is over have expired: those that wait still, as on a channel that is paused,
//! and those that the carrier did not deliver within their time to live.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::Options;
use super::ending::refuse;
use super::policy::expired;
use super::record::fault_of;
use crate::app::App;
use crate::clock::Millis;
use crate::cluster::{Lease, Work};
use crate::store::deadlines::{self, Overdue};
use crate::store::messages::{self, State};
use crate::store::{StoreError, Tx, lines, outbound};

/// How often the app's clock is looked at; a fixed one may have been moved.
const TICK: Duration = Duration::from_millis(500);

/// How often expired messages are looked for.
const EVERY: Millis = 10_000;

/// Messages that expire in one transaction.
const BATCH: i64 = 200;

/// `data` of the `status` event of a message that expired: nothing that the carrier said.
#[derive(Debug, Serialize)]
struct Expired<'a> {
    id: &'a str,
    message_id: Option<&'a str>,
    conversation_id: &'a str,
    contact_id: &'a str,
    status: &'static str,
}

/// Looks for messages whose time is over, on one node of all.
pub(super) async fn watch(app: Arc<App>) {
    while let Some(lease) = app.acquire(Work::Upkeep).await {
        let mut next = Millis::MIN;
        loop {
            let now = app.clock.now();
            if now >= next {
                next = now.saturating_add(EVERY);
                if let Err(error) = sweep(&app, &lease, now).await {
                    tracing::error!(%error, "messages that have expired cannot be looked at");
                }
            }
            if !app.rest(&lease, TICK).await {
                break;
            }
        }
    }
}

async fn sweep(app: &Arc<App>, lease: &Lease, now: Millis) -> Result<(), StoreError> {
    sweep_waiting(app, lease, now).await?;
    loop {
        let ids = app
            .store
            .read(move |tx| deadlines::overdue(tx, now, BATCH))
            .await?;
        if ids.is_empty() || lease.is_over() || app.stopping.is_cancelled() {
            return Ok(());
        }
        let (count, shared) = (ids.len(), Arc::clone(app));
        let change = move |tx: &Tx<'_>| ids.iter().try_for_each(|id| expire(tx, &shared, id, now));
        app.store.write(change).await?;
        tracing::info!(
            messages = count,
            "messages were not delivered within their time to live"
        );
    }
}

async fn sweep_waiting(app: &Arc<App>, lease: &Lease, now: Millis) -> Result<(), StoreError> {
    loop {
        let mut ids = app
            .store
            .read(move |tx| deadlines::overdue_waiting(tx, now, BATCH))
            .await?;
        if ids.is_empty() || lease.is_over() || app.stopping.is_cancelled() {
            return Ok(());
        }
        let (count, shared) = (ids.len(), Arc::clone(app));
        let change = move |tx: &Tx<'_>| {
            // In the order in which a claim locks them too.
            ids.sort_unstable();
            ids.iter().try_for_each(|id| give_up(tx, &shared, id, now))
        };
        app.store.write(change).await?;
        tracing::info!(messages = count, "messages were not sent in time");
    }
}

/// Ends a message that waits; its row in the queue leaves when it is due.
fn give_up(tx: &Tx<'_>, app: &App, id: &str, now: Millis) -> Result<(), StoreError> {
    let Some(message) = messages::lock(tx, id)? else {
        return Ok(());
    };
    let waits = matches!(message.state, State::Queued | State::Scheduled);
    let Some(waiting) = messages::waiting(tx, &[id])?.pop().filter(|_| waits) else {
        return Ok(());
    };
    let options = Options::parse(message.options.as_deref());
    if options.expires_at.is_none_or(|at| at > now) {
        // The deadline is that of an earlier send.
        return deadlines::lift(tx, id);
    }
    refuse(tx, app, &message.channel_id, &waiting, &expired(), now)?;
    lines::leave(tx, id).map(drop)
}

fn expire(tx: &Tx<'_>, app: &App, id: &str, now: Millis) -> Result<(), StoreError> {
    let why = "the carrier did not say within its time to live that it was delivered";
    let fault = fault_of("expired", "the message expired", why);
    let Some(overdue) = deadlines::expire(tx, id, &outbound::json(&fault)?, now)? else {
        return Ok(());
    };
    let Overdue {
        id,
        channel_id,
        conversation_id,
        contact_id,
        carrier_id,
    } = &overdue;
    let data = Expired {
        id,
        message_id: carrier_id.as_deref(),
        conversation_id,
        contact_id,
        status: State::Expired.as_str(),
    };
    outbound::append(tx, &app.random, "status", channel_id, Some(id), &data, now)
}
