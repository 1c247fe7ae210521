//! Who can be found, and when a user was last heard of by a number.

use jiff::Timestamp;

use crate::ids::{Bsuid, PhoneNumberId};
use crate::world::{Key, Person, World};

impl World {
    /// Whether a user of this BSUID exists.
    pub(crate) fn knows_bsuid(&self, bsuid: &Bsuid) -> bool {
        self.by_bsuid.contains_key(bsuid)
    }

    /// The user of this BSUID, if there is one.
    pub(crate) fn key_of_bsuid(&self, bsuid: &Bsuid) -> Option<&Key> {
        self.by_bsuid.get(bsuid)
    }

    /// A call opens the service window as a message does.
    pub(crate) fn called(&mut self, key: &str, number: &PhoneNumberId, at: Timestamp) {
        if let Some(person) = self.users.get_mut(key) {
            person.wrote(number, at);
        }
    }
}

impl Person {
    /// When they last wrote to, or called, this number.
    pub(crate) fn wrote_at(&self, number: &PhoneNumberId) -> Option<Timestamp> {
        let mut known = self.last_wrote.iter();
        known.find(|(id, _)| id == number).map(|(_, at)| *at)
    }
}
