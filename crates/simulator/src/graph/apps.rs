//! Subscriptions: the app's callback, the WABAs it listens to, and overrides.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::core::{Core, lock};
use crate::error::SimulatorError;
use crate::graph::GraphError;
use crate::graph::error::respond;
use crate::graph::gate;
use crate::ids::WabaId;
use crate::settings::Number;
use crate::webhook::challenge;
use crate::webhook::subscriptions::{AppCallback, FIELDS};

/// See [Cloud API/Webhook overrides].
const URL: usize = 200;

/// `POST /{app_id}/subscriptions`.
pub(super) async fn subscriptions(
    State(core): State<Arc<Core>>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let answer = match gate::enter(&core, &version, &headers, &uri) {
        Ok(()) if id == core.settings.app.id.as_str() => {
            subscribe_app(&core, &parameters(&uri, &body)).await
        }
        Ok(()) => Err(GraphError::no_object("post", &id)),
        Err(error) => Err(error),
    };
    respond(&core, answer)
}

async fn subscribe_app(
    core: &Core,
    parameters: &HashMap<String, String>,
) -> Result<Value, GraphError> {
    let required = |name: &str| {
        parameters
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned()
            .ok_or_else(|| {
                GraphError::plain(400, 100, format!("(#100) The parameter {name} is required"))
            })
    };
    if required("object")? != "whatsapp_business_account" {
        let message = "(#100) Param object must be whatsapp_business_account";
        return Err(GraphError::plain(400, 100, message));
    }
    let url = required("callback_url")?;
    let token = required("verify_token")?;
    let fields: Vec<String> = match parameters.get("fields") {
        None => FIELDS.map(str::to_owned).to_vec(),
        Some(fields) => serde_json::from_str(fields).unwrap_or_else(|_| {
            fields
                .split(',')
                .map(|field| field.trim().to_owned())
                .collect()
        }),
    };
    verified(core, &url, &token).await?;
    lock(&core.subscriptions).app = Some(AppCallback {
        url,
        fields: fields.into_iter().collect(),
    });
    Ok(json!({"success": true}))
}

/// `GET /{waba_id}/subscribed_apps`.
pub(super) async fn subscribed(
    State(core): State<Arc<Core>>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let answer = waba(&core, &version, &id, (&headers, &uri), "get").map(|waba| {
        let app = &core.settings.app;
        let subscription = lock(&core.subscriptions).wabas.get(&waba).cloned();
        let data: Vec<_> = subscription
            .into_iter()
            .map(|override_url| {
                let mut item = json!({"whatsapp_business_api_data": {
                    "id": app.id,
                    "name": app.name,
                    "link": format!("https://www.facebook.com/games/?app_id={}", app.id),
                }});
                if let Some(url) = override_url {
                    item["override_callback_uri"] = json!(url);
                }
                item
            })
            .collect();
        json!({ "data": data })
    });
    respond(&core, answer)
}

/// `POST /{waba_id}/subscribed_apps`, with or without an override.
pub(super) async fn subscribe(
    State(core): State<Arc<Core>>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let answer = match waba(&core, &version, &id, (&headers, &uri), "post") {
        Ok(waba) => subscribe_waba(&core, waba, &parameters(&uri, &body)).await,
        Err(error) => Err(error),
    };
    respond(&core, answer)
}

async fn subscribe_waba(
    core: &Core,
    waba: WabaId,
    parameters: &HashMap<String, String>,
) -> Result<Value, GraphError> {
    let url = parameters
        .get("override_callback_uri")
        .filter(|url| !url.is_empty())
        .cloned();
    if let Some(url) = &url {
        let token = parameters.get("verify_token").ok_or_else(|| {
            GraphError::plain(400, 100, "(#100) The parameter verify_token is required")
        })?;
        verified(core, url, token).await?;
    }
    lock(&core.subscriptions).wabas.insert(waba, url);
    Ok(json!({"success": true}))
}

/// `DELETE /{waba_id}/subscribed_apps`.
pub(super) async fn unsubscribe(
    State(core): State<Arc<Core>>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let answer = waba(&core, &version, &id, (&headers, &uri), "delete").map(|waba| {
        lock(&core.subscriptions).wabas.remove(&waba);
        json!({"success": true})
    });
    respond(&core, answer)
}

/// `POST /{phone_number_id}` with `webhook_configuration`; an empty URL removes the override.
pub(super) async fn override_number(
    core: &Core,
    number: &Number,
    body: &Bytes,
) -> Result<Value, GraphError> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(configuration) = body.get("webhook_configuration") else {
        return Err(GraphError::not_simulated(
            "settings of a number but webhook_configuration",
        ));
    };
    let text = |name: &str| {
        configuration
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let url = text("override_callback_uri");
    if url.is_empty() {
        lock(&core.subscriptions).numbers.remove(&number.id);
    } else {
        verified(core, url, text("verify_token")).await?;
        lock(&core.subscriptions)
            .numbers
            .insert(number.id.clone(), url.to_owned());
    }
    Ok(json!({"success": true}))
}

fn waba(
    core: &Core,
    version: &str,
    id: &str,
    (headers, uri): (&HeaderMap, &Uri),
    method: &str,
) -> Result<WabaId, GraphError> {
    gate::enter(core, version, headers, uri)?;
    if core.has_waba(id) {
        Ok(WabaId::from(id))
    } else {
        Err(GraphError::no_object(method, id))
    }
}

/// The callback has to echo the challenge before anything changes.
async fn verified(core: &Core, url: &str, token: &str) -> Result<(), GraphError> {
    if url.chars().count() > URL {
        let message = format!("(#100) The callback URL must be at most {URL} characters long");
        return Err(GraphError::plain(400, 100, message));
    }
    challenge::verify(core, url, token).await.map_err(|error| {
        let reason = match error {
            SimulatorError::Challenge { reason } => reason,
            other => other.to_string(),
        };
        let message =
            format!("(#2200) Callback verification failed with the following errors: {reason}");
        GraphError::plain(400, 2200, message)
    })
}

/// Parameters from the query and the body, which may be JSON or a form. See [Graph API/Overview].
fn parameters(uri: &Uri, body: &Bytes) -> HashMap<String, String> {
    let mut all: HashMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(fields)) => {
            all.extend(fields.into_iter().map(|(key, value)| match value {
                Value::String(text) => (key, text),
                other => (key, other.to_string()),
            }));
        }
        _ => all.extend(url::form_urlencoded::parse(body).into_owned()),
    }
    all
}
