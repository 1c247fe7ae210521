//! The timeline of a message as a table.

use serde_json::Value;

use crate::failure::Failure;
use crate::output::{self, Format, plain};
use crate::table::Table;
use crate::trouble;

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
    Table::new(["AT", "WHAT", "DETAIL"]).exact().print(&rows)?;
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
            "" if *field == "error" => {
                let text = plain(value);
                let text = trouble::beside_code(&text, &entry["code"]);
                let more = trouble::beside_status(text, &entry["status_code"]);
                (!more.is_empty()).then(|| more.to_owned())?
            }
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
        let entry = json!({"at": "t", "what": "attempt", "attempt": 1, "outcome": "failed",
            "code": 132_001, "error": "(#132001) Template does not exist"});
        assert_eq!(
            row(&entry)[2],
            "#1, failed, code 132001, Template does not exist"
        );
        let entry = json!({"at": "t", "what": "delivery", "attempt": 1, "state": "pending",
            "status_code": 500, "error": "answered 500"});
        assert_eq!(row(&entry)[2], "#1, pending, HTTP 500");
        let later = json!({"at": "t", "what": "something_new", "x": 1});
        assert_eq!(row(&later), ["t", "something new", ""]);
    }
}
