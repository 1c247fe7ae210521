//! Messages from users: kept in the chat, sent to the business as a notification.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::{Core, lock};
use crate::error::SimulatorError;
use crate::handset::live;
use crate::ids::Wamid;
use crate::record::{ChatLine, Triggered};
use crate::settings::Number;
use crate::tally;
use crate::world::World;
use crate::world::conduct::price::Entry;
use crate::world::status::lane_key;

/// What a user sends.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// The value of `type`.
    pub(crate) kind: String,
    /// The object under that name; null for none.
    pub(crate) content: Value,
    /// The `context` object; null for none.
    pub(crate) context: Value,
    /// The `errors` array; null for none.
    pub(crate) errors: Value,
    /// The `referral` object; null for none.
    pub(crate) referral: Value,
    /// The group it is written in.
    pub(crate) group: Option<String>,
}

impl Draft {
    pub(crate) fn new(kind: &str, content: Value) -> Self {
        Self {
            kind: kind.to_owned(),
            content,
            ..Self::default()
        }
    }

    /// The same as an answer to a message of the business.
    pub(crate) fn answering(self, number: &Number, wamid: &str) -> Self {
        Self {
            context: json!({"from": number.display_phone_number, "id": wamid}),
            ..self
        }
    }
}

/// A message of the user `key` to `number`.
pub(crate) fn write(
    core: &Arc<Core>,
    number: &Number,
    key: &str,
    draft: Draft,
    event: &str,
) -> Result<Triggered, SimulatorError> {
    put(core, &mut lock(&core.world), number, key, draft, event)
}

/// The same, for whoever holds the world already.
pub(crate) fn put(
    core: &Arc<Core>,
    world: &mut World,
    number: &Number,
    key: &str,
    draft: Draft,
    event: &str,
) -> Result<Triggered, SimulatorError> {
    let person = world
        .user(key)
        .ok_or(SimulatorError::Unknown { kind: "user" })?;
    if !lock(&core.numbers_state).of(&number.id).hears(key) {
        return Ok(Triggered {
            event: event.to_owned(),
            wamid: Some(core.ids.received(key)),
            update: None,
            notification: Value::Null,
        });
    }
    if let Some(group) = &draft.group {
        let groups = lock(&core.groups);
        let group = groups.get(group);
        let member = group.filter(|group| group.participants.iter().any(|kept| **kept == *key));
        let heard = member.is_some_and(|group| group.number == number.id && !group.suspended);
        if !heard {
            return Err(SimulatorError::Unknown { kind: "group" });
        }
    }
    let at = core.clock.now();
    let wamid = core
        .ids
        .received(person.wa_id.as_deref().unwrap_or(&person.key));
    let mut message = json!({
        "from_user_id": person.bsuid,
        "id": wamid,
        "timestamp": at.as_second().to_string(),
        "type": draft.kind,
    });
    if let Some(wa_id) = &person.wa_id {
        message["from"] = json!(wa_id);
    }
    if let Some(group) = &draft.group {
        message["group_id"] = json!(group);
    }
    let context = draft
        .context
        .get("id")
        .and_then(Value::as_str)
        .map(Wamid::from);
    let extras = [
        (draft.kind.as_str(), &draft.content),
        ("context", &draft.context),
        ("errors", &draft.errors),
        ("referral", &draft.referral),
    ];
    for (name, extra) in extras {
        if !extra.is_null() {
            message[name] = extra.clone();
        }
    }
    let mut value = number.value();
    value["contacts"] = json!([person.contact(true)]);
    value["messages"] = json!([message]);
    let order = lane_key(key, Some(person));
    if let Some(answered) = context.as_ref().and_then(|id| world.message(id.as_str())) {
        tally::answer(core, answered, &draft.kind, &draft.content);
    }
    let came_from_ad = draft.referral.is_object();
    let line = ChatLine {
        wamid: wamid.clone(),
        phone_number_id: number.id.clone(),
        from_user: true,
        kind: draft.kind,
        content: draft.content,
        context,
        at,
        status: None,
    };
    world.add_received(key, &line, draft.group.is_none());
    if let Some(group) = &draft.group {
        world.wrote_in(group, at);
    }
    if came_from_ad && let Some(person) = world.user_mut(key) {
        person.entries.insert(number.id.clone(), Entry::at(at));
    }
    live::added(core, &key.into(), &wamid);
    // A user is not held up; what they write takes from what the number may send.
    world.pace.exchange(number, at);
    // Still under the lock: what one user writes leaves in the order in which it was written.
    Ok(core
        .emit(number, "messages", order, &value)
        .triggered(event, Some(wamid)))
}
