//! Whom a number blocked, in the order in which it did. See [Cloud API/Block users].

use std::collections::{HashSet, VecDeque};

use crate::world::Key;

/// See [Cloud API/Block users].
pub(crate) const MOST: usize = 64_000;

/// The block list of a number; bounded by [`MOST`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Blocked {
    order: VecDeque<Key>,
    keys: HashSet<Key>,
}

impl Blocked {
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    pub(crate) fn add(&mut self, key: &Key) {
        if self.keys.insert(Key::clone(key)) {
            self.order.push_back(Key::clone(key));
        }
    }

    pub(crate) fn remove(&mut self, key: &str) -> bool {
        let was = self.keys.remove(key);
        if was {
            self.order.retain(|kept| **kept != *key);
        }
        was
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Key> {
        self.order.iter()
    }
}
