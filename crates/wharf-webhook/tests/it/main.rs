//! Tests of parsing and signatures against Meta's samples.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod batches;
mod broken;
mod fixtures;
mod flow;
mod handshake;
mod identity;
mod serve;
mod tolerance;
mod typed;

use wharf_webhook::{Notification, parse};

/// Every sample notification: file name and bytes.
fn notifications() -> Vec<(String, Vec<u8>)> {
    let folder = format!("{}/../../fixtures/cloud-api", env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap())
        .map(|file| {
            (
                file.file_name().into_string().unwrap(),
                std::fs::read(file.path()).unwrap(),
            )
        })
        .filter(|(_, body)| {
            let json: serde_json::Value = serde_json::from_slice(body).unwrap();
            json.get("object")
                .is_some_and(|object| object == "whatsapp_business_account")
        })
        .collect();
    found.sort();
    assert_eq!(found.len(), 170);
    found
}

/// A notification of one change.
fn change(field: &str, value: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"102290129340398","changes":[{{"value":{value},"field":"{field}"}}]}}]}}"#
    )
}

fn parsed(body: &str) -> Notification {
    parse(body.as_bytes()).unwrap_or_else(|e| panic!("{e}: {body}"))
}

fn identities(notification: &Notification) -> Vec<String> {
    notification
        .updates
        .iter()
        .map(wharf_webhook::Update::identity)
        .collect()
}
