//! Two nodes on one store. Rounds are made by hand and the clock is moved, so that each test says
//! what happens when; the store is SQLite, whose statements are the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::keeper::Keeper;
use super::{Cluster, Lease, Work};
use crate::clock::{Clock, Millis};
use crate::config::{self, Role};
use crate::store::leases::{self, Fence};
use crate::store::{Store, Tx};
use crate::telemetry;

const LEASE_SECONDS: u32 = 10;
const LEASE: Millis = 10_000;

struct Node {
    cluster: Cluster,
    keeper: Keeper,
    store: Store,
}

impl Node {
    fn new(id: &str, store: &Store, clock: &Clock, roles: &[Role]) -> Self {
        let settings = config::Cluster {
            roles: roles.to_vec(),
            lease_seconds: LEASE_SECONDS,
        };
        let cluster = Cluster::shared(id.to_owned(), &settings, clock.now());
        let shared = Arc::clone(cluster.shared.as_ref().unwrap());
        let metrics = telemetry::Cluster::default();
        Self {
            keeper: Keeper::new(store.clone(), clock.clone(), shared, metrics),
            cluster,
            store: store.clone(),
        }
    }

    async fn round(&mut self) {
        self.keeper.round().await.unwrap();
    }

    fn has(&self, work: Work) -> bool {
        self.cluster
            .lease(work, "")
            .is_some_and(|lease| lease.is_valid())
    }

    fn sends(&self) -> usize {
        self.cluster.held().get(&Work::Send).copied().unwrap_or(0)
    }

    fn lease(&self, channel: &str) -> Lease {
        self.cluster.lease(Work::Send, channel).unwrap()
    }

    async fn may_claim(&self, fence: Option<&Fence>) -> bool {
        let fence = fence.cloned().unwrap();
        let holds = move |tx: &Tx<'_>| leases::holds(tx, &fence);
        self.store.write(holds).await.unwrap()
    }
}

fn open(folder: &Path) -> (Store, Clock) {
    (
        Store::open(&folder.join("wharf.db")).unwrap(),
        Clock::fixed(1_700_000_000_000),
    )
}

#[tokio::test]
async fn a_node_that_falls_silent_is_replaced_and_cannot_claim() {
    let folder = tempfile::tempdir().unwrap();
    let (store, clock) = open(folder.path());
    let mut one = Node::new("one", &store, &clock, &Role::ALL);
    let mut two = Node::new("two", &store, &clock, &Role::ALL);
    for node in [&one, &two] {
        node.cluster.want(Work::Send, ["shop"]);
    }
    one.round().await;
    two.round().await;
    let lease = one.lease("shop");
    assert!(lease.is_valid() && one.may_claim(lease.fence()).await);
    assert!(two.cluster.lease(Work::Send, "shop").is_none());

    clock.advance(LEASE - 1);
    two.round().await;
    assert_eq!(two.sends(), 0, "the lease still stood");
    clock.advance(1);
    two.round().await;
    let next = two.lease("shop");
    assert!(two.may_claim(next.fence()).await);
    assert!(!one.may_claim(lease.fence()).await);
    let tokens = [&lease, &next].map(|lease| lease.fence().unwrap().token);
    assert_eq!(tokens, [1, 2]);

    // It wakes again, and learns at its next renewal what happened.
    let mut changes = one.cluster.changes();
    changes.borrow_and_update();
    one.keeper.forget_renewal();
    one.round().await;
    assert!(lease.is_over() && !lease.is_valid() && changes.has_changed().unwrap());
    assert!(one.cluster.lease(Work::Send, "shop").is_none());
    store.close().await;
}

#[tokio::test]
async fn a_node_that_was_late_and_not_replaced_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (store, clock) = open(folder.path());
    let mut one = Node::new("one", &store, &clock, &Role::ALL);
    one.cluster.want(Work::Send, ["shop"]);
    one.round().await;
    let lease = one.lease("shop");
    clock.advance(3 * LEASE);
    one.keeper.forget_renewal();
    one.round().await;
    assert!(!lease.is_over() && one.may_claim(lease.fence()).await);
    store.close().await;
}

#[tokio::test]
async fn surplus_is_given_back_once_its_work_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (store, clock) = open(folder.path());
    let channels = ["a", "b", "c", "d", "e"];
    let mut one = Node::new("one", &store, &clock, &Role::ALL);
    one.cluster.want(Work::Send, channels);
    one.round().await;
    assert_eq!(one.sends(), 5);
    let working: BTreeMap<&str, Lease> = channels.map(|id| (id, one.lease(id))).into();

    let mut two = Node::new("two", &store, &clock, &Role::ALL);
    two.cluster.want(Work::Send, channels);
    two.round().await;
    one.round().await;
    two.round().await;
    let over: Vec<&str> = channels
        .into_iter()
        .filter(|id| working[id].is_over())
        .collect();
    // Half of five, rounded up, stays; the rest is still worked under, so nobody else has it.
    assert_eq!((over.len(), one.sends(), two.sends()), (2, 5, 0));
    assert!(over.iter().all(|id| working[id].is_valid()));

    drop(working);
    one.round().await;
    two.round().await;
    one.round().await;
    assert_eq!((one.sends(), two.sends()), (3, 2));
    store.close().await;
}

#[tokio::test]
async fn shares_follow_the_roles_and_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let (store, clock) = open(folder.path());
    let mut one = Node::new("one", &store, &clock, &[Role::Send]);
    let mut two = Node::new("two", &store, &clock, &[Role::Ingest, Role::Deliver]);
    for node in [&one, &two] {
        node.cluster.want(Work::Send, ["a", "b"]);
        node.cluster.want(Work::Ingest, [""]);
    }
    for _ in 0..2 {
        one.round().await;
        two.round().await;
    }
    assert_eq!((one.sends(), two.sends()), (2, 0));
    assert!(two.has(Work::Ingest) && !one.has(Work::Ingest));

    // A channel that is gone is nobody's.
    one.cluster.want(Work::Send, ["b"]);
    one.round().await;
    assert_eq!(one.sends(), 1);
    let stored = store.read(leases::all).await.unwrap();
    let a = stored.iter().find(|lease| lease.name == "send/a").unwrap();
    assert_eq!((a.holder.as_str(), a.token), ("", 1));
    store.close().await;
}

#[tokio::test]
async fn a_clean_stop_hands_over_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (store, clock) = open(folder.path());
    let one = Node::new("one", &store, &clock, &Role::ALL);
    let mut two = Node::new("two", &store, &clock, &Role::ALL);
    let stopping = tokio_util::sync::CancellationToken::new();
    let Node {
        cluster, keeper, ..
    } = one;
    let keeping = tokio_util::task::TaskTracker::new().spawn(keeper.keep(stopping.clone()));
    let lease = cluster.acquire(Work::Upkeep).await;
    two.cluster.want(Work::Upkeep, [""]);
    two.round().await;
    assert!(!two.has(Work::Upkeep));

    stopping.cancel();
    lease.over().await;
    two.round().await;
    assert!(!two.has(Work::Upkeep), "it is still worked under");
    drop(lease);
    tokio::time::timeout(Duration::from_secs(20), keeping)
        .await
        .unwrap()
        .unwrap();
    two.round().await;
    assert!(two.has(Work::Upkeep));
    let stored = store.read(leases::all).await.unwrap();
    assert!(stored.iter().all(|lease| lease.name != "node/one"));
    store.close().await;
}
