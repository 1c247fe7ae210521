//! `pricing_analytics`: how much was delivered and what it cost.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ask::Ask;
use super::points::{Points, any, point};
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::ids::WabaId;

const TYPES: [&str; 4] = [
    "FREE_CUSTOMER_SERVICE",
    "FREE_ENTRY_POINT",
    "REGULAR",
    "FREE_GROUP_CUSTOMER_SERVICE",
];
const CATEGORIES: [&str; 10] = [
    "AUTHENTICATION",
    "AUTHENTICATION_INTERNATIONAL",
    "MARKETING",
    "MARKETING_LITE",
    "SERVICE",
    "UTILITY",
    "REFERRAL_CONVERSION",
    "GROUP_MARKETING",
    "GROUP_SERVICE",
    "GROUP_UTILITY",
];

pub(super) fn compute(call: &Call, waba: &WabaId, ask: &Ask<'_>) -> Result<Value, GraphError> {
    let dimensions = [
        "COUNTRY",
        "PHONE",
        "PRICING_CATEGORY",
        "PRICING_TYPE",
        "TIER",
    ];
    let asked = Points::read(call, waba, ask, &["COST", "VOLUME"], &dimensions)?;
    let types = ask.words("pricing_types", &TYPES)?;
    let categories = ask.words("pricing_categories", &CATEGORIES)?;
    let mut points: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    {
        let tally = lock(&call.core.tally);
        for (at, line, counts) in tally.messages(asked.span.start, asked.span.end) {
            let fits = counts.delivered > 0
                && asked.take(&line.phone, line.country)
                && any(&types, line.pricing)
                && any(&categories, line.category);
            if !fits {
                continue;
            }
            let key = (
                asked.place(at, &line.phone, line.country),
                (asked.by("PRICING_TYPE") || asked.by("TIER")).then_some(line.pricing),
                asked.by("PRICING_CATEGORY").then_some(line.category),
            );
            let (volume, cost) = points.entry(key).or_default();
            *volume += counts.delivered;
            *cost += counts.cost;
        }
    }
    let points = points.into_iter();
    let shown = points.map(|((place, pricing, category), (volume, cost))| {
        let mut point = point(call, place);
        // This simulator grants no volume discounts: there is one tier.
        if asked.by("TIER") && pricing == Some("REGULAR") {
            point["tier"] = json!("0:MAX");
        }
        if let Some(pricing) = pricing.filter(|_| asked.by("PRICING_TYPE")) {
            point["pricing_type"] = json!(pricing);
        }
        if let Some(category) = category {
            point["pricing_category"] = json!(category);
        }
        if asked.shows("VOLUME") {
            point["volume"] = json!(volume);
        }
        if asked.shows("COST") {
            point["cost"] = dollars(cost);
        }
        point
    });
    Ok(json!({"data_points": shown.collect::<Vec<_>>()}))
}

/// Millionths of a dollar as dollars; whole ones without a fraction, as Meta shows them.
pub(super) fn dollars(millionths: u64) -> Value {
    if millionths.is_multiple_of(1_000_000) {
        return json!(millionths / 1_000_000);
    }
    let text = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    text.parse::<f64>().map_or(Value::Null, |cost| json!(cost))
}
