//! State, settings, numbers and templates.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::core::{lock, read, write};
use crate::simulator::Simulator;
use crate::template::Template;
use crate::webhook::subscriptions::AppCallback;

pub(super) async fn state(State(simulator): State<Simulator>) -> Json<Value> {
    let core = simulator.core();
    let users = lock(&core.world).user_count();
    let (begun, delivered) = {
        let log = lock(&core.office.log);
        (log.begun(), log.delivered)
    };
    let subscriptions = lock(&core.subscriptions);
    let callback = |app: &AppCallback| {
        let fields: Vec<_> = app.fields.keys().collect();
        json!({"callback_url": app.url, "fields": fields})
    };
    let first = subscriptions.apps.get(&core.settings.app.id);
    Json(json!({
        "now": core.clock.now(),
        "users": users,
        "accepted": simulator.accepted_count(),
        "notifications": begun,
        "delivered": delivered,
        "pending": core.office.pending(),
        "faults": lock(&core.faults).active().count(),
        "subscriptions": {
            "app": first.map(callback),
            "apps": subscriptions.apps.iter()
                .map(|(id, app)| {
                    let mut shown = callback(app);
                    shown["id"] = json!(id);
                    shown
                })
                .collect::<Vec<_>>(),
            "wabas": subscriptions.wabas.iter()
                .flat_map(|(waba, apps)| apps.iter().map(move |(app, url)| {
                    json!({"id": waba, "app": app, "override_callback_uri": url})
                }))
                .collect::<Vec<_>>(),
            "numbers": subscriptions.numbers.iter()
                .flat_map(|(number, apps)| apps.iter().map(move |(app, url)| {
                    json!({"id": number, "app": app, "override_callback_uri": url})
                }))
                .collect::<Vec<_>>(),
        },
    }))
}

pub(super) async fn settings(State(simulator): State<Simulator>) -> Json<Value> {
    let core = simulator.core();
    let knobs = core.knobs();
    let settings = &core.settings;
    let webhooks = &settings.webhooks;
    Json(json!({
        "seed": settings.seed,
        "app_id": settings.app.id,
        "base_url": core.base_url,
        "sent_ms": millis(knobs.delays.sent),
        "delivered_ms": millis(knobs.delays.delivered),
        "read_ms": millis(knobs.delays.read),
        "auto_read": knobs.auto_read,
        "service_window": knobs.limits.service_window,
        "throughput_limit": knobs.limits.throughput,
        "pair_limit": knobs.limits.pair,
        "messaging_limit": knobs.limits.messaging,
        "template_pacing": knobs.limits.pacing,
        "quality_feedback": knobs.limits.quality,
        "us_marketing_pause": knobs.limits.us_marketing,
        "management_limit": knobs.limits.management,
        "max_updates_per_post": webhooks.max_updates_per_post,
        "concurrency": webhooks.concurrency,
        "retry_ms": webhooks.retries.0.iter().map(|wait| millis(*wait)).collect::<Vec<_>>(),
        "max_backlog": webhooks.max_backlog,
        "history": {
            "sends": settings.history.accepted,
            "chat": settings.history.chat,
            "users": settings.history.users,
            "webhooks": settings.history.deliveries,
            "webhook_bytes": settings.history.delivery_bytes,
            "media_bytes": settings.history.media_bytes,
        },
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    sent_ms: Option<u64>,
    delivered_ms: Option<u64>,
    read_ms: Option<u64>,
    auto_read: Option<bool>,
    service_window: Option<bool>,
    throughput_limit: Option<bool>,
    pair_limit: Option<bool>,
    messaging_limit: Option<bool>,
    template_pacing: Option<bool>,
    quality_feedback: Option<bool>,
    us_marketing_pause: Option<bool>,
    management_limit: Option<bool>,
}

pub(super) async fn change_settings(
    State(simulator): State<Simulator>,
    Json(change): Json<Change>,
) -> Json<Value> {
    {
        let mut knobs = write(&simulator.core().knobs);
        let knobs = &mut *knobs;
        let delays = &mut knobs.delays;
        for (delay, new) in [
            (&mut delays.sent, change.sent_ms),
            (&mut delays.delivered, change.delivered_ms),
            (&mut delays.read, change.read_ms),
        ] {
            if let Some(new) = new {
                *delay = Duration::from_millis(new);
            }
        }
        for (knob, new) in [
            (&mut knobs.auto_read, change.auto_read),
            (&mut knobs.limits.service_window, change.service_window),
            (&mut knobs.limits.throughput, change.throughput_limit),
            (&mut knobs.limits.pair, change.pair_limit),
            (&mut knobs.limits.messaging, change.messaging_limit),
            (&mut knobs.limits.pacing, change.template_pacing),
            (&mut knobs.limits.quality, change.quality_feedback),
            (&mut knobs.limits.us_marketing, change.us_marketing_pause),
            (&mut knobs.limits.management, change.management_limit),
        ] {
            *knob = new.unwrap_or(*knob);
        }
    }
    settings(State(simulator)).await
}

pub(super) async fn numbers(State(simulator): State<Simulator>) -> Json<Value> {
    let numbers: Vec<_> = read(&simulator.core().numbers)
        .iter()
        .map(|number| json!(number.as_ref()))
        .collect();
    Json(json!({ "data": numbers }))
}

pub(super) async fn templates(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!({"data": simulator.templates()}))
}

pub(super) async fn put_template(
    State(simulator): State<Simulator>,
    Json(template): Json<Value>,
) -> Result<Json<Value>, AdminError> {
    let template = if template["components"].is_array() && template.get("body").is_none() {
        Template::read(&template)?
    } else {
        serde_json::from_value(template).map_err(|error| {
            AdminError::bad_request(format!("the template cannot be used: {error}"))
        })?
    };
    let shown = json!(template);
    simulator.put_template(template);
    Ok(Json(shown))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
