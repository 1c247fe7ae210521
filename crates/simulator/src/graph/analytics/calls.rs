//! `call_analytics`: how many calls there were, how long, and what they cost.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ask::Ask;
use super::points::{Points, any, point};
use super::pricing::dollars;
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::ids::WabaId;
use crate::tally::Calls;

pub(super) fn compute(call: &Call, waba: &WabaId, ask: &Ask<'_>) -> Result<Value, GraphError> {
    let metrics = ["COST", "COUNT", "AVERAGE_DURATION"];
    let asked = Points::read(
        call,
        waba,
        ask,
        &metrics,
        &["DIRECTION", "COUNTRY", "PHONE"],
    )?;
    let directions = ask.words("directions", &["BUSINESS_INITIATED", "USER_INITIATED"])?;
    let mut points: BTreeMap<_, Calls> = BTreeMap::new();
    {
        let tally = lock(&call.core.tally);
        for (at, line, calls) in tally.calls(asked.span.start, asked.span.end) {
            if !(asked.take(&line.phone, line.country) && any(&directions, line.direction)) {
                continue;
            }
            let direction = asked.by("DIRECTION").then_some(line.direction);
            let key = (asked.place(at, &line.phone, line.country), direction);
            let sum = points.entry(key).or_default();
            sum.count += calls.count;
            sum.seconds += calls.seconds;
            sum.cost += calls.cost;
        }
    }
    let shown = points.into_iter().map(|((place, direction), calls)| {
        let mut point = point(call, place);
        if let Some(direction) = direction {
            point["direction"] = json!(direction);
        }
        if asked.shows("COUNT") {
            point["count"] = json!(calls.count);
        }
        if asked.shows("COST") {
            point["cost"] = dollars(calls.cost);
        }
        if asked.shows("AVERAGE_DURATION") {
            point["average_duration"] = json!(calls.seconds.checked_div(calls.count));
        }
        point
    });
    Ok(json!({"data_points": shown.collect::<Vec<_>>()}))
}
