//! Whether a Flow can be sent, and what stands in the way.

use serde_json::{Value, json};

use crate::flows::{Flow, FlowStatus};
use crate::graph::GraphError;
use crate::graph::call::Call;

/// The node `health_status`; with a number, also whether that one can send the Flow.
pub(super) fn status(call: &Call, flow: &Flow, number: Option<&str>) -> Result<Value, GraphError> {
    let core = &call.core;
    let mut errors = Vec::new();
    let mut error = |description: &str, solution: &str| {
        errors.push(json!({
            "error_code": 131_000,
            "error_description": description,
            "possible_solution": format!("https://developers.facebook.com/docs/{solution}"),
        }));
    };
    if flow.status == FlowStatus::Draft {
        if flow.text.is_none() || !flow.errors.is_empty() {
            error(
                "validation: The flow has validation errors. Correct them before you publish it.",
                "whatsapp/flows/reference/error-codes",
            );
        }
        if flow.has_endpoint() && flow.endpoint_uri.is_none() {
            error(
                "endpoint_uri: You need to set the endpoint URI before you can send or publish a \
                 flow.",
                "whatsapp/flows/reference/flowjson#top-level-flow-json-properties",
            );
        }
        if flow.has_endpoint() && flow.application.is_none() {
            error(
                "app_check: You need to connect a Meta app to the flow before you can send or \
                 publish it.",
                "development/create-an-app",
            );
        }
    }
    let number = match number {
        None => None,
        Some(id) => Some(
            core.number(id)
                .ok_or_else(|| GraphError::no_object("get", id))?,
        ),
    };
    if let Some(number) = number.as_ref().filter(|_| flow.has_endpoint())
        && core.flow_key(&number.id).is_none()
    {
        error(
            "public_key_check: You need to upload and sign a public key to a phone number before \
             you can send or publish a flow.",
            "whatsapp/flows/guides/implementingyourflowendpoint#upload_public_key",
        );
    }
    let can = match flow.status {
        FlowStatus::Blocked | FlowStatus::Deprecated => "BLOCKED",
        _ if !errors.is_empty() => "BLOCKED",
        FlowStatus::Throttled => "LIMITED",
        FlowStatus::Draft | FlowStatus::Published => "AVAILABLE",
    };
    let entity = |kind: &str, id: &str| json!({"entity_type": kind, "id": id, "can_send_message": "AVAILABLE"});
    let mut own = entity("FLOW", &flow.id);
    own["can_send_message"] = json!(can);
    if !errors.is_empty() {
        own["errors"] = json!(errors);
    }
    let mut entities = vec![own, entity("WABA", flow.waba.as_str())];
    if let Some(number) = number {
        entities.insert(1, entity("PHONE_NUMBER", number.id.as_str()));
    }
    if let Some(app) = &flow.application {
        entities.push(entity("APP", app.as_str()));
    }
    Ok(json!({"can_send_message": can, "entities": entities}))
}
