//! Delivering: event → endpoint, signed, retried on a published schedule.
//!
//! Each endpoint has a worker of its own. It turns events after the endpoint's durable cursor into
//! `deliveries` rows, makes the calls that are due, and records many results in one commit. All that
//! a worker knows is in the store: an attempt that was made and not recorded before a crash is made
//! again, with the same event id and the same bytes. What a disabled endpoint misses waits for it.

mod address;
mod by_hand;
mod call;
mod feed;
mod orphans;
mod record;
mod schedule;
pub mod signature;
mod target;
mod test_event;
mod worker;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;
use crate::cluster::Work;
use crate::config::ConfigError;
use crate::store::StoreError;
use crate::store::endpoints::{self, Endpoint};
use crate::store::leases::Fence;
pub(crate) use address::{Blocked, Guard};
pub(crate) use by_hand::{RefusedWish, discard_within, new_secret, replay, retry, retry_within};
use call::Caller;
pub(crate) use target::{UrlError, check as check_target, check_url};
pub(crate) use test_event::{TEST, recover, test};
use worker::{Change, Worker};

/// How long to wait after the endpoints could not be read.
const RETRY: Duration = Duration::from_secs(1);

/// Starts a worker for each endpoint that is this node's, and keeps them in step with the store.
pub(crate) fn start(app: &Arc<App>) -> Result<(), ConfigError> {
    let caller = Caller::new(&app.config.deliver)?;
    app.spawn(supervise(Arc::clone(app), caller));
    app.spawn(orphans::watch(Arc::clone(app)));
    Ok(())
}

/// The workers by endpoint.
type Workers = HashMap<String, Known>;

/// A worker, and the lease that it works under.
#[derive(Debug)]
struct Known {
    changes: watch::Sender<Change>,
    fence: Option<Fence>,
}

async fn supervise(app: Arc<App>, caller: Caller) {
    let mut changes = app.store.deliveries();
    let mut turns = app.cluster.changes();
    let mut workers = Workers::new();
    loop {
        changes.borrow_and_update();
        turns.borrow_and_update();
        let again = match app.store.read(endpoints::all).await {
            Ok(endpoints) => {
                // Before the leases of the deleted ones end, so that their workers know why.
                dismiss(&mut workers, &endpoints);
                let ids = endpoints.iter().map(|endpoint| endpoint.id.as_str());
                app.cluster.want(Work::Deliver, ids);
                assign(&app, &caller, &mut workers, endpoints);
                Duration::MAX
            }
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "the endpoints cannot be read");
                RETRY
            }
        };
        tokio::select! {
            () = app.stopping.cancelled() => return,
            closed = changes.changed() => if closed.is_err() { return },
            Ok(()) = turns.changed() => {}
            () = tokio::time::sleep(again) => {}
        }
    }
}

/// Tells the workers of deleted endpoints, and forgets them and those that have ended.
fn dismiss(workers: &mut Workers, endpoints: &[Endpoint]) {
    workers.retain(|id, worker| {
        let exists = endpoints.iter().any(|endpoint| endpoint.id == *id);
        if !exists {
            worker.changes.send_replace(None);
        }
        exists && !worker.changes.is_closed()
    });
}

/// Tells every worker what its endpoint is now, which also has it look for due deliveries.
fn assign(app: &Arc<App>, caller: &Caller, workers: &mut Workers, endpoints: Vec<Endpoint>) {
    for endpoint in endpoints {
        let Some(lease) = app.cluster.lease(Work::Deliver, &endpoint.id) else {
            // Another node's, or soon: a worker that there still is ends with its own lease.
            continue;
        };
        let endpoint = Arc::new(endpoint);
        let fence = lease.fence().cloned();
        if let Some(worker) = workers.get(&endpoint.id)
            && worker.fence == fence
        {
            worker.changes.send_replace(Some(endpoint));
        } else {
            let id = endpoint.id.clone();
            let (sender, changes) = watch::channel(Some(Arc::clone(&endpoint)));
            let worker = Worker::new(Arc::clone(app), caller.clone(), endpoint, changes, lease);
            app.spawn(worker.run());
            let changes = sender;
            workers.insert(id, Known { changes, fence });
        }
    }
}

#[cfg(test)]
mod tests;
