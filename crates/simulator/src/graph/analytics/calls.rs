//! `call_analytics`: how many calls there were, how long, and what they cost.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ask::{Ask, YEAR};
use super::pricing::dollars;
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::ids::WabaId;
use crate::tally::Calls;

pub(super) fn compute(call: &Call, waba: &WabaId, ask: &Ask<'_>) -> Result<Value, GraphError> {
    let span = ask.span(call, YEAR, ["HALF_HOUR", "DAILY", "MONTHLY"])?;
    let numbers = ask.numbers(call, waba)?;
    let countries = ask.list("country_codes");
    let metrics = ask.words("metric_types", &["COST", "COUNT", "AVERAGE_DURATION"])?;
    let directions = ask.words("directions", &["BUSINESS_INITIATED", "USER_INITIATED"])?;
    let dimensions = ask.words("dimensions", &["DIRECTION", "COUNTRY", "PHONE"])?;
    let by = |name: &str| dimensions.iter().any(|dimension| dimension == name);
    let any =
        |wanted: &[String], word: &str| wanted.is_empty() || wanted.iter().any(|one| one == word);
    let mut points: BTreeMap<_, Calls> = BTreeMap::new();
    {
        let tally = lock(&call.core.tally);
        for (at, line, calls) in tally.calls(span.start, span.end) {
            let fits = numbers.contains(&line.phone)
                && any(&countries, line.country)
                && any(&directions, line.direction);
            if !fits {
                continue;
            }
            let key = (
                span.step(at),
                by("PHONE").then(|| line.phone.clone()),
                by("COUNTRY").then_some(line.country),
                by("DIRECTION").then_some(line.direction),
            );
            let sum = points.entry(key).or_default();
            sum.count += calls.count;
            sum.seconds += calls.seconds;
            sum.cost += calls.cost;
        }
    }
    let shown = points
        .into_iter()
        .map(|((step, phone, country, direction), calls)| {
            let mut point = json!({"start": step.0, "end": step.1});
            if let Some(phone) = phone.and_then(|phone| call.core.number(phone.as_str())) {
                point["phone_number"] = json!(phone.display_phone_number);
            }
            for (name, word) in [("country", country), ("direction", direction)] {
                if let Some(word) = word {
                    point[name] = json!(word);
                }
            }
            if any(&metrics, "COUNT") {
                point["count"] = json!(calls.count);
            }
            if any(&metrics, "COST") {
                point["cost"] = dollars(calls.cost);
            }
            if any(&metrics, "AVERAGE_DURATION") {
                point["average_duration"] = json!(calls.seconds.checked_div(calls.count));
            }
            point
        });
    Ok(json!({"data_points": shown.collect::<Vec<_>>()}))
}
