//! Whether a number may send to somebody at all.

use crate::core::{Core, lock};
use crate::graph::GraphError;
use crate::graph::check::message::To;
use crate::settings::Number;

/// Refuses what an unregistered number sends, one of Meta's "555" numbers without an approved name,
/// and what is for a user it blocked.
pub(in crate::graph) fn may_send(core: &Core, number: &Number, to: &To) -> Result<(), GraphError> {
    if let To::Group(group) = to {
        let groups = lock(&core.groups);
        let group = groups.get(group).filter(|group| group.number == number.id);
        match group {
            None => return Err(GraphError::usual(131_041)),
            Some(group) if group.suspended => return Err(GraphError::usual(131_207)),
            Some(group) if group.participants.is_empty() => {
                return Err(GraphError::usual(131_020));
            }
            Some(_) => {}
        }
    }
    let has_blocked = {
        let numbers = lock(&core.numbers_state);
        let Some(state) = numbers.get(&number.id) else {
            return Ok(());
        };
        if !state.registered {
            return Err(GraphError::usual(133_010));
        }
        let approved = ["APPROVED", "AVAILABLE_WITHOUT_REVIEW"].contains(&state.name.status);
        if !approved && number.display_phone_number.starts_with("1555") {
            return Err(GraphError::usual(131_037));
        }
        state.blocked.len() > 0
    };
    if has_blocked {
        let key = match to {
            To::Phone { wa_id, .. } => Some(wa_id.as_str().into()),
            To::Bsuid(bsuid) => lock(&core.world).key_of_bsuid(bsuid).cloned(),
            To::Group(_) => None,
        };
        let mut numbers = lock(&core.numbers_state);
        if key.is_some_and(|key| numbers.of(&number.id).blocked.has(&key)) {
            return Err(GraphError::usual(130_403));
        }
    }
    Ok(())
}
