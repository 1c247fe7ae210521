//! Events of what hangs on a number: its name, its badge, its groups, its calls.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::{Emitted, lock};
use crate::error::SimulatorError;
use crate::groups::{self, joining};
use crate::numbers::{name, official};
use crate::record::Triggered;
use crate::settings::Number;
use crate::simulator::Simulator;
use crate::trigger::{Event, Params};
use crate::user::User;
use crate::world::inbound::Draft;

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 11] = [
    ("number.name_rejected", "the wanted display name is rejected"),
    ("number.oba_approved", "the number becomes an official business account"),
    ("number.oba_rejected", "the request for an official business account is rejected"),
    ("group.created", "a group is made [subject]"),
    ("group.joined", "the user joins a group by its link [group]"),
    ("group.join_requested", "the user asks to join a group [group]"),
    ("group.left", "the user leaves a group [group]"),
    ("group.message", "the user writes in a group [group, text]"),
    ("group.suspended", "a group is suspended: sends to it answer 131207 [group]"),
    ("call.incoming", "the user calls; calling is enabled for it [payload]"),
    ("call.ended", "the user calls and hangs up before anybody answers"),
];

pub(super) async fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let number = core.number_or_first(params.phone_number_id()?.as_ref())?;
    let user = params.user(simulator)?;
    let emitted = match event {
        "number.name_rejected" => {
            name::decide(core, &number.id, None, Some("NAME_FORMAT_UNACCEPTABLE"))
        }
        "number.oba_approved" => official::decide(core, &number.id, true),
        "number.oba_rejected" => official::decide(core, &number.id, false),
        "group.created" => {
            let request_id = lock(&core.groups).request_id(core.settings.seed);
            let plan = groups::Plan {
                request_id,
                subject: params
                    .text_or("subject", "New Purchase Inquiry")?
                    .to_owned(),
                description: None,
                by_approval: false,
            };
            groups::created(core, &number.id, plan)
        }
        "group.message" => {
            let id = group(simulator, &number, params, Some(&user))?;
            let text = params.text_or("text", "What does everyone think about this?")?;
            let draft = Draft {
                group: Some(id),
                ..Draft::new("text", json!({ "body": text }))
            };
            return user.write(draft, event).await;
        }
        "call.incoming" | "call.ended" => call(simulator, event, &number, &user, params).await?,
        _ => in_group(simulator, event, &number, &user, params)?,
    };
    let emitted = emitted.ok_or(SimulatorError::Unknown { kind: "event" })?;
    Ok(emitted.triggered(event, None))
}

fn in_group(
    simulator: &Simulator,
    event: &str,
    number: &Number,
    user: &User,
    params: &Params<'_>,
) -> Result<Option<Emitted>, SimulatorError> {
    let core = simulator.core();
    match event {
        "group.joined" | "group.join_requested" => {
            let id = group(simulator, number, params, None)?;
            let link = {
                let mut groups = lock(&core.groups);
                let group = groups.get_mut(&id);
                let group = group.ok_or(SimulatorError::Unknown { kind: "group" })?;
                group.by_approval = event == "group.join_requested";
                group.invite_link()
            };
            Ok(joining::join(core, user.key(), &link)?.emitted)
        }
        "group.left" => {
            let id = group(simulator, number, params, Some(user))?;
            joining::leave(core, user.key(), &id)
        }
        _ => {
            let id = group(simulator, number, params, None)?;
            joining::suspend(core, &id, true)
        }
    }
}

/// The group that is named, or a new one; with `member` in it if there is room.
fn group(
    simulator: &Simulator,
    number: &Number,
    params: &Params<'_>,
    member: Option<&User>,
) -> Result<String, SimulatorError> {
    let id = if let Some(group) = params.text("group")? {
        group.to_owned()
    } else {
        let of = Some(&number.id);
        simulator
            .put_group_of(of, None, "New Purchase Inquiry", &[])?
            .0
    };
    let core = simulator.core();
    let mut world = lock(&core.world);
    let mut groups = lock(&core.groups);
    let group = groups.get_mut(&id);
    let group = group.ok_or(SimulatorError::Unknown { kind: "group" })?;
    if let Some(user) = member
        && !group.participants.contains(user.key())
        && !group.is_full()
    {
        group.participants.push(Arc::clone(user.key()));
        group.share(&mut world);
    }
    Ok(id)
}

async fn call(
    simulator: &Simulator,
    event: &str,
    number: &Number,
    user: &User,
    params: &Params<'_>,
) -> Result<Option<Emitted>, SimulatorError> {
    let core = simulator.core();
    lock(&core.numbers_state).of(&number.id).calling["status"] = Value::from("ENABLED");
    let (call, emitted) = user.rings(params.text("payload")?).await?;
    if event == "call.ended" {
        return user.ends(&call).await;
    }
    Ok(emitted)
}
