//! `GET`, `POST` and `DELETE` of `/{id}`: a number, a WABA or a file.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::core::{Core, lock};
use crate::fault::Calls;
use crate::graph::error::respond;
use crate::graph::gate::{self, Fate, query};
use crate::graph::{GraphError, apps, media};
use crate::media::Stored;
use crate::server::Wire;
use crate::settings::Number;

/// What a node id names.
enum Node {
    Number(Arc<Number>),
    Waba(String),
    File(Arc<Stored>),
}

pub(super) async fn get(
    State(core): State<Arc<Core>>,
    Extension(wire): Extension<Wire>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let node = match enter(
        &core,
        &wire,
        &Method::GET,
        (&version, &id),
        (&headers, &uri),
    )
    .await
    {
        Ok(node) => node,
        Err(response) => return response,
    };
    let answer = match node {
        Node::Number(number) => Ok(selected(number_fields(&number), &uri)),
        Node::Waba(waba) => Ok(selected(
            json!({"id": waba, "name": core.settings.app.name, "status": "ACTIVE",
                   "currency": "USD", "timezone_id": "1"}),
            &uri,
        )),
        Node::File(file) => media::look_up(&core, &file, &uri),
    };
    respond(&core, answer)
}

pub(super) async fn delete(
    State(core): State<Arc<Core>>,
    Extension(wire): Extension<Wire>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let node = match enter(
        &core,
        &wire,
        &Method::DELETE,
        (&version, &id),
        (&headers, &uri),
    )
    .await
    {
        Ok(node) => node,
        Err(response) => return response,
    };
    let answer = match node {
        Node::File(file) => media::delete(&core, &file, &uri),
        Node::Number(_) | Node::Waba(_) => {
            Err(GraphError::not_simulated("DELETE of a number or a WABA"))
        }
    };
    respond(&core, answer)
}

pub(super) async fn post(
    State(core): State<Arc<Core>>,
    Extension(wire): Extension<Wire>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let node = match enter(
        &core,
        &wire,
        &Method::POST,
        (&version, &id),
        (&headers, &uri),
    )
    .await
    {
        Ok(node) => node,
        Err(response) => return response,
    };
    let answer = match node {
        Node::Number(number) => apps::override_number(&core, &number, &body).await,
        Node::Waba(_) | Node::File(_) => Err(GraphError::not_simulated(
            "POST to a WABA or a media object",
        )),
    };
    respond(&core, answer)
}

async fn enter(
    core: &Core,
    wire: &Wire,
    method: &Method,
    (version, id): (&str, &str),
    (headers, uri): (&HeaderMap, &Uri),
) -> Result<Node, Response> {
    gate::enter(core, version, headers, uri).map_err(|error| error.into_response(core))?;
    let file = lock(&core.media).get(id, core.clock.now());
    let (node, calls, number) = if let Some(number) = core.number(id) {
        let id = number.id.clone();
        (Some(Node::Number(number)), Calls::All, Some(id))
    } else if core.has_waba(id) {
        (Some(Node::Waba(id.to_owned())), Calls::All, None)
    } else {
        let number = file.as_ref().map(|file| file.number.clone());
        (file.map(Node::File), Calls::Media, number)
    };
    let cut = match gate::strike(core, wire, calls, number.as_ref()).await {
        Fate::Proceed { cut, .. } => cut,
        Fate::Answered(response) => return Err(response),
    };
    if cut {
        return Err(wire.cut().await);
    }
    node.ok_or_else(|| GraphError::no_object(method.as_str(), id).into_response(core))
}

fn number_fields(number: &Number) -> Value {
    json!({
        "id": number.id,
        "verified_name": number.verified_name,
        "display_phone_number": number.display_phone_number,
        "code_verification_status": "VERIFIED",
        "quality_rating": number.quality_rating,
        "platform_type": "CLOUD_API",
        "throughput": {"level": number.throughput},
        "status": "CONNECTED",
        "name_status": "APPROVED",
        "account_mode": "LIVE",
    })
}

/// The fields asked for and `id`; all of them when nothing was asked.
fn selected(node: Value, uri: &Uri) -> Value {
    let Some(fields) = query(uri, "fields") else {
        return node;
    };
    let wanted: Vec<&str> = fields
        .split(',')
        .map(|field| field.split(['{', '.']).next().unwrap_or(field).trim())
        .collect();
    match node {
        Value::Object(fields) => {
            let kept = |key: &String| key == "id" || wanted.contains(&key.as_str());
            Value::Object(
                fields
                    .into_iter()
                    .filter(|(key, _)| kept(key))
                    .collect::<Map<_, _>>(),
            )
        }
        other => other,
    }
}
