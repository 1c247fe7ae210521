//! Receipts that commands ask for: one call a message, tried for a day, so that they outlive an outage
//! of the carrier.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use super::Bus;
use super::command::{Reason, Refusal};
use super::take::bury;
use crate::app::App;
use crate::clock::Millis;
use crate::send::{self, ReadError};
use crate::store::outbound::{self, SendResult};
use crate::store::read_receipts::{self, ReadReceipt, Refused};
use crate::store::{StoreError, Tx};

/// Receipts looked at together, and commands whose calls are under way at once.
const BATCH: i64 = 64;
const IN_FLIGHT: usize = 16;

/// How long the worker sleeps at most before it compares due times with the clock again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How long it sleeps at most when there is nothing to do: another node may leave something behind.
const IDLE: Duration = Duration::from_secs(10);

/// How long a receipt is ours while its calls are under way.
const TAKEN: Millis = 120_000;

/// When a receipt is of no use any more.
const GIVE_UP: Millis = 24 * 3600 * 1000;

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// Works on receipts until the gateway stops.
pub(super) async fn work(app: Arc<App>, bus: Arc<Bus>) {
    loop {
        let wait = match round(&app).await {
            Ok(wait) => wait,
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "receipts cannot be looked at");
                LOOK_AGAIN
            }
        };
        if wait.is_zero() && !app.stopping.is_cancelled() {
            continue;
        }
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = bus.receipts.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Does what is due, and says how long to wait for more.
async fn round(app: &Arc<App>) -> Result<Duration, StoreError> {
    let now = app.clock.now();
    let due = app
        .store
        .read(move |tx| read_receipts::due(tx, now, BATCH))
        .await?;
    if due.is_empty() {
        let next = app.store.read(read_receipts::next_due).await?;
        let Some(next) = next else {
            return Ok(IDLE);
        };
        let left = u64::try_from(next.saturating_sub(now)).unwrap_or(0);
        return Ok(Duration::from_millis(left.max(1)).min(LOOK_AGAIN));
    }
    let calls = due.into_iter().map(|receipt| one(app, receipt));
    let done: Vec<_> = stream::iter(calls)
        .buffer_unordered(IN_FLIGHT)
        .collect()
        .await;
    done.into_iter().collect::<Result<Vec<()>, _>>()?;
    Ok(Duration::ZERO)
}

/// Makes the calls of one receipt and writes what came of them.
async fn one(app: &Arc<App>, mut receipt: ReadReceipt) -> Result<(), StoreError> {
    let until = app.clock.now().saturating_add(TAKEN);
    let taken = receipt.clone();
    let ours = app
        .store
        .write(move |tx| read_receipts::take(tx, &taken, until));
    if !ours.await? {
        return Ok(());
    }
    let mut waits = false;
    while let Some(id) = receipt.message_ids.first().cloned() {
        if app.stopping.is_cancelled() {
            break;
        }
        if let Err(error) = send::mark_read(app, &receipt.channel_id, &id, false).await {
            let Some(refused) = refused(&id, &error) else {
                waits = true;
                break;
            };
            receipt.failed.push(refused);
        }
        receipt.message_ids.remove(0);
    }
    let now = app.clock.now();
    if waits && now.saturating_sub(receipt.created_at) > GIVE_UP {
        let left = std::mem::take(&mut receipt.message_ids);
        receipt
            .failed
            .extend(left.into_iter().map(|message_id| Refused {
                message_id,
                code: None,
                error: "the carrier did not answer for a day".to_owned(),
            }));
    }
    let shared = Arc::clone(app);
    if receipt.message_ids.is_empty() {
        return app
            .store
            .write(move |tx| finish(tx, &shared, &receipt))
            .await;
    }
    receipt.due_at = now;
    if waits {
        let exponent = u32::try_from(receipt.attempts).unwrap_or(u32::MAX);
        let wait = send::exponential(&app.config.send, exponent, LONGEST_WAIT);
        receipt.due_at = now.saturating_add(Millis::try_from(wait.as_millis()).unwrap_or(0).max(1));
        receipt.attempts += 1;
    }
    app.store
        .write(move |tx| read_receipts::put_back(tx, &receipt))
        .await
}

/// A refusal that will not change; `None` if the call is worth another try.
fn refused(message_id: &str, error: &ReadError) -> Option<Refused> {
    let code = match error {
        ReadError::Rejected(rejection) => {
            if rejection.class.is_retry() || rejection.class.stops_channel() {
                return None;
            }
            rejection.code
        }
        ReadError::ChannelNotFound(_) | ReadError::InvalidId => None,
        ReadError::Carrier(_) | ReadError::NoAnswer | ReadError::Store(_) => return None,
    };
    Some(Refused {
        message_id: message_id.to_owned(),
        code,
        error: error.to_string(),
    })
}

/// Says what came of a receipt, once.
fn finish(tx: &Tx<'_>, app: &App, receipt: &ReadReceipt) -> Result<(), StoreError> {
    if !read_receipts::remove(tx, &receipt.id)? {
        return Ok(());
    }
    let channel_id = &receipt.channel_id;
    if let Some(first) = receipt.failed.first() {
        let failed: Vec<&str> = receipt
            .failed
            .iter()
            .map(|refused| refused.message_id.as_str())
            .collect();
        let command = serde_json::json!({
            "type": "read", "message_ids": failed, "request_id": receipt.request_id,
        });
        let refusal = Refusal {
            request_id: receipt.request_id.clone(),
            reason: Reason::NotMarked,
            error: first.error.clone(),
        };
        return bury(
            tx,
            app,
            channel_id,
            command.to_string().as_bytes(),
            &refusal,
        );
    }
    let now = app.clock.now();
    let result = SendResult {
        request_id: receipt.request_id.as_deref(),
        success: true,
        message_id: None,
        error: None,
        timestamp: now.div_euclid(1000),
        id: None,
        state: "read",
        code: None,
        reason: None,
    };
    outbound::append(
        tx,
        &app.random,
        "send_result",
        channel_id,
        None,
        &result,
        now,
    )
}
