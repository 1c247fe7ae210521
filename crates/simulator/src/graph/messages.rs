//! `POST /{phone_number_id}/messages`: sends, read marks, typing indicators.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::accounts::standing;
use crate::core::Core;
use crate::fault::{Calls, Target};
use crate::graph::GraphError;
use crate::graph::accept::accept;
use crate::graph::calls::may_ask;
use crate::graph::check::message::Door;
use crate::graph::check::{Object, message};
use crate::graph::error::respond;
use crate::graph::gate::{self, Fate};
use crate::graph::number::may_send;
use crate::handset::live;
use crate::server::Wire;
use crate::settings::Number;

pub(super) async fn post(
    state: State<Arc<Core>>,
    wire: Extension<Wire>,
    path: Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    take(Door::Messages, state, wire, path, headers, uri, body).await
}

/// `POST /{phone_number_id}/marketing_messages`: marketing templates.
pub(super) async fn marketing(
    state: State<Arc<Core>>,
    wire: Extension<Wire>,
    path: Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    take(Door::Marketing, state, wire, path, headers, uri, body).await
}

async fn take(
    door: Door,
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
    let marks_read = door == Door::Messages
        && parsed
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
        Ok(value) if marks_read => {
            mark_read(&value).inspect(|_| live::marked(&core, &number, &value))
        }
        Ok(value) => {
            core.agenda.catch_up(&core.clock).await;
            send(&core, &number, door, &value, body, fails)
        }
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
    let caller = gate::enter(core, version, headers, uri)?;
    gate::number(core, &caller, id)
}

fn send(
    core: &Arc<Core>,
    number: &Number,
    door: Door,
    value: &Value,
    body: Bytes,
    fails: Option<i64>,
) -> Result<Value, GraphError> {
    if core.is_full() {
        let details = "The simulator has too many webhooks waiting: nobody takes them.";
        return Err(GraphError::new(131_016, details));
    }
    let send = message::check(core, number, door, value)?;
    may_send(core, number, &send.to)?;
    standing::may_send(core, &number.waba, send.category)?;
    may_ask(core, number, &send)?;
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
