//! Who is in a group, and when somebody there wrote last, as far as messages are concerned.

use jiff::Timestamp;

use crate::world::{Key, World};

/// Groups whose members are known, and members of one.
const GROUPS: usize = 100_000;
const MEMBERS: usize = 8;
const DAY: i64 = 24 * 60 * 60;

/// The users in a group, and its service window.
#[derive(Debug, Default)]
pub(crate) struct Circle {
    members: Vec<Key>,
    wrote: Option<Timestamp>,
}

impl Circle {
    /// Whether one of them wrote in the group within the last 24 hours: a group has a window of
    /// its own. See [Cloud API/Groups messaging].
    pub(crate) fn has_window(&self, now: i64) -> bool {
        self.wrote.is_some_and(|at| now - at.as_second() < DAY)
    }
}

impl World {
    /// The users in a group, who get what the business sends there. An empty list forgets it.
    pub(crate) fn set_members(&mut self, group: &str, mut members: Vec<Key>) {
        members.truncate(MEMBERS);
        if members.is_empty() {
            self.circles.remove(group);
        } else if let Some(circle) = self.circles.get_mut(group) {
            circle.members = members;
        } else if self.circles.len() < GROUPS {
            let wrote = None;
            self.circles
                .insert(group.to_owned(), Circle { members, wrote });
        }
    }

    /// The users in a group; nobody when it is not known.
    pub(crate) fn members(&self, group: &str) -> &[Key] {
        let circle = self.circles.get(group);
        circle.map_or(&[], |circle| circle.members.as_slice())
    }

    /// Somebody wrote in a group: its window opens, and not the one of the user.
    pub(crate) fn wrote_in(&mut self, group: &str, at: Timestamp) {
        if let Some(circle) = self.circles.get_mut(group) {
            circle.wrote = Some(at);
        }
    }
}
