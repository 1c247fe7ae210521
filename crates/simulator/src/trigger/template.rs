//! Events of templates: the state changes, then it is told.

use serde_json::{Value, json};

use crate::core::write;
use crate::error::SimulatorError;
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::template::TemplateStatus;
use crate::trigger::{Event, Params};

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 4] = [
    ("template.approved", "a template is approved and can be sent [template, language]"),
    ("template.rejected", "a template is rejected and can no longer be sent [template, language]"),
    ("template.paused", "a template is paused: sends answer 132015 [template, language]"),
    ("template.disabled", "a template is disabled: sends answer 132016 [template, language]"),
];

pub(super) fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let number = core.number_or_first(params.phone_number_id()?.as_ref())?;
    let value = status(simulator, event, params)?;
    Ok(core
        .emit_for_waba(&number.waba, "message_template_status_update", &value)
        .triggered(event, None))
}

fn status(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Value, SimulatorError> {
    let name = params.text_or("template", "hello_world")?;
    let language = params.text("language")?;
    let (status, reason) = match event {
        "template.approved" => (TemplateStatus::Approved, "NONE"),
        "template.rejected" => (TemplateStatus::Rejected, "INVALID_FORMAT"),
        "template.paused" => (TemplateStatus::Paused, "NONE"),
        _ => (TemplateStatus::Disabled, "NONE"),
    };
    let mut templates = write(&simulator.core().templates);
    let template = templates
        .iter_mut()
        .find(|known| known.name == name && language.is_none_or(|code| known.language == code))
        .ok_or(SimulatorError::Unknown { kind: "template" })?;
    template.status = status;
    let mut value = json!({
        "event": status,
        "message_template_id": template.id,
        "message_template_name": template.name,
        "message_template_language": template.language,
        "reason": reason,
        "message_template_category": template.category,
    });
    match status {
        TemplateStatus::Rejected => {
            value["rejection_info"] = json!({
                "reason": "Your template has parameters placed next to each other.",
                "recommendation": "Separate parameters with descriptive text.",
            });
        }
        TemplateStatus::Paused => {
            value["other_info"] = json!({
                "title": "FIRST_PAUSE",
                "description": "Your WhatsApp message template has been paused for 3 hours due to low quality.",
            });
        }
        TemplateStatus::Disabled => {
            let now = simulator.core().clock.now().as_second();
            value["disable_info"] = json!({"disable_date": now.to_string()});
        }
        _ => {}
    }
    Ok(value)
}
