//! Tests of the model against Meta's samples.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod built;
mod callback;
mod changed;
mod flow_json;
mod incoming;
mod kind_limits;
mod limits;
mod openapi;
mod requests;
mod responses;
mod template_check;
mod template_rules;
mod templates;

/// A file of the fixtures that all crates share.
fn fixture(name: &str) -> serde_json::Value {
    let path = format!(
        "{}/../../fixtures/cloud-api/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}
