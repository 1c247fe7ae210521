//! Events by which a message of the business takes its next steps.

use crate::core::lock;
use crate::error::SimulatorError;
use crate::ids::Wamid;
use crate::record::{MessageStatus, Triggered};
use crate::simulator::Simulator;
use crate::trigger::{Event, Params};
use crate::world::status::bring;

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 5] = [
    ("status.sent", "a message leaves the platform [wamid]"),
    ("status.delivered", "a message reaches the user, through the steps before it [wamid]"),
    ("status.read", "the user reads a message, through the steps before it [wamid]"),
    ("status.played", "the user plays a voice message, through the steps before it [wamid]"),
    ("status.failed", "a message fails [wamid, code]"),
];

pub(super) fn trigger(
    simulator: &Simulator,
    event: &str,
    goal: MessageStatus,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let error = match params.number("code")? {
        None => 131_026,
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
            .map(|message| message.accepted.wamid.clone())
            .ok_or(SimulatorError::Unknown { kind: "message" })?,
    };
    if world.message(wamid.as_str()).is_none() {
        return Err(SimulatorError::Unknown { kind: "message" });
    }
    let error = (goal == MessageStatus::Failed).then_some(error);
    bring(core, &mut world, &wamid, goal, error)
        .map(|emitted| emitted.triggered(event, Some(wamid)))
        .ok_or_else(|| SimulatorError::Parameter {
            name: "wamid",
            reason: "names a message that has this status already, or failed".to_owned(),
        })
}
