//! Groups over the Graph API. See [Cloud API/Groups].

mod joining;
mod picture;

use std::time::Duration;

use serde_json::{Value, json};

use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::codes::known;
use crate::graph::fields;
use crate::graph::page::page;
use crate::graph::params::{must_be, required};
use crate::groups::{Group, Outcome, Plan, tell};
use crate::later::{self, Step};
use crate::settings::Number;

const SUBJECT: usize = 128;
const DESCRIPTION: usize = 2048;

/// What the id of a group names: its id and its number.
pub(super) struct Found {
    id: String,
    pub(super) number: std::sync::Arc<Number>,
}

pub(super) fn find(core: &crate::core::Core, id: &str) -> Option<Found> {
    let number = lock(&core.groups).get(id)?.number.clone();
    let number = core.number(number.as_str())?;
    Some(Found {
        id: id.to_owned(),
        number,
    })
}

/// `GET` and `POST /{phone_number_id}/groups`.
pub(super) fn groups(call: &Call, number: &Number) -> Answer {
    if call.method == axum::http::Method::GET {
        list(call, number)
    } else {
        create(call, number)
    }
}

pub(super) async fn route(call: &Call, found: &Found) -> Answer {
    match (call.method.as_str(), call.edge().0) {
        ("GET", "") => details(call, found),
        ("POST", "") => change(call, found).await,
        ("DELETE", "") => delete(call, found),
        ("GET", "invite_link") => joining::link(call, found, false),
        ("POST" | "DELETE", "invite_link") => joining::link(call, found, true),
        ("DELETE", "participants") => joining::remove(call, found),
        ("POST", "participants") => Err(GraphError::new(
            131_055,
            "Participants cannot be added: send them the invite link of the group.",
        )),
        ("GET", "join_requests") => joining::requests(call, found),
        ("POST", "join_requests") => joining::decide(call, found, true),
        ("DELETE", "join_requests") => joining::decide(call, found, false),
        _ => Err(call.not_simulated()),
    }
}

/// Does something with the group; refuses it while it is suspended, if `changes`.
fn with<T>(
    call: &Call,
    found: &Found,
    changes: bool,
    act: impl FnOnce(&mut Group) -> Result<T, GraphError>,
) -> Result<T, GraphError> {
    let mut groups = lock(&call.core.groups);
    let group = groups.get_mut(&found.id).ok_or_else(|| call.no_object())?;
    if changes && group.suspended {
        return Err(GraphError::usual(131_207));
    }
    act(group)
}

/// Lets the business hear of a change after the answer.
fn tell_later(call: &Call, found: &Found, field: &'static str, value: Value) {
    let outcome = Outcome::Told(field, value);
    let step = Step::Group(found.number.id.clone(), Box::new(outcome));
    later::after(&call.core, Duration::ZERO, step);
}

fn list(call: &Call, number: &Number) -> Answer {
    if let Some(limit) = call.params.integer("limit")?
        && !(1..=1024).contains(&limit)
    {
        return Err(must_be("limit", "between 1 and 1024"));
    }
    let groups = lock(&call.core.groups);
    let items: Vec<_> = groups
        .of(Some(&number.id))
        .map(|group| {
            json!({
                "id": group.id,
                "subject": group.subject,
                "created_at": group.created.as_second().to_string(),
            })
        })
        .collect();
    drop(groups);
    let by_cursor = call.params.get("after").or(call.params.get("before"));
    let mut answer = match page(call, &items, "id") {
        Err(_) if by_cursor.is_some() => return Err(GraphError::usual(131_059)),
        page => page?,
    };
    let groups = answer["data"].take();
    answer["data"] = json!({ "groups": groups });
    Ok(answer)
}

fn create(call: &Call, number: &Number) -> Answer {
    let params = &call.params;
    params.product()?;
    let subject = params.short_text("subject", SUBJECT)?;
    let subject = subject.filter(|text| !text.trim().is_empty());
    let subject = subject.ok_or_else(|| required("subject"))?;
    let description = params.short_text("description", DESCRIPTION)?;
    let by_approval = match params.text("join_approval_mode")?.as_deref() {
        None | Some("auto_approve") => false,
        Some("approval_required") => true,
        Some(_) => {
            return Err(must_be(
                "join_approval_mode",
                "auto_approve or approval_required",
            ));
        }
    };
    let core = &call.core;
    {
        let mut numbers = lock(&core.numbers_state);
        let state = numbers.of(&number.id);
        if !state.registered {
            return Err(GraphError::usual(133_010));
        }
        if state.on_biz_app {
            return Err(GraphError::usual(131_215));
        }
    }
    let request_id = {
        let mut groups = lock(&core.groups);
        if groups.is_stopped(&number.id, core.clock.now()) {
            return Err(GraphError::usual(131_214));
        }
        groups.request_id(core.settings.seed)
    };
    let outcome = Outcome::Created(Plan {
        request_id: request_id.clone(),
        subject,
        description,
        by_approval,
    });
    let step = Step::Group(number.id.clone(), Box::new(outcome));
    later::after(core, Duration::ZERO, step);
    Ok(json!({"messaging_product": "whatsapp", "request_id": request_id}))
}

/// `GET /{group_id}`: without `fields` only the id.
fn details(call: &Call, found: &Found) -> Answer {
    let wanted = call.params.text("fields")?.unwrap_or_default();
    let world = lock(&call.core.world);
    let node = with(call, found, false, |group| {
        let participants = group.participants.iter();
        let participants = participants.filter_map(|key| world.user(key));
        let mut node = json!({
            "id": group.id,
            "messaging_product": "whatsapp",
            "subject": group.subject,
            "suspended": group.suspended,
            "creation_timestamp": group.created.as_second().to_string(),
            "participants": participants.map(tell::participant).collect::<Vec<_>>(),
            "total_participant_count": group.participants.len(),
            "join_approval_mode": group.approval_mode(),
        });
        if let Some(description) = &group.description {
            node["description"] = json!(description);
        }
        Ok(node)
    })?;
    if wanted.is_empty() {
        return Ok(json!({"id": found.id}));
    }
    Ok(fields::select(node, &fields::parse(&wanted)))
}

/// `POST /{group_id}`: subject, description, picture; the results come as a notification.
async fn change(call: &Call, found: &Found) -> Answer {
    let form = picture::read(call).await?;
    // The page has no product here; whoever gives one gives the right one.
    if call.params.get("messaging_product").is_some() {
        call.params.product()?;
    }
    call.params.text("profile_picture_file")?;
    let text = |name: &str, most: usize| match form.texts.get(name) {
        Some(text) if text.chars().count() > most => Err(must_be(
            name,
            &format!("at most {most} characters long; shorten it"),
        )),
        Some(text) => Ok(Some(text.clone())),
        None => call.params.short_text(name, most),
    };
    let subject = text("subject", SUBJECT)?;
    if subject.as_ref().is_some_and(|text| text.trim().is_empty()) {
        return Err(must_be("subject", "not empty"));
    }
    let description = text("description", DESCRIPTION)?;
    if subject.is_none() && description.is_none() && form.picture.is_none() {
        return Err(required("subject"));
    }
    let request_id = lock(&call.core.groups).request_id(call.core.settings.seed);
    let mut value = json!({
        "type": "group_settings_update",
        "group_id": found.id,
        "request_id": request_id,
    });
    with(call, found, true, |group| {
        if let Some(subject) = subject {
            value["group_subject"] = json!({"text": subject, "update_successful": true});
            group.subject = subject;
        }
        if let Some(description) = description {
            value["group_description"] = json!({"text": description, "update_successful": true});
            group.description = Some(description);
        }
        Ok(())
    })?;
    if let Some(picture) = form.picture {
        value["profile_picture"] = picture.shown;
        if let Some(code) = picture.fault {
            value["profile_picture"]["errors"] = json!([tell::error(code)]);
            value["errors"] = json!([tell::error(code)]);
        }
    }
    tell_later(call, found, "group_settings_update", value);
    Ok(requested(&request_id))
}

fn delete(call: &Call, found: &Found) -> Answer {
    let mut world = lock(&call.core.world);
    let mut groups = lock(&call.core.groups);
    let request_id = groups.request_id(call.core.settings.seed);
    groups.remove(&found.id).ok_or_else(|| call.no_object())?;
    world.set_members(&found.id, Vec::new());
    drop((groups, world));
    let value = json!({
        "type": "group_delete",
        "group_id": found.id,
        "request_id": request_id,
    });
    tell_later(call, found, "group_lifecycle_update", value);
    Ok(requested(&request_id))
}

/// The answer to what is done later.
fn requested(request_id: &str) -> Value {
    json!({"messaging_product": "whatsapp", "success": true, "request_id": request_id})
}

/// An element of `errors`, as answers of calls have it.
fn failure(code: i64) -> Value {
    let row = known(code);
    json!({
        "code": code,
        "message": format!("(#{code}) {}", row.title),
        "title": row.title,
        "error_data": {"details": row.details()},
    })
}
