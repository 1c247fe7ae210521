//! The keeper of a node's leases: it renews, takes, and gives back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::lease::Held;
use super::plan::{View, plan};
use super::{About, Shared, Work};
use crate::clock::{Clock, Millis};
use crate::config::Role;
use crate::store::leases::{self, Fence, Lease, NODE};
use crate::store::{Store, StoreError, Tx};
use crate::telemetry;

/// Leases taken in one transaction at most.
const TAKEN: usize = 64;

/// A node that was not heard of for so long is not listed any more.
const NODE_FORGOTTEN: Millis = 3600 * 1000;

/// Renews, takes and gives back the leases of one node, one round after the other.
pub(super) struct Keeper {
    store: Store,
    clock: Clock,
    shared: Arc<Shared>,
    metrics: telemetry::Cluster,
    renewed_at: Option<Instant>,
    /// The last round failed, which has been told.
    failing: bool,
}

/// The moment of a round: what it asks for lasts from here.
#[derive(Debug, Clone, Copy)]
struct Moment {
    now: Millis,
    expires_at: Millis,
    /// How long this node relies on what it gets in this round.
    valid_until: Instant,
}

impl Keeper {
    pub(super) fn new(
        store: Store,
        clock: Clock,
        shared: Arc<Shared>,
        metrics: telemetry::Cluster,
    ) -> Self {
        Self {
            store,
            clock,
            shared,
            metrics,
            renewed_at: None,
            failing: false,
        }
    }

    /// Has the next round renew, however soon it comes.
    #[cfg(test)]
    pub(super) fn forget_renewal(&mut self) {
        self.renewed_at = None;
    }

    /// Goes round until the app stops; then gives everything back, as the work on it ends.
    pub(super) async fn keep(mut self, stopping: CancellationToken) {
        let shared = Arc::clone(&self.shared);
        let look = (shared.time / 10).clamp(Duration::from_millis(50), Duration::from_secs(1));
        loop {
            tokio::select! {
                () = stopping.cancelled() => break,
                () = shared.poke.notified() => {}
                () = tokio::time::sleep(look) => {}
            }
            let result = self.round().await;
            self.told(result);
        }
        while self.give_back_all().await.is_ok_and(|left| left > 0) {
            tokio::select! {
                () = shared.poke.notified() => {}
                () = tokio::time::sleep(look) => {}
            }
        }
    }

    /// Looks once at what there is, and does what follows.
    pub(super) async fn round(&mut self) -> Result<(), StoreError> {
        let moment = self.moment().await?;
        let third = self.shared.time / 3;
        if self.renewed_at.is_none_or(|at| at.elapsed() >= third) {
            self.renew(moment).await?;
        }
        self.give_back().await?;
        let stored = self.store.read(leases::all).await?;
        let nodes = self.live(&stored, moment.now);
        let stored: BTreeMap<String, Lease> = stored
            .into_iter()
            .map(|lease| (lease.name.clone(), lease))
            .collect();
        let plan = {
            let state = self.shared.state();
            let held = state.held.iter().filter(|(_, held)| !held.is_over());
            let held: BTreeSet<String> = held.map(|(name, _)| name.clone()).collect();
            plan(&View {
                me: &self.shared.node,
                nodes: &nodes,
                leases: &stored,
                wanted: &state.wanted,
                held: &held,
                now: moment.now,
            })
        };
        if !plan.surplus.is_empty() {
            self.end(&plan.surplus);
            self.give_back().await?;
        }
        for some in plan.take.chunks(TAKEN) {
            self.take(some, &stored, moment).await?;
        }
        self.measure(nodes.len());
        Ok(())
    }

    /// Asks what time it is, before anything that lasts for a while from now.
    async fn moment(&self) -> Result<Moment, StoreError> {
        let time = self.shared.time;
        let asked_at = Instant::now();
        let now = super::time(&self.store, &self.clock).await?;
        let lasts = Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX);
        Ok(Moment {
            now,
            expires_at: now.saturating_add(lasts),
            // Clocks do not run alike to the last thousandth, and what is begun takes a moment.
            valid_until: asked_at + time - time / 10,
        })
    }

    async fn renew(&mut self, moment: Moment) -> Result<(), StoreError> {
        let begun = Instant::now();
        let node = self.shared.node.clone();
        let about = serde_json::to_string(&self.shared.about).unwrap_or_default();
        let renewed = self.store.write(move |tx| {
            leases::join(tx, &node, &about, moment.expires_at)?;
            leases::forget_nodes(tx, moment.now - NODE_FORGOTTEN)?;
            leases::renew(tx, &node, moment.expires_at)
        });
        let renewed: BTreeMap<String, i64> = renewed.await?.into_iter().collect();
        self.renewed_at = Some(begun);
        let mut changed = false;
        let mut state = self.shared.state();
        state.held.retain(|name, held| {
            let stands = renewed.get(name) == Some(&held.fence.token);
            if !stands {
                tracing::warn!(
                    lease = name,
                    "another node has taken over what this one did"
                );
                held.lose();
                changed = true;
            }
            stands
        });
        for (name, token) in renewed {
            if let Some(held) = state.held.get(&name) {
                changed |= !held.is_valid();
                held.renewed(moment.valid_until);
            } else {
                // It was taken by a change of which this node did not learn how it ended.
                let fence = self.fence(&name, token);
                state
                    .held
                    .insert(name, Held::new(fence, moment.valid_until));
                changed = true;
            }
        }
        drop(state);
        if changed {
            self.shared.tell();
        }
        Ok(())
    }

    /// Tells those who work under these leases to end.
    fn end(&self, surplus: &[String]) {
        let state = self.shared.state();
        for name in surplus {
            if let Some(held) = state.held.get(name) {
                tracing::debug!(lease = name, "is given back");
                held.end();
            }
        }
        drop(state);
        self.shared.tell();
    }

    /// Gives back what is over and no longer worked under.
    async fn give_back(&self) -> Result<(), StoreError> {
        let ended: Vec<Fence> = {
            let state = self.shared.state();
            let ended = state.held.values();
            let ended = ended.filter(|held| held.is_over() && !held.is_used());
            ended.map(|held| held.fence.clone()).collect()
        };
        if ended.is_empty() {
            return Ok(());
        }
        let given = ended.clone();
        let give = move |tx: &Tx<'_>| {
            given
                .iter()
                .try_for_each(|fence| leases::give_back(tx, fence))
        };
        self.store.write(give).await?;
        let mut state = self.shared.state();
        for fence in &ended {
            state.held.remove(&fence.name);
        }
        Ok(())
    }

    async fn take(
        &self,
        some: &[(String, Option<i64>)],
        stored: &BTreeMap<String, Lease>,
        moment: Moment,
    ) -> Result<(), StoreError> {
        let node = self.shared.node.clone();
        let mut some = some.to_vec();
        // Always in the same order, so that two nodes never wait for one another.
        some.sort_unstable();
        let taken = self.store.write(move |tx| {
            let mut gained = Vec::new();
            for (name, seen) in some {
                let token = leases::take(tx, &name, seen, &node, moment.now, moment.expires_at)?;
                gained.extend(token.map(|token| (name, token)));
            }
            Ok(gained)
        });
        let taken = taken.await?;
        let gained = !taken.is_empty();
        let mut state = self.shared.state();
        for (name, token) in taken {
            let before = stored.get(&name).map_or("", |lease| lease.holder.as_str());
            if before.is_empty() {
                tracing::debug!(lease = name, "is this node's now");
            } else {
                self.metrics.take_overs.inc();
                tracing::warn!(
                    lease = name,
                    from = before,
                    "took over from a node that is not heard of any more"
                );
            }
            let fence = self.fence(&name, token);
            state
                .held
                .insert(name, Held::new(fence, moment.valid_until));
        }
        drop(state);
        if gained {
            self.shared.tell();
        }
        Ok(())
    }

    /// Ends everything; how many leases are still worked under.
    async fn give_back_all(&self) -> Result<usize, StoreError> {
        let names: Vec<String> = self.shared.state().held.keys().cloned().collect();
        self.end(&names);
        self.give_back().await?;
        let left = self.shared.state().held.len();
        if left == 0 {
            let node = self.shared.node.clone();
            self.store.write(move |tx| leases::leave(tx, &node)).await?;
        }
        Ok(left)
    }

    /// The nodes that live, and what they do. This one does, however late it is.
    fn live(&self, stored: &[Lease], now: Millis) -> Vec<(String, Vec<Role>)> {
        let others = stored.iter().filter(|lease| lease.expires_at > now);
        let others = others.filter_map(|lease| {
            let id = lease.name.strip_prefix(NODE)?;
            let about: About = serde_json::from_str(lease.about.as_deref()?).ok()?;
            Some((id.to_owned(), about.roles()))
        });
        let mut nodes: BTreeMap<String, Vec<Role>> = others.collect();
        nodes.insert(self.shared.node.clone(), self.shared.about.roles());
        nodes.into_iter().collect()
    }

    fn fence(&self, name: &str, token: i64) -> Fence {
        Fence {
            name: name.to_owned(),
            holder: self.shared.node.clone(),
            token,
        }
    }

    fn measure(&self, nodes: usize) {
        self.metrics
            .nodes
            .set(i64::try_from(nodes).unwrap_or(i64::MAX));
        let mut counts: BTreeMap<Work, i64> = Work::ALL.map(|work| (work, 0)).into();
        for name in self.shared.state().held.keys() {
            if let Some(count) = Work::of(name).and_then(|work| counts.get_mut(&work)) {
                *count += 1;
            }
        }
        for (work, count) in counts {
            let label = telemetry::Leased {
                work: work.as_str(),
            };
            self.metrics.leases.get_or_create(&label).set(count);
        }
    }

    /// Logs the first failure of several, and their end.
    fn told(&mut self, result: Result<(), StoreError>) {
        match result {
            Ok(()) if self.failing => {
                self.failing = false;
                tracing::info!("the leases are renewed again");
            }
            Err(error) if !self.failing => {
                self.failing = true;
                tracing::warn!(%error, source = ?std::error::Error::source(&error), "the leases cannot be renewed; what is under one pauses when its time is over");
            }
            _ => {}
        }
    }
}
