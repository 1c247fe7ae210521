//! Groups from outside: look, make, suspend, and let users join, speak and leave.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::admin::users::user;
use crate::core::lock;
use crate::groups::joining;
use crate::ids::PhoneNumberId;
use crate::simulator::Simulator;

/// Every route and what it does.
#[rustfmt::skip]
pub(super) const ROUTES: [(&str, &str); 8] = [
    ("GET /sim/v1/groups", "the groups with participants and requests to join"),
    ("POST /sim/v1/groups", "makes a group at once: id, phone_number_id, subject, participants"),
    ("POST /sim/v1/groups/creation", "stopped: a number may make no groups for 7 days (131214), or again; phone_number_id"),
    ("POST /sim/v1/groups/{id}/suspended", "suspended: true or false"),
    ("POST /sim/v1/users/{user}/groups", "link: joins a group, or asks to join"),
    ("POST /sim/v1/users/{user}/groups/{id}/messages", "text: writes in a group"),
    ("POST /sim/v1/users/{user}/groups/{id}/leave", "leaves a group"),
    ("POST /sim/v1/users/{user}/groups/{id}/revoke", "takes the request to join back"),
];

pub(super) fn router() -> Router<Simulator> {
    Router::new()
        .route("/groups", get(list).post(make))
        .route("/groups/creation", post(creation))
        .route("/groups/{id}/suspended", post(suspend))
        .route("/users/{user}/groups", post(join))
        .route("/users/{user}/groups/{id}/messages", post(write))
        .route("/users/{user}/groups/{id}/leave", post(leave))
        .route("/users/{user}/groups/{id}/revoke", post(revoke))
}

async fn list(State(simulator): State<Simulator>) -> Json<Value> {
    let groups = lock(&simulator.core().groups);
    let data = groups.of(None).take(1000).map(|group| {
        let asking = group.requests.iter().map(|request| &*request.key);
        json!({
            "id": group.id,
            "phone_number_id": group.number,
            "subject": group.subject,
            "description": group.description,
            "join_approval_mode": group.approval_mode(),
            "suspended": group.suspended,
            "invite_link": group.invite_link(),
            "participants": group.participants.iter().map(|key| &**key).collect::<Vec<_>>(),
            "join_requests": asking.collect::<Vec<_>>(),
        })
    });
    Json(json!({"data": data.collect::<Vec<_>>()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Creation {
    phone_number_id: Option<PhoneNumberId>,
    stopped: bool,
}

async fn creation(
    State(simulator): State<Simulator>,
    Json(change): Json<Creation>,
) -> Result<Json<Value>, AdminError> {
    let core = simulator.core();
    let number = core.number_or_first(change.phone_number_id.as_ref())?;
    lock(&core.groups).stop(&number.id, change.stopped, core.clock.now());
    Ok(Json(json!({"success": true})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Make {
    id: Option<String>,
    phone_number_id: Option<PhoneNumberId>,
    subject: Option<String>,
    #[serde(default)]
    participants: Vec<String>,
}

async fn make(
    State(simulator): State<Simulator>,
    Json(make): Json<Make>,
) -> Result<Json<Value>, AdminError> {
    let users: Vec<_> = make.participants.iter().map(String::as_str).collect();
    let (id, link) = simulator.put_group_of(
        make.phone_number_id.as_ref(),
        make.id.as_deref(),
        make.subject.as_deref().unwrap_or("Group"),
        &users,
    )?;
    Ok(Json(json!({"id": id, "invite_link": link})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suspended {
    suspended: bool,
}

async fn suspend(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Json(wanted): Json<Suspended>,
) -> Result<Json<Value>, AdminError> {
    joining::suspend(simulator.core(), &id, wanted.suspended)?;
    Ok(Json(json!({"success": true})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    link: String,
}

async fn join(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(link): Json<Link>,
) -> Result<Json<Value>, AdminError> {
    let (group, request) = user(&simulator, &who, None).joins(&link.link).await?;
    Ok(Json(json!({"group_id": group, "join_request_id": request})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    text: String,
    phone_number_id: Option<PhoneNumberId>,
}

async fn write(
    State(simulator): State<Simulator>,
    Path((who, group)): Path<(String, String)>,
    Json(text): Json<Text>,
) -> Result<Json<Value>, AdminError> {
    let user = user(&simulator, &who, text.phone_number_id.as_ref());
    let wamid = user.says_in(&group, &text.text).await?;
    Ok(Json(json!({ "wamid": wamid })))
}

async fn leave(
    State(simulator): State<Simulator>,
    Path((who, group)): Path<(String, String)>,
) -> Result<Json<Value>, AdminError> {
    user(&simulator, &who, None).leaves(&group).await?;
    Ok(Json(json!({"success": true})))
}

async fn revoke(
    State(simulator): State<Simulator>,
    Path((who, group)): Path<(String, String)>,
) -> Result<Json<Value>, AdminError> {
    let user = user(&simulator, &who, None);
    user.revokes_join(&group).await?;
    Ok(Json(json!({"success": true})))
}
