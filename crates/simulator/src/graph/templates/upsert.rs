//! `POST /{waba}/upsert_message_templates`: login codes in several languages at once.

use serde_json::{Value, json};

use crate::core::{lock, write};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::{must_be, required};
use crate::graph::templates::draft::{self, Draft, Extras};
use crate::graph::templates::refusal::invalid;
use crate::graph::templates::{check, create};
use crate::ids::WabaId;
use crate::template::{Category, Template, TemplateStatus};

pub(super) fn upsert(call: &Call, waba: &WabaId) -> Answer {
    let params = &call.params;
    let name = draft::name(&params.required_text("name")?)?;
    let category = draft::category(&params.required_text("category")?)?;
    if category != Category::Authentication {
        return Err(must_be("category", "AUTHENTICATION"));
    }
    let languages = params.list("languages")?.unwrap_or_default();
    if languages.is_empty() {
        return Err(required("languages"));
    }
    let components = draft::required_components(call)?;
    without_texts(&components)?;
    let extras = Extras::read(call)?;
    check::check(&call.core, category, &components, &extras)?;
    let mut drafts = Vec::new();
    for language in languages {
        drafts.push(Draft {
            name: name.clone(),
            language: draft::language_code(&language)?,
            category,
            components: components.clone(),
            extras: extras.clone(),
        });
    }
    let mut data = Vec::new();
    for draft in drafts {
        let template = match replace(call, waba, &draft)? {
            Some(template) => template,
            None => create::add(call, waba, &draft, TemplateStatus::Approved, None)?,
        };
        data.push(json!({
            "id": template.id.to_string(),
            "status": template.status,
            "language": template.language,
        }));
    }
    Ok(json!({ "data": data }))
}

/// Puts the new components into a template that exists.
fn replace(call: &Call, waba: &WabaId, draft: &Draft) -> Result<Option<Template>, GraphError> {
    let new = create::read(draft)?;
    let core = &call.core;
    let mut templates = write(&core.templates);
    let known = templates.iter_mut().find(|known| {
        known.belongs_to(waba) && known.name == draft.name && known.language == draft.language
    });
    let Some(known) = known else {
        return Ok(None);
    };
    if known.category != Category::Authentication {
        return Err(invalid(
            "Message template has another category",
            "The template of this name is no AUTHENTICATION template. Choose another name.",
        ));
    }
    *known = Template {
        id: known.id,
        waba: known.waba.clone(),
        quality: known.quality,
        ..new
    };
    lock(&core.desk).of(known.id).updated = Some(core.clock.now());
    Ok(Some(known.clone()))
}

/// The texts come from the platform, in each language.
fn without_texts(components: &[Value]) -> Result<(), GraphError> {
    let buttons = components
        .iter()
        .filter_map(|component| component.get("buttons"));
    for button in buttons.filter_map(Value::as_array).flatten() {
        for name in ["text", "autofill_text"] {
            if button.get(name).is_some() {
                return Err(invalid(
                    "Invalid authentication template",
                    format!("{name} cannot be given for several languages at once. Remove it."),
                ));
            }
        }
    }
    Ok(())
}
