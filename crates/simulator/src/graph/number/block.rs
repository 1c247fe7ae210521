//! `/{phone_number_id}/block_users`. See [Cloud API/Block users].

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::reads;
use crate::clock::later;
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::codes::known;
use crate::graph::page::page;
use crate::graph::params::{must_be, required};
use crate::ids::Bsuid;
use crate::numbers::blocked::MOST;
use crate::settings::Number;
use crate::world::{Key, World};

/// Only who wrote this recently can be blocked.
const RECENT: Duration = Duration::from_hours(24);

/// `GET`, `POST` and `DELETE /{phone_number_id}/block_users`.
pub(super) fn users(call: &Call, number: &Number) -> Answer {
    if reads(call) {
        return list(call, number);
    }
    call.params.product()?;
    let users = call.params.json("block_users")?;
    let users = users.ok_or_else(|| required("block_users"))?;
    let users = users.as_array().filter(|users| !users.is_empty());
    let users = users.ok_or_else(|| must_be("block_users", "a list of users"))?;
    let blocks = call.method == Method::POST;
    let core = &call.core;
    let now = core.clock.now();
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    let mut world = lock(&core.world);
    for user in users {
        let (input, key) = find(call, &mut world, user)?;
        let mut item = json!({"input": input});
        let person = key.as_ref().and_then(|key| world.user(key));
        if let Some(person) = person {
            if let Some(wa_id) = &person.wa_id {
                item["wa_id"] = json!(wa_id);
            }
            if user.get("user_id").is_some() {
                item["user_id"] = json!(person.bsuid);
            }
        }
        let recent = person
            .and_then(|person| person.wrote_at(&number.id))
            .is_some_and(|at| now < later(at, RECENT));
        let mut numbers = lock(&core.numbers_state);
        let list = &mut numbers.of(&number.id).blocked;
        let refused = match &key {
            Some(key) if **key == *number.display_phone_number => Some(131_021),
            Some(key) if !blocks => {
                list.remove(key);
                None
            }
            Some(_) if !recent => Some(131_047),
            Some(key) if list.len() >= MOST && !list.has(key) => Some(139_101),
            Some(key) => {
                list.add(key);
                None
            }
            None => Some(131_047),
        };
        match refused {
            None => done.push(item),
            Some(refusal) => {
                let row = known(refusal);
                item["errors"] = json!([{
                    "message": format!("(#{refusal}) {}", row.title),
                    "code": refusal,
                    "error_data": {"details": row.details()},
                }]);
                failed.push(item);
            }
        }
    }
    drop(world);
    let name = if blocks {
        "added_users"
    } else {
        "removed_users"
    };
    let mut answer = json!({"messaging_product": "whatsapp", "block_users": {name: done}});
    if failed.is_empty() {
        return Ok(answer);
    }
    answer["block_users"]["failed_users"] = json!(failed);
    Err(GraphError::usual(139_100).beside(answer))
}

/// What was given, and whom it means; nobody for a BSUID that no user has.
fn find(call: &Call, world: &mut World, user: &Value) -> Result<(String, Option<Key>), GraphError> {
    for name in ["user", "user_id"] {
        let value = &user[name];
        if !value.is_null() && !value.is_string() {
            return Err(must_be(&format!("block_users.{name}"), "a string"));
        }
    }
    if let Some(phone) = user["user"].as_str() {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let key = (7..=16)
            .contains(&digits.len())
            .then(|| Key::clone(&world.by_phone(&call.core.ids, &digits).key));
        return Ok((phone.to_owned(), key));
    }
    let bsuid = user["user_id"]
        .as_str()
        .ok_or_else(|| must_be("block_users", "objects with user or user_id"))?;
    let key = world.key_of_bsuid(&Bsuid::from(bsuid)).cloned();
    Ok((bsuid.to_owned(), key))
}

fn list(call: &Call, number: &Number) -> Answer {
    let world = lock(&call.core.world);
    let mut numbers = lock(&call.core.numbers_state);
    let blocked = numbers.of(&number.id).blocked.iter();
    let items: Vec<_> = blocked
        .map(|key| {
            let mut item = json!({"messaging_product": "whatsapp", "key": **key});
            if let Some(person) = world.user(key) {
                item["user_id"] = json!(person.bsuid);
                if let Some(wa_id) = &person.wa_id {
                    item["wa_id"] = json!(wa_id);
                }
            }
            item
        })
        .collect();
    drop((world, numbers));
    let mut answer = page(call, &items, "key")?;
    if let Some(users) = answer["data"].as_array_mut() {
        for user in users.iter_mut().filter_map(Value::as_object_mut) {
            user.remove("key");
        }
    }
    let users = answer["data"].take();
    answer["data"] = json!([{"block_users": users}]);
    Ok(answer)
}
