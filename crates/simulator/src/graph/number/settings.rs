//! `/{phone_number_id}/settings`: calling, identity check, storage, payload encryption.
//! See [Cloud API/Settings].

use std::sync::Arc;

use serde_json::{Value, json};

use super::{reads, success};
use crate::core::{Core, lock};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::must_be;
use crate::graph::routes::selected;
use crate::graph::shape::{self, Shape};
use crate::handset::live;
use crate::numbers::calling;
use crate::settings::Number;

/// Messaging limits below those that calling needs.
const TOO_SMALL: [&str; 3] = ["TIER_NOT_SET", "TIER_50", "TIER_250"];

/// Parts that are kept as they come.
const KEPT: [(&str, Shape); 2] = [
    (
        "storage_configuration",
        Shape::Object(&[
            ("status", Shape::Text),
            ("data_localization_region", Shape::Text),
        ]),
    ),
    (
        "payload_encryption",
        Shape::Object(&[
            ("status", Shape::Text),
            ("client_encryption_key", Shape::Text),
        ]),
    ),
];

/// `GET` and `POST /{phone_number_id}/settings`.
pub(super) fn settings(call: &Call, number: &Number) -> Answer {
    if !reads(call) {
        return write(call, number);
    }
    let with_credentials = call.params.boolean("include_sip_credentials")? == Some(true);
    let mut numbers = lock(&call.core.numbers_state);
    let state = numbers.of(&number.id);
    let mut calling = calling::shown(&state.calling, call.core.clock.now());
    if with_credentials
        && let Some(servers) = calling
            .pointer_mut("/sip/servers")
            .and_then(Value::as_array_mut)
    {
        for server in servers {
            server["sip_user_password"] = json!(format!("sip-{}", number.id));
        }
    }
    let node = json!({
        "calling": calling,
        "user_identity_change": {"enable_identity_key_check": state.identity_check},
        "storage_configuration": state.storage,
        "payload_encryption": state.payload_encryption,
    });
    selected(call, node)
}

fn write(call: &Call, number: &Number) -> Answer {
    let core = &call.core;
    let params = &call.params;
    let calling = params.json("calling")?;
    let identity = params.json("user_identity_change")?;
    let storage = params.json("storage_configuration")?;
    let encryption = params.json("payload_encryption")?;
    let given = [&calling, &identity, &storage, &encryption];
    if given.iter().all(|part| part.is_none()) {
        let message = "(#100) One of the parameters calling, user_identity_change, \
                       storage_configuration and payload_encryption is required";
        return Err(GraphError::plain(400, 100, message));
    }
    let switch = "user_identity_change.enable_identity_key_check";
    let identity = identity
        .map(|value| {
            let on = value["enable_identity_key_check"].as_bool();
            on.ok_or_else(|| must_be(switch, "a boolean"))
        })
        .transpose()?;
    for (name, part) in [
        ("storage_configuration", &storage),
        ("payload_encryption", &encryption),
    ] {
        if part
            .as_ref()
            .is_some_and(|part| !part["status"].is_string())
        {
            return Err(must_be(name, "an object with a status"));
        }
    }
    shape::parameters(params, &KEPT)?;
    let limit = core.messaging_limit(&number.waba);
    let subscribed = lock(&core.subscriptions).takes(&number.waba, "calls");
    let mut numbers = lock(&core.numbers_state);
    let state = numbers.of(&number.id);
    let calling = calling
        .map(|wanted| calling::changed(&state.calling, &wanted))
        .transpose()?;
    if let Some(calling) = &calling {
        let enabled = calling["status"] == "ENABLED" && state.calling["status"] != "ENABLED";
        if enabled && TOO_SMALL.contains(&limit.as_str()) {
            return Err(GraphError::usual(138_015));
        }
        if enabled && !subscribed && !calling::is_sip(calling) {
            return Err(GraphError::usual(138_018));
        }
        state.calling.clone_from(calling);
    }
    state.identity_check = identity.unwrap_or(state.identity_check);
    if let Some(storage) = storage {
        state.storage = storage;
    }
    if let Some(encryption) = encryption {
        state.payload_encryption = encryption;
    }
    drop(numbers);
    if let Some(calling) = calling {
        tell(core, number, &calling);
        live::calling_changed(core);
    }
    Ok(success())
}

/// The business hears of its own changes too.
fn tell(core: &Arc<Core>, number: &Number, calling: &Value) {
    let value = json!({
        "messaging_product": "whatsapp",
        "timestamp": core.clock.now().as_second().to_string(),
        "type": "phone_number_settings",
        "phone_number_settings": {"phone_number_id": number.id, "calling": calling},
    });
    core.emit(number, "account_settings_update", 0, &value);
}
