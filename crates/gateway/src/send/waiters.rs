//! Waiting for what becomes of a message, for callers who want the carrier's answer.
//!
//! Every outcome tells a `send_result`, on whichever node it happened. While anybody waits, one task
//! reads those as they come: one small query for all who wait.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::app::App;
use crate::store::messages::{self, Message, State};
use crate::store::outbound::{self, Answered};
use crate::store::{StoreError, Tx};

/// Those who wait at once; whoever comes then is told how it stands.
const MOST: usize = 10_000;
/// Results read at once.
const PAGE: i64 = 1000;
/// Between two looks at what is new.
const PAUSE: Duration = Duration::from_millis(5);
/// The news of another node may get lost.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Who waits for which message.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    waiting: Mutex<Waiting>,
    /// Somebody waits.
    begun: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    count: usize,
    by_message: HashMap<String, Vec<Arc<Notify>>>,
    /// The last event before the first one began to wait.
    since: i64,
}

/// One who waits.
#[derive(Debug)]
struct Waiter<'a> {
    waiters: &'a Waiters,
    message_id: &'a str,
    told: Arc<Notify>,
}

/// How a message stands.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) message: Message,
    /// What came of the last call, if the message has ended or the carrier has it.
    pub(crate) answered: Option<Answered>,
}

impl Settled {
    /// Whether the carrier has it, or it has ended without.
    pub(crate) fn is_settled(&self) -> bool {
        let ended = matches!(
            self.message.state,
            State::Failed | State::RequiresTemplate | State::Expired | State::Canceled
        );
        ended || self.message.carrier_id.is_some()
    }
}

/// Waits at most `limit` until the carrier has a message, or it has ended; then, or when the time is
/// over or the app stops, says how it stands. A message whose outcome is unknown may still be settled.
pub(crate) async fn settled(
    app: &App,
    message_id: &str,
    limit: Duration,
) -> Result<Option<Settled>, StoreError> {
    let end = Instant::now() + limit;
    let waiter = app.waiters.begin(message_id, *app.store.events().borrow());
    loop {
        let told = waiter.as_ref().map(|waiter| waiter.told.notified());
        let id = message_id.to_owned();
        let now = app.store.read(move |tx| look(tx, &id)).await?;
        let over = Instant::now() >= end || app.stopping.is_cancelled();
        let waits = now.as_ref().is_some_and(|now| !now.is_settled());
        let Some(told) = told.filter(|_| waits && !over) else {
            return Ok(now);
        };
        tokio::select! {
            () = told => {}
            () = app.stopping.cancelled() => {}
            () = tokio::time::sleep_until(end) => {}
        }
    }
}

fn look(tx: &Tx<'_>, message_id: &str) -> Result<Option<Settled>, StoreError> {
    let Some(message) = messages::by_id(tx, message_id)? else {
        return Ok(None);
    };
    let mut now = Settled {
        message,
        answered: None,
    };
    if now.is_settled() {
        now.answered = outbound::last_answer(tx, message_id)?;
    }
    Ok(Some(now))
}

/// Tells those who wait, as long as there are any.
pub(super) async fn follow(app: Arc<App>) {
    let mut events = app.store.events();
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = app.waiters.begun.notified() => {}
        }
        let Some(mut seq) = app.waiters.since() else {
            continue;
        };
        while app.waiters.since().is_some() {
            events.borrow_and_update();
            let read = move |tx: &Tx<'_>| outbound::told_after(tx, seq, PAGE);
            match app.store.read(read).await {
                Ok((last, told)) => {
                    let full = i64::try_from(told.len()).is_ok_and(|count| count == PAGE);
                    let read_to = told.last().map_or(last, |(seq, _)| *seq);
                    seq = if full { read_to } else { last.max(read_to) };
                    app.waiters.tell(told.iter().map(|(_, id)| id.as_str()));
                    if full {
                        continue;
                    }
                }
                Err(StoreError::Closed) => return,
                Err(error) => tracing::debug!(%error, "cannot see what became of messages"),
            }
            tokio::select! {
                () = app.stopping.cancelled() => return,
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                changed = events.changed() => {
                    if changed.is_err() { return }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

impl Waiters {
    /// Begins to wait; none if too many do. `last` is the last event that is known.
    fn begin<'a>(&'a self, message_id: &'a str, last: i64) -> Option<Waiter<'a>> {
        let told = Arc::new(Notify::new());
        let mut waiting = self.lock();
        if waiting.count >= MOST {
            return None;
        }
        if waiting.count == 0 {
            waiting.since = last;
            self.begun.notify_one();
        }
        waiting.count += 1;
        let of_message = waiting.by_message.entry(message_id.to_owned());
        of_message.or_default().push(Arc::clone(&told));
        Some(Waiter {
            waiters: self,
            message_id,
            told,
        })
    }

    /// From where to read for those who wait; none if nobody does.
    fn since(&self) -> Option<i64> {
        let waiting = self.lock();
        (waiting.count > 0).then_some(waiting.since)
    }

    fn tell<'a>(&self, ids: impl Iterator<Item = &'a str>) {
        let waiting = self.lock();
        for told in ids.filter_map(|id| waiting.by_message.get(id)).flatten() {
            // Kept for one who is looking at the store just now.
            told.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut waiting = self.waiters.lock();
        waiting.count = waiting.count.saturating_sub(1);
        if let Some(of_message) = waiting.by_message.get_mut(self.message_id) {
            of_message.retain(|told| !Arc::ptr_eq(told, &self.told));
            if of_message.is_empty() {
                waiting.by_message.remove(self.message_id);
            }
        }
    }
}
