//! What the platform tells about users themselves: another number, another identity, preferences.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::{Core, Emitted, lock};
use crate::error::SimulatorError;
use crate::ids::Wamid;
use crate::settings::Number;
use crate::world::status::lane_key;
use crate::world::{Key, Person};

fn unknown() -> SimulatorError {
    SimulatorError::Unknown { kind: "user" }
}

fn message(core: &Core, before: &Person, system: &Value) -> (Wamid, Value) {
    let whom = before.wa_id.as_deref().unwrap_or(&before.key);
    let wamid = core.ids.received(whom);
    let mut message = json!({
        "from_user_id": before.bsuid,
        "id": wamid,
        "timestamp": core.clock.now().as_second().to_string(),
        "type": "system",
        "system": system,
    });
    if let Some(wa_id) = &before.wa_id {
        message["from"] = json!(wa_id);
    }
    (wamid, message)
}

/// What a change of number tells the business.
pub(crate) struct Changed {
    pub(crate) key: Key,
    pub(crate) number: (Wamid, Emitted),
    pub(crate) user_id: (Wamid, Emitted),
}

/// A user moves to another phone number; the BSUID changes with it.
pub(crate) fn change_number(
    core: &Arc<Core>,
    number: &Number,
    key: &Key,
    wa_id: &str,
) -> Result<Changed, SimulatorError> {
    let mut world = lock(&core.world);
    let before = world.user(key).cloned().ok_or_else(unknown)?;
    let bsuid = core.ids.bsuid(wa_id);
    let key = world
        .rename(key, wa_id, bsuid)
        .ok_or(SimulatorError::Parameter {
            name: "phone",
            reason: "belongs to another user".to_owned(),
        })?;
    let after = world.user(&key).cloned().ok_or_else(unknown)?;
    let order = lane_key(&key, Some(&before));
    let tell = |system: Value| {
        let (id, told) = message(core, &before, &system);
        let mut value = number.value();
        value["messages"] = json!([told]);
        (id, core.emit(number, "messages", order, &value))
    };
    let old = before.wa_id.as_deref().unwrap_or(&before.key);
    let moved = tell(json!({
        "body": format!("User {} changed from {old} to {wa_id}", before.name),
        "wa_id": wa_id,
        "type": "user_changed_number",
    }));
    let renamed = tell(json!({
        "body": format!("User {} changed from {} to {}", before.name, before.bsuid, after.bsuid),
        "user_id": after.bsuid,
        "type": "user_changed_user_id",
    }));
    let mut value = number.value();
    value["contacts"] = json!([after.contact(true)]);
    value["user_id_update"] = json!([{
        "wa_id": wa_id,
        "detail": format!("User id for {} has been updated.", after.name),
        "user_id": {"previous": before.bsuid, "current": after.bsuid},
        "timestamp": core.clock.now().as_second().to_string(),
    }]);
    core.emit(number, "user_id_update", order, &value);
    Ok(Changed {
        key,
        number: moved,
        user_id: renamed,
    })
}

/// A user's identity changes: a new phone, or WhatsApp installed anew.
pub(crate) fn change_identity(
    core: &Arc<Core>,
    number: &Number,
    key: &Key,
) -> Result<(Wamid, Emitted), SimulatorError> {
    let mut world = lock(&core.world);
    let person = world.user_mut(key).ok_or_else(unknown)?;
    person.identity += 1;
    let hash = person.identity_hash(core.settings.seed);
    let (wamid, mut message) = message(
        core,
        person,
        &json!({"body": "User identity changed", "type": "customer_identity_changed"}),
    );
    message["identity"] = json!({
        "acknowledged": true,
        "created_timestamp": core.clock.now().as_second().to_string(),
        "hash": hash,
    });
    let mut value = number.value();
    value["contacts"] = json!([person.contact(true)]);
    value["messages"] = json!([message]);
    let order = lane_key(key, Some(person));
    Ok((wamid, core.emit(number, "messages", order, &value)))
}
