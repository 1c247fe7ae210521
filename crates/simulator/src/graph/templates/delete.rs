//! `DELETE /{waba}/message_templates`.

use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::{must_be, required};
use crate::graph::templates::archive::{named, rule_all, wrong_status};
use crate::graph::templates::refusal::invalid;
use crate::graph::templates::{find, of};
use crate::ids::WabaId;
use crate::template::{Ruling, Template, TemplateStatus};

pub(super) fn delete(call: &Call, waba: &WabaId) -> Answer {
    let doomed = doomed(call, waba)?;
    for template in &doomed {
        if template.status == TemplateStatus::Disabled {
            return Err(wrong_status(template, "deleted", "not DISABLED"));
        }
    }
    let (waiting, idle): (Vec<_>, Vec<_>) = doomed
        .into_iter()
        .partition(|template| has_undelivered(call, template));
    rule_all(call, waba, &waiting, Ruling::PendDeletion)?;
    rule_all(call, waba, &idle, Ruling::Delete)
}

/// What the call names: all languages of a name, one id, or up to a hundred ids.
fn doomed(call: &Call, waba: &WabaId) -> Result<Vec<Template>, GraphError> {
    let params = &call.params;
    let (name, id) = (params.text("name")?, params.text("hsm_id")?);
    if params.get("hsm_ids").is_some() {
        if name.is_some() || id.is_some() {
            return Err(must_be("hsm_ids", "given without name and hsm_id"));
        }
        return named(call, waba);
    }
    let name = name.ok_or_else(|| required("name"))?;
    let missing = || {
        invalid(
            "Message template not found",
            format!("There is no message template {name} to delete. Check name and hsm_id."),
        )
    };
    if let Some(id) = id {
        let known = find(&call.core, &id);
        let known = known.filter(|known| known.belongs_to(waba) && known.name == name);
        return known.map(|known| vec![known]).ok_or_else(missing);
    }
    let all: Vec<_> = of(&call.core, waba)
        .into_iter()
        .filter(|template| template.name == name)
        .collect();
    if all.is_empty() {
        Err(missing())
    } else {
        Ok(all)
    }
}

/// Whether a message of the template is still on its way.
fn has_undelivered(call: &Call, template: &Template) -> bool {
    lock(&call.core.world).messages().any(|message| {
        message
            .template()
            .is_some_and(|used| used.id == template.id)
            && !message.is_settled()
    })
}
