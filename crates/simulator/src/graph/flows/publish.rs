//! Publishing and deprecating, with what has to hold before.

use std::sync::Arc;

use serde_json::json;

use super::refused;
use crate::core::{lock, read};
use crate::flows::{self, Flow, FlowStatus, endpoint};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::settings::Number;

/// `POST /{flow}/publish`.
pub(in crate::graph) async fn publish(call: &Call, flow: &Flow) -> Answer {
    now(call, flow).await?;
    Ok(json!({"success": true}))
}

/// Publishes a draft that has no mistakes and, if it needs one, a healthy endpoint.
pub(super) async fn now(call: &Call, flow: &Flow) -> Result<(), GraphError> {
    let refuse = |title, details| Err(refused(139_002, title, details));
    if flow.status != FlowStatus::Draft {
        return refuse(
            "Publishing Flow in invalid state",
            "it is no longer a draft; clone it and publish the clone",
        );
    }
    if flow.text.is_none() {
        return refuse(
            "Publishing Flow with validation errors",
            "it has no Flow JSON",
        );
    }
    if !flow.errors.is_empty() {
        return refuse(
            "Publishing Flow with validation errors",
            "read validation_errors of the Flow and correct its Flow JSON",
        );
    }
    if flow.has_endpoint() {
        ready(call, flow).await?;
    }
    flows::set_status(&call.core, &flow.id, FlowStatus::Published);
    Ok(())
}

async fn ready(call: &Call, flow: &Flow) -> Result<(), GraphError> {
    let core = &call.core;
    let refuse = |title, details| Err(refused(139_002, title, details));
    if flow.endpoint_uri.is_none() {
        return refuse(
            "Publishing without specifying endpoint_uri is forbidden",
            "set endpoint_uri of the Flow",
        );
    }
    if flow.application.is_none() {
        return refuse(
            "No Application Connected to the Flow",
            "set application_id of the Flow",
        );
    }
    let numbers: Vec<Arc<Number>> = read(&core.numbers)
        .iter()
        .filter(|number| number.waba == flow.waba)
        .cloned()
        .collect();
    if numbers.is_empty() {
        return refuse(
            "No Phone Number connected to WhatsApp Business Account",
            "add a phone number",
        );
    }
    let Some(number) = numbers
        .iter()
        .find(|number| core.flow_key(&number.id).is_some())
    else {
        return refuse(
            "Missing Flows Signed Public Key",
            "upload one with POST /{phone_number_id}/whatsapp_business_encryption",
        );
    };
    let subscribed = lock(&core.subscriptions).takes(&flow.waba, "flows");
    if !subscribed {
        return refuse(
            "WhatsApp Business Account is not subscribed to Flows Webhooks",
            "subscribe the app to the field flows",
        );
    }
    if !endpoint::ping(core, flow, &number.id).await {
        return refuse(
            "Endpoint Not Available",
            "it must answer a health check with {\"data\": {\"status\": \"active\"}}",
        );
    }
    Ok(())
}

/// `POST /{flow}/deprecate`.
pub(in crate::graph) fn deprecate(call: &Call, flow: &Flow) -> Answer {
    match flow.status {
        FlowStatus::Draft => Err(refused(
            139_003,
            "Can't deprecate unpublished flow",
            "it is a draft; delete it instead",
        )),
        FlowStatus::Deprecated => Err(refused(
            139_003,
            "Flow is already deprecated",
            "nothing is left to do",
        )),
        _ => {
            flows::set_status(&call.core, &flow.id, FlowStatus::Deprecated);
            Ok(json!({"success": true}))
        }
    }
}
