//! Invite links, requests to join, and the removal of participants. See [Cloud API/Groups].

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Found, failure, requested, tell_later, with};
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::page::page;
use crate::graph::params::{must_be, required};
use crate::groups::{PARTICIPANTS, tell};
use crate::ids::Bsuid;
use crate::world::{Key, World};

/// The invite link; `reset` makes a new one and the old one useless.
pub(super) fn link(call: &Call, found: &Found, reset: bool) -> Answer {
    let new = if reset {
        call.params.product()?;
        Some(lock(&call.core.groups).invite(call.core.settings.seed))
    } else {
        None
    };
    let link = with(call, found, true, |group| {
        if let Some(invite) = new {
            group.invite = invite;
        }
        Ok(group.invite_link())
    })?;
    Ok(json!({"messaging_product": "whatsapp", "invite_link": link}))
}

/// `DELETE /{group_id}/participants`: at most 8; who succeeded comes as a notification.
pub(super) fn remove(call: &Call, found: &Found) -> Answer {
    call.params.product()?;
    let users = call.params.json("participants")?;
    let users = users.ok_or_else(|| required("participants"))?;
    let users = users.as_array().filter(|users| !users.is_empty());
    let users = users.ok_or_else(|| must_be("participants", "a list of users"))?;
    if users.len() > PARTICIPANTS {
        return Err(GraphError::new(
            131_204,
            "At most 8 participants can be removed at once.",
        ));
    }
    let mut world = lock(&call.core.world);
    let mut seen = HashSet::new();
    let mut wanted = Vec::new();
    for user in users {
        let (input, key) = find(&world, user)?;
        if !seen.insert(input.clone()) {
            return Err(GraphError::usual(131_202));
        }
        wanted.push((input, key));
    }
    let request_id = lock(&call.core.groups).request_id(call.core.settings.seed);
    let (mut removed, mut failed) = (Vec::new(), Vec::new());
    with(call, found, true, |group| {
        for (input, key) in wanted {
            let place = group.participants.iter().position(|kept| *kept == key);
            if let Some(place) = place {
                group.participants.remove(place);
                group.removed.insert(key);
                removed.push(json!({ "input": input }));
            } else {
                failed.push(json!({"input": input, "errors": [tell::error(131_212)]}));
            }
        }
        group.share(&mut world);
        Ok(())
    })?;
    drop(world);
    let mut value = json!({
        "type": "group_participants_remove",
        "group_id": found.id,
        "request_id": request_id,
        "initiated_by": "business",
        "removed_participants": removed,
    });
    if !failed.is_empty() {
        let mut error = tell::error(131_201);
        error["message"] = json!("Failed to remove some participants from the group");
        value["failed_participants"] = json!(failed);
        value["errors"] = json!([error]);
    }
    tell_later(call, found, "group_participants_update", value);
    Ok(requested(&request_id))
}

fn find(world: &World, user: &Value) -> Result<(String, Key), GraphError> {
    if let Some(phone) = user["user"].as_str() {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        return Ok((phone.to_owned(), digits.into()));
    }
    let bsuid = user["user_id"]
        .as_str()
        .ok_or_else(|| must_be("participants", "objects with user or user_id"))?;
    let key = world.key_of_bsuid(&Bsuid::from(bsuid)).cloned();
    Ok((bsuid.to_owned(), key.unwrap_or_else(|| bsuid.into())))
}

/// `GET /{group_id}/join_requests`.
pub(super) fn requests(call: &Call, found: &Found) -> Answer {
    let world = lock(&call.core.world);
    let items = with(call, found, false, |group| {
        let items = group.requests.iter().map(|request| {
            let person = world.user(&request.key);
            let mut item = person.map_or_else(|| json!({}), tell::participant);
            item["join_request_id"] = json!(request.id);
            item["creation_timestamp"] = json!(request.at.as_second().to_string());
            item
        });
        Ok(items.collect::<Vec<_>>())
    })?;
    drop(world);
    let by_cursor = call.params.get("after").or(call.params.get("before"));
    match page(call, &items, "join_request_id") {
        Err(_) if by_cursor.is_some() => Err(GraphError::usual(131_059)),
        page => page,
    }
}

/// `POST` (approve) and `DELETE` (reject) `/{group_id}/join_requests`.
pub(super) fn decide(call: &Call, found: &Found, approve: bool) -> Answer {
    call.params.product()?;
    let ids = call.params.list("join_requests")?;
    let ids = ids.filter(|ids| !ids.is_empty());
    let ids = ids.ok_or_else(|| required("join_requests"))?;
    let mut world = lock(&call.core.world);
    let (mut done, mut failed, mut added) = (Vec::new(), Vec::new(), Vec::new());
    with(call, found, true, |group| {
        for id in ids {
            let place = group.requests.iter().position(|request| request.id == id);
            let fault = match place {
                None => Some(131_213),
                Some(_) if approve && group.is_full() => Some(131_204),
                Some(place) => {
                    let request = group.requests.remove(place);
                    if approve {
                        added.extend(world.user(&request.key).map(tell::participant));
                        group.participants.push(request.key);
                    }
                    None
                }
            };
            match fault {
                None => done.push(json!(id)),
                Some(code) => {
                    failed.push(json!({"join_request_id": id, "errors": [failure(code)]}));
                }
            }
        }
        group.share(&mut world);
        Ok(())
    })?;
    drop(world);
    if !added.is_empty() {
        let value = json!({
            "type": "group_participants_add",
            "group_id": found.id,
            "reason": "invite_link",
            "added_participants": added,
        });
        tell_later(call, found, "group_participants_update", value);
    }
    let name = if approve {
        "approved_join_requests"
    } else {
        "rejected_join_requests"
    };
    let mut answer = json!({"messaging_product": "whatsapp", name: done});
    if failed.is_empty() {
        return Ok(answer);
    }
    if done.is_empty() {
        let code = failed[0]["errors"][0]["code"].as_i64().unwrap_or(131_213);
        answer["failed_join_requests"] = json!(failed);
        return Err(GraphError::usual(code).beside(answer));
    }
    answer["failed_join_requests"] = json!(failed);
    answer["errors"] = json!([failure(131_201)]);
    Err(GraphError::answer(206, answer))
}
