//! Template management. See [Cloud API/Template management].

mod archive;
mod check;
mod create;
mod delete;
mod draft;
mod edit;
mod library;
mod list;
mod migrate;
mod preview;
mod refusal;
mod upsert;

use axum::http::Method;
use serde_json::{Value, json};

use crate::core::{Core, read};
use crate::graph::analytics;
use crate::graph::call::{Answer, Call};
use crate::ids::WabaId;
use crate::template::{Template, review};

/// The template that an id of a path names.
pub(super) fn find(core: &Core, id: &str) -> Option<Template> {
    review::find(core, id.parse().ok()?)
}

/// The edges of a WABA that are about templates.
pub(super) fn of_waba(call: &Call, waba: &WabaId) -> Answer {
    match (&call.method, call.edge()) {
        (&Method::POST, ("message_templates", "")) => create::create(call, waba),
        (&Method::GET, ("message_templates", "")) => list::list(call, waba),
        (&Method::DELETE, ("message_templates", "")) => delete::delete(call, waba),
        (&Method::POST, ("message_templates", "archive")) => archive::archive(call, waba),
        (&Method::POST, ("message_templates", "unarchive")) => archive::unarchive(call, waba),
        (&Method::POST, ("migrate_message_templates", "")) => migrate::migrate(call, waba),
        (&Method::POST, ("upsert_message_templates", "")) => upsert::upsert(call, waba),
        (&Method::GET, ("message_template_previews", "")) => preview::preview(call),
        _ => Err(call.not_simulated()),
    }
}

/// The edges of one template.
pub(super) fn route(call: &Call, template: &Template) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => list::get(call, template),
        (&Method::POST, "") => edit::edit(call, template),
        (&Method::GET, "compare") => analytics::compare(call, template),
        (&Method::POST, "unpause") => archive::unpause(call, template),
        _ => Err(call.not_simulated()),
    }
}

/// `GET /message_template_library`.
pub(super) fn library(call: &Call) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => library::list(call),
        _ => Err(call.not_simulated()),
    }
}

/// The templates that a WABA can use, in the order in which they were added.
fn of(core: &Core, waba: &WabaId) -> Vec<Template> {
    read(&core.templates)
        .iter()
        .filter(|template| template.belongs_to(waba))
        .cloned()
        .collect()
}

fn success() -> Value {
    json!({"success": true})
}
