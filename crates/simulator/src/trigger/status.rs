//! Events by which a message of the business takes its next steps.

use crate::core::lock;
use crate::error::SimulatorError;
use crate::ids::Wamid;
use crate::record::{MessageStatus, Triggered};
use crate::simulator::Simulator;
use crate::trigger::Params;
use crate::world::status::bring;

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
            .map(|message| Wamid::from(message.accepted.wamid()))
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
