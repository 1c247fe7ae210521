//! What users think of numbers and templates: blocks and reports lower their quality.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use serde_json::json;

use crate::core::{Core, Emitted, lock};
use crate::ids::PhoneNumberId;
use crate::ids::WabaId;
use crate::settings::Number;
use crate::template::{Quality, Ruling, TemplateStatus, review};
use crate::world::conduct::DAY;
use crate::world::{Key, World};

/// Points within seven days that make a number or template medium, and low. Meta publishes none.
const MEDIUM: u32 = 2;
const LOW: u32 = 4;
/// What a block and a report count.
pub(crate) const BLOCK: u32 = 1;
pub(crate) const REPORT: u32 = 2;

/// Points of the last seven days.
#[derive(Debug, Default)]
pub(crate) struct Feedback {
    numbers: HashMap<PhoneNumberId, VecDeque<(i64, u32)>>,
    templates: HashMap<u64, Opinion>,
}

#[derive(Debug, Default)]
struct Opinion {
    points: VecDeque<(i64, u32)>,
}

fn sum(points: &mut VecDeque<(i64, u32)>, now: i64) -> u32 {
    while points.front().is_some_and(|(at, _)| now - at >= 7 * DAY) {
        points.pop_front();
    }
    points.iter().map(|(_, points)| points).sum()
}

fn quality(points: u32) -> Quality {
    match points {
        0..MEDIUM => Quality::Green,
        MEDIUM..LOW => Quality::Yellow,
        _ => Quality::Red,
    }
}

impl Feedback {
    /// Whether users complained about a template lately.
    pub(crate) fn is_bad(&mut self, template: u64, now: i64) -> bool {
        let opinion = self.templates.get_mut(&template);
        opinion.is_some_and(|opinion| sum(&mut opinion.points, now) >= MEDIUM)
    }
}

/// A user blocked or reported the business; the template they saw last suffers too.
pub(crate) fn complain(
    core: &Arc<Core>,
    world: &mut World,
    number: &Number,
    user: &Key,
    points: u32,
) {
    if !core.knobs().limits.quality {
        return;
    }
    let now = core.clock.now().as_second();
    let list = world.conduct.feedback.numbers.entry(number.id.clone());
    let list = list.or_default();
    list.push_back((now, points));
    let rating = quality(sum(list, now)).as_str();
    if number.quality_rating != rating {
        rate(core, number, rating);
    }
    let template = world.last_template(user, &number.id);
    if let Some(id) = template {
        let opinion = world.conduct.feedback.templates.entry(id).or_default();
        opinion.points.push_back((now, points));
        let score = quality(sum(&mut opinion.points, now));
        lock(&core.desk).of(id).blocks += 1;
        score_template(core, &number.waba, id, score);
    }
}

/// Gives a number its quality; the business hears when it becomes low, and when it recovers.
pub(crate) fn rate(core: &Arc<Core>, number: &Number, rating: &str) -> Option<Emitted> {
    let before = number.quality_rating.clone();
    core.change_number(&number.id, |number| {
        rating.clone_into(&mut number.quality_rating);
    });
    let event = match (before.as_str(), rating) {
        (_, "RED") => "FLAGGED",
        ("RED", _) => "UNFLAGGED",
        _ => return None,
    };
    let limit = core.messaging_limit(&number.waba);
    let value = json!({
        "display_phone_number": number.display_phone_number,
        "event": event,
        "max_daily_conversations_per_business": limit,
        "current_limit": limit,
    });
    Some(core.emit_for_waba(&number.waba, "phone_number_quality_update", &value))
}

/// Gives a template its score and pauses it when it is low.
pub(crate) fn score_template(
    core: &Arc<Core>,
    waba: &WabaId,
    id: u64,
    score: Quality,
) -> Option<Emitted> {
    let template = review::find(core, id)?;
    if template.quality == score {
        return None;
    }
    let emitted = review::rule(core, id, Ruling::Quality(score), Some(waba)).ok()?;
    if score == Quality::Red && template.status == TemplateStatus::Approved {
        review::rule(core, id, Ruling::Pause, Some(waba)).ok()?;
    }
    Some(emitted)
}

/// A pause of a template is over: what was said before is forgotten, and it is paced anew.
pub(crate) fn unpaused(core: &Core, id: u64) {
    let mut world = lock(&core.world);
    if let Some(opinion) = world.conduct.feedback.templates.get_mut(&id) {
        opinion.points.clear();
    }
    world.conduct.pacing.forget(id);
}
