//! Whether the Flow that a message offers may be sent now. See [Flows/Sending a Flow].

use serde_json::Value;

use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::settings::Number;

/// The Flow of an interactive message must be there and in the state that `mode` says.
pub(super) fn sendable(core: &Core, number: &Number, body: &Object<'_>) -> Result<(), GraphError> {
    let Some(interactive) = body.object("interactive")? else {
        return Ok(());
    };
    if interactive.get("type").and_then(Value::as_str) != Some("flow") {
        return Ok(());
    }
    let flow = interactive
        .required_object("action")?
        .required_object("parameters")?;
    let (name, field) = match flow.text("flow_id", usize::MAX)? {
        Some(id) => (id, "flow_id"),
        None => (flow.required_text("flow_name", usize::MAX)?, "flow_name"),
    };
    let draft = flow.text("mode", usize::MAX)? == Some("draft");
    let known = core
        .flows
        .find(&number.waba, name)
        .ok_or_else(|| flow.invalid(field, "is not a Flow of this WhatsApp Business account"))?;
    let payload = flow.object("flow_action_payload")?;
    if let Some(payload) = payload
        && let Some(screen) = payload.text("screen", usize::MAX)?
        && !known.has_screen(screen)
    {
        return Err(payload.invalid("screen", "is not a screen of the Flow"));
    }
    core.flows.send(&known.id, draft, core.clock.now())
}
