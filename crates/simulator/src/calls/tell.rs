//! Notifications of calls. See [Cloud API/Calling webhooks].

use std::sync::Arc;

use serde_json::{Value, json};

use super::PhoneCall;
use crate::core::{Core, Emitted, lock};
use crate::graph::codes::known;
use crate::numbers::calling::is_sip;
use crate::settings::Number;
use crate::world::status::lane_key;
use crate::world::{Person, World};

/// One element of `calls`, to which ids, sides and time are added; none over SIP.
pub(crate) fn event(
    core: &Arc<Core>,
    world: &World,
    call: &PhoneCall,
    mut event: Value,
    error: Option<i64>,
) -> Option<Emitted> {
    let number = core.number(call.number.as_str())?;
    let person = world.user(&call.user)?;
    event["id"] = json!(call.id);
    event["timestamp"] = json!(core.clock.now().as_second().to_string());
    event["direction"] = json!(call.direction());
    let (user, business) = if call.by_business {
        ("to", "from")
    } else {
        ("from", "to")
    };
    event[business] = json!(number.display_phone_number);
    if let Some(wa_id) = &person.wa_id {
        event[user] = json!(wa_id);
    }
    event[format!("{user}_user_id")] = json!(person.bsuid);
    if let Some(data) = &call.data {
        event["biz_opaque_callback_data"] = json!(data);
    }
    if let Some(payload) = &call.payload {
        event["cta_payload"] = json!(payload);
    }
    let mut value = number.value();
    value["contacts"] = json!([person.contact(true)]);
    value["calls"] = json!([event]);
    if let Some(code) = error {
        let row = known(code);
        value["errors"] = json!([{
            "code": code,
            "message": row.title,
            "href": "/documentation/business-messaging/whatsapp/calling/troubleshooting",
            "error_data": {"details": row.details()},
        }]);
    }
    send(core, &number, person, &value)
}

/// `RINGING`, `ACCEPTED` or `REJECTED` of a call that the business began.
pub(crate) fn status(
    core: &Arc<Core>,
    world: &World,
    call: &PhoneCall,
    status: &str,
) -> Option<Emitted> {
    let number = core.number(call.number.as_str())?;
    let person = world.user(&call.user)?;
    let mut element = json!({
        "id": call.id,
        "timestamp": core.clock.now().as_second().to_string(),
        "type": "call",
        "status": status,
        "recipient_user_id": person.bsuid,
    });
    let mut contact = json!({"user_id": person.bsuid});
    if let Some(wa_id) = &person.wa_id {
        element["recipient_id"] = json!(wa_id);
        contact["wa_id"] = json!(wa_id);
    }
    if let Some(data) = &call.data {
        element["biz_opaque_callback_data"] = json!(data);
    }
    let mut value = number.value();
    value["contacts"] = json!([contact]);
    value["statuses"] = json!([element]);
    send(core, &number, person, &value)
}

fn send(core: &Arc<Core>, number: &Number, person: &Person, value: &Value) -> Option<Emitted> {
    if is_sip(&lock(&core.numbers_state).of(&number.id).calling) {
        return None;
    }
    let order = lane_key(&person.key, Some(person));
    Some(core.emit(number, "calls", order, value))
}
