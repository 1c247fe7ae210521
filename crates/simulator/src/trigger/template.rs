//! Events of templates: the state changes, then it is told.

use serde_json::{Value, json};

use crate::core::read;
use crate::error::SimulatorError;
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::template::{Ruling, Template, notice, review};
use crate::trigger::{Event, Params};

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 19] = [
    ("template.approved", "a template is approved and can be sent [template, language]"),
    ("template.rejected", "a template is rejected and can no longer be sent [template, language, reason]"),
    ("template.paused", "low quality pauses a template: sends answer 132015 for three hours, then for six; the third time it is disabled [template, language]"),
    ("template.paced", "pacing pauses a template until it is unpaused [template, language]"),
    ("template.unpaused", "a pause ends [template, language]"),
    ("template.disabled", "a template is disabled: sends answer 132016 [template, language]"),
    ("template.flagged", "a template is told to be of low quality [template, language]"),
    ("template.locked", "a template is told to be locked [template, language]"),
    ("template.in_appeal", "a rejection is looked at again [template, language]"),
    ("template.reinstated", "a template is approved again [template, language]"),
    ("template.limit_exceeded", "a template is one too many [template, language]"),
    ("template.archived", "a template that was not used is archived [template, language]"),
    ("template.unarchived", "an archived template comes back [template, language]"),
    ("template.pending_deletion", "a template will be deleted in 30 days [template, language]"),
    ("template.deleted", "a template is deleted [template, language]"),
    ("template.quality", "a template's quality changes [template, language, quality]"),
    ("template.components", "a template's components are told [template, language]"),
    ("template.category_impending", "a template will have another category in 24 hours [template, language, category]"),
    ("template.category", "a template gets another category [template, language, category]"),
];

pub(super) fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let number = core.number_or_first(params.phone_number_id()?.as_ref())?;
    let template = find(simulator, params)?;
    let waba = template.waba.as_ref().unwrap_or(&number.waba);
    if event == "template.components" {
        let value = notice::components(&template);
        let emitted = core.emit_for_waba(waba, "message_template_components_update", &value);
        return Ok(emitted.triggered(event, None));
    }
    let emitted = review::rule(core, template.id, ruling(event, params)?, Some(waba))?;
    Ok(emitted.triggered(event, None))
}

fn ruling(event: &str, params: &Params<'_>) -> Result<Ruling, SimulatorError> {
    let name = event.strip_prefix("template.").unwrap_or(event);
    let mut order = json!({"event": name});
    for parameter in ["reason", "quality", "category"] {
        if let Some(value) = params.text(parameter)? {
            order[parameter] = Value::from(value);
        }
    }
    if name == "paced" {
        order = json!({"event": "PAUSED", "title": "RATE_LIMITING_PAUSE"});
    }
    Ruling::read(&order)
}

fn find(simulator: &Simulator, params: &Params<'_>) -> Result<Template, SimulatorError> {
    let name = params.text_or("template", "hello_world")?;
    let language = params.text("language")?;
    read(&simulator.core().templates)
        .iter()
        .find(|known| known.name == name && language.is_none_or(|code| known.language == code))
        .cloned()
        .ok_or(SimulatorError::Unknown { kind: "template" })
}
