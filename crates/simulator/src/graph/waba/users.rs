//! The users who are assigned to a WABA, with their tasks. See [Cloud API/Assigned users].

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::accounts::TokenKind;
use crate::core::{lock, read};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::page::page;
use crate::graph::params::{must_be, required};
use crate::graph::waba::records;
use crate::ids::WabaId;

/// What a user may be allowed to do.
const TASKS: [&str; 15] = [
    "MANAGE",
    "DEVELOP",
    "MANAGE_TEMPLATES",
    "MANAGE_PHONE",
    "VIEW_COST",
    "MANAGE_EXTENSIONS",
    "VIEW_PHONE_ASSETS",
    "MANAGE_PHONE_ASSETS",
    "VIEW_TEMPLATES",
    "VIEW_INSIGHTS",
    "RECEIVE_INCOMING_MESSAGES",
    "MANAGE_BILLING",
    "MANAGE_USERS",
    "MESSAGING",
    "FULL_CONTROL",
];

/// Tasks in one call.
const MOST_TASKS: usize = 16;

/// The users as the API shows them.
pub(in crate::graph) fn items(call: &Call, waba: &WabaId) -> Vec<Value> {
    let users = lock(&call.core.records).of(waba).users.clone();
    let accounts = read(&call.core.accounts);
    let owner = accounts.waba(waba.as_str()).map(|waba| waba.owner.clone());
    let name = owner
        .as_ref()
        .and_then(|owner| accounts.business(owner.as_str()))
        .map(|business| business.name.clone());
    users
        .into_iter()
        .map(|(user, tasks)| {
            let system = accounts
                .tokens()
                .any(|token| token.user == user && token.kind != TokenKind::User);
            let (kind, called) = if system {
                ("SYSTEM_USER", "Simulated System User")
            } else {
                ("BUSINESS_USER", "Simulated User")
            };
            json!({"id": user, "name": called, "tasks": tasks, "user_type": kind,
                   "business": {"id": owner, "name": name}})
        })
        .collect()
}

/// `GET /{waba_id}/assigned_users?business=`.
pub(in crate::graph) fn list(call: &Call, waba: &WabaId) -> Answer {
    let business = call.params.text("business")?;
    let Some(business) = business else {
        let message = "(#100) The parameter business is required to specify a business";
        return Err(GraphError::plain(400, 100, message));
    };
    let mut items = items(call, waba);
    items.retain(|item| item["business"]["id"] == business.as_str());
    let total = items.len();
    if call.params.text("fields")?.is_none() {
        for item in &mut items {
            if let Some(item) = item.as_object_mut() {
                item.remove("business");
                item.remove("user_type");
            }
        }
    }
    let mut answer = page(call, &items, "id")?;
    answer["summary"] = json!({"total_count": total});
    Ok(answer)
}

/// `POST /{waba_id}/assigned_users` with `user` and `tasks`.
pub(in crate::graph) fn assign(call: &Call, waba: &WabaId) -> Answer {
    let user = user(call)?;
    let tasks = call
        .params
        .list("tasks")?
        .filter(|tasks| !tasks.is_empty())
        .ok_or_else(|| required("tasks"))?;
    if let Some(unknown) = tasks.iter().find(|task| !TASKS.contains(&task.as_str())) {
        let known = TASKS.join(", ");
        return Err(must_be("tasks", &format!("some of {known}; not {unknown}")));
    }
    if tasks.len() > MOST_TASKS {
        let what = format!("a list of at most {MOST_TASKS} tasks");
        return Err(must_be("tasks", &what));
    }
    let tasks: BTreeSet<_> = tasks.into_iter().collect();
    if !lock(&call.core.records).change(waba).assign(&user, tasks) {
        return Err(GraphError::new(
            100,
            "The simulator keeps no more users of this account.",
        ));
    }
    records::note(call, waba, "USER_ADDED", "User assigned");
    Ok(json!({"success": true}))
}

/// `DELETE /{waba_id}/assigned_users` with `user`.
pub(in crate::graph) fn remove(call: &Call, waba: &WabaId) -> Answer {
    let user = user(call)?;
    let removed = lock(&call.core.records).change(waba).users.remove(&user);
    if removed.is_none() {
        return Err(must_be("user", "the id of a user who is assigned"));
    }
    records::note(call, waba, "USER_REMOVED", "User removed");
    Ok(json!({"success": true}))
}

fn user(call: &Call) -> Result<String, GraphError> {
    let user = call.params.required_text("user")?;
    if user.len() <= 20 && user.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(user);
    }
    Err(must_be("user", "the id of a user"))
}
