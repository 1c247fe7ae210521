//! Who a user is: the hash of their identity, and the template they saw last.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::chance::mix;
use crate::ids::PhoneNumberId;
use crate::world::phone::PhoneLine;
use crate::world::{Key, Person, World};

const PURPOSE: u64 = 520;

impl Person {
    /// The hash that changes with the user's phone. See [Cloud API/Identity change check].
    pub(crate) fn identity_hash(&self, seed: u64) -> String {
        let who = self
            .bsuid
            .as_str()
            .bytes()
            .fold(seed, |sum, byte| mix(sum, PURPOSE, u64::from(byte)));
        STANDARD.encode(mix(who, PURPOSE, u64::from(self.identity)).to_be_bytes())
    }
}

impl World {
    /// The template of the latest template message that a number sent to a user.
    pub(crate) fn last_template(&self, user: &Key, number: &PhoneNumberId) -> Option<u64> {
        let person = self.user(user)?;
        self.phone_lines(person).rev().find_map(|line| match line {
            PhoneLine::ToUser(message) if message.accepted.phone_number_id == *number => {
                message.template.map(|used| used.id)
            }
            _ => None,
        })
    }
}
