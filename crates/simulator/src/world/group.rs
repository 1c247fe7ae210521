//! Statuses of messages to groups: one for each participant, in one notification.
//! See [Cloud API/Groups messaging].

use serde_json::{Value, json};

use crate::core::{Core, lock};
use crate::world::{Addressee, Message, Person, World};

/// The participants whom a message to a group reaches.
pub(super) fn members<'a>(core: &Core, world: &'a World, message: &Message) -> Vec<&'a Person> {
    if !matches!(message.to, Addressee::Group) {
        return Vec::new();
    }
    let groups = lock(&core.groups);
    let group = groups.get(&message.accepted.recipient);
    let keys = group.map(|group| group.participants.iter());
    keys.into_iter()
        .flatten()
        .filter_map(|key| world.user(key))
        .filter(|person| !person.undeliverable)
        .collect()
}

/// The same status for each of them.
pub(super) fn for_each(status: &Value, members: &[&Person]) -> Vec<Value> {
    let named = members.iter().map(|person| {
        let mut status = status.clone();
        if let Some(wa_id) = &person.wa_id {
            status["recipient_participant_id"] = json!(wa_id);
        }
        status["recipient_participant_user_id"] = json!(person.bsuid);
        status
    });
    named.collect()
}
