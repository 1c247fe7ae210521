//! `GET /{template}/compare`: two templates beside each other.

use serde_json::json;

use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::params::{must_be, required};
use crate::template::{Template, review};

const DAY: i64 = 24 * 60 * 60;
/// The windows in days, each from now.
const WINDOWS: [i64; 4] = [7, 30, 60, 90];
/// Sends each of the two needs.
const LEAST: u64 = 1000;
/// How far start and end may lie beside the window, as clocks differ.
const TOLERANCE: i64 = 60 * 60;

pub(in crate::graph) fn compare(call: &Call, template: &Template) -> Answer {
    let core = &call.core;
    let named = call.params.list("template_ids")?.unwrap_or_default();
    let [other] = named.as_slice() else {
        return Err(must_be("template_ids", "a list of one template id"));
    };
    let other = other.parse().ok().and_then(|id| review::find(core, id));
    let same_owner = |other: &Template| {
        let owners = (&other.waba, &template.waba);
        !matches!(owners, (Some(one), Some(two)) if one != two) && other.id != template.id
    };
    let Some(other) = other.filter(same_owner) else {
        return Err(must_be(
            "template_ids",
            "another template of the same account",
        ));
    };
    let seconds = |name: &str| {
        let seconds = call.params.integer(name)?;
        seconds.ok_or_else(|| required(name))
    };
    let (start, end) = (seconds("start")?, seconds("end")?);
    let now = core.clock.now().as_second();
    let near = |days: &i64| (end - start - days * DAY).abs() <= TOLERANCE;
    if (end - now).abs() > TOLERANCE + DAY || !WINDOWS.iter().any(near) {
        return Err(must_be(
            "start",
            "7, 30, 60 or 90 days before end, and end be now",
        ));
    }
    let sends = |id: u64| -> u64 {
        let tally = lock(&core.tally);
        let lines = tally.messages(start, end.max(now) + 1);
        lines
            .filter(|(_, line, _)| line.template == Some(id))
            .map(|(_, _, counts)| counts.sent)
            .sum()
    };
    let mut both = [
        (template.id, sends(template.id)),
        (other.id, sends(other.id)),
    ];
    if both.iter().any(|(_, sends)| *sends < LEAST) {
        return Err(GraphError::plain(400, 100, "Invalid parameter").user(
            "Not enough messages",
            format!(
                "Both templates need at least {LEAST} sends in the window. Choose a longer one."
            ),
        ));
    }
    both.sort_by_key(|(_, sends)| std::cmp::Reverse(*sends));
    let history = both.map(|(id, sends)| (id, sends, lock(&core.desk).get(id)));
    let mut by_blocks: Vec<_> = history.iter().collect();
    // Blocks per send, compared without a division.
    by_blocks.sort_by_key(|(id, sends, dossier)| (dossier.blocks * 1_000_000 / sends.max(&1), *id));
    let order: Vec<_> = by_blocks.iter().map(|(id, ..)| id.to_string()).collect();
    let numbers: Vec<_> = history
        .iter()
        .map(|(id, sends, _)| json!({"key": id.to_string(), "value": sends}))
        .collect();
    let reasons: Vec<_> = history
        .iter()
        .map(|(id, _, dossier)| {
            let reason = dossier.block_reason.as_deref();
            json!({"key": id.to_string(), "value": reason.unwrap_or("UNKNOWN_BLOCK_REASON")})
        })
        .collect();
    Ok(json!({"data": [
        {"metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": order},
        {"metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES", "number_values": numbers},
        {"metric": "TOP_BLOCK_REASON", "type": "STRING_VALUES", "string_values": reasons},
    ]}))
}
