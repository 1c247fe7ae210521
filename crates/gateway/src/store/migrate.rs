//! `wharf migrate`: brings a database up to date without serving from it.

use std::time::Duration;

use super::side::Side;
use super::{Place, StoreError, migrations};

/// What a database has seen of the migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Applied, in order.
    pub applied: Vec<String>,
    /// Applied by a newer version, which this one does not know.
    pub newer: Vec<String>,
    /// Still to come.
    pub pending: Vec<&'static str>,
}

/// Looks, and changes nothing; a gateway may run meanwhile. Blocks, off a runtime's workers.
pub fn status(place: &Place) -> Result<Status, StoreError> {
    let all = match Side::peek(place)? {
        Some(side) => migrations::applied(&side.tx())?,
        None => Vec::new(),
    };
    let pending = migrations::pending(&all).map(|(name, _)| name).collect();
    let (applied, newer) = all.into_iter().partition(|name| migrations::is_known(name));
    Ok(Status {
        applied,
        newer,
        pending,
    })
}

/// Applies what is pending; `tell` hears of each and how long it took. Blocks, off a runtime's
/// workers. A file must not be in use; nodes on a server may run on.
pub fn run(place: &Place, tell: &mut dyn FnMut(&'static str, Duration)) -> Result<(), StoreError> {
    Side::open(place)?.migrate(tell)
}
