//! Events of templates: the state changes, then it is told.

use serde_json::{Value, json};

use crate::core::{lock, write};
use crate::error::SimulatorError;
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::template::{Button, Category, Header, Quality, Template, TemplateStatus};
use crate::trigger::{Event, Params};
use crate::world::conduct::feedback;

#[rustfmt::skip]
pub(super) const EVENTS: [Event; 16] = [
    ("template.approved", "a template is approved and can be sent [template, language]"),
    ("template.rejected", "a template is rejected and can no longer be sent [template, language]"),
    ("template.paused", "a template is paused: sends answer 132015 [template, language]"),
    ("template.disabled", "a template is disabled: sends answer 132016 [template, language]"),
    ("template.pending", "a template is under review again [template, language]"),
    ("template.archived", "a template was not used for long: sends answer 132001 [template, language]"),
    ("template.pending_deletion", "a template will be deleted [template, language]"),
    ("template.in_appeal", "a rejection is looked at again [template, language]"),
    ("template.limit_exceeded", "there are too many templates: sends answer 132001 [template, language]"),
    ("template.reinstated", "a template can be sent again [template, language]"),
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
    let (field, value) = match event {
        "template.quality_green" => return score(simulator, event, params, Quality::Green),
        "template.quality_yellow" => return score(simulator, event, params, Quality::Yellow),
        "template.quality_red" => return score(simulator, event, params, Quality::Red),
        "template.components_changed" => (
            "message_template_components_update",
            components(simulator, params)?,
        ),
        "template.category_impending" | "template.category_changed" => (
            "template_category_update",
            category(simulator, event, params)?,
        ),
        _ => (
            "message_template_status_update",
            status(simulator, event, params)?,
        ),
    };
    Ok(core
        .emit_for_waba(&number.waba, field, &value)
        .triggered(event, None))
}

/// Changes the named template, or the first sample, and tells what became of it.
fn change<T>(
    simulator: &Simulator,
    params: &Params<'_>,
    change: impl FnOnce(&mut Template) -> T,
) -> Result<T, SimulatorError> {
    let name = params.text_or("template", "hello_world")?;
    let language = params.text("language")?;
    let mut templates = write(&simulator.core().templates);
    templates
        .iter_mut()
        .find(|known| known.name == name && language.is_none_or(|code| known.language == code))
        .map(change)
        .ok_or(SimulatorError::Unknown { kind: "template" })
}

fn score(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
    score: Quality,
) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let number = core.number_or_first(params.phone_number_id()?.as_ref())?;
    let id = change(simulator, params, |template| {
        if template.quality == score {
            template.quality = Quality::Unknown;
        }
        template.id
    })?;
    let mut world = lock(&core.world);
    feedback::score_template(core, &mut world, &number.waba, id, score)
        .map(|emitted| emitted.triggered(event, None))
        .ok_or(SimulatorError::Unknown { kind: "template" })
}

fn named(template: &Template) -> Value {
    json!({
        "message_template_id": template.id,
        "message_template_name": template.name,
        "message_template_language": template.language,
    })
}

fn components(simulator: &Simulator, params: &Params<'_>) -> Result<Value, SimulatorError> {
    let text = params.text("text")?.map(str::to_owned);
    change(simulator, params, |template| {
        template.body = text.unwrap_or_else(|| format!("{} Welcome!", template.body));
        let mut value = named(template);
        value["message_template_element"] = json!(template.body);
        if let Header::Text(title) = &template.header {
            value["message_template_title"] = json!(title);
        }
        if let Some(footer) = &template.footer {
            value["message_template_footer"] = json!(footer);
        }
        let buttons = template.buttons.iter().filter_map(|button| match button {
            Button::Url { text, url } => Some(json!({
                "message_template_button_type": "URL",
                "message_template_button_text": text,
                "message_template_button_url": url,
            })),
            Button::QuickReply { text } => Some(json!({
                "message_template_button_type": "QUICK_REPLY",
                "message_template_button_text": text,
            })),
            _ => None,
        });
        let buttons: Vec<Value> = buttons.collect();
        if !buttons.is_empty() {
            value["message_template_buttons"] = json!(buttons);
        }
        value
    })
}

fn category(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Value, SimulatorError> {
    let tomorrow = simulator.core().clock.now().as_second() + 24 * 60 * 60;
    change(simulator, params, |template| {
        let mut value = named(template);
        let other = match template.category {
            Category::Marketing => Category::Utility,
            _ => Category::Marketing,
        };
        if event == "template.category_impending" {
            value["new_category"] = json!(template.category);
            value["correct_category"] = json!(other);
            value["category_update_timestamp"] = json!(tomorrow);
        } else {
            value["previous_category"] = json!(template.category);
            value["new_category"] = json!(other);
            template.category = other;
        }
        value
    })
}

fn status(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Value, SimulatorError> {
    let name = params.text_or("template", "hello_world")?;
    let language = params.text("language")?;
    let (status, reason) = match event {
        "template.approved" | "template.reinstated" => (TemplateStatus::Approved, json!("NONE")),
        "template.rejected" => (TemplateStatus::Rejected, json!("INVALID_FORMAT")),
        "template.paused" => (TemplateStatus::Paused, json!("NONE")),
        "template.pending" => (TemplateStatus::Pending, json!("NONE")),
        "template.archived" => (TemplateStatus::Archived, json!("NONE")),
        "template.pending_deletion" => (TemplateStatus::PendingDeletion, Value::Null),
        "template.in_appeal" => (TemplateStatus::InAppeal, json!("NONE")),
        "template.limit_exceeded" => (TemplateStatus::LimitExceeded, json!("NONE")),
        _ => (TemplateStatus::Disabled, json!("NONE")),
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
    if event == "template.reinstated" {
        value["event"] = json!("REINSTATED");
    }
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
