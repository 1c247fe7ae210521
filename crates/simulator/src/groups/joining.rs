//! Users who join by link, ask to join, take that back, and leave.

use std::sync::Arc;

use serde_json::json;

use super::{JoinRequest, REQUESTS, tell};
use crate::core::{Core, Emitted, lock};
use crate::error::SimulatorError;
use crate::world::Key;

/// What came of following an invite link.
#[derive(Debug)]
pub(crate) struct Joining {
    pub(crate) group: String,
    /// The request that waits for the business; nothing for who is in.
    pub(crate) request: Option<String>,
    pub(crate) emitted: Option<Emitted>,
}

fn refused(reason: &str) -> SimulatorError {
    SimulatorError::Parameter {
        name: "link",
        reason: reason.to_owned(),
    }
}

/// Follows an invite link.
pub(crate) fn join(core: &Arc<Core>, key: &Key, link: &str) -> Result<Joining, SimulatorError> {
    let mut world = lock(&core.world);
    let person = world
        .user(key)
        .ok_or(SimulatorError::Unknown { kind: "user" })?;
    let mut groups = lock(&core.groups);
    let known = groups.by_link(link).map(|group| group.id.clone());
    let id = known.ok_or(SimulatorError::Unknown { kind: "group" })?;
    let request_id = groups.join_request_id(core.settings.seed, &id);
    let group = groups
        .get_mut(&id)
        .ok_or(SimulatorError::Unknown { kind: "group" })?;
    if group.suspended {
        return Err(refused("leads to a group that is suspended"));
    }
    if group.removed.contains(key) {
        return Err(refused("is of no use to whom the business removed"));
    }
    if group.participants.contains(key) {
        return Err(refused("leads to a group that they are in already"));
    }
    if group.by_approval {
        if group.requests.iter().any(|request| request.key == *key) {
            return Err(refused("was followed already: the business has to decide"));
        }
        if group.requests.len() >= REQUESTS {
            return Err(refused("leads to a group that too many wait for"));
        }
        group.requests.push(JoinRequest {
            id: request_id.clone(),
            key: Key::clone(key),
            at: core.clock.now(),
        });
        let mut value = tell::participant(person);
        value["type"] = json!("group_join_request_created");
        value["group_id"] = json!(id);
        value["join_request_id"] = json!(request_id);
        let emitted = tell::group(core, &group.number, "group_participants_update", value);
        return Ok(Joining {
            group: id,
            request: Some(request_id),
            emitted,
        });
    }
    if group.is_full() {
        return Err(refused("leads to a group that is full: 8 participants"));
    }
    group.participants.push(Key::clone(key));
    let added = tell::participant(person);
    group.share(&mut world);
    let value = json!({
        "type": "group_participants_add",
        "group_id": id,
        "reason": "invite_link",
        "added_participants": [added],
    });
    let emitted = tell::group(core, &group.number, "group_participants_update", value);
    Ok(Joining {
        group: id,
        request: None,
        emitted,
    })
}

/// Takes a request to join back.
pub(crate) fn revoke(
    core: &Arc<Core>,
    key: &Key,
    id: &str,
) -> Result<Option<Emitted>, SimulatorError> {
    let world = lock(&core.world);
    let mut groups = lock(&core.groups);
    let unknown = || SimulatorError::Unknown { kind: "group" };
    let group = groups.get_mut(id).ok_or_else(unknown)?;
    let place = group.requests.iter().position(|asked| asked.key == *key);
    let place = place.ok_or(SimulatorError::Unknown {
        kind: "join request",
    })?;
    let request = group.requests.remove(place);
    let person = world.user(key).ok_or_else(unknown)?;
    let mut value = tell::participant(person);
    value["type"] = json!("group_join_request_revoked");
    value["group_id"] = json!(id);
    value["join_request_id"] = json!(request.id);
    let number = &group.number;
    Ok(tell::group(
        core,
        number,
        "group_participants_update",
        value,
    ))
}

/// Leaves a group.
pub(crate) fn leave(
    core: &Arc<Core>,
    key: &Key,
    id: &str,
) -> Result<Option<Emitted>, SimulatorError> {
    let mut world = lock(&core.world);
    let mut groups = lock(&core.groups);
    let unknown = || SimulatorError::Unknown { kind: "group" };
    let group = groups.get_mut(id).ok_or_else(unknown)?;
    let place = group.participants.iter().position(|kept| kept == key);
    group.participants.remove(place.ok_or_else(unknown)?);
    group.share(&mut world);
    let person = world.user(key).ok_or_else(unknown)?;
    let value = json!({
        "type": "group_participants_remove",
        "group_id": id,
        "removed_participants": [tell::participant(person)],
        "initiated_by": "participant",
    });
    let number = &group.number;
    Ok(tell::group(
        core,
        number,
        "group_participants_update",
        value,
    ))
}

/// Suspends a group, or ends it; a group that is so already stays and tells nothing.
pub(crate) fn suspend(
    core: &Arc<Core>,
    id: &str,
    on: bool,
) -> Result<Option<Emitted>, SimulatorError> {
    let mut groups = lock(&core.groups);
    let group = groups
        .get_mut(id)
        .ok_or(SimulatorError::Unknown { kind: "group" })?;
    if group.suspended == on {
        return Ok(None);
    }
    group.suspended = on;
    let kind = if on {
        "group_suspend"
    } else {
        "group_suspend_cleared"
    };
    let value = json!({"type": kind, "group_id": id});
    Ok(tell::group(
        core,
        &group.number,
        "group_status_update",
        value,
    ))
}
