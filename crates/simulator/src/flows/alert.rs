//! Alerts about a Flow's endpoint, as Meta's monitoring sends them. See [Flows/Webhooks].

use serde_json::{Value, json};

/// The value of the field `flows`; `None` for an event that is none of these.
pub(crate) fn alert(flow: &str, event: &str, active: bool) -> Option<Value> {
    let state = if active { "ACTIVATED" } else { "DEACTIVATED" };
    let errors = |first: &str, second: &str| {
        json!([
            {"error_type": first, "error_rate": 66.66, "error_count": 2},
            {"error_type": second, "error_rate": 33.33, "error_count": 1},
        ])
    };
    let reached = if active { "has reached" } else { "is below" };
    let breached = if active { "has breached" } else { "is above" };
    let mut value = match event {
        "CLIENT_ERROR_RATE" => json!({
            "message": format!("The flow client request error rate {reached} the 10% threshold in \
                                the last 60 minutes."),
            "error_rate": 14.28, "threshold": 10,
            "errors": errors("INVALID_SCREEN_TRANSITION", "PUBLIC_KEY_MISSING"),
        }),
        "ENDPOINT_ERROR_RATE" => json!({
            "message": format!("The flow endpoint request error rate {reached} the 10% threshold \
                                in the last 30 minutes."),
            "error_rate": 14.28, "threshold": 10,
            "errors": errors("CAPABILITY_ERROR", "TIMEOUT"),
        }),
        "ENDPOINT_LATENCY" => json!({
            "message": format!("Flow endpoint latency {reached} the p90 threshold in the last 30 \
                                minutes."),
            "p90_latency": 8000, "p50_latency": 500, "requests_count": 34, "threshold": 7000,
        }),
        "ENDPOINT_AVAILABILITY" => json!({
            "message": format!("The flow endpoint availability {breached} the 90% threshold in \
                                the last 10 minutes."),
            "availability": 75, "threshold": 90,
        }),
        _ => return None,
    };
    value["event"] = json!(event);
    value["flow_id"] = json!(flow);
    value["alert_state"] = json!(state);
    Some(value)
}
