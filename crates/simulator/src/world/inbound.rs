//! Messages from users: kept in the chat, sent to the business as a notification.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::{Core, lock};
use crate::error::SimulatorError;
use crate::ids::Wamid;
use crate::record::{ChatLine, Triggered};
use crate::settings::Number;
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
    let mut world = lock(&core.world);
    let person = world
        .user(key)
        .ok_or(SimulatorError::Unknown { kind: "user" })?;
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
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": number.display_phone_number,
            "phone_number_id": number.id,
        },
        "contacts": [person.contact(true)],
        "messages": [message],
    });
    let order = lane_key(key, Some(person));
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
    world.add_received(key, &line);
    // A user is not held up; what they write takes from what the number may send.
    world.pace.exchange(number, at);
    // Still under the lock: what one user writes leaves in the order in which it was written.
    Ok(core
        .emit(number, "messages", order, &value)
        .triggered(event, Some(wamid)))
}
