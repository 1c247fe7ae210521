//! The order of the queue, and waking the sender of a channel whose queue has changed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::clock::Millis;
use crate::store::outbound::{self, Place};
use crate::store::{Store, StoreError};

/// How far a clock may be set back without a change of order, in milliseconds: a message waits as long.
const SET_BACK: Millis = 500;

/// Gives places in the queue and wakes senders. The queue itself is in the store.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    last_position: AtomicI64,
    /// When the last message was due that need not wait.
    last_due: AtomicI64,
    wakes: Mutex<HashMap<String, Arc<Wake>>>,
}

/// Wakes one channel's sender; only ever a hint to look.
#[derive(Debug)]
pub(super) struct Wake {
    due_at: AtomicI64,
    notify: Notify,
}

impl Queue {
    /// Continues behind the positions that are given out already.
    pub(super) async fn begin(&self, store: &Store, now: Millis) -> Result<(), StoreError> {
        let last = store.read(outbound::last_position).await?;
        self.last_position
            .fetch_max(last.max(now.saturating_mul(1000)), Ordering::SeqCst);
        Ok(())
    }

    /// The next place among those that are due at the same time.
    ///
    /// What need not wait keeps its order when the clock is set back a little. Positions follow microseconds, so that those of several nodes mix about as they came.
    pub(super) fn place(&self, due_at: Millis, now: Millis) -> Place {
        let floor = now.saturating_mul(1000);
        let next = |last: i64| last.saturating_add(1).max(floor);
        let step = |last| Some(next(last));
        let before = self
            .last_position
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, step);
        let (Ok(last) | Err(last)) = before;
        let due_at = if due_at <= now {
            self.in_order(due_at)
        } else {
            due_at
        };
        Place {
            due_at,
            position: next(last),
        }
    }

    /// The time, or that of the last message if the clock was set back a little since.
    fn in_order(&self, due_at: Millis) -> Millis {
        let held = |last: Millis| {
            let set_back = last.saturating_sub(due_at);
            if (0..=SET_BACK).contains(&set_back) {
                last
            } else {
                due_at
            }
        };
        let step = |last| Some(held(last));
        let before = self
            .last_due
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, step);
        let (Ok(last) | Err(last)) = before;
        held(last)
    }

    /// Tells a channel's sender, if there is one, that something is due at `due_at`.
    pub(super) fn wake(&self, channel_id: &str, due_at: Millis) {
        if let Some(wake) = self.lock().get(channel_id) {
            wake.at(due_at);
        }
    }

    /// Wakes the senders whose channels have something in the queue.
    pub(super) async fn look_around(&self, store: &Store) -> Result<(), StoreError> {
        for (channel_id, due_at) in store.read(outbound::next_of_each).await? {
            self.wake(&channel_id, due_at);
        }
        Ok(())
    }

    /// The wake of a channel's sender; it begins as if something were due.
    pub(super) fn listen(&self, channel_id: &str) -> Arc<Wake> {
        let new = || {
            Arc::new(Wake {
                due_at: AtomicI64::new(i64::MIN),
                notify: Notify::new(),
            })
        };
        Arc::clone(self.lock().entry(channel_id.to_owned()).or_insert_with(new))
    }

    /// The sender of this channel has ended.
    pub(super) fn forget(&self, channel_id: &str) {
        self.lock().remove(channel_id);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Wake>>> {
        self.wakes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake {
    /// Something is due at `due_at`.
    pub(super) fn at(&self, due_at: Millis) {
        if self.due_at.fetch_min(due_at, Ordering::SeqCst) > due_at {
            self.notify.notify_one();
        }
    }

    /// When something is due, as far as is known; `i64::MAX` when nothing is.
    pub(super) fn due_at(&self) -> Millis {
        self.due_at.load(Ordering::SeqCst)
    }

    /// Forgets what was known, right before the store is asked.
    pub(super) fn clear(&self) {
        self.due_at.store(Millis::MAX, Ordering::SeqCst);
    }

    /// Returns when something became due earlier than was known.
    pub(super) async fn woken(&self) {
        self.notify.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_outlives_a_clock_that_is_set_back_a_little() {
        let queue = Queue::default();
        let places = [1000, 1003, 998, 1002].map(|now| queue.place(now, now));
        assert!(places.is_sorted(), "{places:?}");
        // Nobody waits for minutes because the clock was wrong by as much.
        assert_eq!(queue.place(400, 400).due_at, 400);
        assert_eq!(queue.place(402, 402).due_at, 402);
        // What is to be sent later says itself when.
        assert_eq!(queue.place(5000, 402).due_at, 5000);
        assert_eq!(queue.place(403, 403).due_at, 403);
    }
}
