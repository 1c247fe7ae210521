//! Events of WABA and number: the state changes, then it is told.

use std::sync::Arc;

use serde_json::json;

use crate::core::{lock, write};
use crate::error::SimulatorError;
use crate::record::Triggered;
use crate::settings::Number;
use crate::simulator::Simulator;
use crate::trigger::{Event, Params};

const DAY: i64 = 24 * 60 * 60;

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 5] = [
    ("account.restricted", "the WABA may send no templates: sends answer 368"),
    ("account.reinstated", "the restriction of the WABA ends"),
    ("account.alert", "the portfolio's capabilities stay as they are for now"),
    ("phone_number.quality", "the number is upgraded to high throughput"),
    ("phone_number.name_approved", "the display name is approved [name]"),
];

pub(super) fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let number = core.number_or_first(params.phone_number_id()?.as_ref())?;
    let (field, value) = match event {
        "account.restricted" => {
            lock(&core.world).restricted.insert(number.waba.clone());
            let until = core.clock.now().as_second() + 7 * DAY;
            let restriction = json!({
                "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING",
                "expiration": until,
            });
            (
                "account_update",
                json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [restriction]}),
            )
        }
        "account.reinstated" => {
            lock(&core.world).restricted.remove(&number.waba);
            let ban = json!({"waba_ban_state": "REINSTATE"});
            (
                "account_update",
                json!({"event": "DISABLED_UPDATE", "ban_info": ban}),
            )
        }
        "account.alert" => (
            "account_alerts",
            json!({
                "entity_type": "BUSINESS",
                "entity_id": "506914307656634",
                "alert_info": {
                    "alert_severity": "WARNING",
                    "alert_status": "ACTIVE",
                    "alert_type": "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
                    "alert_description": "Limits cannot be increased for your business now.",
                },
            }),
        ),
        "phone_number.quality" => {
            change(simulator, &number, |number| {
                "HIGH".clone_into(&mut number.throughput);
            });
            (
                "phone_number_quality_update",
                json!({
                    "display_phone_number": number.display_phone_number,
                    "event": "THROUGHPUT_UPGRADE",
                    "max_daily_conversations_per_business": "TIER_UNLIMITED",
                }),
            )
        }
        "phone_number.name_approved" => {
            let name = params.text_or("name", &number.verified_name)?.to_owned();
            change(simulator, &number, |number| {
                number.verified_name.clone_from(&name);
            });
            (
                "phone_number_name_update",
                json!({
                    "display_phone_number": number.display_phone_number,
                    "decision": "APPROVED",
                    "requested_verified_name": name,
                    "rejection_reason": null,
                }),
            )
        }
        _ => return Err(SimulatorError::Unknown { kind: "event" }),
    };
    Ok(core
        .emit_for_waba(&number.waba, field, &value)
        .triggered(event, None))
}

fn change(simulator: &Simulator, number: &Number, change: impl FnOnce(&mut Number)) {
    let mut numbers = write(&simulator.core().numbers);
    if let Some(known) = numbers.iter_mut().find(|known| known.id == number.id) {
        change(Arc::make_mut(known));
    }
}
