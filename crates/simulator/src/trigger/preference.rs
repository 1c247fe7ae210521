//! Events of what users want to get.

use serde_json::json;

use crate::core::lock;
use crate::error::SimulatorError;
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::trigger::{Event, Params};

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 2] = [
    ("user_preferences.stop", "the user stops marketing messages: they fail with 131050"),
    ("user_preferences.resume", "the user resumes marketing messages"),
];

pub(super) fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let number = core.number_or_first(params.phone_number_id()?.as_ref())?;
    let stops = event == "user_preferences.stop";
    let user = params.user(simulator)?;
    user.set_stopped_marketing(stops);
    let bsuid = user.bsuid();
    let mut world = lock(&core.world);
    let person = world.by_bsuid(&bsuid);
    let verb = if stops { "stop" } else { "resume" };
    let mut preference = json!({
        "user_id": person.bsuid,
        "detail": format!("User requested to {verb} marketing messages"),
        "category": "marketing_messages",
        "value": verb,
        "timestamp": core.clock.now().as_second(),
    });
    if let Some(wa_id) = &person.wa_id {
        preference["wa_id"] = json!(wa_id);
    }
    let mut value = number.value();
    value["contacts"] = json!([person.contact(true)]);
    value["user_preferences"] = json!([preference]);
    let key = crate::world::status::lane_key("", Some(person));
    Ok(core
        .emit(&number, "user_preferences", key, &value)
        .triggered(event, None))
}
