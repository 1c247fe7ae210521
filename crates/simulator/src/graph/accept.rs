//! Accepting a send: it gets its wamid, is kept, and its first status is planned.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::core::{Core, lock};
use crate::graph::GraphError;
use crate::graph::check::message::{Send, To};
use crate::handset::live;
use crate::links;
use crate::record::Accepted;
use crate::settings::Number;
use crate::world::conduct::pacing::{self, Pace};
use crate::world::order::Taken;
use crate::world::{Addressee, Message, Rare, Sent, World};

/// Takes a checked send and gives Meta's answer to it.
pub(super) fn accept(
    core: &Arc<Core>,
    number: &Number,
    send: Send,
    body: Bytes,
    fails: Option<i64>,
) -> Result<Value, GraphError> {
    let mut world = lock(&core.world);
    let (to, recipient) = match &send.to {
        To::Phone { wa_id, .. } => {
            let person = world.by_phone(&core.ids, wa_id);
            (Addressee::Phone(Arc::clone(&person.key)), wa_id.clone())
        }
        To::Bsuid(bsuid) => {
            let person = world.by_bsuid(bsuid);
            (
                Addressee::Bsuid(Arc::clone(&person.key)),
                bsuid.as_str().to_owned(),
            )
        }
        To::Group(group) => (Addressee::Group, group.clone()),
    };
    pace(core, &mut world, number, &to)?;
    let unpaid = match send
        .content
        .order
        .as_ref()
        .map(|step| world.orders.take(&number.waba, step))
    {
        Some(Taken::Exists) => {
            let details = "Param reference_id must be unique: there is an order of this reference.";
            return Err(GraphError::new(131_009, details));
        }
        Some(Taken::Fails(error)) => Some(error),
        Some(Taken::Done) | None => None,
    };
    if let (Some(pin), To::Group(group)) = (&send.content.pin, &send.to) {
        world.pin(group, pin);
    }
    let fails = fails.or(send.content.fails).or(unpaid);
    let wanted = links::wanted(core, &body, fails);
    let wamid = core.ids.sent(&recipient);
    let accepted = Accepted {
        wamid: wamid.clone(),
        phone_number_id: number.id.clone(),
        recipient,
        kind: send.kind.clone(),
        body,
        callback_data: send.callback_data,
        at: core.clock.now(),
        statuses: Vec::new(),
    };
    let rare = Rare {
        category: (send.category != "service").then_some(send.category),
        reaction_to: send.content.reaction_to,
        fails,
        template: send.content.template,
        identity: send.identity,
        ..Rare::default()
    };
    world.add_message(Message {
        accepted: Sent::new(&accepted, rare),
        to,
        price: None,
    });
    live::sent(core, &mut world, &wamid);
    // Counted under the lock, so that whoever sees the count finds the message.
    core.accepted.send_modify(|count| *count += 1);
    let pace = match &send.content.template {
        Some(used) if core.knobs().limits.pacing => {
            pacing::send(core, &mut world, number, used, &wamid)
        }
        _ => Pace::Goes,
    };
    if pace == Pace::Goes {
        links::begin(core, wamid.clone(), wanted);
    }
    drop(world);

    let contact = match &send.to {
        To::Phone { input, wa_id } => json!({"input": input, "wa_id": wa_id}),
        To::Bsuid(bsuid) => json!({"input": bsuid, "user_id": bsuid}),
        To::Group(group) => json!({"input": group, "wa_id": group}),
    };
    let mut message = json!({"id": wamid});
    if let To::Group(group) = &send.to {
        message["group_id"] = json!(group);
    }
    if send.kind == "template" {
        message["message_status"] = json!(pace.as_str());
    }
    Ok(json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}))
}

/// Refuses what comes too fast, if these limits are on.
fn pace(core: &Core, world: &mut World, number: &Number, to: &Addressee) -> Result<(), GraphError> {
    let (limits, now) = (core.knobs().limits, core.clock.now());
    let maintenance = world.conduct.maintenance.get(&number.id);
    if maintenance.is_some_and(|until| now < *until) {
        return Err(GraphError::usual(131_057));
    }
    if limits.throughput && !world.pace.exchange(number, now) {
        return Err(GraphError::usual(130_429));
    }
    if limits.pair
        && let Some(user) = to.user()
        && !world.pace.pair(&number.id, user, now)
    {
        return Err(GraphError::usual(131_056));
    }
    Ok(())
}
