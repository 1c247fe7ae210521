//! Notifications of groups. See [Cloud API/Groups webhooks].

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::{Core, Emitted};
use crate::graph::codes::known;
use crate::ids::PhoneNumberId;
use crate::world::Person;
use crate::world::status::lane_key;

/// Sends one element of `groups`, which gets its timestamp here.
pub(crate) fn group(
    core: &Arc<Core>,
    number: &PhoneNumberId,
    field: &'static str,
    mut group: Value,
) -> Option<Emitted> {
    let number = core.number(number.as_str())?;
    group["timestamp"] = json!(core.clock.now().as_second().to_string());
    let order = lane_key(group["group_id"].as_str().unwrap_or_default(), None);
    let mut value = number.value();
    value["groups"] = json!([group]);
    Some(core.emit(&number, field, order, &value))
}

/// An element of `errors`.
pub(crate) fn error(code: i64) -> Value {
    let row = known(code);
    json!({
        "code": code,
        "message": row.title,
        "title": row.title,
        "error_data": {"details": row.details()},
    })
}

/// A participant as notifications name them.
pub(crate) fn participant(person: &Person) -> Value {
    let mut participant = json!({"user_id": person.bsuid});
    if let Some(wa_id) = &person.wa_id {
        participant["wa_id"] = json!(wa_id);
    }
    if let Some(username) = &person.username {
        participant["username"] = json!(username);
    }
    participant
}
