//! What numbers, groups and calls do later by themselves, by the simulator's clock.

use std::sync::Arc;
use std::time::Duration;

use crate::agenda::Job;
use crate::clock::later;
use crate::core::Core;
use crate::ids::{PhoneNumberId, WabaId, Wamid};
use crate::world::conduct;
use crate::world::status;
use crate::{calls, groups, numbers};

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Step {
    /// The review of a display name ends.
    NameReviewed(PhoneNumberId),
    /// The review of an official business account ends.
    OfficialReviewed(PhoneNumberId),
    /// Nobody answered a call in time.
    CallTimedOut(String),
    /// The result of a call on groups comes.
    Group(PhoneNumberId, Box<groups::Outcome>),
    /// The portfolio's messaging limit rises.
    LimitRaised(WabaId),
    /// There is room in the messaging limit for a message that waited.
    Released(Wamid),
    /// The upgrade of a number is done.
    Upgraded(PhoneNumberId),
    /// What users say about a new template is known.
    Assessed(WabaId, u64),
}

impl Step {
    /// Whether somebody who waits until nothing is pending waits for this.
    ///
    /// Results of a call count; the end of a review or of a call's patience does not.
    const fn is_result(&self) -> bool {
        match self {
            Self::Group(..) => true,
            Self::CallTimedOut(_)
            | Self::NameReviewed(_)
            | Self::OfficialReviewed(_)
            | Self::LimitRaised(_)
            | Self::Released(_)
            | Self::Upgraded(_)
            | Self::Assessed(..) => false,
        }
    }
}

/// Does a step after a while.
pub(crate) fn after(core: &Core, wait: Duration, step: Step) {
    if step.is_result() {
        core.office.began(1);
    }
    let due = later(core.clock.now(), wait);
    core.agenda.add(due, Job::Step(step));
}

pub(crate) fn perform(core: &Arc<Core>, step: Step) {
    let is_result = step.is_result();
    match step {
        Step::NameReviewed(id) => numbers::name::reviewed(core, &id),
        Step::OfficialReviewed(id) => numbers::official::reviewed(core, &id),
        Step::CallTimedOut(id) => calls::timed_out(core, &id),
        Step::Group(id, outcome) => match *outcome {
            groups::Outcome::Created(plan) => {
                groups::created(core, &id, plan);
            }
            groups::Outcome::Told(field, value) => {
                groups::tell::group(core, &id, field, value);
            }
        },
        Step::LimitRaised(waba) => conduct::portfolio::raised(core, &waba),
        Step::Released(wamid) => status::begin(core, wamid),
        Step::Upgraded(id) => {
            conduct::upgrade::ended(core, &id);
        }
        Step::Assessed(waba, id) => conduct::pacing::assessed(core, &waba, id),
    }
    if is_result {
        core.office.ended(1);
    }
}
