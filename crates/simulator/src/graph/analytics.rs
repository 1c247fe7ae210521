//! Analytics of a WABA: numbers computed from what happened here. See [Cloud API/Analytics].

mod ask;
mod calls;
mod compare;
mod conversations;
mod messages;
mod points;
mod pricing;
mod templates;

use serde_json::{Value, json};

use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::fields;
use crate::ids::WabaId;
use ask::Ask;

pub(super) use compare::compare;

/// Every kind of analytics.
const KINDS: [&str; 7] = [
    "analytics",
    "conversation_analytics",
    "pricing_analytics",
    "template_analytics",
    "template_group_analytics",
    "call_analytics",
    "group_analytics",
];

/// Whether an edge or field is one of analytics.
pub(super) fn is_one(name: &str) -> bool {
    KINDS.contains(&name)
}

/// Adds the analytics that `fields` asks for to the node of a WABA.
pub(super) fn add(call: &Call, waba: &WabaId, mut node: Value) -> Answer {
    let wanted = fields::parse(&call.params.text("fields")?.unwrap_or_default());
    for field in wanted.iter().filter(|field| is_one(&field.name)) {
        let mut found = compute(call, waba, &field.name, &Ask::Field(field))?;
        if field.name != "analytics" && field.name != "group_analytics" {
            found = json!({"data": [found]});
        }
        node[&field.name] = found;
    }
    Ok(node)
}

/// `GET /{waba}/template_analytics` and the like, whose arguments are parameters.
pub(super) fn edge(call: &Call, waba: &WabaId) -> Answer {
    let (name, _) = call.edge();
    let found = compute(call, waba, name, &Ask::Call(call))?;
    Ok(json!({"data": [found]}))
}

fn compute(call: &Call, waba: &WabaId, kind: &str, ask: &Ask<'_>) -> Result<Value, GraphError> {
    match kind {
        "analytics" => messages::compute(call, waba, ask, false),
        "group_analytics" => messages::compute(call, waba, ask, true),
        "conversation_analytics" => conversations::compute(call, waba, ask),
        "pricing_analytics" => pricing::compute(call, waba, ask),
        "template_analytics" => templates::compute(call, waba, ask),
        "call_analytics" => calls::compute(call, waba, ask),
        // How templates are put into groups is not documented.
        _ => Err(GraphError::not_simulated(kind)),
    }
}
