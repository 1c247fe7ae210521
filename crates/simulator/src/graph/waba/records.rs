//! The audit log and the schedules of a WABA. See [Cloud API/Activities] and [Cloud API/Schedules].

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::accounts::records::Activity;
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::page::page;
use crate::graph::params::{must_be, required};
use crate::graph::shape::{self, Shape};
use crate::ids::WabaId;
use crate::numbers::calling::DAYS;

const KINDS: [&str; 5] = [
    "BUSINESS_HOURS",
    "AUTOMATED_RESPONSE",
    "MESSAGE_CAMPAIGN",
    "MAINTENANCE_WINDOW",
    "CUSTOM",
];

const RECURRENCE: Shape = Shape::Object(&[
    (
        "frequency",
        Shape::Word(&["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    ),
    ("interval", Shape::Integer(1, i64::MAX)),
    ("end_date", Shape::Text),
]);

/// Writes into the audit log what the caller did.
pub(crate) fn note(call: &Call, waba: &WabaId, kind: &'static str, description: &str) {
    let core = &call.core;
    let activity = Activity {
        id: core.ids.account(),
        kind,
        at: core.clock.now(),
        actor: Some(call.caller.token.user.clone()),
        description: description.to_owned(),
    };
    lock(&core.records).change(waba).add(activity);
}

/// The audit log as the API shows it, newest first.
pub(in crate::graph) fn activities(call: &Call, waba: &WabaId) -> Vec<Value> {
    let records = lock(&call.core.records);
    let activities = &records.of(waba).activities;
    activities
        .iter()
        .map(|activity| {
            let mut shown = json!({
                "id": activity.id,
                "activity_type": activity.kind,
                "timestamp": activity.at,
                "actor_type": if activity.actor.is_some() { "API" } else { "SYSTEM" },
                "description": activity.description,
            });
            if let Some(actor) = &activity.actor {
                shown["actor_id"] = json!(actor);
                shown["actor_name"] = json!("Simulated System User");
            }
            shown
        })
        .collect()
}

/// `GET /{waba_id}/activities?activity_type=&since=&until=`.
pub(in crate::graph) fn list_activities(call: &Call, waba: &WabaId) -> Answer {
    let mut items = activities(call, waba);
    if let Some(kinds) = call.params.list("activity_type")? {
        items.retain(|item| {
            kinds
                .iter()
                .any(|kind| item["activity_type"] == kind.as_str())
        });
    }
    let at = |item: &Value| {
        let text = item["timestamp"].as_str().unwrap_or_default();
        text.parse::<Timestamp>().unwrap_or_default()
    };
    if let Some(since) = moment(call, "since")? {
        items.retain(|item| at(item) > since);
    }
    if let Some(until) = moment(call, "until")? {
        items.retain(|item| at(item) < until);
    }
    page(call, &items, "id")
}

/// Seconds, or a date as ISO 8601 writes it.
fn moment(call: &Call, name: &str) -> Result<Option<Timestamp>, GraphError> {
    let Some(text) = call.params.text(name)? else {
        return Ok(None);
    };
    let seconds = text.parse::<i64>().ok();
    let at = seconds.map_or_else(
        || {
            text.parse::<Timestamp>().ok().or_else(|| {
                let date: jiff::civil::Date = text.parse().ok()?;
                let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
                Some(midnight.timestamp())
            })
        },
        |seconds| Timestamp::from_second(seconds).ok(),
    );
    at.map(Some)
        .ok_or_else(|| must_be(name, "a Unix timestamp or an ISO 8601 date"))
}

/// `GET /{waba_id}/schedules?filtering=&sort=`.
pub(in crate::graph) fn list_schedules(call: &Call, waba: &WabaId) -> Answer {
    let mut items = lock(&call.core.records).of(waba).schedules.clone();
    if let Some(filters) = call.params.json("filtering")? {
        for filter in filters.as_array().into_iter().flatten() {
            let field = filter["field"].as_str().unwrap_or_default();
            if !["status", "schedule_type", "is_active"].contains(&field)
                || filter["operator"] != "EQUAL"
            {
                return Err(must_be(
                    "filtering",
                    "an EQUAL filter on status, schedule_type or is_active",
                ));
            }
            items.retain(|item| item[field] == filter["value"]);
        }
    }
    match call.params.text("sort")?.as_deref() {
        None | Some("created_time.asc" | "updated_time.asc") => {}
        Some("created_time.desc" | "updated_time.desc") => items.reverse(),
        Some(_) => {
            return Err(must_be(
                "sort",
                "created_time or updated_time, .asc or .desc",
            ));
        }
    }
    page(call, &items, "id")
}

/// `POST /{waba_id}/schedules`.
pub(in crate::graph) fn add_schedule(call: &Call, waba: &WabaId) -> Answer {
    let (core, params) = (&call.core, &call.params);
    let name = params
        .short_text("name", 100)?
        .filter(|name| !name.is_empty())
        .ok_or_else(|| required("name"))?;
    let kind = params.required_text("schedule_type")?;
    if !KINDS.contains(&kind.as_str()) {
        return Err(must_be(
            "schedule_type",
            &format!("one of {}", KINDS.join(", ")),
        ));
    }
    let (start, end) = (hour(call, "start_time")?, hour(call, "end_time")?);
    if start >= end && kind != "AUTOMATED_RESPONSE" {
        let message = "Invalid parameter: start_time must be before end_time";
        return Err(GraphError::plain(400, 100, message));
    }
    let days = params.list("days_of_week")?.unwrap_or_default();
    if days.iter().any(|day| !DAYS.contains(&day.as_str())) {
        return Err(must_be(
            "days_of_week",
            &format!("some of {}", DAYS.join(", ")),
        ));
    }
    shape::parameters(params, &[("recurrence_pattern", RECURRENCE)])?;
    let active = params.boolean("is_active")?.unwrap_or(true);
    let id = core.ids.account();
    let now = core.clock.now();
    let schedule = json!({
        "id": id,
        "name": name,
        "status": if active { "ACTIVE" } else { "INACTIVE" },
        "schedule_type": kind,
        "description": params.short_text("description", 500)?,
        "start_time": start,
        "end_time": end,
        "timezone": params.text("timezone")?.unwrap_or_else(|| "UTC".to_owned()),
        "days_of_week": days,
        "created_time": now,
        "updated_time": now,
        "is_active": active,
        "recurrence_pattern": params.json("recurrence_pattern")?,
    });
    if !lock(&core.records).change(waba).schedule(schedule) {
        return Err(GraphError::new(
            100,
            "The simulator keeps no more schedules of this account.",
        ));
    }
    note(call, waba, "ACCOUNT_UPDATED", "Schedule created");
    Ok(json!({ "id": id }))
}

/// A time of day, `HH:MM`.
fn hour(call: &Call, name: &str) -> Result<String, GraphError> {
    let text = call.params.required_text(name)?;
    let good = text.split_once(':').is_some_and(|(hour, minute)| {
        let number = |part: &str| part.parse::<u8>().ok().filter(|_| part.len() == 2);
        number(hour).is_some_and(|hour| hour < 24)
            && number(minute).is_some_and(|minute| minute < 60)
    });
    if good {
        return Ok(text);
    }
    Err(must_be(name, "a time as HH:MM"))
}
