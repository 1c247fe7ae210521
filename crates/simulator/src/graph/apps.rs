//! Subscriptions: the app's callback, the WABAs it listens to, and overrides.

use serde_json::{Value, json};

use crate::accounts::app_link;
use crate::core::{Core, lock, read};
use crate::error::SimulatorError;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::{must_be, required};
use crate::graph::routes::selected;
use crate::graph::waba::records::note;
use crate::ids::WabaId;
use crate::settings::{App, Number};
use crate::webhook::challenge;
use crate::webhook::subscriptions::{AppCallback, FIELDS, OTHER_FIELDS};

/// See [Cloud API/Webhook overrides].
const URL: usize = 200;

/// The object whose fields can be subscribed to.
const OBJECT: &str = "whatsapp_business_account";

/// What the subscriptions of an app take: its own token.
fn own_token(call: &Call, app: &App) -> Result<(), GraphError> {
    if call.caller.is_app && *call.caller.app() == app.id {
        return Ok(());
    }
    let message = "(#15) This method must be called with an app access_token.";
    Err(GraphError::plain(400, 15, message))
}

/// `POST /{app_id}/subscriptions`.
pub(super) async fn subscribe_app(call: &Call, app: &App) -> Answer {
    own_token(call, app)?;
    let params = &call.params;
    if params.required_text("object")? != OBJECT {
        return Err(must_be("object", OBJECT));
    }
    let url = params.required_text("callback_url")?;
    let token = params.required_text("verify_token")?;
    let callback = match params.list("fields")? {
        Some(fields) => AppCallback {
            url: url.clone(),
            fields: known(fields)?
                .into_iter()
                .map(|field| (field, call.version))
                .collect(),
        },
        None => AppCallback::whole(&url, call.version),
    };
    verified(&call.core, &url, &token).await?;
    lock(&call.core.subscriptions)
        .apps
        .insert(app.id.clone(), callback);
    Ok(json!({"success": true}))
}

/// Refuses a field that Meta does not have.
fn known(fields: Vec<String>) -> Result<Vec<String>, GraphError> {
    let unknown = fields
        .iter()
        .find(|field| !FIELDS.contains(&field.as_str()) && !OTHER_FIELDS.contains(&field.as_str()));
    match unknown {
        None => Ok(fields),
        Some(field) => Err(must_be(
            "fields",
            &format!("a list of fields of {OBJECT}; \"{field}\" is none of them"),
        )),
    }
}

/// `GET /{app_id}/subscriptions`.
pub(super) fn app_subscriptions(call: &Call, app: &App) -> Answer {
    own_token(call, app)?;
    let subscriptions = lock(&call.core.subscriptions);
    let data: Vec<_> = subscriptions
        .apps
        .get(&app.id)
        .into_iter()
        .map(|callback| {
            let fields: Vec<_> = callback
                .fields
                .iter()
                .map(|(name, version)| json!({"name": name, "version": version}))
                .collect();
            json!({"object": OBJECT, "callback_url": callback.url, "active": true,
                   "fields": fields})
        })
        .collect();
    Ok(json!({ "data": data }))
}

/// `DELETE /{app_id}/subscriptions`: all of them, or the fields that are named.
pub(super) fn unsubscribe_app(call: &Call, app: &App) -> Answer {
    own_token(call, app)?;
    if call
        .params
        .text("object")?
        .is_some_and(|object| object != OBJECT)
    {
        return Err(must_be("object", OBJECT));
    }
    let mut subscriptions = lock(&call.core.subscriptions);
    match call.params.list("fields")? {
        Some(fields) => {
            if let Some(callback) = subscriptions.apps.get_mut(&app.id) {
                callback.fields.retain(|name, _| !fields.contains(name));
            }
        }
        None => _ = subscriptions.apps.remove(&app.id),
    }
    Ok(json!({"success": true}))
}

/// `GET /{app_id}`.
pub(super) fn app(call: &Call, app: &App) -> Answer {
    if *call.caller.app() != app.id {
        return Err(call.no_object());
    }
    let node = json!({"id": app.id, "name": app.name, "link": app_link(&app.id)});
    selected(call, node)
}

/// `GET /{waba_id}/subscribed_apps`.
pub(super) fn subscribed(call: &Call, waba: &WabaId) -> Value {
    let apps = lock(&call.core.subscriptions).wabas.get(waba).cloned();
    let accounts = read(&call.core.accounts);
    let data: Vec<_> = apps
        .into_iter()
        .flatten()
        .map(|(id, override_url)| {
            let name = accounts.app(id.as_str()).map(|app| app.name.clone());
            let app = json!({"id": id, "name": name, "link": app_link(&id)});
            let mut item = json!({"whatsapp_business_api_data": app});
            if let Some(url) = override_url {
                item["override_callback_uri"] = json!(url);
            }
            item
        })
        .collect();
    json!({ "data": data })
}

/// `POST /{waba_id}/subscribed_apps` for the app of the token, with or without an override.
pub(super) async fn subscribe(call: &Call, waba: &WabaId) -> Answer {
    let url = call.params.text("override_callback_uri")?;
    let url = url.filter(|url| !url.is_empty());
    if let Some(url) = &url {
        let token = call.params.required_text("verify_token")?;
        verified(&call.core, url, &token).await?;
    }
    lock(&call.core.subscriptions)
        .wabas
        .entry(waba.clone())
        .or_default()
        .insert(call.caller.app().clone(), url);
    note(call, waba, "WEBHOOK_CONFIGURED", "App subscribed");
    Ok(json!({"success": true}))
}

/// `DELETE /{waba_id}/subscribed_apps` for the app of the token.
pub(super) fn unsubscribe(call: &Call, waba: &WabaId) -> Value {
    lock(&call.core.subscriptions).unsubscribe(waba, call.caller.app());
    note(call, waba, "WEBHOOK_CONFIGURED", "App unsubscribed");
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
    for name in ["override_callback_uri", "verify_token"] {
        let path = format!("webhook_configuration.{name}");
        match configuration.get(name) {
            None if name == "override_callback_uri" && configuration.is_object() => {
                return Err(required(&path));
            }
            None | Some(Value::String(_)) => {}
            Some(_) => {
                return Err(must_be(
                    &path,
                    "a string; an empty one removes the override",
                ));
            }
        }
    }
    if !configuration.is_object() {
        let what = "an object with override_callback_uri and verify_token";
        return Err(must_be("webhook_configuration", what));
    }
    let text = |name: &str| {
        configuration
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let url = Some(text("override_callback_uri")).filter(|url| !url.is_empty());
    if let Some(url) = url {
        verified(core, url, text("verify_token")).await?;
    }
    lock(&core.subscriptions).override_number(
        &number.id,
        call.caller.app(),
        url.map(str::to_owned),
    );
    Ok(json!({"success": true}))
}

/// What `webhook_configuration` of a number shows: each level that is set for the caller's app.
/// See [Cloud API/Webhook overrides].
pub(crate) fn webhook_configuration(call: &Call, number: &Number) -> Value {
    let (app, mut shown) = (call.caller.app(), json!({}));
    let subscriptions = lock(&call.core.subscriptions);
    if let Some(url) = subscriptions.of_number(&number.id, app) {
        shown["phone_number"] = json!(url);
    }
    let of_waba = subscriptions.wabas.get(&number.waba);
    if let Some(url) = of_waba.and_then(|apps| apps.get(app)?.as_ref()) {
        shown["whatsapp_business_account"] = json!(url);
    }
    if let Some(callback) = subscriptions.apps.get(app) {
        shown["application"] = json!(callback.url);
    }
    shown
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
