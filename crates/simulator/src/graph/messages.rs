//! `POST /{phone_number_id}/messages`: sends, read marks, typing indicators.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::core::Core;
use crate::fault::{Calls, Target};
use crate::graph::GraphError;
use crate::graph::accept::accept;
use crate::graph::check::{Object, message, template_may_open};
use crate::graph::error::respond;
use crate::graph::gate::{self, Fate};
use crate::server::Wire;
use crate::settings::Number;

pub(super) async fn post(
    State(core): State<Arc<Core>>,
    Extension(wire): Extension<Wire>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let number = match number(&core, &version, &id, &headers, &uri) {
        Ok(number) => number,
        Err(error) => return error.into_response(&core),
    };
    let parsed: Result<Value, _> = serde_json::from_slice(&body);
    let marks_read = parsed
        .as_ref()
        .is_ok_and(|body| body.get("status").is_some());
    let calls = if marks_read {
        Calls::MarkRead
    } else {
        Calls::Send
    };
    let said = |name: &str| parsed.as_ref().ok()?.get(name)?.as_str();
    let target = Target {
        calls,
        number: Some(&number.id),
        method: "POST",
        path: uri.path(),
        recipient: said("to").or_else(|| said("recipient")),
        kind: said("type"),
    };
    let (ending, fails) = match gate::strike(&core, &wire, target).await {
        Fate::Proceed { ending, fails } => (ending, fails),
        Fate::Answered(response) => return response,
    };
    let answer = match parsed {
        Err(_) => Err(GraphError::new(100, "The request body is not valid JSON.")),
        Ok(value) if marks_read => mark_read(&value),
        Ok(value) => send(&core, &number, &value, body, fails),
    };
    ending.finish(&wire, respond(&core, answer)).await
}

fn number(
    core: &Core,
    version: &str,
    id: &str,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Arc<Number>, GraphError> {
    gate::enter(core, version, headers, uri)?;
    core.number(id)
        .ok_or_else(|| GraphError::no_object("post", id))
}

fn send(
    core: &Arc<Core>,
    number: &Number,
    value: &Value,
    body: Bytes,
    fails: Option<i64>,
) -> Result<Value, GraphError> {
    if core.is_full() {
        let details = "The simulator has too many webhooks waiting: nobody takes them.";
        return Err(GraphError::new(131_016, details));
    }
    let send = message::check(core, number, value)?;
    if send.kind == "template" {
        template_may_open(core, &number.waba)?;
    }
    accept(core, number, send, body, fails)
}

/// See [Cloud API/Mark messages as read] and [Cloud API/Typing indicators].
fn mark_read(value: &Value) -> Result<Value, GraphError> {
    let body = Object::root(value)?;
    message::product(&body)?;
    body.only(&[
        "messaging_product",
        "status",
        "message_id",
        "typing_indicator",
    ])?;
    if body.required_text("status", usize::MAX)? != "read" {
        return Err(body.invalid("status", "must be read"));
    }
    if !body
        .required_text("message_id", usize::MAX)?
        .starts_with("wamid.")
    {
        return Err(body.invalid("message_id", "must be a message ID"));
    }
    if let Some(typing) = body.object("typing_indicator")? {
        typing.only(&["type"])?;
        if typing.required_text("type", usize::MAX)? != "text" {
            return Err(typing.invalid("type", "must be text"));
        }
    }
    Ok(json!({"success": true}))
}
