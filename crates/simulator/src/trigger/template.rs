//! Events of templates: the state changes, then it is told.

use serde_json::json;

use crate::core::write;
use crate::error::SimulatorError;
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::template::{Category, Quality, Reason, Ruling, Template, notice, review};
use crate::trigger::{Event, Params};
use crate::world::conduct::feedback;

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 22] = [
    ("template.approved", "a template is approved and can be sent [template, language]"),
    ("template.rejected", "a template is rejected and can no longer be sent [template, language, reason]"),
    ("template.paused", "low quality pauses a template: sends answer 132015 for three hours, then for six; the third time it is disabled [template, language]"),
    ("template.paced", "pacing pauses a template until it is unpaused [template, language]"),
    ("template.unpaused", "a pause ends [template, language]"),
    ("template.disabled", "a template is disabled: sends answer 132016 [template, language]"),
    ("template.flagged", "a template is told to be of low quality [template, language]"),
    ("template.locked", "a template is told to be locked [template, language]"),
    ("template.pending", "a template is under review again [template, language]"),
    ("template.in_appeal", "a rejection is looked at again [template, language]"),
    ("template.reinstated", "a template can be sent again [template, language]"),
    ("template.limit_exceeded", "there are too many templates: sends answer 132001 [template, language]"),
    ("template.archived", "a template was not used for long: sends answer 132001 [template, language]"),
    ("template.unarchived", "an archived template comes back [template, language]"),
    ("template.pending_deletion", "a template will be deleted in 30 days [template, language]"),
    ("template.deleted", "a template is deleted [template, language]"),
    ("template.quality_green", "users like a template [template, language]"),
    ("template.quality_yellow", "users block or report after a template [template, language]"),
    ("template.quality_red", "users block or report so much that the template is paused [template, language]"),
    ("template.components_changed", "the text of a template changes [template, language, text]"),
    ("template.category_impending", "a template will have another category tomorrow [template, language]"),
    ("template.category_changed", "a template has another category [template, language]"),
];

pub(super) fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let number = core.number_or_first(params.phone_number_id()?.as_ref())?;
    let template = named(simulator, params)?;
    let waba = template.waba.as_ref().unwrap_or(&number.waba);
    let other = match template.category {
        Category::Marketing => Category::Utility,
        _ => Category::Marketing,
    };
    let score = |score: Quality| {
        if template.quality == score {
            change(simulator, template.id, |template| {
                template.quality = Quality::Unknown;
            });
        }
        feedback::score_template(core, waba, template.id, score)
            .map(|emitted| emitted.triggered(event, None))
            .ok_or(SimulatorError::Unknown { kind: "template" })
    };
    let ruling = match event {
        "template.quality_green" => return score(Quality::Green),
        "template.quality_yellow" => return score(Quality::Yellow),
        "template.quality_red" => return score(Quality::Red),
        "template.components_changed" => {
            let text = params.text("text")?;
            let text = text.map_or_else(|| format!("{} Welcome!", template.body), str::to_owned);
            change(simulator, template.id, |template| template.write(&text));
            let value = notice::components(&named(simulator, params)?);
            let emitted = core.emit_for_waba(waba, "message_template_components_update", &value);
            return Ok(emitted.triggered(event, None));
        }
        "template.approved" => Ruling::Approve,
        "template.rejected" => {
            let wanted = params.text_or("reason", "INVALID_FORMAT")?;
            let known = Reason::ALL
                .into_iter()
                .find(|known| known.as_str() == wanted);
            Ruling::Reject(known.ok_or_else(|| SimulatorError::Parameter {
                name: "reason",
                reason: "is not a known reason".to_owned(),
            })?)
        }
        "template.paused" => Ruling::Pause,
        "template.paced" => Ruling::PauseForPacing,
        "template.unpaused" => Ruling::Unpause,
        "template.flagged" => Ruling::Flag,
        "template.locked" => Ruling::Lock,
        "template.pending" => Ruling::Pend,
        "template.in_appeal" => Ruling::Appeal,
        "template.reinstated" => Ruling::Reinstate,
        "template.limit_exceeded" => Ruling::LimitExceeded,
        "template.archived" => Ruling::Archive,
        "template.unarchived" => Ruling::Unarchive,
        "template.pending_deletion" => Ruling::PendDeletion,
        "template.deleted" => Ruling::Delete,
        "template.category_impending" => Ruling::WillRecategorise(other),
        "template.category_changed" => Ruling::Recategorise(other),
        _ => Ruling::Disable,
    };
    let emitted = review::rule(core, template.id, ruling, Some(waba))?;
    Ok(emitted.triggered(event, None))
}

/// The template that the parameters name, or the first sample.
fn named(simulator: &Simulator, params: &Params<'_>) -> Result<Template, SimulatorError> {
    let name = params.text_or("template", "hello_world")?;
    let language = params.text("language")?;
    let templates = crate::core::read(&simulator.core().templates);
    let found = templates
        .iter()
        .find(|known| known.name == name && language.is_none_or(|code| known.language == code));
    found
        .cloned()
        .ok_or(SimulatorError::Unknown { kind: "template" })
}

fn change(simulator: &Simulator, id: u64, change: impl FnOnce(&mut Template)) {
    let mut templates = write(&simulator.core().templates);
    if let Some(template) = templates.iter_mut().find(|known| known.id == id) {
        change(template);
    }
}

impl Template {
    /// Gives it another text, in its reading and in its components.
    fn write(&mut self, text: &str) {
        text.clone_into(&mut self.body);
        let components = self.components.as_array_mut();
        for component in components.into_iter().flatten() {
            let is_body = component["type"]
                .as_str()
                .is_some_and(|kind| kind.eq_ignore_ascii_case("body"));
            if is_body && component.get("text").is_some() {
                component["text"] = json!(text);
            }
        }
    }
}
