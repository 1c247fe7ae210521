//! `conversation_analytics`: the historic model, where a conversation lasted a day.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ask::{Ask, YEAR};
use super::pricing::dollars;
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::ids::WabaId;
use crate::tally::Line;

pub(super) fn compute(call: &Call, waba: &WabaId, ask: &Ask<'_>) -> Result<Value, GraphError> {
    let span = ask.span(call, YEAR, ["HALF_HOUR", "DAILY", "MONTHLY"])?;
    let numbers = ask.numbers(call, waba)?;
    let countries = ask.list("country_codes");
    let metrics = ask.words("metric_types", &["COST", "CONVERSATION"])?;
    let categories = ask.words(
        "conversation_categories",
        &[
            "AUTHENTICATION",
            "MARKETING",
            "SERVICE",
            "UTILITY",
            "REFERRAL_CONVERSION",
        ],
    )?;
    let types = ask.words(
        "conversation_types",
        &["FREE_ENTRY", "FREE_TIER", "REGULAR"],
    )?;
    let directions = ask.words(
        "conversation_directions",
        &["BUSINESS_INITIATED", "USER_INITIATED", "UNKNOWN"],
    )?;
    let dimensions = ask.words(
        "dimensions",
        &[
            "CONVERSATION_CATEGORY",
            "CONVERSATION_DIRECTION",
            "CONVERSATION_TYPE",
            "COUNTRY",
            "PHONE",
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
                && counts.conversations > 0
                && any(&countries, line.country)
                && any(&types, kind(line))
                && any(&directions, direction(line))
                && any(&categories, line.category);
            if !fits {
                continue;
            }
            let key = (
                span.step(at),
                by("PHONE").then(|| line.phone.clone()),
                by("COUNTRY").then_some(line.country),
                by("CONVERSATION_TYPE").then(|| kind(line)),
                by("CONVERSATION_DIRECTION").then(|| direction(line)),
                by("CONVERSATION_CATEGORY").then_some(line.category),
            );
            let (count, cost) = points.entry(key).or_default();
            *count += counts.conversations;
            *cost += counts.cost;
        }
    }
    let shown = points.into_iter().map(|(key, (count, cost))| {
        let (step, phone, country, kind, direction, category) = key;
        let mut point = json!({"start": step.0, "end": step.1});
        if any(&metrics, "CONVERSATION") {
            point["conversation"] = json!(count);
        }
        let phone = phone.and_then(|phone| call.core.number(phone.as_str()));
        let words = [
            (
                "phone_number",
                phone.map(|phone| phone.display_phone_number.clone()),
            ),
            ("country", country.map(str::to_owned)),
            ("conversation_type", kind.map(str::to_owned)),
            ("conversation_direction", direction.map(str::to_owned)),
            ("conversation_category", category.map(str::to_owned)),
        ];
        for (name, word) in words {
            if let Some(word) = word {
                point[name] = json!(word);
            }
        }
        if any(&metrics, "COST") {
            point["cost"] = dollars(cost);
        }
        point
    });
    Ok(json!({"data_points": shown.collect::<Vec<_>>()}))
}

fn kind(line: &Line) -> &'static str {
    match line.pricing {
        "REGULAR" => "REGULAR",
        "FREE_ENTRY_POINT" => "FREE_ENTRY",
        _ => "FREE_TIER",
    }
}

fn direction(line: &Line) -> &'static str {
    match line.template {
        Some(_) => "BUSINESS_INITIATED",
        None => "USER_INITIATED",
    }
}
