//! Several nodes, one database: who does what, by leases.
//!
//! A gateway on SQLite is alone and may do everything. On PostgreSQL each piece of work has a lease
//! in the store: a channel's sending, an endpoint's deliveries, reading the inbox, the bus, upkeep.
//! A node renews what it has; what it does not renew in time another takes over. Each taking counts
//! the lease's token up, and the transaction that takes messages to send checks it. Whether a lease
//! still stands is judged on the monotonic clock from before it was asked for, with a margin: a node
//! that was stalled, or cannot reach the database, stops before another may begin.
//!
//! What is shared out is shared fairly. A node gives back what is above its share once the calls
//! under way have ended.

mod keeper;
mod lease;
mod plan;
#[cfg(test)]
mod tests;
mod work;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::app::App;
use crate::clock::{Clock, Millis};
use crate::config::{self, Role};
use crate::store::{Store, StoreError, leases};
use keeper::Keeper;
use lease::Held;
pub(crate) use lease::Lease;
use plan::Wanted;
pub(crate) use work::Work;

/// An answer about the time that took longer says too little about it.
const PROMPT: Duration = Duration::from_millis(500);

/// Milliseconds by which a clock is corrected without a word.
const WORTH_TELLING: Millis = 1000;

/// What this node may do at this moment.
#[derive(Debug)]
pub(crate) struct Cluster {
    node: String,
    roles: Vec<Role>,
    about: About,
    /// None: this node is alone.
    shared: Option<Arc<Shared>>,
}

/// What the keeper of the leases and those who work under them tell one another.
#[derive(Debug)]
struct Shared {
    node: String,
    about: About,
    time: Duration,
    state: Mutex<State>,
    /// Counts up when a lease was gained, is over, or is valid again.
    changed: watch::Sender<u64>,
    /// There is something for the keeper to do.
    poke: Arc<Notify>,
}

#[derive(Debug, Default)]
struct State {
    wanted: Wanted,
    held: BTreeMap<String, Arc<Held>>,
}

/// What a node tells the others of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct About {
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    #[serde(default)]
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) started_at: Millis,
}

impl Cluster {
    /// A node that shares its database with nobody.
    pub(crate) fn alone(node: String, settings: &config::Cluster, now: Millis) -> Self {
        Self {
            node,
            about: About::of(settings, now),
            roles: settings.roles.clone(),
            shared: None,
        }
    }

    /// A node among others.
    pub(crate) fn shared(node: String, settings: &config::Cluster, now: Millis) -> Self {
        let shared = Shared {
            node: node.clone(),
            about: About::of(settings, now),
            time: settings.lease(),
            state: Mutex::default(),
            changed: watch::Sender::new(0),
            poke: Arc::default(),
        };
        Self {
            node,
            roles: settings.roles.clone(),
            about: shared.about.clone(),
            shared: Some(Arc::new(shared)),
        }
    }

    /// The name of this run of this node.
    pub(crate) fn node(&self) -> &str {
        &self.node
    }

    /// What this node does.
    pub(crate) fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Whether other nodes may work beside this one.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Says which pieces of a kind of work there are. This node gets its share of them.
    pub(crate) fn want<'a>(&self, work: Work, ids: impl IntoIterator<Item = &'a str>) {
        if let Some(shared) = &self.shared {
            let wanted = ids.into_iter().map(|id| work.lease(id)).collect();
            let before = shared.state().wanted.insert(work, wanted);
            if before.as_ref() != shared.state().wanted.get(&work) {
                shared.poke.notify_one();
            }
        }
    }

    /// The right to do a piece of work that [`Cluster::want`] named, if this node has it.
    pub(crate) fn lease(&self, work: Work, id: &str) -> Option<Lease> {
        let Some(shared) = &self.shared else {
            let role = work.role();
            let may = role.is_none_or(|role| self.roles.contains(&role));
            return may.then_some(Lease::ALONE);
        };
        let state = shared.state();
        let held = state.held.get(&work.lease(id))?;
        (!held.is_over()).then(|| Lease::of(held, &shared.poke))
    }

    /// Waits until this node may do work of which there is one piece; for ever, if it never may.
    pub(crate) async fn acquire(&self, work: Work) -> Lease {
        let mut changes = self.changes();
        self.want(work, [""]);
        loop {
            changes.borrow_and_update();
            if let Some(lease) = self.lease(work, "").filter(Lease::is_valid) {
                return lease;
            }
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Changes when this node gained or lost something.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        match &self.shared {
            Some(shared) => shared.changed.subscribe(),
            None => watch::Sender::new(0).subscribe(),
        }
    }

    /// How many leases this node has, by kind of work.
    pub(crate) fn held(&self) -> BTreeMap<Work, usize> {
        let mut counts = BTreeMap::new();
        if let Some(shared) = &self.shared {
            let state = shared.state();
            for name in state.held.keys() {
                if let Some(work) = Work::of(name) {
                    *counts.entry(work).or_default() += 1;
                }
            }
        }
        counts
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.send_modify(|changes| *changes += 1);
    }
}

impl About {
    fn of(settings: &config::Cluster, now: Millis) -> Self {
        Self {
            roles: settings.roles.iter().map(Role::to_string).collect(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: now,
        }
    }

    /// The roles that this version knows.
    fn roles(&self) -> Vec<Role> {
        let roles = self.roles.iter();
        roles.filter_map(|role| role.parse().ok()).collect()
    }
}

/// A node as the others see it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) id: String,
    /// It was heard of within the time of a lease.
    pub(crate) alive: bool,
    pub(crate) about: About,
    /// Names of the leases that it has.
    pub(crate) leases: Vec<String>,
}

/// The nodes that share the database, in the order of their starts.
pub(crate) async fn nodes(app: &App) -> Result<Vec<Seen>, StoreError> {
    if !app.cluster.is_shared() {
        return Ok(vec![Seen {
            id: app.cluster.node.clone(),
            alive: true,
            about: app.cluster.about.clone(),
            leases: Vec::new(),
        }]);
    }
    let now = time(&app.store, &app.clock).await?;
    let stored = app.store.read(leases::all).await?;
    let of = |lease: &leases::Lease| {
        let id = lease.name.strip_prefix(leases::NODE)?.to_owned();
        let about = serde_json::from_str(lease.about.as_deref()?).ok()?;
        let theirs = stored
            .iter()
            .filter(|other| other.holder == id && other.about.is_none());
        Some(Seen {
            alive: lease.expires_at > now,
            about,
            leases: theirs.map(|other| other.name.clone()).collect(),
            id,
        })
    };
    Ok(stored.iter().filter_map(of).collect())
}

/// What time it is for all nodes: by the database's clock, which corrects this node's own.
///
/// It is never later than now, so that whatever is judged by it is rather kept than taken.
pub(crate) async fn time(store: &Store, clock: &Clock) -> Result<Millis, StoreError> {
    let asked_at = Instant::now();
    let Some(now) = store.time().await? else {
        return Ok(clock.now());
    };
    let took = asked_at.elapsed();
    if took < PROMPT {
        let half = Millis::try_from(took.as_millis() / 2).unwrap_or(0);
        // Nothing is learned of what is finer than the time that the question took.
        let off = now + half - clock.now();
        let moved = if off.abs() > half {
            clock.correct(now + half)
        } else {
            0
        };
        if moved.abs() >= WORTH_TELLING {
            tracing::info!(by_ms = moved, "the clock is corrected by the database's");
        }
    }
    Ok(now)
}

/// Joins the other nodes, if there can be any, and keeps this node's leases.
pub(crate) async fn start(app: &Arc<App>) -> Result<(), StoreError> {
    if let Some(shared) = &app.cluster.shared {
        let mut keeper = Keeper::new(
            app.store.clone(),
            app.clock.clone(),
            Arc::clone(shared),
            app.metrics.cluster.clone(),
        );
        keeper.round().await?;
        app.spawn(keeper.keep(app.stopping.clone()));
    }
    Ok(())
}
