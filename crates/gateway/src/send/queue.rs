//! The order of the queue, and waking the sender of a channel whose queue has changed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::budget::Budgets;
use super::options::{Options, Priority};
use crate::clock::Millis;
use crate::store::lanes::{self, Place};
use crate::store::messages::Message;
use crate::store::{Store, StoreError, Tx, lines, messages};

/// Gives places in the queue and wakes senders. The queue itself is in the store.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    last_position: AtomicI64,
    wakes: Mutex<HashMap<String, Arc<Wake>>>,
    /// What the carrier says is used up, of which several channels may share.
    pub(super) budgets: Budgets,
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
        let last = store.read(lanes::last_position).await?;
        self.last_position
            .fetch_max(last.max(now.saturating_mul(1000)), Ordering::SeqCst);
        Ok(())
    }

    /// A place behind all that were given out, whatever the clock does. Positions follow
    /// microseconds, so that those of several nodes mix about as they came.
    pub(super) fn place(&self, options: &Options, pair: &str, now: Millis) -> Place {
        let floor = now.saturating_mul(1000);
        let next = |last: i64| last.saturating_add(1).max(floor);
        let step = |last| Some(next(last));
        let before = self
            .last_position
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, step);
        let (Ok(last) | Err(last)) = before;
        Place {
            lane: lane_of(options.priority),
            turn: None,
            position: next(last),
            caller: options.caller.clone(),
            pair: pair.to_owned(),
        }
    }

    /// Queues a message that was just accepted.
    pub(super) fn add(
        &self,
        tx: &Tx<'_>,
        message: &Message,
        options: &Options,
        due_at: Millis,
        now: Millis,
    ) -> Result<(), StoreError> {
        let place = self.place(options, pair_of(message), now);
        let (channel_id, id) = (&message.channel_id, &message.id);
        if options.in_order {
            let conversation_id = &message.conversation_id;
            if !lines::join(tx, channel_id, conversation_id, id, &place, due_at)? {
                return Ok(());
            }
        }
        if due_at > now {
            lanes::push_later(tx, channel_id, id, &place, due_at)
        } else {
            lanes::push(tx, channel_id, id, &place)
        }
    }

    /// Queues a message anew that had ended, or of which nobody knew: its place in the order of its
    /// conversation is past.
    pub(super) fn add_again(
        &self,
        tx: &Tx<'_>,
        message_id: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        let Some(message) = messages::by_id(tx, message_id)? else {
            return Ok(());
        };
        let options = Options::parse(message.options.as_deref());
        let place = self.place(&options, pair_of(&message), now);
        lanes::push(tx, &message.channel_id, message_id, &place)
    }

    /// Puts messages back that were the first of the queue, and are again.
    pub(super) fn add_before_all(
        &self,
        tx: &Tx<'_>,
        message_id: &str,
        position: i64,
    ) -> Result<(), StoreError> {
        let Some(message) = messages::by_id(tx, message_id)? else {
            return Ok(());
        };
        let options = Options::parse(message.options.as_deref());
        let place = Place {
            turn: Some(0),
            position,
            ..self.place(&options, pair_of(&message), 0)
        };
        lanes::push(tx, &message.channel_id, message_id, &place)
    }

    /// Tells a channel's sender, if there is one, that something is due at `due_at`.
    pub(super) fn wake(&self, channel_id: &str, due_at: Millis) {
        if let Some(wake) = self.lock().get(channel_id) {
            wake.at(due_at);
        }
    }

    /// Wakes the senders whose channels have something in the queue.
    pub(super) async fn look_around(&self, store: &Store) -> Result<(), StoreError> {
        for (channel_id, due_at) in store.read(lanes::next_of_each).await? {
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

/// The lane of a priority.
fn lane_of(priority: Priority) -> i64 {
    match priority {
        Priority::High => 0,
        Priority::Normal => 1,
        Priority::Low => 2,
    }
}

/// The conversation whose own pace a message keeps: the carrier limits what one user gets from one
/// number, not what a group gets.
fn pair_of(message: &Message) -> &str {
    let is_group = serde_json::from_str::<Whom>(&message.content)
        .is_ok_and(|whom| whom.recipient_type.as_deref() == Some("group"));
    if is_group {
        ""
    } else {
        &message.conversation_id
    }
}

/// The one field of a stored body that tells a group from a user.
#[derive(serde::Deserialize)]
struct Whom {
    recipient_type: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_outlives_a_clock_that_is_set_back() {
        let queue = Queue::default();
        let place = |now| queue.place(&Options::default(), "", now).position;
        let positions = [1000, 1003, 998, 1002, 400, 402].map(place);
        assert!(positions.is_sorted(), "{positions:?}");
    }
}
