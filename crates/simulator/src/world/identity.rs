//! Who a user is: the hash of their identity, and the template they saw last.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::chance::mix;
use crate::ids::{Bsuid, PhoneNumberId};
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
    /// Gives a user another phone number and BSUID; nothing when the number is somebody's already.
    pub(crate) fn rename(&mut self, key: &Key, wa_id: &str, bsuid: Bsuid) -> Option<Key> {
        let new: Key = wa_id.into();
        if self.users.contains_key(&new) {
            return None;
        }
        let mut person = self.users.remove(key)?;
        self.by_bsuid.remove(&person.bsuid);
        self.by_bsuid.insert(bsuid.clone(), Key::clone(&new));
        for known in &mut self.user_order {
            if *known == *key {
                *known = Key::clone(&new);
            }
        }
        person.key = Key::clone(&new);
        person.wa_id = Some(wa_id.to_owned());
        person.bsuid = bsuid;
        self.users.insert(Key::clone(&new), person);
        Some(new)
    }

    /// The template of the latest template message that a number sent to a user.
    pub(crate) fn last_template(&self, user: &Key, number: &PhoneNumberId) -> Option<u64> {
        let person = self.user(user)?;
        self.phone_lines(person).rev().find_map(|line| match line {
            PhoneLine::ToUser(message) if message.accepted.phone_number_id == *number => {
                message.template().map(|used| used.id)
            }
            _ => None,
        })
    }
}
