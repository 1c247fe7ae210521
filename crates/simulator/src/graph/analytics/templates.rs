//! `template_analytics`: what became of the messages of up to ten templates.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ask::Ask;
use super::pricing::dollars;
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::graph::params::{must_be, required};
use crate::ids::WabaId;
use crate::template::review;

/// How far back they go, in days.
const DAYS: i64 = 90;
const MOST: usize = 10;
/// The European Union, the United Kingdom and Japan have none.
#[rustfmt::skip]
const WITHOUT: [&str; 29] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT", "JP",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// What one template did on one day.
#[derive(Default)]
struct Day {
    sent: u64,
    delivered: u64,
    read: u64,
    cost: u64,
    clicked: BTreeMap<(&'static str, String), u64>,
}

pub(super) fn compute(call: &Call, waba: &WabaId, ask: &Ask<'_>) -> Result<Value, GraphError> {
    let core = &call.core;
    let account = core.waba(waba.as_str());
    let country = account
        .as_ref()
        .map_or("", |account| account.country.as_str());
    if WITHOUT.contains(&country) {
        return Err(GraphError::plain(
            400,
            200_005,
            "(#200005) Template Insights is not available in the country of this account",
        ));
    }
    if !account.is_some_and(|account| account.is_enabled_for_insights) {
        return Err(GraphError::plain(
            400,
            200_007,
            "(#200007) Template Insights is not enabled: confirm it with is_enabled_for_insights",
        ));
    }
    let span = ask.span(call, DAYS, ["", "DAILY", ""])?;
    let metrics = ask.words(
        "metric_types",
        &["COST", "CLICKED", "DELIVERED", "READ", "SENT"],
    )?;
    let product = ask.text("product_type")?;
    let product = product
        .unwrap_or_else(|| "cloud_api".to_owned())
        .to_ascii_lowercase();
    if product != "cloud_api" && product != "marketing_messages_lite_api" {
        return Err(must_be(
            "product_type",
            "one of {CLOUD_API, MARKETING_MESSAGES_LITE_API}",
        ));
    }
    let wanted = wanted(call, waba, ask)?;
    let lite = product != "cloud_api";
    let mut days: BTreeMap<(u64, i64, i64), Day> = BTreeMap::new();
    {
        let tally = lock(&core.tally);
        for (at, line, counts) in tally.messages(span.start, span.end) {
            let Some(id) = line.template.filter(|id| wanted.contains(id)) else {
                continue;
            };
            if (line.category == "MARKETING_LITE") != lite {
                continue;
            }
            let (start, end) = span.step(at);
            let day = days.entry((id, start, end)).or_default();
            day.sent += counts.sent;
            day.delivered += counts.delivered;
            day.read += counts.read;
            day.cost += counts.cost;
        }
        for (at, tap, count) in tally.taps(span.start, span.end) {
            let (start, end) = span.step(at);
            if let Some(day) = days.get_mut(&(tap.template, start, end)) {
                *day.clicked
                    .entry((tap.kind, tap.button.clone()))
                    .or_default() += count;
            }
        }
    }
    let any = |word: &str| metrics.is_empty() || metrics.iter().any(|one| one == word);
    let points = days.into_iter().map(|((id, start, end), day)| {
        let mut point = json!({"template_id": id.to_string(), "start": start, "end": end});
        for (metric, name, count) in [
            ("SENT", "sent", day.sent),
            ("DELIVERED", "delivered", day.delivered),
            ("READ", "read", day.read),
        ] {
            if any(metric) {
                point[name] = json!(count);
            }
        }
        if any("CLICKED") && !day.clicked.is_empty() {
            let clicked = day.clicked.iter().map(|((kind, button), count)| {
                json!({"type": kind, "button_content": button, "count": count})
            });
            point["clicked"] = clicked.collect();
        }
        if any("COST") {
            point["cost"] = cost(&day);
        }
        point
    });
    Ok(json!({
        "granularity": "DAILY",
        "product_type": product,
        "data_points": points.collect::<Vec<_>>(),
    }))
}

/// The templates that are asked for.
fn wanted(call: &Call, waba: &WabaId, ask: &Ask<'_>) -> Result<Vec<u64>, GraphError> {
    let ids = ask.list("template_ids");
    if ids.is_empty() {
        return Err(required("template_ids"));
    }
    if ids.len() > MOST {
        return Err(must_be(
            "template_ids",
            &format!("at most {MOST} template ids"),
        ));
    }
    let mut wanted = Vec::new();
    for id in &ids {
        let known = id.parse().ok().and_then(|id| review::find(&call.core, id));
        match known.filter(|known| known.belongs_to(waba)) {
            Some(template) => wanted.push(template.id),
            None => return Err(must_be("template_ids", "templates of this account")),
        }
    }
    Ok(wanted)
}

fn cost(day: &Day) -> Value {
    let mut cost = vec![json!({"type": "amount_spent", "value": dollars(day.cost)})];
    if let Some(each) = day.cost.checked_div(day.delivered) {
        cost.push(json!({"type": "cost_per_delivered", "value": dollars(each)}));
    }
    json!(cost)
}
