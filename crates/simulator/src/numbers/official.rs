//! The request for an official business account. See [Cloud API/Official business accounts].

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::core::{Core, Emitted, lock};
use crate::ids::PhoneNumberId;

/// How long a review takes here.
pub(crate) const REVIEW: Duration = Duration::from_mins(1);
/// How long after a rejection nobody may ask again.
pub(crate) const RETRY: Duration = Duration::from_hours(30 * 24);

/// The request for the blue badge.
#[derive(Clone, Debug)]
pub(crate) struct Official {
    /// `NOT_STARTED`, `PENDING`, `APPROVED` or `REJECTED`.
    pub(crate) status: &'static str,
    pub(crate) decided_at: Option<Timestamp>,
    /// How many documents came with it: fewer than five are too few for a badge.
    pub(crate) links: usize,
}

impl Default for Official {
    fn default() -> Self {
        Self {
            status: "NOT_STARTED",
            decided_at: None,
            links: 0,
        }
    }
}

impl Official {
    pub(crate) fn message(&self) -> &'static str {
        match self.status {
            "NOT_STARTED" => "No request was made.",
            "PENDING" => "The request is under review.",
            "APPROVED" => "The business is an official business account.",
            _ => "The request was rejected; it can be made again after 30 days.",
        }
    }
}

/// The end of a review: a business with links to press reports is notable.
pub(crate) fn reviewed(core: &Arc<Core>, id: &PhoneNumberId) {
    let official = lock(&core.numbers_state).of(id).official.clone();
    if official.status == "PENDING" {
        decide(core, id, official.links > 0);
    }
}

/// Approves or rejects, and tells it as an alert.
pub(crate) fn decide(core: &Arc<Core>, id: &PhoneNumberId, approved: bool) -> Option<Emitted> {
    let number = core.number(id.as_str())?;
    let (status, alert) = if approved {
        ("APPROVED", "OBA_APPROVED")
    } else {
        ("REJECTED", "OBA_REJECTED")
    };
    {
        let mut numbers = lock(&core.numbers_state);
        let official = &mut numbers.of(id).official;
        official.status = status;
        official.decided_at = Some(core.clock.now());
    }
    let value = json!({
        "entity_type": "PHONE_NUMBER",
        "entity_id": id,
        "alert_info": {
            "alert_severity": "INFORMATIONAL",
            "alert_status": "NONE",
            "alert_type": alert,
            "alert_description": format!("The request for an official business account was {}.", status.to_lowercase()),
        },
    });
    Some(core.emit_for_waba(&number.waba, "account_alerts", &value))
}
