//! The upgrade of a number from 80 to 1000 messages a second, and its maintenance meanwhile.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::chance::mix;
use crate::clock::later as after;
use crate::core::{Core, Emitted, lock};
use crate::ids::PhoneNumberId;
use crate::later::{self, Step};
use crate::settings::Number;
use crate::world::World;

/// Seconds that the maintenance takes at most.
const LONGEST: u64 = 60;
const PURPOSE: u64 = 500;

/// Takes the number into maintenance: its sends answer 131057. See [Cloud API/Throughput].
pub(crate) fn begin(core: &Arc<Core>, world: &mut World, number: &Number) {
    let now = core.clock.now();
    let maintenance = &mut world.conduct.maintenance;
    if maintenance.contains_key(&number.id) {
        return;
    }
    let drawn = mix(core.settings.seed, PURPOSE, now.as_second().unsigned_abs());
    let wait = Duration::from_secs(1 + drawn % LONGEST);
    maintenance.insert(number.id.clone(), after(now, wait));
    later::after(core, wait, Step::Upgraded(number.id.clone()));
}

/// The maintenance is over: the number is fast, and the business hears of it.
pub(crate) fn ended(core: &Arc<Core>, id: &PhoneNumberId) -> Option<Emitted> {
    let waited = lock(&core.world).conduct.maintenance.remove(id);
    waited?;
    core.change_number(id, |number| "HIGH".clone_into(&mut number.throughput));
    let number = core.number(id.as_str())?;
    let value = json!({
        "display_phone_number": number.display_phone_number,
        "event": "THROUGHPUT_UPGRADE",
        "max_daily_conversations_per_business": core.messaging_limit(&number.waba),
    });
    Some(core.emit_for_waba(&number.waba, "phone_number_quality_update", &value))
}
