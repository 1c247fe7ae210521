//! Events of WABA and number: the state changes, then it is told.

use serde_json::json;

use crate::error::SimulatorError;
use crate::numbers::name;
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::trigger::{Event, Params};
use crate::world::coexist;
use crate::world::conduct::feedback;

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 7] = [
    ("account.offboarded", "the business leaves the platform in its app"),
    ("account.reconnected", "the business comes back to the platform in its app"),
    ("account.volume_tier", "the portfolio reaches another price tier [tier]"),
    ("phone_number.quality", "the number is upgraded to high throughput"),
    ("phone_number.flagged", "the quality of the number becomes low"),
    ("phone_number.unflagged", "the quality of the number recovers"),
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
        "account.offboarded" => {
            coexist::set(core, &number, false);
            ("account_update", json!({"event": "ACCOUNT_OFFBOARDED"}))
        }
        "account.reconnected" => {
            coexist::set(core, &number, true);
            ("account_update", json!({"event": "ACCOUNT_RECONNECTED"}))
        }
        "account.volume_tier" => (
            "account_update",
            json!({
                "event": "VOLUME_BASED_PRICING_TIER_UPDATE",
                "volume_tier_info": {
                    "tier_update_time": core.clock.now().as_second(),
                    "pricing_category": "UTILITY",
                    "tier": params.text_or("tier", "25000001:50000000")?,
                    "effective_month": core.clock.now().strftime("%Y-%m").to_string(),
                    "region": "India",
                },
            }),
        ),
        "phone_number.flagged" | "phone_number.unflagged" => {
            let (before, now) = match event {
                "phone_number.flagged" => ("GREEN", "RED"),
                _ => ("RED", "GREEN"),
            };
            let mut known = number.as_ref().clone();
            before.clone_into(&mut known.quality_rating);
            return feedback::rate(core, &known, now)
                .map(|emitted| emitted.triggered(event, None))
                .ok_or(SimulatorError::Unknown { kind: "number" });
        }
        "phone_number.quality" => {
            core.change_number(&number.id, |number| {
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
            let name = params.text_or("name", &number.verified_name)?;
            return name::decide(core, &number.id, Some(name), None)
                .map(|emitted| emitted.triggered(event, None))
                .ok_or(SimulatorError::Unknown { kind: "number" });
        }
        _ => return Err(SimulatorError::Unknown { kind: "event" }),
    };
    Ok(core
        .emit_for_waba(&number.waba, field, &value)
        .triggered(event, None))
}
