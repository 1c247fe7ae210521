//! Statuses of the business's messages: what comes when, and the notification for each step.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::agenda::Job;
use crate::chance::mix;
use crate::clock::later;
use crate::core::{Core, Emitted, lock};
use crate::graph::codes;
use crate::ids::Wamid;
use crate::record::MessageStatus;
use crate::world::{Addressee, Message, Person, World};

const DAY: i64 = 24 * 60 * 60;

/// Schedules the first step of a message that was just accepted.
pub(crate) fn begin(core: &Arc<Core>, wamid: Wamid) {
    plan(core, wamid, MessageStatus::Sent);
}

/// A step whose time has come, and the planning of the next.
pub(crate) fn scheduled(core: &Arc<Core>, wamid: &Wamid, step: MessageStatus) {
    let next = {
        let mut world = lock(&core.world);
        let Some(message) = world.message(wamid.as_str()) else {
            return;
        };
        if message.has(step) || message.has(MessageStatus::Failed) {
            return;
        }
        let (step, error) = match (step, failure(core, &world, message)) {
            (MessageStatus::Sent, Some(error)) => (MessageStatus::Failed, Some(error)),
            _ => (step, None),
        };
        take(core, &mut world, wamid, step, error);
        world
            .message(wamid.as_str())
            .and_then(|message| next_step(core, &world, message, step))
    };
    if let Some(next) = next {
        plan(core, wamid.clone(), next);
    }
}

/// Brings a message to `goal` at once, through the steps before it; the last one is returned.
///
/// A message that is already there, or failed, gives nothing.
pub(crate) fn bring(
    core: &Arc<Core>,
    world: &mut World,
    wamid: &Wamid,
    goal: MessageStatus,
    error: Option<i64>,
) -> Option<Emitted> {
    let message = world.message(wamid.as_str())?;
    if message.has(goal) || message.has(MessageStatus::Failed) {
        return None;
    }
    let before: &[MessageStatus] = match goal {
        MessageStatus::Sent | MessageStatus::Failed => &[],
        MessageStatus::Delivered => &[MessageStatus::Sent],
        MessageStatus::Read => &[MessageStatus::Sent, MessageStatus::Delivered],
        MessageStatus::Played => &[
            MessageStatus::Sent,
            MessageStatus::Delivered,
            MessageStatus::Read,
        ],
    };
    let missing: Vec<_> = before
        .iter()
        .copied()
        .filter(|step| !message.has(*step))
        .collect();
    for step in missing {
        take(core, world, wamid, step, None);
    }
    take(core, world, wamid, goal, error)
}

impl Message {
    fn has(&self, status: MessageStatus) -> bool {
        self.accepted.has(status)
    }
}

fn plan(core: &Arc<Core>, wamid: Wamid, step: MessageStatus) {
    let delays = core.knobs().delays;
    let wait = match step {
        MessageStatus::Sent | MessageStatus::Failed => delays.sent,
        MessageStatus::Delivered => delays.delivered,
        MessageStatus::Read | MessageStatus::Played => delays.read,
    };
    core.office.began(1);
    core.agenda
        .add(later(core.clock.now(), wait), Job::Status(wamid, step));
}

fn next_step(
    core: &Core,
    world: &World,
    message: &Message,
    step: MessageStatus,
) -> Option<MessageStatus> {
    let person = world.users.get(message.to.user()?)?;
    match step {
        // A reaction is only ever sent.
        MessageStatus::Sent if message.reaction_to.is_none() => Some(MessageStatus::Delivered),
        MessageStatus::Delivered if person.auto_read.unwrap_or(core.knobs().auto_read) => {
            Some(MessageStatus::Read)
        }
        _ => None,
    }
}

/// Why a message will not arrive, as a code for its `failed` status.
fn failure(core: &Core, world: &World, message: &Message) -> Option<i64> {
    if message.fails.is_some() {
        return message.fails;
    }
    let now = core.clock.now();
    if let Some(target) = &message.reaction_to {
        let received = world
            .received(target.as_str())
            .map(|got| (got.at, got.is_reaction));
        let own = world.message(target.as_str());
        let own = own.map(|own| (own.accepted.at, own.reaction_to.is_some()));
        let reachable = received.or(own).is_some_and(|(at, is_reaction)| {
            !is_reaction && now.as_second() - at.as_second() <= 30 * DAY
        });
        if !reachable {
            return Some(131_009);
        }
    }
    let person = world.users.get(message.to.user()?)?;
    if person.undeliverable {
        return Some(131_026);
    }
    if person.stopped_marketing && message.category == "marketing" {
        return Some(131_050);
    }
    let free_form = message.accepted.kind() != "template";
    let wrote = person.last_wrote(&message.accepted.phone_number_id);
    let open = wrote.is_some_and(|at| now.as_second() - at.as_second() < DAY);
    (core.knobs().limits.service_window && free_form && !open).then_some(131_047)
}

/// Records one step and sends its notification.
fn take(
    core: &Arc<Core>,
    world: &mut World,
    wamid: &Wamid,
    step: MessageStatus,
    error: Option<i64>,
) -> Option<Emitted> {
    let now = core.clock.now();
    let message = world.messages.get_mut(wamid.as_str())?;
    message.accepted.reach(step, now);
    let number = core.number(message.accepted.phone_number_id.as_str())?;
    let person = message.to.user().and_then(|key| world.users.get(key));
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": number.display_phone_number,
            "phone_number_id": number.id,
        },
        "statuses": [status(message, person, step, now.as_second(), error)],
    });
    if let (Some(person), true) = (person, step != MessageStatus::Failed) {
        value["contacts"] = json!([person.contact(step >= MessageStatus::Delivered)]);
    }
    Some(core.emit(
        &number,
        "messages",
        lane_key(message.accepted.recipient(), person),
        &value,
    ))
}

fn status(
    message: &Message,
    person: Option<&Person>,
    step: MessageStatus,
    seconds: i64,
    error: Option<i64>,
) -> Value {
    let accepted = &message.accepted;
    let mut status = json!({
        "id": accepted.wamid(),
        "status": step.as_str(),
        "timestamp": seconds.to_string(),
    });
    let failed = step == MessageStatus::Failed;
    match &message.to {
        Addressee::Group => {
            status["recipient_id"] = json!(accepted.recipient());
            status["recipient_type"] = json!("group");
        }
        Addressee::Phone(_) => status["recipient_id"] = json!(accepted.recipient()),
        Addressee::Bsuid(_) => {
            if let Some(wa_id) = person.and_then(|person| person.wa_id.as_ref()) {
                status["recipient_id"] = json!(wa_id);
            }
        }
    }
    if let Some(person) = person
        && !(failed && matches!(message.to, Addressee::Phone(_)))
    {
        status["recipient_user_id"] = json!(person.bsuid);
    }
    if let Some(data) = accepted.callback_data() {
        status["biz_opaque_callback_data"] = json!(data);
    }
    if failed {
        status["errors"] = json!([codes::asynchronous(error.unwrap_or(131_000))]);
    } else if matches!(step, MessageStatus::Sent | MessageStatus::Delivered) {
        status["pricing"] = pricing(message);
    }
    status
}

/// Free-form messages count as service within the number's free tier, templates as regular.
/// See [Cloud API/Pricing].
fn pricing(message: &Message) -> Value {
    let group = matches!(message.to, Addressee::Group);
    let (billable, kind) = match (message.category, group) {
        ("service", true) => (false, "free_group_customer_service"),
        ("service", false) => (false, "free_customer_service"),
        _ => (true, "regular"),
    };
    let category = if group {
        format!("group_{}", message.category)
    } else {
        message.category.to_owned()
    };
    json!({"billable": billable, "pricing_model": "PMP", "type": kind, "category": category})
}

impl Person {
    /// The element of `contacts[]` that accompanies messages and statuses.
    pub(crate) fn contact(&self, with_username: bool) -> Value {
        let mut contact = json!({"profile": {"name": self.name}, "user_id": self.bsuid});
        if let Some(wa_id) = &self.wa_id {
            contact["wa_id"] = json!(wa_id);
        }
        if let (Some(username), true) = (&self.username, with_username) {
            contact["profile"]["username"] = json!(username);
        }
        contact
    }
}

/// The key under which everything about one user stays in order.
pub(crate) fn lane_key(recipient: &str, person: Option<&Person>) -> u64 {
    let who = person.map_or(recipient, |person| &person.key);
    who.bytes()
        .fold(0, |key, byte| mix(key, 23, u64::from(byte)))
}
