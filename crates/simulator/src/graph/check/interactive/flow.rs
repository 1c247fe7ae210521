//! Messages that open a Flow.

use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::graph::check::interactive::named;

const CTA: usize = 30;

/// See [Cloud API/Interactive Flow messages].
pub(super) fn check(action: &Object<'_>) -> Result<(), GraphError> {
    named(action, "flow", &["parameters"])?;
    let flow = action.required_object("parameters")?;
    flow.only(&[
        "flow_message_version",
        "flow_id",
        "flow_name",
        "flow_cta",
        "mode",
        "flow_token",
        "flow_action",
        "flow_action_payload",
    ])?;
    if flow.required_text("flow_message_version", usize::MAX)? != "3" {
        return Err(flow.invalid("flow_message_version", "must be \"3\""));
    }
    match (
        flow.text("flow_id", usize::MAX)?,
        flow.text("flow_name", usize::MAX)?,
    ) {
        (None, None) => {
            let (id, name) = (flow.path("flow_id"), flow.path("flow_name"));
            let details = format!("Either {id} or {name} is required.");
            return Err(GraphError::new(131_008, details));
        }
        (Some(_), Some(_)) => {
            return Err(flow.invalid("flow_name", "cannot stand beside flow_id"));
        }
        _ => {}
    }
    flow.required_text("flow_cta", CTA)?;
    flow.text("flow_token", usize::MAX)?;
    if !matches!(
        flow.text("mode", usize::MAX)?,
        None | Some("published" | "draft")
    ) {
        return Err(flow.invalid("mode", "must be published or draft"));
    }
    let payload = flow.object("flow_action_payload")?;
    match (flow.text("flow_action", usize::MAX)?, payload) {
        (None | Some("navigate" | "data_exchange"), None) => Ok(()),
        (None | Some("navigate"), Some(payload)) => {
            payload.only(&["screen", "data"])?;
            payload.required_text("screen", usize::MAX)?;
            match payload.object("data")? {
                Some(data) if data.is_empty() => {
                    Err(payload.invalid("data", "must not be an empty object"))
                }
                _ => Ok(()),
            }
        }
        (Some("data_exchange"), Some(_)) => Err(flow.invalid(
            "flow_action_payload",
            "cannot stand beside flow_action data_exchange",
        )),
        _ => Err(flow.invalid("flow_action", "must be navigate or data_exchange")),
    }
}
