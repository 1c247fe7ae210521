//! `/{phone_number_id}/message_history` and `/{message_history_id}/events`: what became of a
//! message. See [Cloud API/Message history].

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::core::{Core, lock};
use crate::graph::call::{Answer, Call};
use crate::graph::page::page;
use crate::graph::params::must_be;
use crate::settings::Number;

/// Marks the ids of histories.
const MARK: &str = "mh:";

/// The history of one message, or of those of the number that are remembered.
pub(super) fn of_message(call: &Call, number: &Number) -> Answer {
    let wanted = call.params.text("message_id")?;
    let world = lock(&call.core.world);
    let items: Vec<Value> = world
        .messages()
        .filter(|message| message.accepted.phone_number_id == number.id)
        .map(|message| message.accepted.wamid())
        .filter(|wamid| wanted.as_deref().is_none_or(|wanted| wanted == *wamid))
        .map(|wamid| {
            let id = URL_SAFE_NO_PAD.encode(format!("{MARK}{wamid}"));
            json!({
                "id": id,
                "message_id": wamid,
                "events": {"data": events(call, &world, wamid)},
            })
        })
        .collect();
    drop(world);
    page(call, &items, "id")
}

/// What the id of a history names.
pub(crate) struct History {
    wamid: String,
    pub(crate) number: Arc<Number>,
}

pub(crate) fn find(core: &Core, id: &str) -> Option<History> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    let wamid = text.strip_prefix(MARK)?.to_owned();
    let number = {
        let world = lock(&core.world);
        world.message(&wamid)?.accepted.phone_number_id.clone()
    };
    let number = core.number(number.as_str())?;
    Some(History { wamid, number })
}

/// `GET /{message_history_id}/events`.
pub(crate) fn route(call: &Call, history: &History) -> Answer {
    match (call.method.as_str(), call.edge().0) {
        ("GET", "events") => {}
        _ => return Err(call.not_simulated()),
    }
    let filter = call.params.text("status_filter")?;
    let known = ["SENT", "DELIVERED", "READ", "FAILED", "DELETED"];
    if let Some(filter) = &filter
        && !known.contains(&filter.as_str())
    {
        return Err(must_be(
            "status_filter",
            &format!("one of {}", known.join(", ")),
        ));
    }
    let items = events(call, &lock(&call.core.world), &history.wamid);
    let wanted = |item: &Value| {
        filter
            .as_ref()
            .is_none_or(|filter| item["delivery_status"] == filter.as_str())
    };
    let items: Vec<_> = items.into_iter().filter(wanted).collect();
    page(call, &items, "id")
}

fn events(call: &Call, world: &crate::world::World, wamid: &str) -> Vec<Value> {
    let app = &call.core.settings.app;
    let statuses = world
        .message(wamid)
        .map(|message| message.accepted.statuses());
    let statuses = statuses.into_iter().flatten().enumerate();
    statuses
        .map(|(place, (status, at))| {
            json!({
                "id": URL_SAFE_NO_PAD.encode(format!("{wamid}:{place}")),
                "delivery_status": status.as_str().to_uppercase(),
                "occurrence_timestamp": at.as_second(),
                "timestamp": at.as_second(),
                "application": {"id": app.id, "name": app.name},
            })
        })
        .collect()
}
