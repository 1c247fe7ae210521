//! The bodies of the template webhooks. See [Cloud API/Template webhooks].

use serde_json::{Map, Value, json};

use crate::template::{Category, Quality, Ruling, Template, TemplateStatus};

/// The word for what happened.
pub(super) fn event(ruling: Ruling, status: TemplateStatus) -> Value {
    match ruling {
        Ruling::Flag => json!("FLAGGED"),
        Ruling::Lock => json!("LOCKED"),
        Ruling::Reinstate | Ruling::Unpause => json!("REINSTATED"),
        Ruling::Unarchive => json!("UNARCHIVED"),
        Ruling::Delete => json!("DELETED"),
        _ => json!(status),
    }
}

/// `message_template_status_update`; `more` has what only some events carry.
pub(super) fn status(template: &Template, event: &Value, more: Value) -> Value {
    let mut value = json!({
        "event": event,
        "message_template_id": template.id,
        "message_template_name": template.name,
        "message_template_language": template.language,
        "reason": "NONE",
        "message_template_category": template.category,
    });
    if let Value::Object(more) = more {
        for (name, field) in more {
            value[name] = field;
        }
    }
    value
}

/// `other_info` of a pause.
pub(super) fn paused(title: &str) -> Value {
    let description = match title {
        "FIRST_PAUSE" => {
            "Your WhatsApp message template has been paused for 3 hours due to low quality."
        }
        "SECOND_PAUSE" => {
            "Your WhatsApp message template has been paused for 6 hours due to low quality."
        }
        "RATE_LIMITING_PAUSE" => {
            "Your WhatsApp message template has been paused because it received negative feedback \
             while it was paced."
        }
        _ => "Your WhatsApp message template has been disabled due to repeated low quality.",
    };
    json!({"title": title, "description": description})
}

/// `other_info` when a pause ends.
pub(super) fn unpaused() -> Value {
    json!({
        "title": "UNPAUSE",
        "description": "Your WhatsApp message template is no longer paused and can be sent again.",
    })
}

/// `message_template_quality_update`.
pub(super) fn quality(template: &Template, new: Quality) -> Value {
    json!({
        "previous_quality_score": template.quality,
        "new_quality_score": new,
        "message_template_id": template.id,
        "message_template_name": template.name,
        "message_template_language": template.language,
    })
}

/// `template_category_update`, 24 hours before the change.
pub(super) fn category_impending(template: &Template, correct: Category, at: i64) -> Value {
    json!({
        "message_template_id": template.id,
        "message_template_name": template.name,
        "message_template_language": template.language,
        "correct_category": correct,
        "new_category": template.category,
        "category_update_timestamp": at,
    })
}

/// `template_category_update`, of a change that was made.
pub(super) fn category_changed(template: &Template, new: Category) -> Value {
    json!({
        "message_template_id": template.id,
        "message_template_name": template.name,
        "message_template_language": template.language,
        "previous_category": template.category,
        "new_category": new,
    })
}

/// `message_template_components_update`.
pub(crate) fn components(template: &Template) -> Value {
    let mut value = json!({
        "message_template_id": template.id,
        "message_template_name": template.name,
        "message_template_language": template.language,
        "message_template_element": template.body,
    });
    if let crate::template::Header::Text(title) = &template.header {
        value["message_template_title"] = json!(title);
    }
    if let Some(footer) = &template.footer {
        value["message_template_footer"] = json!(footer);
    }
    let shown = super::shown::components(template);
    let buttons = shown
        .iter()
        .filter_map(|component| component.get("buttons"));
    let buttons: Vec<_> = buttons
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(Value::as_object)
        .map(button)
        .collect();
    if !buttons.is_empty() {
        value["message_template_buttons"] = json!(buttons);
    }
    value
}

fn button(button: &Map<String, Value>) -> Value {
    let kind = button.get("type").and_then(Value::as_str);
    let mut told = json!({
        "message_template_button_type": kind.unwrap_or_default().to_ascii_uppercase(),
    });
    for name in ["text", "url", "phone_number"] {
        if let Some(value) = button.get(name) {
            told[format!("message_template_button_{name}")] = value.clone();
        }
    }
    told
}
