//! Who is in a group, as far as messages are concerned.

use crate::world::{Key, World};

/// Groups whose members are known, and members of one.
const GROUPS: usize = 100_000;
const MEMBERS: usize = 8;

impl World {
    /// The users in a group, who get what the business sends there. An empty list forgets it.
    pub(crate) fn set_members(&mut self, group: &str, mut members: Vec<Key>) {
        members.truncate(MEMBERS);
        if members.is_empty() {
            self.members.remove(group);
        } else if self.members.contains_key(group) || self.members.len() < GROUPS {
            self.members.insert(group.to_owned(), members);
        }
    }

    /// The users in a group; nobody when it is not known.
    pub(crate) fn members(&self, group: &str) -> &[Key] {
        self.members
            .get(group)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}
