//! What the platform does to a number whose calls users dislike. See [Cloud API/Calling quality].

use serde_json::{Value, json};

use crate::accounts::Waba;
use crate::clock::later;
use crate::core::{Core, Emitted, lock};
use crate::error::SimulatorError;
use crate::settings::Number;
use crate::trigger::Params;
use crate::trigger::waba::WEEK;

/// The kinds of restrictions that are about calls.
const RESTRICTIONS: [&str; 4] = [
    "RESTRICTED_BIZ_INITIATED_AND_USER_INITIATED_CALLING",
    "RESTRICTED_BUSINESS_INITIATED_CALLING",
    "RESTRICTED_USER_INITIATED_CALLING",
    "RESTRICTED_USER_INITIATED_CALLING_CALL_BUTTON_HIDDEN",
];
/// The warnings that come before.
const WARNINGS: [&str; 3] = [
    "LOW_BUSINESS_INITIATED_CALLING_QUALITY",
    "LOW_USER_INITIATED_CALLING_QUALITY",
    "USER_INITIATED_CALLS_LOW_PICKUP_RATE",
];

/// Restricts or warns a number, if that is what the parameters name; told in an entry of id 0.
pub(super) fn notice(
    core: &std::sync::Arc<Core>,
    name: &str,
    params: &Params<'_>,
    number: &Number,
) -> Result<Option<Emitted>, SimulatorError> {
    let value = match (
        name,
        params.text("restriction")?,
        params.text("violation_type")?,
    ) {
        ("restricted", Some(kind), _) if RESTRICTIONS.contains(&kind) => {
            let until = later(core.clock.now(), WEEK).as_second();
            restrict(core, number, kind, until);
            let info = json!([{"restriction_type": kind, "expiration": until}]);
            json!({"phone_number": number.display_phone_number,
                   "event": "ACCOUNT_RESTRICTION", "restriction_info": info})
        }
        ("violation", _, Some(kind)) if WARNINGS.contains(&kind) => {
            let remediation = "Please find out why users dislike or miss these calls.";
            let info = json!({"violation_type": kind, "remediation": remediation});
            json!({"phone_number": number.display_phone_number,
                   "event": "ACCOUNT_VIOLATION", "violation_info": info})
        }
        _ => return Ok(None),
    };
    let entry = Some("0".to_owned());
    Ok(Some(core.emit_in(
        &number.waba,
        entry,
        "account_update",
        &value,
        None,
    )))
}

/// As `GET /{phone_number_id}/settings` shows it.
fn restrict(core: &Core, number: &Number, kind: &str, until: i64) {
    let mut numbers = lock(&core.numbers_state);
    let list = &mut numbers.of(&number.id).calling["restrictions"]["restrictions_list"];
    let mut kept = list.as_array().cloned().unwrap_or_default();
    kept.retain(|known| known["type"] != kind);
    kept.push(json!({"type": kind, "reason": "Low calling quality", "expiration": until}));
    *list = Value::Array(kept);
}

/// Ends the restrictions of a WABA's numbers.
pub(super) fn reinstate(core: &Core, waba: &Waba) {
    for number in core.numbers_of(&waba.id) {
        let mut numbers = lock(&core.numbers_state);
        if let Some(calling) = numbers.of(&number.id).calling.as_object_mut() {
            calling.remove("restrictions");
        }
    }
}
