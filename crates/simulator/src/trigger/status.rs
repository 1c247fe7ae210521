//! Events by which a message of the business takes its next steps.

use crate::core::lock;
use crate::error::SimulatorError;
use crate::ids::Wamid;
use crate::record::{MessageStatus, Triggered};
use crate::simulator::Simulator;
use crate::trigger::{Event, Params};
use crate::world::status::bring;

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 16] = [
    ("status.sent", "a message leaves the platform [wamid]"),
    ("status.delivered", "a message reaches the user, through the steps before it [wamid]"),
    ("status.read", "the user reads a message, through the steps before it [wamid]"),
    ("status.played", "the user plays a voice message, through the steps before it [wamid]"),
    ("status.failed", "a message fails [wamid, code]"),
    ("status.failed_undeliverable", "the user cannot be reached any more: 131026 [wamid]"),
    ("status.failed_window", "24 hours have passed since the user wrote: 131047 [wamid]"),
    ("status.failed_marketing_limit", "the user got too much marketing: 131049 [wamid]"),
    ("status.failed_opted_out", "the user has stopped marketing: 131050 [wamid]"),
    ("status.failed_media", "the file cannot be used: 131053 [wamid]"),
    ("status.failed_experiment", "the user is part of an experiment: 130472 [wamid]"),
    ("status.failed_identity", "the user has another identity: 137000 [wamid]"),
    ("status.failed_address", "the phone cannot show an address message: 1026 [wamid]"),
    ("status.payment_captured", "the user has paid an order [wamid]"),
    ("status.payment_pending", "the payment of an order is under way [wamid]"),
    ("status.payment_failed", "the payment of an order fails [wamid]"),
];

pub(super) fn trigger(
    simulator: &Simulator,
    event: &str,
    goal: MessageStatus,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let error = match params.number("code")? {
        None => code(event),
        // A code beyond the table is passed on as it is; fractions make no sense.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "codes are small whole numbers"
        )]
        Some(error) => error as i64,
    };
    let core = simulator.core();
    let mut world = lock(&core.world);
    let wamid = match params.text("wamid")? {
        Some(wamid) => Wamid::from(wamid),
        None => world
            .messages()
            .next_back()
            .map(|message| Wamid::from(message.accepted.wamid()))
            .ok_or(SimulatorError::Unknown { kind: "message" })?,
    };
    if world.message(wamid.as_str()).is_none() {
        return Err(SimulatorError::Unknown { kind: "message" });
    }
    let error = (goal == MessageStatus::Failed).then_some(error);
    if let Some(user) = world
        .message(wamid.as_str())
        .and_then(|message| message.to.user().cloned())
        && let Some(person) = world.user_mut(&user)
    {
        // What comes next fails for the same reason.
        match event {
            "status.failed_undeliverable" => person.undeliverable = true,
            "status.failed_marketing_limit" => person.marketing_capped = true,
            "status.failed_opted_out" => person.stopped_marketing = true,
            "status.failed_identity" => person.identity += 1,
            _ => {}
        }
    }
    bring(core, &mut world, &wamid, goal, error)
        .map(|emitted| emitted.triggered(event, Some(wamid)))
        .ok_or_else(|| SimulatorError::Parameter {
            name: "wamid",
            reason: "names a message that has this status already, or failed".to_owned(),
        })
}

/// The code that a failure of this name has.
fn code(event: &str) -> i64 {
    match event {
        "status.failed_window" => 131_047,
        "status.failed_marketing_limit" => 131_049,
        "status.failed_opted_out" => 131_050,
        "status.failed_media" => 131_053,
        "status.failed_experiment" => 130_472,
        "status.failed_identity" => 137_000,
        "status.failed_address" => 1026,
        _ => 131_026,
    }
}
