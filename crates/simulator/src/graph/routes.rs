//! Every management call: what its first id names, and who answers for each edge of it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::Response;
use serde_json::json;

use crate::core::{Core, lock};
use crate::fault::{Calls, Target};
use crate::graph::call::{Answer, Call};
use crate::graph::error::respond;
use crate::graph::gate::{self, Fate};
use crate::graph::params::Params;
use crate::graph::{BODY_LIMIT, GraphError, apps, fields, media};
use crate::ids::WabaId;
use crate::media::Stored;
use crate::server::Wire;
use crate::settings::Number;

/// What an id names.
enum Node {
    App,
    Waba(WabaId),
    Number(Arc<Number>),
    File(Arc<Stored>),
}

impl Node {
    fn find(core: &Core, id: &str) -> Option<Self> {
        if let Some(number) = core.number(id) {
            Some(Self::Number(number))
        } else if core.has_waba(id) {
            Some(Self::Waba(WabaId::from(id)))
        } else if core.settings.app.id.as_str() == id {
            Some(Self::App)
        } else {
            let file = lock(&core.media).get(id, core.clock.now());
            file.map(Self::File)
        }
    }
}

async fn route(call: &Call, node: &Node) -> Answer {
    match node {
        Node::App => app(call).await,
        Node::Waba(waba) => self::waba(call, waba).await,
        Node::Number(number) => self::number(call, number).await,
        Node::File(file) => self::file(call, file),
    }
}

async fn app(call: &Call) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::POST, "subscriptions") => apps::subscribe_app(call).await,
        _ => Err(call.not_simulated()),
    }
}

async fn waba(call: &Call, waba: &WabaId) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => Ok(selected(
            call,
            json!({"id": waba, "name": call.core.settings.app.name, "status": "ACTIVE",
                   "currency": "USD", "timezone_id": "1"}),
        )?),
        (&Method::GET, "subscribed_apps") => Ok(apps::subscribed(call, waba)),
        (&Method::POST, "subscribed_apps") => apps::subscribe(call, waba).await,
        (&Method::DELETE, "subscribed_apps") => Ok(apps::unsubscribe(call, waba)),
        _ => Err(call.not_simulated()),
    }
}

async fn number(call: &Call, number: &Arc<Number>) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => selected(call, number_fields(number)),
        (&Method::POST, "") => apps::override_number(call, number).await,
        _ => Err(call.not_simulated()),
    }
}

fn file(call: &Call, file: &Stored) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => media::look_up(&call.core, file, &call.uri),
        (&Method::DELETE, "") => media::delete(&call.core, file, &call.uri),
        _ => Err(call.not_simulated()),
    }
}

/// A node narrowed to the fields that the call asks for.
pub(super) fn selected(call: &Call, node: serde_json::Value) -> Answer {
    let wanted = call.params.text("fields")?.unwrap_or_default();
    Ok(fields::select(node, &fields::parse(&wanted)))
}

/// Answers everything but sends and the transfer of files.
pub(super) async fn dispatch(
    State(core): State<Arc<Core>>,
    Extension(wire): Extension<Wire>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut path = parts.uri.path().split('/').filter(|part| !part.is_empty());
    let version = path.next().unwrap_or_default().to_owned();
    let path: Vec<String> = path
        .map(|part| percent_decoded(part).unwrap_or_else(|| part.to_owned()))
        .collect();
    let caller = match gate::enter(&core, &version, &parts.headers, &parts.uri) {
        Ok(caller) => caller,
        Err(error) => return error.into_response(&core),
    };
    let node = path.first().and_then(|id| Node::find(&core, id));
    let (calls, number) = match &node {
        Some(Node::Number(number)) => (Calls::Manage, Some(&number.id)),
        Some(Node::File(file)) => (Calls::Media, Some(&file.number)),
        _ => (Calls::Manage, None),
    };
    let target = Target {
        calls,
        number,
        method: parts.method.as_str(),
        path: parts.uri.path(),
        recipient: None,
        kind: None,
    };
    let ending = match gate::strike(&core, &wire, target).await {
        Fate::Proceed { ending, .. } => ending,
        Fate::Answered(response) => return response,
    };
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        return GraphError::new(100, "The request body is too large.").into_response(&core);
    };
    let call = Call {
        core: Arc::clone(&core),
        caller,
        version,
        method: parts.method,
        path,
        params: Params::read(&parts.uri, &body),
        headers: parts.headers,
        uri: parts.uri,
        body,
    };
    let answer = match &node {
        Some(node) => route(&call, node).await,
        None => Err(call.no_object()),
    };
    ending.finish(&wire, respond(&core, answer)).await
}

fn percent_decoded(part: &str) -> Option<String> {
    // A plus sign stands for itself in a path.
    let part = part.replace('+', "%2B");
    url::form_urlencoded::parse(part.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .filter(|_| !part.contains(['=', '&']))
}

fn number_fields(number: &Number) -> serde_json::Value {
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
