//! A Flow as `GET /{flow}` shows it, with previews and metrics.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{health, refused};
use crate::flows::Flow;
use crate::flows::metric::{NAMES, iso};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::fields::{self, Field};
use crate::graph::params::must_be;

const DAY: i64 = 24 * 60 * 60;

/// The fields that come unasked.
pub(super) fn brief(flow: &Flow) -> Value {
    json!({
        "id": flow.id,
        "name": flow.name,
        "status": flow.status.as_str(),
        "categories": flow.categories,
        "validation_errors": *flow.errors,
    })
}

/// `GET /{flow}`.
pub(in crate::graph) fn get(call: &Call, flow: &Flow) -> Answer {
    let wanted = fields::parse(&call.params.text("fields")?.unwrap_or_default());
    Ok(fields::select(node(call, flow)?, &wanted))
}

/// A Flow with the usual fields and those that are asked for.
pub(super) fn node(call: &Call, flow: &Flow) -> Answer {
    let wanted = fields::parse(&call.params.text("fields")?.unwrap_or_default());
    let mut node = brief(flow);
    for field in &wanted {
        let value = match field.name.as_str() {
            "json_version" => flow.top("version").map(Value::from),
            "data_api_version" => flow.top("data_api_version").map(Value::from),
            "endpoint_uri" => flow.endpoint_uri.as_deref().map(Value::from),
            "whatsapp_business_account" => Some(json!({
                "id": flow.waba,
                "name": call.core.settings.app.name,
                "currency": "USD",
                "timezone_id": "1",
                "message_template_namespace": format!("namespace_{}", flow.waba),
            })),
            "application" => flow.application.as_ref().map(|app| {
                json!({"id": app, "name": call.core.settings.app.name,
                       "link": format!("https://www.facebook.com/games/?app_id={app}")})
            }),
            "updated_at" => {
                let updated = flow.updated.unwrap_or(Timestamp::UNIX_EPOCH);
                Some(json!(
                    updated.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
                ))
            }
            "preview" => Some(preview(call, flow, field)),
            "health_status" => Some(health::status(call, flow, field.argument("phone_number"))?),
            "metric" => Some(metric(call, flow, field)?),
            _ => None,
        };
        if let Some(value) = value {
            node[&field.name] = value;
        }
    }
    Ok(node)
}

fn preview(call: &Call, flow: &Flow, field: &Field) -> Value {
    let renew = field.argument("invalidate") == Some("true");
    let now = call.core.clock.now();
    let (token, until) = call.core.flows.preview(&flow.id, renew, now);
    let (base, id) = (&call.core.base_url, &flow.id);
    json!({
        "preview_url": format!("{base}/wa/manage/flows/{id}/preview/?token={token}"),
        "expires_at": iso(until),
    })
}

/// `metric.name(…).granularity(…).since(…).until(…)`.
fn metric(call: &Call, flow: &Flow, field: &Field) -> Result<Value, GraphError> {
    let name = field.argument("name").unwrap_or_default();
    if !NAMES.contains(&name) {
        return Err(must_be(
            "metric.name",
            &format!("one of {}", NAMES.join(", ")),
        ));
    }
    let granularity = field.argument("granularity").unwrap_or_default();
    let granularity = granularity.to_ascii_uppercase();
    let now = call.core.clock.now().as_second();
    let (step, back) = match granularity.as_str() {
        "DAY" => (Some(DAY), 90 * DAY),
        "HOUR" => (Some(DAY / 24), 30 * DAY),
        "LIFETIME" => (None, now),
        _ => return Err(must_be("metric.granularity", "one of DAY, HOUR, LIFETIME")),
    };
    let day = |name: &str| -> Result<Option<i64>, GraphError> {
        let Some(text) = field.argument(name) else {
            return Ok(None);
        };
        let date: Option<Date> = text.parse().ok();
        let at = date.and_then(|date| date.to_zoned(TimeZone::UTC).ok());
        at.map(|at| Some(at.timestamp().as_second()))
            .ok_or_else(|| must_be(&format!("metric.{name}"), "a date such as 2024-01-28"))
    };
    let oldest = now - back;
    let since = day("since")?.unwrap_or(oldest);
    if since < oldest {
        let limit = format!(
            "at most {} days ago for granularity {granularity}",
            back / DAY
        );
        return Err(must_be("metric.since", &limit));
    }
    let until = day("until")?.map_or(now + 1, |until| until + DAY);
    if !flow.requests.are_enough() {
        return Err(refused(
            139_006,
            "Metrics threshold is not reached",
            "fewer than 250 requests were made by this Flow",
        ));
    }
    let points = flow.requests.points(name, (since, until), step);
    Ok(json!({"granularity": granularity, "name": name, "data_points": points}))
}
