//! The timeline of a message as a table.

use serde_json::Value;

use crate::failure::Failure;
use crate::output::{self, Format, plain};
use crate::table;

/// Prints what happened, one line each.
pub(super) fn print(timeline: &Value, format: Format) -> Result<(), Failure> {
    if format.json {
        return output::json(timeline);
    }
    let fields = ["id", "direction", "type", "state", "wamid"];
    let head = fields.map(|field| plain(&timeline[field]));
    output::line(head.join("  "))?;
    let entries = timeline["entries"].as_array();
    let entries = entries.map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<_> = entries.iter().map(row).collect();
    table::print(["AT", "WHAT", "DETAIL"], &rows)?;
    if timeline["truncated"] == true {
        output::note("there is more than is shown");
    }
    Ok(())
}

fn row(entry: &Value) -> [String; 3] {
    [
        plain(&entry["at"]),
        plain(&entry["what"]).replace('_', " "),
        detail(entry),
    ]
}

/// What a person wants to know of it, in the order in which they ask.
fn detail(entry: &Value) -> String {
    let named: &[(&str, &str)] = match entry["what"].as_str().unwrap_or_default() {
        "accepted" => &[
            ("", "door"),
            ("caller", "caller"),
            ("request", "request_id"),
        ],
        "received" => &[("notification", "notification")],
        "scheduled" => &[("until", "until")],
        "queued" => &[("due", "due_at")],
        "waits" => &[("for", "why"), ("until", "until"), ("because", "reason")],
        "attempt" => &[
            ("#", "attempt"),
            ("", "outcome"),
            ("code", "code"),
            ("HTTP", "http_status"),
            ("ms", "duration_ms"),
            ("", "error"),
            ("", "details"),
            ("→", "advice"),
        ],
        "status" => &[("", "status"), ("errors", "errors"), ("pricing", "pricing")],
        "refused" => &[("", "state"), ("code", "code"), ("", "error")],
        "event" => &[("", "type"), ("", "id")],
        "delivery" => &[
            ("", "endpoint_id"),
            ("#", "attempt"),
            ("", "state"),
            ("HTTP", "status_code"),
            ("ms", "duration_ms"),
            ("", "error"),
            ("next", "next_try_at"),
        ],
        "dead_letter" => &[("", "id"), ("", "kind"), ("", "reason")],
        "resolved" => &[("", "id"), ("", "resolution")],
        // A later gateway tells of more.
        _ => &[],
    };
    let parts = named.iter().filter_map(|(word, field)| {
        let value = entry.get(*field).filter(|value| !value.is_null())?;
        Some(match *word {
            "" => plain(value),
            "#" => format!("#{}", plain(value)),
            "ms" => format!("{} ms", plain(value)),
            word => format!("{word} {}", plain(value)),
        })
    });
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_attempt_is_one_line() {
        let entry = json!({"at": "t", "what": "attempt", "attempt": 2, "outcome": "retry",
            "code": 130_429, "http_status": 400, "duration_ms": 12, "error": "Rate limit hit"});
        assert_eq!(
            row(&entry),
            [
                "t",
                "attempt",
                "#2, retry, code 130429, HTTP 400, 12 ms, Rate limit hit"
            ]
        );
        let later = json!({"at": "t", "what": "something_new", "x": 1});
        assert_eq!(row(&later), ["t", "something new", ""]);
    }
}
