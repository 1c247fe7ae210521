//! The live stream: each follower reads the log of events at its own pace.
//!
//! Nothing is kept in memory for a follower but one page, so a slow one costs nothing and misses
//! nothing: what it has not read yet is in the store.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::store::events::{self, Event};
use crate::store::scope::Scope;
use crate::store::{Store, StoreError};

/// Events read at once at most, and bytes of their data.
const PAGE: i64 = 200;
const PAGE_BYTES: i64 = 256 * 1024;

/// How long a follower hears nothing at most.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// One reader of the log, from a place of its own.
#[derive(Debug)]
pub(crate) struct Follower {
    store: Store,
    changes: watch::Receiver<i64>,
    stopping: CancellationToken,
    /// The number of the last event that was read.
    seq: i64,
    wanted: Wanted,
    keep_alive: Duration,
}

/// Which events are wanted; an empty list of names means all.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) events: Vec<String>,
    pub(crate) channel: Option<String>,
    pub(crate) scope: Scope,
}

/// What a follower hears next.
#[derive(Debug)]
pub(crate) enum Heard {
    /// At least one event, in order.
    Events(Vec<Event>),
    /// Nothing for a while; the line is to be kept open.
    Silence,
    /// The gateway stops.
    End,
}

impl Follower {
    /// Follows from the event after number `seq`.
    pub(crate) fn new(app: &App, seq: i64, wanted: Wanted) -> Self {
        Self {
            changes: app.store.events(),
            store: app.store.clone(),
            stopping: app.stopping.clone(),
            seq,
            wanted,
            keep_alive: KEEP_ALIVE,
        }
    }

    /// Waits for the next events. Cancel-safe: what was not returned is read again.
    pub(crate) async fn next(&mut self) -> Result<Heard, StoreError> {
        let silent_until = Instant::now() + self.keep_alive;
        loop {
            if self.stopping.is_cancelled() {
                return Ok(Heard::End);
            }
            // Seen before the read, so that what is committed during it wakes the wait below.
            self.changes.borrow_and_update();
            let seq = self.seq;
            let page = self
                .store
                .read(move |tx| events::after_within(tx, seq, PAGE, PAGE_BYTES));
            let page = page.await?;
            if let Some(last) = page.last() {
                self.seq = last.seq;
                let wanted: Vec<_> = page
                    .into_iter()
                    .filter(|event| self.wanted.includes(event))
                    .collect();
                if !wanted.is_empty() {
                    return Ok(Heard::Events(wanted));
                }
                if Instant::now() >= silent_until {
                    return Ok(Heard::Silence);
                }
                continue;
            }
            tokio::select! {
                () = self.stopping.cancelled() => return Ok(Heard::End),
                changed = self.changes.changed() => if changed.is_err() { return Ok(Heard::End) },
                () = tokio::time::sleep_until(silent_until) => return Ok(Heard::Silence),
            }
        }
    }
}

impl Wanted {
    fn includes(&self, event: &Event) -> bool {
        let named = self.events.is_empty() || self.events.contains(&event.kind);
        named
            && self.scope.includes(&event.channel_id)
            && self
                .channel
                .as_ref()
                .is_none_or(|channel| *channel == event.channel_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::events::NewEvent;

    async fn append(store: &Store, id: &str, kind: &'static str) {
        let event = NewEvent {
            id: id.to_owned(),
            channel_id: "shop".to_owned(),
            kind,
            occurred_at: 0,
            created_at: 0,
            message_id: None,
            notification: None,
            data: "{}".to_owned(),
        };
        store
            .write(move |tx| {
                events::append(tx, event);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn it_skips_what_is_not_wanted_keeps_the_line_open_and_ends_with_the_gateway() {
        let folder = test_servers::Folder::new().unwrap();
        let store = Store::for_test(&folder);
        let mut follower = Follower {
            changes: store.events(),
            store: store.clone(),
            stopping: CancellationToken::new(),
            seq: 0,
            wanted: Wanted {
                events: vec!["status".to_owned()],
                channel: None,
                scope: Scope::default(),
            },
            keep_alive: Duration::from_millis(20),
        };
        assert!(matches!(follower.next().await.unwrap(), Heard::Silence));
        append(&store, "evt_1", "message").await;
        append(&store, "evt_2", "status").await;
        follower.keep_alive = KEEP_ALIVE;
        match follower.next().await.unwrap() {
            Heard::Events(events) => {
                let ids: Vec<_> = events.iter().map(|event| event.id.as_str()).collect();
                assert_eq!(ids, ["evt_2"]);
            }
            other => panic!("{other:?}"),
        }
        follower.stopping.cancel();
        assert!(matches!(follower.next().await.unwrap(), Heard::End));
        store.close().await;
    }
}
