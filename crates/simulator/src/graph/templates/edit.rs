//! `POST /{template}`: an edit, which is reviewed like a new template.

use crate::core::{lock, write};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::required;
use crate::graph::templates::archive::wrong_status;
use crate::graph::templates::draft::{self, Draft, Extras};
use crate::graph::templates::refusal::{self, refused};
use crate::graph::templates::{check, create, success};
use crate::template::{Template, TemplateStatus, notice, review};

pub(super) fn edit(call: &Call, template: &Template) -> Answer {
    let core = &call.core;
    let category = call.params.text("category")?;
    let category = category.map(|text| draft::category(&text)).transpose()?;
    let components = draft::components(call)?;
    // They cannot be changed; nonsense is refused all the same.
    for name in ["name", "language"] {
        call.params.text(name)?;
    }
    let mut extras = Extras::read(call)?;
    let reviewed = components.is_some() || category.is_some_and(|new| new != template.category);
    if !reviewed && extras.ttl.is_none() && extras.link_tracking_opted_out.is_none() {
        return Err(required("components"));
    }
    let was = template.status;
    if !matches!(
        was,
        TemplateStatus::Approved | TemplateStatus::Rejected | TemplateStatus::Paused
    ) {
        return Err(wrong_status(
            template,
            "edited",
            "APPROVED, REJECTED or PAUSED",
        ));
    }
    if was == TemplateStatus::Approved && category.is_some_and(|new| new != template.category) {
        return Err(refused(
            refusal::WRONG_STATUS,
            "Category of an approved template",
            "The category of an APPROVED template cannot be changed. Create a new template.",
        ));
    }
    if call.params.get("parameter_format").is_none() {
        extras.named = lock(&core.desk).get(template.id).named;
    }
    extras.ttl = extras.ttl.or(template.message_send_ttl_seconds);
    extras.sub_category = extras
        .sub_category
        .or_else(|| template.sub_category.clone());
    let draft = Draft {
        name: template.name.clone(),
        language: template.language.clone(),
        category: category.unwrap_or(template.category),
        components: match components {
            Some(components) => components,
            None => crate::template::shown::components(template),
        },
        extras,
    };
    if call.params.get("components").is_some() {
        check::check(core, draft.category, &draft.components, &draft.extras)?;
        if let Some(waba) = &template.waba {
            check::catalogue(core, waba, &draft.components)?;
        }
    } else {
        check::beside(draft.category, &draft.extras)?;
    }
    let edited = {
        let mut templates = write(&core.templates);
        let mut desk = lock(&core.desk);
        let known = templates.iter_mut().find(|known| known.id == template.id);
        let Some(known) = known else {
            return Err(call.no_object());
        };
        let dossier = desk.of(template.id);
        if was == TemplateStatus::Approved {
            dossier.may_edit(core.clock.now()).map_err(too_often)?;
        }
        dossier.updated = Some(core.clock.now());
        dossier.named = draft.extras.named;
        if let Some(opted_out) = draft.extras.link_tracking_opted_out {
            dossier.link_tracking_opted_out = Some(opted_out);
        }
        if reviewed {
            let mut new = create::read(&draft)?;
            if call.params.get("components").is_none() {
                new.components = known.components.clone();
            }
            *known = Template {
                id: known.id,
                waba: known.waba.clone(),
                quality: known.quality,
                status: TemplateStatus::Pending,
                ..new
            };
        } else {
            known.message_send_ttl_seconds = draft.extras.ttl;
        }
        known.clone()
    };
    if reviewed {
        if call.params.get("components").is_some()
            && let Some(waba) = owner(call, &edited)
        {
            let value = notice::components(&edited);
            core.emit_for_waba(&waba, "message_template_components_update", &value);
        }
        review::submit(core, template.id);
    }
    Ok(success())
}

fn owner(call: &Call, template: &Template) -> Option<crate::ids::WabaId> {
    let first = || {
        call.core
            .number_or_first(None)
            .map(|number| number.waba.clone())
    };
    template.waba.clone().or_else(|| first().ok())
}

fn too_often(limit: &str) -> GraphError {
    refused(
        refusal::WRONG_STATUS,
        "Message template edited too often",
        format!("An APPROVED template can be edited {limit}. Wait, or create a new template."),
    )
}
