//! Subscriptions: the app's callback, the WABAs it listens to, and overrides.

use serde_json::{Value, json};

use crate::core::{Core, lock};
use crate::error::SimulatorError;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::must_be;
use crate::ids::WabaId;
use crate::settings::Number;
use crate::webhook::challenge;
use crate::webhook::subscriptions::{AppCallback, FIELDS};

/// See [Cloud API/Webhook overrides].
const URL: usize = 200;

/// `POST /{app_id}/subscriptions`.
pub(super) async fn subscribe_app(call: &Call) -> Answer {
    let params = &call.params;
    if params.required_text("object")? != "whatsapp_business_account" {
        return Err(must_be("object", "whatsapp_business_account"));
    }
    let url = params.required_text("callback_url")?;
    let token = params.required_text("verify_token")?;
    let fields = params
        .list("fields")?
        .unwrap_or_else(|| FIELDS.map(str::to_owned).to_vec());
    verified(&call.core, &url, &token).await?;
    lock(&call.core.subscriptions).app = Some(AppCallback {
        url,
        fields: fields.into_iter().collect(),
    });
    Ok(json!({"success": true}))
}

/// `GET /{waba_id}/subscribed_apps`.
pub(super) fn subscribed(call: &Call, waba: &WabaId) -> Value {
    let app = &call.core.settings.app;
    let subscription = lock(&call.core.subscriptions).wabas.get(waba).cloned();
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
}

/// `POST /{waba_id}/subscribed_apps`, with or without an override.
pub(super) async fn subscribe(call: &Call, waba: &WabaId) -> Answer {
    let url = call.params.text("override_callback_uri")?;
    let url = url.filter(|url| !url.is_empty());
    if let Some(url) = &url {
        let token = call.params.required_text("verify_token")?;
        verified(&call.core, url, &token).await?;
    }
    lock(&call.core.subscriptions)
        .wabas
        .insert(waba.clone(), url);
    Ok(json!({"success": true}))
}

/// `DELETE /{waba_id}/subscribed_apps`.
pub(super) fn unsubscribe(call: &Call, waba: &WabaId) -> Value {
    lock(&call.core.subscriptions).wabas.remove(waba);
    json!({"success": true})
}

/// `POST /{phone_number_id}` with `webhook_configuration`; an empty URL removes the override.
pub(super) async fn override_number(call: &Call, number: &Number) -> Answer {
    let core = &call.core;
    let Some(configuration) = call.params.json("webhook_configuration")? else {
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
