//! `POST /graph/{version}/{phone_number_id}/messages` and `/marketing_messages`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};
use wharf_model::OutgoingMessage;
use wharf_model::outgoing::MarketingMessage;

use super::super::Gate;
use super::super::authenticate::Caller;
use super::super::digest::sha256;
use super::super::messages::{id_in, idempotency_key};
use super::fault::GraphErrorBody;
use super::{GraphFault, answer, channel_of, form, verbatim};
use crate::send::{self, Accept, Accepted, Door, Idempotency, Options};
use crate::store::messages::Message;

const PREFER: HeaderName = HeaderName::from_static("prefer");
const APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// Seconds that a caller may ask to wait at most.
const LONGEST: u64 = 60;

/// Where a message goes to at Meta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Messages,
    Marketing,
}

/// Send a message as the Cloud API does
///
/// Meta's body, or a form with the same fields; also `status: read`, which marks a message as read and
/// may show that an answer is being typed. The message is queued as any other, and the answer is the
/// carrier's own, with the real wamid, or its own error with its HTTP status. A message that the
/// carrier has not answered in time (`graph.wait_seconds`, or `Prefer: wait=N`) is answered with our
/// id in the place of the wamid; it is on disk and is sent all the same: do not send it again.
#[utoipa::path(post, path = "/graph/{version}/{phone_number_id}/messages", tag = "Graph",
    operation_id = "graph_send_message",
    params(
        ("version" = String, Path, description = "Any version, such as `v26.0`"),
        ("phone_number_id" = String, Path, description = "Of a channel"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "Up to 255 visible ASCII characters: the same key never sends twice"),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: seconds to wait, up to 60"),
    ),
    request_body(content = Object, description = "A send as Meta documents it", example = json!({
        "messaging_product": "whatsapp", "to": "16505551234", "type": "text",
        "text": {"body": "Hello"}
    })),
    responses(
        (status = 200, description = "Meta's answer", body = Object, headers(
            ("Wharf-Message-Id" = String, description = "Our id, for every route of the API"),
            ("Wharf-Message-State" = String, description = "How it stands: `accepted`, `queued` …"),
            ("Idempotent-Replayed" = Option<String>, description = "`true` for a repeated request"),
        ), example = json!({
            "messaging_product": "whatsapp",
            "contacts": [{"input": "16505551234", "wa_id": "16505551234"}],
            "messages": [{"id": "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBI="}]
        })),
        (status = 400, description = "Meta's refusal, or ours in Meta's shape", body = GraphErrorBody),
        (status = 401, description = "190: not an API key", body = GraphErrorBody),
        (status = 409, description = "2: the first request with this key is being answered",
            body = GraphErrorBody),
        (status = 413, description = "100: over the limit", body = GraphErrorBody),
        (status = 422, description = "100: the key was used for another body",
            body = GraphErrorBody),
        (status = 503, description = "2: nothing was stored; try again", body = GraphErrorBody),
    ))]
pub(in super::super) async fn send(
    State(gate): State<Gate>,
    Path(place): Path<(String, String)>,
    caller: Arc<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, GraphFault> {
    perform(gate, &place.1, Edge::Messages, caller, headers, body).await
}

/// Send a marketing message as the Cloud API does
///
/// As `messages`, for templates whose delivery Meta optimises.
#[utoipa::path(post, path = "/graph/{version}/{phone_number_id}/marketing_messages", tag = "Graph",
    operation_id = "graph_send_marketing_message",
    params(
        ("version" = String, Path, description = "Any version, such as `v26.0`"),
        ("phone_number_id" = String, Path, description = "Of a channel"),
        ("Idempotency-Key" = Option<String>, Header,
            description = "Up to 255 visible ASCII characters: the same key never sends twice"),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: seconds to wait, up to 60"),
    ),
    request_body(content = Object, description = "A marketing message as Meta documents it",
        example = json!({
            "messaging_product": "whatsapp", "to": "+16505551234", "type": "template",
            "template": {"name": "summer_sale", "language": {"code": "en_US"}}
        })),
    responses(
        (status = 200, description = "Meta's answer", body = Object, example = json!({
            "messaging_product": "whatsapp",
            "contacts": [{"input": "+16505551234", "wa_id": "16505551234"}],
            "messages": [{"id": "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBI="}]
        })),
        (status = 400, description = "Meta's refusal, or ours in Meta's shape", body = GraphErrorBody),
        (status = 401, description = "190: not an API key", body = GraphErrorBody),
        (status = 503, description = "2: nothing was stored; try again", body = GraphErrorBody),
    ))]
pub(in super::super) async fn marketing(
    State(gate): State<Gate>,
    Path(place): Path<(String, String)>,
    caller: Arc<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, GraphFault> {
    perform(gate, &place.1, Edge::Marketing, caller, headers, body).await
}

async fn perform(
    gate: Gate,
    number: &str,
    edge: Edge,
    caller: Arc<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, GraphFault> {
    let app = &gate.app;
    let key = idempotency_key(&headers)?;
    let channel_id = channel_of(app, &caller, number, &Method::POST).await?;
    let body = form::read(&headers, body, app.config.server.api_body_limit).await?;
    if edge == Edge::Messages && body.contains_key("status") {
        return mark_read(&gate, &channel_id, &body).await;
    }
    // The map is sorted by its keys, at every depth: its text is canonical.
    let request = json!([number, edge == Edge::Marketing, body]).to_string();
    let (message, marketing) = read(edge, body)?;
    let accept = Accept {
        channel_id,
        message,
        marketing,
        attachment: None,
        request_id: key.clone(),
        idempotency: key.map(|key| Idempotency {
            scope: format!("graph/{}", caller.key_id),
            key,
            request_hash: sha256(request.as_bytes()),
        }),
        due_at: None,
        options: Options {
            caller: caller.key_id.clone(),
            door: Door::Graph,
            ..Options::default()
        },
        files: caller.files(),
        render,
    };
    let (id, replayed) = match send::accept(app, accept).await? {
        Accepted::New { message, .. } => (message.id, false),
        Accepted::Replayed { body, .. } => (id_in(&body).unwrap_or_default(), true),
    };
    let asked = wait_of(&headers);
    let limit = Duration::from_secs(asked.unwrap_or(app.config.graph.wait_seconds));
    let settled = send::settled(app, &id, limit).await?;
    let Some(settled) = settled else {
        // Messages are never deleted within the life of a key.
        return Err(GraphFault::invalid("The message is not kept any more."));
    };
    let mut response = answer::of(settled, replayed);
    if let Some(Ok(applied)) = asked.map(|asked| HeaderValue::try_from(format!("wait={asked}"))) {
        response.headers_mut().insert(APPLIED, applied);
    }
    Ok(response)
}

fn read(
    edge: Edge,
    body: Map<String, Value>,
) -> Result<(OutgoingMessage, Option<Box<MarketingMessage>>), GraphFault> {
    let body = Value::Object(body);
    let refused = |error| GraphFault::message(&error);
    match edge {
        Edge::Messages => Ok((OutgoingMessage::from_json(&body).map_err(refused)?, None)),
        Edge::Marketing if body["type"] != "template" => {
            Err(GraphFault::invalid("Message must be a template message."))
        }
        Edge::Marketing => {
            let marketing = MarketingMessage::from_json(&body).map_err(refused)?;
            Ok((marketing.message().clone(), Some(Box::new(marketing))))
        }
    }
}

async fn mark_read(
    gate: &Gate,
    channel_id: &str,
    body: &Map<String, Value>,
) -> Result<Response, GraphFault> {
    if body.get("status").is_some_and(|status| status != "read") {
        return Err(GraphFault::invalid("status must be read."));
    }
    let wamid = body.get("message_id").and_then(Value::as_str);
    let wamid = wamid.ok_or_else(|| GraphFault::missing("message_id"))?;
    let typing = body.get("typing_indicator").is_some_and(Value::is_object);
    send::mark_read(&gate.app, channel_id, wamid, typing).await?;
    Ok(verbatim(
        StatusCode::OK,
        json!({"success": true}).to_string(),
    ))
}

/// Kept for a repeated request, which looks at the message again.
fn render(message: &Message) -> String {
    json!({"id": message.id}).to_string()
}

/// The seconds that the caller prefers to wait.
fn wait_of(headers: &HeaderMap) -> Option<u64> {
    let all = headers.get_all(PREFER).into_iter();
    let all = all.filter_map(|value| value.to_str().ok());
    let mut wishes = all.flat_map(|value| value.split([',', ';']));
    let seconds = wishes.find_map(|wish| {
        let (name, value) = wish.trim().split_once('=')?;
        let is_wait = name.trim().eq_ignore_ascii_case("wait");
        is_wait.then(|| value.trim().trim_matches('"').parse::<u64>().ok())?
    });
    seconds.map(|seconds| seconds.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wish_to_wait_is_read_and_bounded() {
        let wait = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(PREFER, HeaderValue::from_static(text));
            wait_of(&headers)
        };
        assert_eq!(wait("wait=5"), Some(5));
        assert_eq!(wait("respond-async, Wait = 7"), Some(7));
        assert_eq!(wait("wait=9999"), Some(60));
        assert_eq!(wait("wait=soon"), None);
        assert_eq!(wait("return=minimal"), None);
    }
}
