//! Users and their chats.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::admin::records::Page;
use crate::core::lock;
use crate::handset::live;
use crate::ids::PhoneNumberId;
use crate::simulator::Simulator;
use crate::user::User;
use crate::world::Person;
use crate::world::inbound::Draft;

/// A phone number, or `@username`; created on first use.
pub(super) fn user(simulator: &Simulator, who: &str, number: Option<&PhoneNumberId>) -> User {
    let user = match who.strip_prefix('@') {
        Some(username) => simulator.username_user(username),
        None => simulator.user(who),
    };
    number.map(|number| user.with(number)).unwrap_or(user)
}

pub(super) fn shown(person: &Person) -> Value {
    json!({
        "wa_id": person.wa_id,
        "username": person.username,
        "user_id": person.bsuid,
        "name": person.name,
        "auto_read": person.auto_read,
        "undeliverable": person.undeliverable,
        "stopped_marketing": person.stopped_marketing,
        "marketing_capped": person.marketing_capped,
    })
}

fn show(simulator: &Simulator, user: &User) -> Json<Value> {
    let bsuid = user.bsuid();
    Json(shown(lock(&simulator.core().world).by_bsuid(&bsuid)))
}

pub(super) async fn list(
    State(simulator): State<Simulator>,
    Query(page): Query<Page>,
) -> Json<Value> {
    let world = lock(&simulator.core().world);
    let skip = usize::try_from(page.after()).unwrap_or(usize::MAX);
    let data: Vec<_> = world
        .users()
        .skip(skip)
        .take(page.limit())
        .map(shown)
        .collect();
    let next = page.after() + data.len() as u64;
    Json(json!({"data": data, "next": next}))
}

pub(super) async fn get(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
) -> Json<Value> {
    let user = user(&simulator, &who, None);
    show(&simulator, &user)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    name: Option<String>,
    username: Option<String>,
    auto_read: Option<bool>,
    undeliverable: Option<bool>,
    stopped_marketing: Option<bool>,
    marketing_capped: Option<bool>,
}

pub(super) async fn change(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(change): Json<Change>,
) -> Json<Value> {
    let user = user(&simulator, &who, None);
    if let Some(name) = change.name {
        user.set_name(&name);
    }
    if let Some(username) = change.username {
        user.set_username(&username);
    }
    if let Some(on) = change.auto_read {
        user.set_auto_read(on);
    }
    if let Some(on) = change.undeliverable {
        user.set_undeliverable(on);
    }
    if let Some(on) = change.stopped_marketing {
        user.set_stopped_marketing(on);
    }
    if let Some(on) = change.marketing_capped {
        user.set_marketing_capped(on);
    }
    live::user_changed(simulator.core(), user.key());
    show(&simulator, &user)
}

#[derive(Deserialize)]
pub(super) struct Which {
    phone_number_id: Option<PhoneNumberId>,
}

pub(super) async fn chat(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Query(which): Query<Which>,
) -> Json<Value> {
    let user = user(&simulator, &who, which.phone_number_id.as_ref());
    Json(json!({"data": user.chat()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
    wamid: String,
    #[serde(default)]
    button: String,
    #[serde(default)]
    row: String,
    #[serde(default)]
    emoji: String,
    phone_number_id: Option<PhoneNumberId>,
}

pub(super) async fn read(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(action): Json<Action>,
) -> Result<Json<Value>, AdminError> {
    user(&simulator, &who, action.phone_number_id.as_ref())
        .reads(&action.wamid)
        .await?;
    Ok(Json(json!({"success": true})))
}

pub(super) async fn tap(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(action): Json<Action>,
) -> Result<Json<Value>, AdminError> {
    let user = user(&simulator, &who, action.phone_number_id.as_ref());
    let wamid = user.taps_button(&action.wamid, &action.button).await?;
    Ok(Json(json!({ "wamid": wamid })))
}

pub(super) async fn pick(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(action): Json<Action>,
) -> Result<Json<Value>, AdminError> {
    let user = user(&simulator, &who, action.phone_number_id.as_ref());
    let wamid = user.picks_row(&action.wamid, &action.row).await?;
    Ok(Json(json!({ "wamid": wamid })))
}

pub(super) async fn react(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(action): Json<Action>,
) -> Result<Json<Value>, AdminError> {
    let user = user(&simulator, &who, action.phone_number_id.as_ref());
    let wamid = user.reacts(&action.wamid, &action.emoji).await?;
    Ok(Json(json!({ "wamid": wamid })))
}

/// `{"text": "hi"}`, or `{"type": "location", "location": {…}}` as in webhooks.
pub(super) async fn write(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(body): Json<Value>,
) -> Result<Json<Value>, AdminError> {
    let number = body
        .get("phone_number_id")
        .and_then(Value::as_str)
        .map(PhoneNumberId::from);
    let user = user(&simulator, &who, number.as_ref());
    let draft = match (body.get("type").and_then(Value::as_str), body.get("text")) {
        (None | Some("text"), Some(Value::String(text))) => {
            Draft::new("text", json!({ "body": text }))
        }
        (Some(kind), _) => {
            let content = body.get(kind).cloned().ok_or_else(|| {
                AdminError::bad_request(format!("the body needs an object under {kind}"))
            })?;
            Draft::new(kind, content)
        }
        (None, _) => return Err(AdminError::bad_request("the body needs text, or type")),
    };
    let draft = match body.pointer("/context/message_id").and_then(Value::as_str) {
        Some(wamid) => draft.answering(&*user.number()?, wamid),
        None => draft,
    };
    let event = format!("message.{}", draft.kind);
    Ok(Json(json!(user.write(draft, &event).await?)))
}
