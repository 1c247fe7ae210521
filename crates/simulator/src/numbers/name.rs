//! The display name and its review. See [Cloud API/Display names].

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::core::{Core, Emitted, lock, write};
use crate::ids::PhoneNumberId;

/// How long a review takes here; Meta's takes hours to days.
pub(crate) const REVIEW: Duration = Duration::from_secs(30);

/// The name in use and the one that is wanted.
#[derive(Clone, Debug)]
pub(crate) struct DisplayName {
    /// Of the name in use.
    pub(crate) status: &'static str,
    /// The new name and its status.
    pub(crate) wanted: Option<(String, &'static str)>,
}

impl Default for DisplayName {
    fn default() -> Self {
        Self {
            status: "APPROVED",
            wanted: None,
        }
    }
}

/// What Meta's guidelines say against a name, as the reason of a rejection.
fn objection(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let letters = name.chars().filter(|letter| letter.is_alphabetic()).count();
    let address = ["http", "www.", "@"]
        .iter()
        .any(|part| lower.contains(part));
    (letters < 2 || address).then_some("NAME_FORMAT_UNACCEPTABLE")
}

/// The end of a review, by the guidelines.
pub(crate) fn reviewed(core: &Arc<Core>, id: &PhoneNumberId) {
    let wanted = lock(&core.numbers_state).of(id).name.wanted.clone();
    // Whoever decided by hand in between was quicker.
    if let Some((name, "PENDING_REVIEW")) = wanted {
        decide(core, id, Some(&name), objection(&name));
    }
}

/// Approves or rejects the wanted name, or the one in use, and tells it.
pub(crate) fn decide(
    core: &Arc<Core>,
    id: &PhoneNumberId,
    name: Option<&str>,
    reason: Option<&'static str>,
) -> Option<Emitted> {
    let number = core.number(id.as_str())?;
    let wanted = {
        let mut numbers = lock(&core.numbers_state);
        let state = numbers.of(id);
        let wanted = name
            .map(str::to_owned)
            .or_else(|| state.name.wanted.as_ref().map(|(name, _)| name.clone()))
            .unwrap_or_else(|| number.verified_name.clone());
        if reason.is_none() {
            state.name = DisplayName::default();
            state.certificate += 1;
        } else if wanted == number.verified_name {
            state.name.status = "DECLINED";
        } else {
            state.name.wanted = Some((wanted.clone(), "DECLINED"));
        }
        wanted
    };
    if reason.is_none() {
        let mut numbers = write(&core.numbers);
        if let Some(known) = numbers.iter_mut().find(|known| known.id == *id) {
            Arc::make_mut(known).verified_name.clone_from(&wanted);
        }
    }
    let value = json!({
        "display_phone_number": number.display_phone_number,
        "decision": if reason.is_none() { "APPROVED" } else { "REJECTED" },
        "requested_verified_name": wanted,
        "rejection_reason": reason,
    });
    Some(core.emit_for_waba(&number.waba, "phone_number_name_update", &value))
}
