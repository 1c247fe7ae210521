//! `conversation_analytics`: the historic model, where a conversation lasted a day.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ask::Ask;
use super::points::{Points, any, point};
use super::pricing::dollars;
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::ids::WabaId;
use crate::tally::Line;

const CATEGORIES: [&str; 5] = [
    "AUTHENTICATION",
    "MARKETING",
    "SERVICE",
    "UTILITY",
    "REFERRAL_CONVERSION",
];
const TYPES: [&str; 3] = ["FREE_ENTRY", "FREE_TIER", "REGULAR"];
const DIRECTIONS: [&str; 3] = ["BUSINESS_INITIATED", "USER_INITIATED", "UNKNOWN"];
const DIMENSIONS: [&str; 5] = [
    "CONVERSATION_CATEGORY",
    "CONVERSATION_DIRECTION",
    "CONVERSATION_TYPE",
    "COUNTRY",
    "PHONE",
];

pub(super) fn compute(call: &Call, waba: &WabaId, ask: &Ask<'_>) -> Result<Value, GraphError> {
    let asked = Points::read(call, waba, ask, &["COST", "CONVERSATION"], &DIMENSIONS)?;
    let categories = ask.words("conversation_categories", &CATEGORIES)?;
    let types = ask.words("conversation_types", &TYPES)?;
    let directions = ask.words("conversation_directions", &DIRECTIONS)?;
    let mut points: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    {
        let tally = lock(&call.core.tally);
        for (at, line, counts) in tally.messages(asked.span.start, asked.span.end) {
            let fits = counts.conversations > 0
                && asked.take(&line.phone, line.country)
                && any(&types, kind(line))
                && any(&directions, direction(line))
                && any(&categories, line.category);
            if !fits {
                continue;
            }
            let by = |name: &str, word| asked.by(name).then_some(word);
            let words = [
                by("CONVERSATION_TYPE", kind(line)),
                by("CONVERSATION_DIRECTION", direction(line)),
                by("CONVERSATION_CATEGORY", line.category),
            ];
            let place = asked.place(at, &line.phone, line.country);
            let (count, cost) = points.entry((place, words)).or_default();
            *count += counts.conversations;
            *cost += counts.cost;
        }
    }
    let shown = points.into_iter().map(|((place, words), (count, cost))| {
        let mut point = point(call, place);
        if asked.shows("CONVERSATION") {
            point["conversation"] = json!(count);
        }
        let names = [
            "conversation_type",
            "conversation_direction",
            "conversation_category",
        ];
        for (name, word) in names.into_iter().zip(words) {
            if let Some(word) = word {
                point[name] = json!(word);
            }
        }
        if asked.shows("COST") {
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
