//! Statuses of the business's messages: what comes when, and the notification for each step.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::agenda::Job;
use crate::chance::mix;
use crate::clock::later;
use crate::core::{Core, Emitted, lock};
use crate::graph::codes;
use crate::handset::live;
use crate::ids::Wamid;
use crate::later::{Step, after};
use crate::record::MessageStatus;
use crate::settings::Number;
use crate::tally;
use crate::template::Category;
use crate::world::conduct::{portfolio, price};
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
        if step == MessageStatus::Delivered && message.is_over(core.clock.now()) {
            // What could not be delivered in time ends without a word.
            return;
        }
        let failed = core.links.failure(wamid);
        let failed = failed.or_else(|| failure(core, &world, message));
        let (step, error) = match (step, failed) {
            (MessageStatus::Sent, Some(error)) => (MessageStatus::Failed, Some(error)),
            _ => (step, None),
        };
        if step == MessageStatus::Sent && waits(core, &mut world, wamid) {
            return;
        }
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
    /// Whether it has arrived, or never will.
    pub(crate) fn is_settled(&self) -> bool {
        self.has(MessageStatus::Delivered) || self.has(MessageStatus::Failed)
    }

    fn has(&self, status: MessageStatus) -> bool {
        self.accepted.has(status)
    }

    /// Whether its time to live has passed. See [Cloud API/Time to live].
    fn is_over(&self, now: Timestamp) -> bool {
        let template = self.template();
        let usual = match &template {
            Some(used) if used.category == Category::Authentication => 600,
            _ => 30 * DAY,
        };
        let wished = template.and_then(|used| used.ttl_seconds);
        let seconds = match wished {
            Some(-1) => 30 * DAY,
            Some(seconds) => seconds,
            None => usual,
        };
        now.as_second() - self.accepted.at.as_second() > seconds
    }
}

/// A phone is back: what waited for it is delivered.
pub(crate) fn let_through(core: &Arc<Core>, wamids: Vec<Wamid>) {
    for wamid in wamids {
        plan(core, wamid, MessageStatus::Delivered);
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
    let Some(user) = message.to.user() else {
        let known = !world.members(message.accepted.recipient()).is_empty();
        return match step {
            MessageStatus::Sent if known => Some(MessageStatus::Delivered),
            MessageStatus::Delivered if core.knobs().auto_read => Some(MessageStatus::Read),
            _ => None,
        };
    };
    let person = world.users.get(user)?;
    match step {
        // A reaction is only ever sent.
        MessageStatus::Sent if message.accepted.rare().reaction_to.is_none() => {
            let number = &message.accepted.phone_number_id;
            (!world.is_out_of_reach(&person.key, number)).then_some(MessageStatus::Delivered)
        }
        MessageStatus::Delivered if person.auto_read.unwrap_or(core.knobs().auto_read) => {
            Some(MessageStatus::Read)
        }
        _ => None,
    }
}

/// Why a message will not arrive, as a code for its `failed` status.
fn failure(core: &Core, world: &World, message: &Message) -> Option<i64> {
    let rare = message.accepted.rare();
    if rare.fails.is_some() {
        return rare.fails;
    }
    let now = core.clock.now();
    if let Some(target) = &rare.reaction_to {
        let received = world
            .received(target.as_str())
            .map(|got| (got.at, got.kind() == "reaction"));
        let own = world.message(target.as_str());
        let own = own.map(|own| (own.accepted.at, own.accepted.rare().reaction_to.is_some()));
        let reachable = received.or(own).is_some_and(|(at, is_reaction)| {
            !is_reaction && now.as_second() - at.as_second() <= 30 * DAY
        });
        if !reachable {
            return Some(131_009);
        }
    }
    let limits = core.knobs().limits;
    let free_form = message.accepted.kind() != "template";
    let Some(user) = message.to.user() else {
        let circle = world.circles.get(message.accepted.recipient());
        let open = circle.is_some_and(|circle| circle.has_window(now.as_second()));
        return (limits.service_window && free_form && !open).then_some(131_047);
    };
    let person = world.users.get(user)?;
    if person.undeliverable {
        return Some(131_026);
    }
    if rare
        .identity
        .as_ref()
        .is_some_and(|hash| *hash != person.identity_hash(core.settings.seed))
    {
        return Some(137_000);
    }
    if matches!(message.accepted.category(), "marketing" | "marketing_lite") {
        if person.stopped_marketing {
            return Some(131_050);
        }
        let american = person
            .wa_id
            .as_ref()
            .is_some_and(|wa_id| wa_id.starts_with('1'));
        if person.marketing_capped || (limits.us_marketing && american) {
            return Some(131_049);
        }
    }
    let open = person.has_window(&message.accepted.phone_number_id, now.as_second());
    (limits.service_window && free_form && !open).then_some(131_047)
}

/// Whether the portfolio's messaging limit holds a message up; it is tried again when there is room.
fn waits(core: &Arc<Core>, world: &mut World, wamid: &Wamid) -> bool {
    if !core.knobs().limits.messaging {
        return false;
    }
    let now = core.clock.now();
    let Some(message) = world.message(wamid.as_str()) else {
        return false;
    };
    let Some(user) = message.to.user().cloned() else {
        return false;
    };
    let id = &message.accepted.phone_number_id;
    let in_window = world
        .user(&user)
        .is_some_and(|person| person.has_window(id, now.as_second()));
    let Some(number) = core.number(id.as_str()).filter(|_| !in_window) else {
        return false;
    };
    let over = message.is_over(now);
    match portfolio::open(core, world, &number, &user) {
        Ok(()) => over,
        Err(at) => {
            let wait = at.saturating_sub(now.as_second()).unsigned_abs().max(1);
            after(
                core,
                Duration::from_secs(wait),
                Step::Released(wamid.clone()),
            );
            true
        }
    }
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
    let decided = match step {
        MessageStatus::Sent => price::decide(world, wamid, now),
        _ => None,
    };
    let message = world.messages.get_mut(wamid.as_str())?;
    if let Some((price, free_until)) = decided {
        message.price = Some(price);
        if free_until.is_some() {
            message.accepted.rare_mut().free_until = free_until;
        }
    }
    message.accepted.reach(step, now);
    if error.is_some() {
        let rare = message.accepted.rare_mut();
        rare.failed = rare.failed.or(error);
    }
    let message = world.messages.get(wamid.as_str())?;
    live::changed(core, message.to.user(), wamid);
    let number = core.number(message.accepted.phone_number_id.as_str())?;
    let person = message.to.user().and_then(|key| world.users.get(key));
    tally::step(core, message, person, step);
    let mut value = number.value();
    value["statuses"] = json!([status(core, message, person, step, now.as_second(), error)]);
    let members = match message.to {
        Addressee::Group if matches!(step, MessageStatus::Delivered | MessageStatus::Read) => {
            let group = message.accepted.recipient();
            let members = world.members(group).iter();
            members.filter_map(|key| world.users.get(key)).collect()
        }
        _ => Vec::new(),
    };
    if !members.is_empty() {
        let each = |member: &&Person| {
            let mut status = status(core, message, None, step, now.as_second(), error);
            if let Some(wa_id) = &member.wa_id {
                status["recipient_participant_id"] = json!(wa_id);
            }
            status["recipient_participant_user_id"] = json!(member.bsuid);
            status
        };
        value["statuses"] = members.iter().map(each).collect();
        value["contacts"] = members.iter().map(|member| member.contact(true)).collect();
    }
    if error.is_some() {
        core.links.explain(wamid, &mut value);
    }
    if let (Some(person), true) = (person, step != MessageStatus::Failed) {
        value["contacts"] = json!([person.contact(step >= MessageStatus::Delivered)]);
    }
    let older = older(core, &number, message, step, &value);
    Some(core.emit_with(
        &number,
        "messages",
        lane_key(message.accepted.recipient(), person),
        &value,
        older.as_ref(),
    ))
}

/// The same statuses with their conversation, which they carry before v24.0, if anybody takes that.
fn older(
    core: &Core,
    number: &Number,
    message: &Message,
    step: MessageStatus,
    value: &Value,
) -> Option<Value> {
    if !matches!(step, MessageStatus::Sent | MessageStatus::Delivered)
        || !lock(&core.subscriptions).takes_older(&number.waba, "messages")
    {
        return None;
    }
    let price = message.price.filter(|price| !price.is_free_entry())?;
    let conversation = price.conversation(
        &message.accepted,
        core.settings.seed,
        step == MessageStatus::Sent,
    );
    let mut older = value.clone();
    for status in older["statuses"].as_array_mut()? {
        status["conversation"] = conversation.clone();
    }
    Some(older)
}

fn status(
    core: &Core,
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
    } else if let Some(price) = message.price
        && matches!(step, MessageStatus::Sent | MessageStatus::Delivered)
    {
        if price.is_free_entry() {
            let sent = step == MessageStatus::Sent;
            status["conversation"] = price.conversation(accepted, core.settings.seed, sent);
        }
        status["pricing"] = price.pricing();
    }
    if let (Some(identity), false) = (&accepted.rare().identity, failed) {
        status["recipient_identity_key_hash"] = json!(identity);
    }
    status
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
