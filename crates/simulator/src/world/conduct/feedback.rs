//! What users think of numbers and templates: blocks and reports lower their quality.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::core::{Core, Emitted, lock, write};
use crate::ids::PhoneNumberId;
use crate::ids::WabaId;
use crate::later::{self, Step};
use crate::settings::Number;
use crate::template::{Quality, Template, TemplateStatus};
use crate::world::conduct::DAY;
use crate::world::{Key, World};

/// Points within seven days that make a number or template medium, and low. Meta publishes none.
const MEDIUM: u32 = 2;
const LOW: u32 = 4;
/// What a block and a report count.
pub(crate) const BLOCK: u32 = 1;
pub(crate) const REPORT: u32 = 2;
/// How long a template rests the first and the second time; the third time is the last.
const PAUSES: [(u64, &str, &str); 2] = [
    (3, "FIRST_PAUSE", "3 hours"),
    (6, "SECOND_PAUSE", "6 hours"),
];

/// Points of the last seven days, and pauses so far.
#[derive(Debug, Default)]
pub(crate) struct Feedback {
    numbers: HashMap<PhoneNumberId, VecDeque<(i64, u32)>>,
    templates: HashMap<u64, Opinion>,
}

#[derive(Debug, Default)]
struct Opinion {
    points: VecDeque<(i64, u32)>,
    pauses: usize,
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
        score_template(core, world, &number.waba, id, score);
    }
}

/// Gives a number its quality; the business hears when it becomes low, and when it recovers.
pub(crate) fn rate(core: &Arc<Core>, number: &Number, rating: &str) -> Option<Emitted> {
    let before = number.quality_rating.clone();
    core.change_number(&number.id, |number| {
        rating.clone_into(&mut number.quality_rating)
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
    world: &mut World,
    waba: &WabaId,
    id: u64,
    score: Quality,
) -> Option<Emitted> {
    let mut templates = write(&core.templates);
    let template = templates.iter_mut().find(|template| template.id == id)?;
    if template.quality == score {
        return None;
    }
    let value = json!({
        "previous_quality_score": template.quality,
        "new_quality_score": score,
        "message_template_id": template.id,
        "message_template_name": template.name,
        "message_template_language": template.language,
    });
    template.quality = score;
    let emitted = core.emit_for_waba(waba, "message_template_quality_update", &value);
    if score == Quality::Red && template.status == TemplateStatus::Approved {
        let opinion = world.conduct.feedback.templates.entry(id).or_default();
        pause(core, waba, template, opinion);
    }
    Some(emitted)
}

fn pause(core: &Arc<Core>, waba: &WabaId, template: &mut Template, opinion: &mut Opinion) {
    let mut value;
    if let Some((hours, title, time)) = PAUSES.get(opinion.pauses) {
        template.status = TemplateStatus::Paused;
        value = status(template, "PAUSED");
        value["other_info"] = json!({
            "title": title,
            "description": format!("Your WhatsApp message template has been paused for {time} due to low quality."),
        });
        let wait = Duration::from_hours(*hours);
        later::after(core, wait, Step::Unpaused(waba.clone(), template.id));
    } else {
        template.status = TemplateStatus::Disabled;
        value = status(template, "DISABLED");
        let now = core.clock.now().as_second();
        value["disable_info"] = json!({"disable_date": now.to_string()});
    }
    opinion.pauses += 1;
    core.emit_for_waba(waba, "message_template_status_update", &value);
}

/// A pause is over: the template can be sent again, and its quality is open.
pub(crate) fn unpaused(core: &Arc<Core>, waba: &WabaId, id: u64) {
    let mut world = lock(&core.world);
    let mut templates = write(&core.templates);
    let Some(template) = templates
        .iter_mut()
        .find(|template| template.id == id && template.status == TemplateStatus::Paused)
    else {
        return;
    };
    template.status = TemplateStatus::Approved;
    template.quality = Quality::Unknown;
    let mut value = status(template, "REINSTATED");
    value["other_info"] = json!({
        "title": "UNPAUSE",
        "description": "Your WhatsApp message template is no longer paused.",
    });
    if let Some(opinion) = world.conduct.feedback.templates.get_mut(&id) {
        opinion.points.clear();
    }
    world.conduct.pacing.forget(id);
    core.emit_for_waba(waba, "message_template_status_update", &value);
}

/// What `message_template_status_update` says about every event.
pub(crate) fn status(template: &Template, event: &str) -> Value {
    json!({
        "event": event,
        "message_template_id": template.id,
        "message_template_name": template.name,
        "message_template_language": template.language,
        "reason": "NONE",
        "message_template_category": template.category,
    })
}
