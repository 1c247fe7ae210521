//! A lease as its holder's work sees it: may I go on, must I end, and how do I prove it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::store::leases::Fence;

/// The right to do one piece of work. Whoever has one is still at it: the lease is given to another
/// node only after the last of these is dropped, or after its time is over.
#[derive(Debug, Clone)]
pub(crate) struct Lease(Option<Handle>);

/// The fields are dropped in this order: the keeper is told when the lease is let go already.
#[derive(Debug, Clone)]
struct Handle {
    held: Arc<Held>,
    _dropped: Dropped,
}

/// Tells the keeper, who waits for it, that a handle is gone.
#[derive(Debug, Clone)]
struct Dropped {
    over: CancellationToken,
    keeper: Arc<Notify>,
}

/// What the keeper knows of a lease that this node has.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) fence: Fence,
    /// No call may begin from here on: another node may have it.
    valid_until: Mutex<Instant>,
    /// Cancelled when the work must end: another node shall have it, or has it already.
    over: CancellationToken,
}

impl Lease {
    /// Of a node that shares with nobody: always valid, never over.
    pub(super) const ALONE: Self = Self(None);

    pub(super) fn of(held: &Arc<Held>, keeper: &Arc<Notify>) -> Self {
        Self(Some(Handle {
            held: Arc::clone(held),
            _dropped: Dropped {
                over: held.over.clone(),
                keeper: Arc::clone(keeper),
            },
        }))
    }

    /// Whether nobody shares work with this node.
    pub(crate) fn is_alone(&self) -> bool {
        self.0.is_none()
    }

    /// Whether no other node can have the lease at this moment.
    pub(crate) fn is_valid(&self) -> bool {
        self.held().is_none_or(Held::is_valid)
    }

    /// Whether the work must end: finish what is under way, begin nothing, drop the lease.
    pub(crate) fn is_over(&self) -> bool {
        self.held().is_some_and(Held::is_over)
    }

    /// Returns when the work must end.
    pub(crate) async fn over(&self) {
        match self.held() {
            Some(held) => held.over.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// What a transaction checks; none if nobody else can have the lease.
    pub(crate) fn fence(&self) -> Option<&Fence> {
        self.held().map(|held| &held.fence)
    }

    fn held(&self) -> Option<&Held> {
        self.0.as_ref().map(|handle| &*handle.held)
    }
}

impl Drop for Dropped {
    fn drop(&mut self) {
        if self.over.is_cancelled() {
            self.keeper.notify_one();
        }
    }
}

impl Held {
    pub(super) fn new(fence: Fence, valid_until: Instant) -> Arc<Self> {
        Arc::new(Self {
            fence,
            valid_until: Mutex::new(valid_until),
            over: CancellationToken::new(),
        })
    }

    pub(super) fn is_valid(&self) -> bool {
        Instant::now() < *self.until()
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.is_cancelled()
    }

    pub(super) fn renewed(&self, valid_until: Instant) {
        *self.until() = valid_until;
    }

    /// Another node shall have it as soon as the work has ended.
    pub(super) fn end(&self) {
        self.over.cancel();
    }

    /// Another node has it.
    pub(super) fn lose(&self) {
        *self.until() = Instant::now();
        self.over.cancel();
    }

    /// Whether any work still goes on under it, the keeper's own knowledge aside.
    pub(super) fn is_used(self: &Arc<Self>) -> bool {
        Arc::strong_count(self) > 1
    }

    fn until(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.valid_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
