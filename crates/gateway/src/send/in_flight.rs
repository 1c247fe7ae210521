//! Idempotency keys whose first request is being answered by this node at this moment.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Set = HashSet<(String, String)>;

/// The keys, each in its scope.
#[derive(Debug, Default)]
pub(crate) struct KeysInFlight(Arc<Mutex<Set>>);

/// A key that is in flight until this is dropped.
#[derive(Debug)]
pub(super) struct InFlight {
    set: Arc<Mutex<Set>>,
    key: (String, String),
}

impl KeysInFlight {
    /// Takes a key; none if it is taken.
    pub(super) fn begin(&self, scope: &str, key: &str) -> Option<InFlight> {
        let key = (scope.to_owned(), key.to_owned());
        lock(&self.0).insert(key.clone()).then(|| InFlight {
            set: Arc::clone(&self.0),
            key,
        })
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        lock(&self.set).remove(&self.key);
    }
}

fn lock(set: &Mutex<Set>) -> MutexGuard<'_, Set> {
    set.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_once_until_it_is_let_go() {
        let keys = KeysInFlight::default();
        let first = keys.begin("a", "k");
        assert!(first.is_some());
        assert!(keys.begin("a", "k").is_none());
        assert!(keys.begin("b", "k").is_some());
        drop(first);
        assert!(keys.begin("a", "k").is_some());
    }
}
