//! Template pacing: the first sends of a template go out, the next wait for what users say.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::core::{Core, lock, read};
use crate::graph::check::message::Used;
use crate::ids::{WabaId, Wamid};
use crate::later::{self, Step};
use crate::record::MessageStatus;
use crate::settings::Number;
use crate::template::{Category, Quality};
use crate::world::conduct::feedback;
use crate::world::{World, status};

/// Sends that go out at once, and how long the others wait then. Meta publishes neither.
pub(crate) const FIRST: u32 = 100;
pub(crate) const WAIT: Duration = Duration::from_mins(30);
/// Messages that wait at most; those beyond go out.
const MOST: usize = 100_000;

/// What waits, by template.
#[derive(Debug, Default)]
pub(crate) struct Pacing {
    templates: HashMap<u64, Paced>,
}

#[derive(Debug, Default)]
struct Paced {
    sent: u32,
    held: Vec<Wamid>,
}

/// What happens to a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    Goes,
    Held,
    /// Pacing stopped it; it will not be delivered.
    Stopped,
}

impl Pace {
    /// `message_status` of the answer.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Goes => "accepted",
            Self::Held => "held_for_quality_assessment",
            Self::Stopped => "paused",
        }
    }
}

impl Pacing {
    /// The template starts anew.
    pub(crate) fn forget(&mut self, template: u64) {
        if let Some(paced) = self.templates.get_mut(&template) {
            paced.sent = 0;
        }
    }
}

/// Whether this send waits. See [Cloud API/Template pacing].
pub(crate) fn send(
    core: &Arc<Core>,
    world: &mut World,
    number: &Number,
    used: &Used,
    wamid: &Wamid,
) -> Pace {
    if used.quality != Quality::Unknown || used.category == Category::Authentication {
        return Pace::Goes;
    }
    let now = core.clock.now().as_second();
    if world.conduct.feedback.is_bad(used.id, now) {
        return Pace::Stopped;
    }
    let paced = world.conduct.pacing.templates.entry(used.id).or_default();
    if paced.sent < FIRST || paced.held.len() >= MOST {
        paced.sent += 1;
        return Pace::Goes;
    }
    if paced.held.is_empty() {
        later::after(core, WAIT, Step::Assessed(number.waba.clone(), used.id));
    }
    paced.held.push(wamid.clone());
    Pace::Held
}

/// The assessment ends: what waited goes out, or fails when users complained.
pub(crate) fn assessed(core: &Arc<Core>, waba: &WabaId, id: u64) {
    let mut world = lock(&core.world);
    let Some(paced) = world.conduct.pacing.templates.remove(&id) else {
        return;
    };
    let now = core.clock.now().as_second();
    let unknown = read(&core.templates)
        .iter()
        .any(|template| template.id == id && template.quality == Quality::Unknown);
    if world.conduct.feedback.is_bad(id, now) || !unknown {
        for wamid in paced.held {
            let failed = MessageStatus::Failed;
            status::bring(core, &mut world, &wamid, failed, Some(132_015));
        }
        return;
    }
    feedback::score_template(core, waba, id, Quality::Green);
    for wamid in paced.held {
        status::begin(core, wamid);
    }
}
