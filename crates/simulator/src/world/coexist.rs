//! Coexistence: the business also writes in the WhatsApp Business app, and its history is shared.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::core::{Core, Emitted, lock};
use crate::error::SimulatorError;
use crate::ids::Wamid;
use crate::record::{Accepted, MessageStatus};
use crate::settings::Number;
use crate::world::phone::PhoneLine;
use crate::world::status::lane_key;
use crate::world::{Addressee, Key, Message, Person, Rare, Sent};

/// Chats and messages of each that one chunk of history carries.
const THREADS: usize = 50;
const MESSAGES: usize = 50;

/// Takes a number into the WhatsApp Business app as well, or out of it. It is slower there.
pub(crate) fn set(core: &Core, number: &Number, on: bool) {
    let mut world = lock(&core.world);
    if on {
        world.pace.coexisting.insert(number.id.clone());
    } else {
        world.pace.coexisting.remove(&number.id);
    }
    lock(&core.numbers_state).of(&number.id).on_biz_app = on;
}

/// Whether the number is in use in the WhatsApp Business app too.
pub(crate) fn is_on(core: &Core, number: &Number) -> bool {
    let numbers = lock(&core.numbers_state);
    numbers
        .get(&number.id)
        .is_some_and(|state| state.on_biz_app)
}

/// The business writes to a user in its app: the user gets it, and the platform an echo.
pub(crate) fn app_writes(
    core: &Arc<Core>,
    number: &Number,
    key: &Key,
    kind: &str,
    content: &Value,
) -> Result<(Wamid, Emitted), SimulatorError> {
    echoed(core, number, key, kind, content, "smb_message_echoes")
}

/// Another agent of the business writes a text to a user: the same in another field.
pub(crate) fn agent_writes(
    core: &Arc<Core>,
    number: &Number,
    key: &Key,
    content: &Value,
) -> Result<(Wamid, Emitted), SimulatorError> {
    echoed(core, number, key, "text", content, "message_echoes")
}

fn echoed(
    core: &Arc<Core>,
    number: &Number,
    key: &Key,
    kind: &str,
    content: &Value,
    field: &'static str,
) -> Result<(Wamid, Emitted), SimulatorError> {
    let mut world = lock(&core.world);
    let unknown = || SimulatorError::Unknown { kind: "user" };
    let person = world.user(key).cloned().ok_or_else(unknown)?;
    let recipient = person
        .wa_id
        .clone()
        .unwrap_or_else(|| person.bsuid.to_string());
    let (wamid, at) = (core.ids.sent(&recipient), core.clock.now());
    let mut body = json!({"messaging_product": "whatsapp", "to": recipient, "type": kind});
    body[kind] = content.clone();
    if !matches!(kind, "edit" | "revoke") {
        let to = match &person.wa_id {
            Some(_) => Addressee::Phone(Key::clone(key)),
            None => Addressee::Bsuid(Key::clone(key)),
        };
        let accepted = Accepted {
            wamid: wamid.clone(),
            phone_number_id: number.id.clone(),
            recipient,
            kind: kind.to_owned(),
            body: Bytes::from(body.to_string()),
            callback_data: None,
            at,
            statuses: vec![(MessageStatus::Sent, at), (MessageStatus::Delivered, at)],
        };
        world.add_message(Message {
            accepted: Sent::new(&accepted, Rare::default()),
            to,
            price: None,
        });
        crate::handset::live::sent(core, &mut world, &wamid);
    }
    let mut echo = json!({
        "from": number.display_phone_number,
        "to_user_id": person.bsuid,
        "id": wamid,
        "timestamp": at.as_second().to_string(),
        "type": kind,
    });
    if let Some(wa_id) = &person.wa_id {
        echo["to"] = json!(wa_id);
    }
    echo[kind] = content.clone();
    let mut value = number.value();
    value["contacts"] = json!([named(&person)]);
    value["message_echoes"] = json!([echo]);
    let order = lane_key(key, Some(&person));
    Ok((wamid, core.emit(number, field, order, &value)))
}

/// A user as echoes and histories name them.
fn named(person: &Person) -> Value {
    let mut contact = json!({"user_id": person.bsuid});
    if let Some(wa_id) = &person.wa_id {
        contact["wa_id"] = json!(wa_id);
    }
    if let Some(username) = &person.username {
        contact["profile"] = json!({"username": username});
    }
    contact
}

/// A contact of the app's address book is added, changed or removed.
pub(crate) fn contact(
    core: &Arc<Core>,
    number: &Number,
    key: &Key,
    action: &str,
) -> Result<Emitted, SimulatorError> {
    let world = lock(&core.world);
    let unknown = || SimulatorError::Unknown { kind: "user" };
    let person = world.user(key).ok_or_else(unknown)?;
    let mut contact = json!({"user_id": person.bsuid});
    if let Some(wa_id) = &person.wa_id {
        contact["phone_number"] = json!(wa_id);
    }
    if let Some(username) = &person.username {
        contact["username"] = json!(username);
    }
    if action == "add" {
        contact["full_name"] = json!(person.name);
        contact["first_name"] = json!(person.name.split(' ').next());
    }
    let mut value = number.value();
    value["state_sync"] = json!([{
        "type": "contact",
        "contact": contact,
        "action": action,
        "metadata": {"timestamp": core.clock.now().as_second().to_string()},
    }]);
    let order = lane_key(key, Some(person));
    Ok(core.emit(number, "smb_app_state_sync", order, &value))
}

/// The chats so far, as the app hands them over; or that the business keeps them to itself.
pub(crate) fn history(core: &Arc<Core>, number: &Number, declined: bool) -> Emitted {
    let mut value = number.value();
    if declined {
        let title = "History sync is turned off by the business from the WhatsApp Business App";
        value["history"] = json!([{"errors": [{
            "code": 2_593_109,
            "title": title,
            "message": title,
            "error_data": {"details": "History sharing is turned off by the business"},
        }]}]);
        return core.emit(number, "history", 0, &value);
    }
    let world = lock(&core.world);
    let threads = world.users().filter_map(|person| {
        let lines = world.phone_lines(person);
        let mut messages: Vec<Value> = lines
            .rev()
            .filter(|line| *line.number() == number.id && line.is_shown())
            .take(MESSAGES)
            .map(|line| old(number, person, &line))
            .collect();
        messages.reverse();
        let mut context = json!({"user_id": person.bsuid});
        if let Some(wa_id) = &person.wa_id {
            context["wa_id"] = json!(wa_id);
        }
        if let Some(username) = &person.username {
            context["username"] = json!(username);
        }
        let mut thread = json!({"context": context, "messages": messages});
        if let Some(wa_id) = &person.wa_id {
            thread["id"] = json!(wa_id);
        }
        (!messages.is_empty()).then_some(thread)
    });
    let threads: Vec<Value> = threads.take(THREADS).collect();
    value["history"] = json!([{
        "metadata": {"phase": 0, "chunk_order": 1, "progress": 100},
        "threads": threads,
    }]);
    core.emit(number, "history", 0, &value)
}

/// A message of the history; files come as placeholders.
fn old(number: &Number, person: &Person, line: &PhoneLine<'_>) -> Value {
    let (mut message, kind, content, status) = match line {
        PhoneLine::FromUser(line) => {
            let mut message = json!({"from_user_id": person.bsuid});
            if let Some(wa_id) = &person.wa_id {
                message["from"] = json!(wa_id);
            }
            (message, line.kind(), line.content(), "READ")
        }
        PhoneLine::ToUser(sent) => {
            let accepted = &sent.accepted;
            let status = match accepted.last() {
                None => "PENDING",
                Some(MessageStatus::Sent) => "SENT",
                Some(MessageStatus::Delivered) => "DELIVERED",
                Some(MessageStatus::Read) => "READ",
                Some(MessageStatus::Played) => "PLAYED",
                Some(MessageStatus::Failed) => "ERROR",
            };
            let mut message = json!({"from": number.display_phone_number});
            if let Some(wa_id) = &person.wa_id {
                message["to"] = json!(wa_id);
            }
            (message, accepted.kind(), accepted.content(), status)
        }
    };
    let media = ["image", "video", "audio", "document", "sticker"];
    message["id"] = json!(line.wamid());
    message["timestamp"] = json!(line.at().as_second().to_string());
    message["history_context"] = json!({"status": status});
    if media.contains(&kind) {
        message["type"] = json!("media_placeholder");
    } else {
        message["type"] = json!(kind);
        message[kind] = content;
    }
    message
}
