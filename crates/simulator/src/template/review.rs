//! Rulings on templates: the state changes, and the business is told. See [Cloud API/Template review].

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::agenda::Job;
use crate::clock::later;
use crate::core::{Core, Emitted, lock, read, write};
use crate::error::SimulatorError;
use crate::ids::WabaId;
use crate::template::desk::Dossier;
use crate::template::{Category, Quality, Ruling, Template, TemplateStatus, content, notice};
use crate::world::conduct::feedback;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// A template that was not sent for so long is archived, and deleted after the second time.
const UNUSED: SignedDuration = SignedDuration::from_hours(365 * 24);
const ARCHIVED: SignedDuration = SignedDuration::from_hours(28 * 24);

/// How templates are reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Review {
    /// From creation or edit to the verdict.
    pub delay: Duration,
    /// Who decides.
    pub rule: ReviewRule,
    /// From approval until a utility template that looks like marketing is announced to change its
    /// category; the change follows 24 hours later.
    pub recategorise: Duration,
    /// Templates a WABA may have; by default 6,000, and 250 while its business is not verified.
    pub most_templates: Option<usize>,
}

impl Default for Review {
    fn default() -> Self {
        Self {
            delay: Duration::from_secs(2),
            rule: ReviewRule::Content,
            recategorise: Duration::from_hours(24),
            most_templates: None,
        }
    }
}

/// Who decides over new templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewRule {
    /// All are approved.
    ApproveAll,
    /// Those whose name contains `rejected` are rejected, with the reason that follows it:
    /// `my_rejected_scam`; all others are approved.
    Marked,
    /// The same, and what is in the text counts: variables side by side, a utility template that
    /// looks like marketing.
    Content,
    /// Nothing is decided until a test does.
    OnCommand,
}

/// A later step of a template, by the agenda.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// The verdict of a review.
    Verdict,
    /// A ruling that was planned.
    Ruling(Ruling),
    /// A look at whether it is still used.
    Unused,
}

/// Plans the review of a template that is `PENDING`.
pub(crate) fn submit(core: &Arc<Core>, id: u64) {
    let turn = next_turn(core, id);
    let due = later(core.clock.now(), core.knobs().review.delay);
    core.agenda.add(due, Job::Template(id, turn, Step::Verdict));
}

/// Plans the look at whether a template is still used.
pub(crate) fn watch_use(core: &Core, id: u64) {
    let due = core.clock.now().saturating_add(UNUSED);
    if let Ok(due) = due {
        core.agenda.add(due, Job::Template(id, 0, Step::Unused));
    }
}

/// A step whose time has come.
pub(crate) fn scheduled(core: &Arc<Core>, id: u64, turn: u64, step: Step) {
    let dossier = lock(&core.desk).get(id);
    let current = turn == 0 || dossier.turn == turn;
    match step {
        Step::Verdict if current => verdict(core, id, &dossier),
        Step::Ruling(ruling) if current && stands(core, id, ruling, &dossier) => {
            let _ = rule(core, id, ruling, None);
        }
        Step::Verdict | Step::Ruling(_) => {}
        Step::Unused => unused(core, id, &dossier),
    }
}

/// Whether a planned change of category is still wanted.
fn stands(core: &Core, id: u64, ruling: Ruling, dossier: &Dossier) -> bool {
    match ruling {
        Ruling::WillRecategorise(category) => {
            find(core, id).is_some_and(|template| template.category != category)
        }
        Ruling::Recategorise(category) => dossier.correct_category == Some(category.as_str()),
        _ => true,
    }
}

fn verdict(core: &Arc<Core>, id: u64, dossier: &Dossier) {
    let Some(template) = find(core, id) else {
        return;
    };
    if template.status != TemplateStatus::Pending {
        return;
    }
    let rule = core.knobs().review.rule;
    if rule == ReviewRule::OnCommand {
        return;
    }
    let ruling = match content::judge(&template, rule, dossier.allow_category_change) {
        Some(reason) => Ruling::Reject(reason),
        None => Ruling::Approve,
    };
    let _ = self::rule(core, id, ruling, None);
    if ruling == Ruling::Approve
        && rule == ReviewRule::Content
        && template.category == Category::Utility
        && content::looks_like_marketing(&template)
    {
        let change = Ruling::WillRecategorise(Category::Marketing);
        plan(core, id, core.knobs().review.recategorise, change);
    }
}

fn unused(core: &Arc<Core>, id: u64, dossier: &Dossier) {
    let last = dossier.used.max(dossier.updated).max(dossier.created);
    let now = core.clock.now();
    let due = last.and_then(|last| last.saturating_add(UNUSED).ok());
    match due {
        Some(due) if due > now => core.agenda.add(due, Job::Template(id, 0, Step::Unused)),
        Some(_) => {
            let _ = rule(core, id, Ruling::Archive, None);
        }
        None => {}
    }
}

/// Plans a ruling for later, unless the template's status changes before.
fn plan(core: &Core, id: u64, wait: Duration, ruling: Ruling) {
    let turn = match ruling {
        // Whatever becomes of the template meanwhile.
        Ruling::WillRecategorise(_) | Ruling::Recategorise(_) => 0,
        _ => lock(&core.desk).of(id).turn,
    };
    let due = later(core.clock.now(), wait);
    core.agenda
        .add(due, Job::Template(id, turn, Step::Ruling(ruling)));
}

fn next_turn(core: &Core, id: u64) -> u64 {
    let mut desk = lock(&core.desk);
    let dossier = desk.of(id);
    dossier.turn += 1;
    dossier.turn
}

/// The template of this id.
pub(crate) fn find(core: &Core, id: u64) -> Option<Template> {
    read(&core.templates)
        .iter()
        .find(|template| template.id == id)
        .cloned()
}

/// Carries a ruling out and tells the WABA that owns the template; `waba` hears of one that all have.
pub(crate) fn rule(
    core: &Arc<Core>,
    id: u64,
    ruling: Ruling,
    waba: Option<&WabaId>,
) -> Result<Emitted, SimulatorError> {
    let now = core.clock.now();
    let (field, value, owner) = {
        let mut templates = write(&core.templates);
        let mut desk = lock(&core.desk);
        let place = templates.iter().position(|template| template.id == id);
        let place = place.ok_or(SimulatorError::Unknown { kind: "template" })?;
        let template = &mut templates[place];
        let (field, value) = apply(template, desk.of(id), ruling, now);
        let owner = template.waba.clone();
        if ruling == Ruling::Delete {
            desk.delete(id, owner.clone(), &template.name, &template.language, now);
            templates.remove(place);
        }
        (field, value, owner)
    };
    follow(core, id, ruling);
    if ruling == Ruling::Unpause {
        feedback::unpaused(core, id);
    }
    let waba = match owner.as_ref().or(waba) {
        Some(waba) => waba.clone(),
        None => core.number_or_first(None)?.waba.clone(),
    };
    Ok(core.emit_for_waba(&waba, field, &value))
}

/// Changes the state and gives field and value of the notification.
fn apply(
    template: &mut Template,
    dossier: &mut Dossier,
    ruling: Ruling,
    now: Timestamp,
) -> (&'static str, Value) {
    match ruling {
        Ruling::Quality(quality) => {
            let value = notice::quality(template, quality);
            template.quality = quality;
            dossier.quality_since = Some(now);
            return ("message_template_quality_update", value);
        }
        Ruling::WillRecategorise(category) => {
            dossier.correct_category = Some(category.as_str());
            let at = now.saturating_add(DAY).unwrap_or(now);
            let value = notice::category_impending(template, category, at.as_second());
            return ("template_category_update", value);
        }
        Ruling::Recategorise(category) => {
            let value = notice::category_changed(template, category);
            dossier.previous_category = Some(template.category.as_str());
            dossier.correct_category = None;
            template.category = category;
            dossier.updated = Some(now);
            return ("template_category_update", value);
        }
        _ => {}
    }
    let mut value = json!({});
    let status = match ruling {
        Ruling::Approve | Ruling::Reinstate | Ruling::Unarchive | Ruling::Unpause => {
            (dossier.rejected_reason, dossier.rejection_info) = (None, None);
            if ruling == Ruling::Unpause {
                value["other_info"] = notice::unpaused();
                template.quality = Quality::Unknown;
            }
            if ruling == Ruling::Unarchive {
                dossier.used = Some(now);
            }
            TemplateStatus::Approved
        }
        Ruling::Reject(reason) => {
            value["reason"] = json!(reason.as_str());
            dossier.rejected_reason = Some(reason.as_str());
            dossier.rejection_info = content::advice(template, reason);
            if let Some((reason, recommendation)) = dossier.rejection_info {
                value["rejection_info"] =
                    json!({"reason": reason, "recommendation": recommendation});
            }
            TemplateStatus::Rejected
        }
        Ruling::Pause => {
            dossier.pauses = dossier.pauses.saturating_add(1);
            match dossier.pauses {
                1 => dossier.pause = Some("FIRST_PAUSE"),
                2 => dossier.pause = Some("SECOND_PAUSE"),
                _ => dossier.pause = Some("DISABLED"),
            }
            value["other_info"] = notice::paused(dossier.pause.unwrap_or_default());
            if dossier.pauses > 2 {
                value["disable_info"] = json!({"disable_date": now.as_second().to_string()});
                TemplateStatus::Disabled
            } else {
                TemplateStatus::Paused
            }
        }
        Ruling::PauseForPacing => {
            dossier.pause = Some("RATE_LIMITING_PAUSE");
            value["other_info"] = notice::paused("RATE_LIMITING_PAUSE");
            TemplateStatus::Paused
        }
        Ruling::Disable => {
            value["disable_info"] = json!({"disable_date": now.as_second().to_string()});
            TemplateStatus::Disabled
        }
        Ruling::Pend => TemplateStatus::Pending,
        Ruling::Appeal => TemplateStatus::InAppeal,
        Ruling::LimitExceeded => TemplateStatus::LimitExceeded,
        Ruling::Archive => TemplateStatus::Archived,
        Ruling::PendDeletion => {
            value["reason"] = Value::Null;
            TemplateStatus::PendingDeletion
        }
        _ => template.status,
    };
    if status != TemplateStatus::Paused {
        dossier.pause = None;
    }
    template.status = status;
    dossier.turn += 1;
    dossier.updated = Some(now);
    let value = notice::status(template, &notice::event(ruling, status), value);
    ("message_template_status_update", value)
}

/// What a ruling brings about later.
fn follow(core: &Core, id: u64, ruling: Ruling) {
    let days = |span: SignedDuration| Duration::try_from(span).unwrap_or_default();
    match ruling {
        Ruling::Pause => {
            let hours = match lock(&core.desk).of(id).pauses {
                1 => 3,
                2 => 6,
                _ => return,
            };
            plan(core, id, days(HOUR * hours), Ruling::Unpause);
        }
        Ruling::WillRecategorise(category) => {
            plan(core, id, days(DAY), Ruling::Recategorise(category));
        }
        Ruling::PendDeletion => plan(core, id, days(DAY * 30), Ruling::Delete),
        Ruling::Archive => plan(core, id, days(ARCHIVED), Ruling::Delete),
        Ruling::Unarchive => watch_use(core, id),
        _ => {}
    }
}
