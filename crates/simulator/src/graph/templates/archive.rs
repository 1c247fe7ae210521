//! Archiving, taking out again, and the end of a pause.

use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::must_be;
use crate::graph::templates::refusal::{self, invalid, refused};
use crate::graph::templates::{find, success};
use crate::ids::WabaId;
use crate::template::{Ruling, Template, TemplateStatus, review};

/// Ids one call may name.
const MOST_IDS: usize = 100;

pub(super) fn archive(call: &Call, waba: &WabaId) -> Answer {
    let named = named(call, waba)?;
    for template in &named {
        use TemplateStatus::{Approved, Paused, Rejected};
        if !matches!(template.status, Approved | Paused | Rejected) {
            return Err(wrong_status(
                template,
                "archived",
                "APPROVED, PAUSED or REJECTED",
            ));
        }
    }
    rule_all(call, waba, &named, Ruling::Archive)
}

pub(super) fn unarchive(call: &Call, waba: &WabaId) -> Answer {
    let named = named(call, waba)?;
    for template in &named {
        if template.status != TemplateStatus::Archived {
            return Err(wrong_status(template, "unarchived", "ARCHIVED"));
        }
    }
    rule_all(call, waba, &named, Ruling::Unarchive)
}

/// `POST /{template}/unpause`: only pauses of pacing end so; others end by themselves.
pub(super) fn unpause(call: &Call, template: &Template) -> Answer {
    let pause = lock(&call.core.desk).get(template.id).pause;
    if template.status != TemplateStatus::Paused {
        return Err(wrong_status(template, "unpaused", "PAUSED"));
    }
    if pause != Some("RATE_LIMITING_PAUSE") {
        return Err(refused(
            refusal::WRONG_STATUS,
            "Message template cannot be unpaused",
            "Only a template that pacing paused can be unpaused. A pause for low quality ends by \
             itself after 3 or 6 hours; wait, or edit the template.",
        ));
    }
    rule(call, template.id, Ruling::Unpause, None)?;
    Ok(success())
}

/// The templates named by `hsm_ids`, all of this WABA.
pub(super) fn named(call: &Call, waba: &WabaId) -> Result<Vec<Template>, GraphError> {
    let ids = call.params.list("hsm_ids")?.unwrap_or_default();
    if ids.is_empty() || ids.len() > MOST_IDS {
        return Err(must_be(
            "hsm_ids",
            &format!("a list of 1 to {MOST_IDS} template ids"),
        ));
    }
    ids.iter()
        .map(|id| {
            let known = find(&call.core, id).filter(|template| template.belongs_to(waba));
            known.ok_or_else(|| {
                invalid(
                    "Message template not found",
                    format!("hsm_ids has {id}, which is no template of this account. Remove it."),
                )
            })
        })
        .collect()
}

pub(super) fn wrong_status(template: &Template, what: &str, from: &str) -> GraphError {
    let status = serde_json::json!(template.status);
    refused(
        refusal::WRONG_STATUS,
        "Message template cannot be changed now",
        format!(
            "The template {} has status {} and can only be {what} when it is {from}.",
            template.id,
            status.as_str().unwrap_or_default(),
        ),
    )
}

pub(super) fn rule_all(
    call: &Call,
    waba: &WabaId,
    templates: &[Template],
    ruling: Ruling,
) -> Answer {
    for template in templates {
        rule(call, template.id, ruling, Some(waba))?;
    }
    Ok(success())
}

fn rule(call: &Call, id: u64, ruling: Ruling, waba: Option<&WabaId>) -> Result<(), GraphError> {
    match review::rule(&call.core, id, ruling, waba) {
        Ok(_) => Ok(()),
        Err(error) => Err(invalid("Message template not found", error.to_string())),
    }
}
