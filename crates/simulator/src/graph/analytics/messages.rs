//! `analytics` and `group_analytics`: how many messages were sent and delivered.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ask::{Ask, YEAR};
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::ids::WabaId;
use crate::tally::Line;

/// Product types of messages to one user: templates, free-form, and the Marketing Messages API.
const SINGLE: [&str; 3] = ["0", "2", "100"];
/// The same in groups.
const GROUP: [&str; 3] = ["101", "102", "103"];

pub(super) fn compute(
    call: &Call,
    waba: &WabaId,
    ask: &Ask<'_>,
    groups: bool,
) -> Result<Value, GraphError> {
    let span = ask.span(call, YEAR, ["HALF_HOUR", "DAY", "MONTH"])?;
    let numbers = ask.numbers(call, waba)?;
    let countries = ask.list("country_codes");
    let mut products = ask.list("product_types");
    if products.is_empty() && groups {
        products = GROUP.map(str::to_owned).to_vec();
    }
    let in_groups = product_types(&products, groups)?;
    let mut steps: BTreeMap<(i64, i64), (u64, u64)> = BTreeMap::new();
    let mut seen: Vec<&'static str> = Vec::new();
    {
        let tally = lock(&call.core.tally);
        for (at, line, counts) in tally.messages(span.start, span.end) {
            let fits = numbers.contains(&line.phone)
                && line.group == in_groups
                && (countries.is_empty() || countries.iter().any(|code| code == line.country))
                && (products.is_empty()
                    || products
                        .iter()
                        .any(|product| product == self::product(line)));
            if !fits {
                continue;
            }
            let (sent, delivered) = steps.entry(span.step(at)).or_default();
            *sent += counts.sent;
            *delivered += counts.delivered;
            if !seen.contains(&line.country) {
                seen.push(line.country);
            }
        }
    }
    seen.sort_unstable();
    let names = if in_groups {
        ["groups_sent", "groups_delivered"]
    } else {
        ["sent", "delivered"]
    };
    let points = steps.into_iter().map(|((start, end), (sent, delivered))| {
        let mut point = json!({"start": start, "end": end});
        point[names[0]] = json!(sent);
        point[names[1]] = json!(delivered);
        point
    });
    let mut shown = json!({
        "phone_numbers": displayed(call, &numbers),
        "granularity": span.name(),
        "data_points": points.collect::<Vec<_>>(),
    });
    if !in_groups {
        shown["country_codes"] = json!(seen);
    }
    Ok(shown)
}

/// Whether the product types are those of groups; those of both kinds cannot be asked together.
fn product_types(products: &[String], groups: bool) -> Result<bool, GraphError> {
    let of = |known: &[&str]| {
        products
            .iter()
            .filter(|product| known.contains(&product.as_str()))
            .count()
    };
    let (single, group) = (of(&SINGLE), of(&GROUP));
    if single + group < products.len() || (single > 0 && (group > 0 || groups)) {
        return Err(GraphError::plain(400, 100, "Invalid parameter")
            .subcode(2_388_077)
            .user(
                "Invalid product types",
                "product_types may have 0, 2 and 100, or 101, 102 and 103 for groups, and not both. \
                 Ask for one kind at a time.",
            ));
    }
    Ok(group > 0)
}

fn product(line: &Line) -> &'static str {
    match (line.group, line.template.is_some(), line.category) {
        (true, true, _) => "101",
        (true, false, _) => "102",
        (false, _, "MARKETING_LITE") => "100",
        (false, true, _) => "0",
        (false, false, _) => "2",
    }
}

/// The digits of numbers.
pub(super) fn displayed(call: &Call, numbers: &[crate::ids::PhoneNumberId]) -> Vec<String> {
    let number = |id: &crate::ids::PhoneNumberId| call.core.number(id.as_str());
    let found = numbers.iter().filter_map(number);
    found
        .map(|number| number.display_phone_number.clone())
        .collect()
}
