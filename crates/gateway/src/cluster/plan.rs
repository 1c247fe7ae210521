//! Who should do what: a fair share for each node, worked out by each node for itself.

use std::collections::{BTreeMap, BTreeSet};

use super::Work;
use crate::clock::Millis;
use crate::config::Role;
use crate::store::leases::Lease;

/// The pieces of work that this node could do, by the names of their leases.
pub(super) type Wanted = BTreeMap<Work, BTreeSet<String>>;

/// What a node sees.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) me: &'a str,
    /// Nodes that live, this one too, and their roles, in the order of ids.
    pub(super) nodes: &'a [(String, Vec<Role>)],
    /// The leases as they are stored.
    pub(super) leases: &'a BTreeMap<String, Lease>,
    pub(super) wanted: &'a Wanted,
    /// What this node has, and is not about to give back.
    pub(super) held: &'a BTreeSet<String>,
    pub(super) now: Millis,
}

/// What a node should do about it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Leases to take, with the token that was seen.
    pub(super) take: Vec<(String, Option<i64>)>,
    /// Leases to give back.
    pub(super) surplus: Vec<String>,
}

/// A node has at most its share of what is shared out, rounded up; it takes what is free up to it
/// and gives back what is above it, or what nobody wants.
pub(super) fn plan(view: &View<'_>) -> Plan {
    let mut plan = Plan::default();
    let nobody = BTreeSet::new();
    for work in Work::ALL {
        let wanted = if does(view.me, view.nodes, work) {
            view.wanted.get(&work).unwrap_or(&nobody)
        } else {
            &nobody
        };
        let mine = view.held.iter();
        let mine = mine.filter(|name| Work::of(name) == Some(work));
        let (mut kept, unwanted): (Vec<&String>, Vec<&String>) =
            mine.partition(|name| wanted.contains(*name));
        plan.surplus.extend(unwanted.into_iter().cloned());
        let workers: Vec<&str> = view
            .nodes
            .iter()
            .filter(|(_, roles)| can(roles, work))
            .map(|(id, _)| id.as_str())
            .collect();
        let share = if work.is_shared_out() {
            wanted.len().div_ceil(workers.len().max(1))
        } else {
            wanted.len()
        };
        plan.surplus
            .extend(kept.drain(share.min(kept.len())..).cloned());
        let mut free: Vec<&String> = wanted
            .iter()
            .filter(|name| !view.held.contains(*name) && view.is_free(name))
            .collect();
        // Nodes begin at different places, so that they seldom reach for the same one.
        let rank = workers.iter().position(|id| *id == view.me).unwrap_or(0);
        let begin = (rank * share).checked_rem(free.len()).unwrap_or(0);
        free.rotate_left(begin);
        let taken = free.into_iter().take(share.saturating_sub(kept.len()));
        plan.take
            .extend(taken.map(|name| (name.clone(), view.leases.get(name).map(|l| l.token))));
    }
    plan
}

impl View<'_> {
    fn is_free(&self, name: &str) -> bool {
        self.leases
            .get(name)
            .is_none_or(|lease| lease.holder.is_empty() || lease.expires_at <= self.now)
    }
}

fn does(me: &str, nodes: &[(String, Vec<Role>)], work: Work) -> bool {
    nodes.iter().any(|(id, roles)| id == me && can(roles, work))
}

fn can(roles: &[Role], work: Work) -> bool {
    work.role().is_none_or(|role| roles.contains(&role))
}
