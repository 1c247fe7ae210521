//! `pricing_analytics`: how much was delivered and what it cost.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ask::{Ask, YEAR};
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
    let span = ask.span(call, YEAR, ["HALF_HOUR", "DAILY", "MONTHLY"])?;
    let numbers = ask.numbers(call, waba)?;
    let countries = ask.list("country_codes");
    let metrics = ask.words("metric_types", &["COST", "VOLUME"])?;
    let types = ask.words("pricing_types", &TYPES)?;
    let categories = ask.words("pricing_categories", &CATEGORIES)?;
    let dimensions = ask.words(
        "dimensions",
        &[
            "COUNTRY",
            "PHONE",
            "PRICING_CATEGORY",
            "PRICING_TYPE",
            "TIER",
        ],
    )?;
    let by = |name: &str| dimensions.iter().any(|dimension| dimension == name);
    let any =
        |wanted: &[String], word: &str| wanted.is_empty() || wanted.iter().any(|one| one == word);
    let mut points: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    {
        let tally = lock(&call.core.tally);
        for (at, line, counts) in tally.messages(span.start, span.end) {
            let fits = numbers.contains(&line.phone)
                && counts.delivered > 0
                && any(&countries, line.country)
                && any(&types, line.pricing)
                && any(&categories, line.category);
            if !fits {
                continue;
            }
            let key = (
                span.step(at),
                by("PHONE").then(|| line.phone.clone()),
                by("COUNTRY").then_some(line.country),
                (by("PRICING_TYPE") || by("TIER")).then_some(line.pricing),
                by("PRICING_CATEGORY").then_some(line.category),
            );
            let (volume, cost) = points.entry(key).or_default();
            *volume += counts.delivered;
            *cost += counts.cost;
        }
    }
    let shown = points.into_iter().map(
        |((step, phone, country, pricing, category), (volume, cost))| {
            let mut point = json!({"start": step.0, "end": step.1});
            if let Some(phone) = phone.and_then(|phone| call.core.number(phone.as_str())) {
                point["phone_number"] = json!(phone.display_phone_number);
            }
            if let Some(country) = country {
                point["country"] = json!(country);
            }
            // This simulator grants no volume discounts: there is one tier.
            if by("TIER") && pricing == Some("REGULAR") {
                point["tier"] = json!("0:MAX");
            }
            if let Some(pricing) = pricing.filter(|_| by("PRICING_TYPE")) {
                point["pricing_type"] = json!(pricing);
            }
            if let Some(category) = category {
                point["pricing_category"] = json!(category);
            }
            if any(&metrics, "VOLUME") {
                point["volume"] = json!(volume);
            }
            if any(&metrics, "COST") {
                point["cost"] = dollars(cost);
            }
            point
        },
    );
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
