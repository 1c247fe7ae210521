//! `POST /{waba}/migrate_message_templates`: copies of another account's templates.

use serde_json::{Map, json};

use crate::core::{lock, write};
use crate::graph::call::{Answer, Call};
use crate::graph::params::must_be;
use crate::graph::templates::of;
use crate::graph::templates::refusal::invalid;
use crate::ids::WabaId;
use crate::template::{Quality, Template, TemplateStatus, review};

const MOST: i64 = 500;

pub(super) fn migrate(call: &Call, waba: &WabaId) -> Answer {
    let core = &call.core;
    let source = call.params.required_text("source_waba_id")?;
    if !same_portfolio(call, &source, waba) {
        return Err(invalid(
            "Source account not found",
            "source_waba_id is no other WhatsApp Business Account of this portfolio. Correct it.",
        ));
    }
    let count = call.params.integer("count")?.unwrap_or(MOST);
    if !(1..=MOST).contains(&count) {
        return Err(must_be("count", &format!("between 1 and {MOST}")));
    }
    let number = call.params.integer("page_number")?.unwrap_or(0);
    let page = usize::try_from(number).map_err(|_| must_be("page_number", "0 or more"))?;
    let count = usize::try_from(count).unwrap_or(1);
    let wanted = call.params.list("template_ids")?;
    let source = WabaId::from(source);
    let found = of(core, &source).into_iter().filter(|template| {
        let id = template.id.to_string();
        template.waba.is_some() && wanted.as_ref().is_none_or(|wanted| wanted.contains(&id))
    });
    let (mut migrated, mut failed) = (Vec::new(), Map::new());
    for template in found.skip(page.saturating_mul(count)).take(count) {
        let id = template.id.to_string();
        match copy(call, waba, template) {
            Ok(()) => migrated.push(id),
            Err(reason) => {
                failed.insert(id, json!(reason));
            }
        }
    }
    Ok(json!({"migrated_templates": migrated, "failed_templates": failed}))
}

/// Whether another account of this id has the same owner.
fn same_portfolio(call: &Call, source: &str, waba: &WabaId) -> bool {
    let owner = |id: &str| call.core.waba(id).map(|waba| waba.owner.clone());
    source != waba.as_str() && owner(source).is_some() && owner(source) == owner(waba.as_str())
}

fn copy(call: &Call, waba: &WabaId, template: Template) -> Result<(), &'static str> {
    if template.status != TemplateStatus::Approved {
        return Err("Template is not approved");
    }
    if !matches!(template.quality, Quality::Green | Quality::Unknown) {
        return Err("Template quality is low");
    }
    let core = &call.core;
    let now = core.clock.now();
    let id = core.ids.template();
    {
        let mut templates = write(&core.templates);
        let mut desk = lock(&core.desk);
        let exists = templates.iter().any(|known| {
            known.belongs_to(waba)
                && known.name == template.name
                && known.language == template.language
        });
        if exists {
            return Err("Template already exists");
        }
        if desk.is_blocked(waba, &template.name, &template.language, now) {
            return Err("Template name is being deleted");
        }
        let mut dossier = crate::template::desk::Dossier {
            created: Some(now),
            updated: Some(now),
            ..desk.get(template.id)
        };
        (dossier.used, dossier.pauses, dossier.blocks) = (None, 0, 0);
        *desk.of(id) = dossier;
        templates.push(Template {
            id,
            waba: Some(waba.clone()),
            quality: Quality::Unknown,
            ..template
        });
    }
    review::watch_use(core, id);
    Ok(())
}
