//! What is pinned to the top of each group.

use crate::graph::check::pin::Pin;
use crate::world::World;

/// A fourth pin takes the oldest off. See [Cloud API/Groups messaging].
const MOST: usize = 3;
/// Groups whose pins are remembered.
const GROUPS: usize = 10_000;

impl World {
    pub(crate) fn pin(&mut self, group: &str, pin: &Pin) {
        if !self.pins.contains_key(group) && self.pins.len() >= GROUPS {
            return;
        }
        let pinned = self.pins.entry(group.to_owned()).or_default();
        pinned.retain(|message| *message != pin.message);
        if pin.days.is_some() {
            pinned.push_back(pin.message.clone());
            if pinned.len() > MOST {
                pinned.pop_front();
            }
        }
    }
}
