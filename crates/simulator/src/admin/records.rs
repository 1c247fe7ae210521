//! What happened: accepted sends and webhook deliveries, paged.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::lock;
use crate::record::{Accepted, Delivery};
use crate::simulator::Simulator;

/// `after` is the last place seen, counted from 1; `limit` at most 1000.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    after: Option<u64>,
    limit: Option<usize>,
}

impl Page {
    pub(super) fn after(&self) -> u64 {
        self.after.unwrap_or(0)
    }

    pub(super) fn limit(&self) -> usize {
        self.limit.unwrap_or(100).min(1000)
    }
}

pub(super) async fn accepted(
    State(simulator): State<Simulator>,
    Query(page): Query<Page>,
) -> Json<Value> {
    let world = lock(&simulator.core().world);
    let total = simulator.accepted_count();
    let forgotten = total.saturating_sub(world.messages().len() as u64);
    let skip = usize::try_from(page.after().saturating_sub(forgotten)).unwrap_or(usize::MAX);
    let data: Vec<_> = world
        .messages()
        .enumerate()
        .skip(skip)
        .take(page.limit())
        .map(|(place, message)| send(forgotten + place as u64 + 1, &message.accepted.record()))
        .collect();
    let next = page.after().max(forgotten) + data.len() as u64;
    Json(json!({"data": data, "next": next, "count": total}))
}

fn send(place: u64, accepted: &Accepted) -> Value {
    let statuses: Vec<_> = accepted
        .statuses
        .iter()
        .map(|(status, at)| json!({"status": status, "at": at}))
        .collect();
    json!({
        "place": place,
        "wamid": accepted.wamid,
        "phone_number_id": accepted.phone_number_id,
        "recipient": accepted.recipient,
        "type": accepted.kind,
        "body": accepted.json(),
        "biz_opaque_callback_data": accepted.callback_data,
        "at": accepted.at,
        "statuses": statuses,
    })
}

pub(super) async fn count(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!({"count": simulator.accepted_count()}))
}

pub(super) async fn duplicates(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!({"data": simulator.duplicates()}))
}

pub(super) async fn deliveries(
    State(simulator): State<Simulator>,
    Query(page): Query<Page>,
) -> Json<Value> {
    let log = lock(&simulator.core().office.log);
    let data: Vec<_> = log
        .kept()
        .filter(|delivery| delivery.id > page.after())
        .take(page.limit())
        .map(delivery)
        .collect();
    let next = data
        .last()
        .map_or_else(|| json!(page.after()), |last| last["id"].clone());
    Json(json!({"data": data, "next": next, "count": log.begun()}))
}

fn delivery(delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id,
        "updates": delivery.updates,
        "fields": delivery.fields,
        "at": delivery.at,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "body": serde_json::from_slice::<Value>(&delivery.body).unwrap_or_default(),
    })
}
