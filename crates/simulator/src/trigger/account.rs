//! Events of templates, WABA, number and user preferences: the state changes, then it is told.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::{lock, write};
use crate::error::SimulatorError;
use crate::record::Triggered;
use crate::settings::Number;
use crate::simulator::Simulator;
use crate::template::TemplateStatus;
use crate::trigger::Params;

pub(super) fn trigger(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let number = core.number_or_first(params.phone_number_id()?.as_ref())?;
    if event.starts_with("user_preferences.") {
        return preferences(simulator, event, params, &number);
    }
    let (field, value) = match event {
        "template.approved" | "template.rejected" | "template.paused" | "template.disabled" => (
            "message_template_status_update",
            template(simulator, event, params)?,
        ),
        "phone_number.quality" => {
            change(simulator, &number, |number| {
                "HIGH".clone_into(&mut number.throughput);
            });
            (
                "phone_number_quality_update",
                json!({
                    "display_phone_number": number.display_phone_number,
                    "event": "THROUGHPUT_UPGRADE",
                    "max_daily_conversations_per_business": "TIER_UNLIMITED",
                }),
            )
        }
        "phone_number.name_approved" => {
            let name = params.text_or("name", &number.verified_name)?.to_owned();
            change(simulator, &number, |number| {
                number.verified_name.clone_from(&name);
            });
            (
                "phone_number_name_update",
                json!({
                    "display_phone_number": number.display_phone_number,
                    "decision": "APPROVED",
                    "requested_verified_name": name,
                    "rejection_reason": null,
                }),
            )
        }
        _ => return Err(SimulatorError::Unknown { kind: "event" }),
    };
    Ok(core
        .emit_for_waba(&number.waba, field, &value)
        .triggered(event, None))
}

fn change(simulator: &Simulator, number: &Number, change: impl FnOnce(&mut Number)) {
    let mut numbers = write(&simulator.core().numbers);
    if let Some(known) = numbers.iter_mut().find(|known| known.id == number.id) {
        change(Arc::make_mut(known));
    }
}

fn template(
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
        TemplateStatus::Approved | TemplateStatus::Pending => {}
    }
    Ok(value)
}

fn preferences(
    simulator: &Simulator,
    event: &str,
    params: &Params<'_>,
    number: &Number,
) -> Result<Triggered, SimulatorError> {
    let core = simulator.core();
    let stops = event == "user_preferences.stop";
    let user = params.user(simulator)?;
    user.set_stopped_marketing(stops);
    let bsuid = user.bsuid();
    let mut world = lock(&core.world);
    let person = world.by_bsuid(&bsuid);
    let verb = if stops { "stop" } else { "resume" };
    let mut preference = json!({
        "user_id": person.bsuid,
        "detail": format!("User requested to {verb} marketing messages"),
        "category": "marketing_messages",
        "value": verb,
        "timestamp": core.clock.now().as_second(),
    });
    if let Some(wa_id) = &person.wa_id {
        preference["wa_id"] = json!(wa_id);
    }
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": number.display_phone_number,
            "phone_number_id": number.id,
        },
        "contacts": [person.contact(true)],
        "user_preferences": [preference],
    });
    let key = crate::world::status::lane_key("", Some(person));
    Ok(core
        .emit(number, "user_preferences", key, &value)
        .triggered(event, None))
}
