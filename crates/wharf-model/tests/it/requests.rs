//! Every sample request that is a message is built, and read, and is the same either way.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wharf_model::outgoing::MarketingMessage;
use wharf_model::{Content, InvalidMessage, OutgoingMessage, ReadReceipt};

use crate::built::{self, Built};
use crate::fixture;

/// Requests that are no messages: they belong to calls, numbers, groups and apps.
const OTHERS: [&str; 12] = [
    "block_users",
    "call-accept",
    "call-connect",
    "call-terminate",
    "conversational_automation",
    "group-create",
    "phone-webhook_configuration",
    "qr-create",
    "register",
    "settings-calling",
    "subscribed_apps-override",
    "mark-as-read",
];

/// The sample in the one form that we write: recipient type named, number with `+` and digits,
/// button indices present and as text, button kinds in lower case.
fn normal(mut sample: Value) -> Value {
    let kind = sample
        .get("recipient_type")
        .cloned()
        .unwrap_or(json!("individual"));
    sample["recipient_type"] = kind;
    if let Some(to) = sample["to"].as_str()
        && sample["recipient_type"] == "individual"
        && !to.starts_with('+')
    {
        sample["to"] = json!(format!("+{to}"));
    }
    // Meta's page hides the digits of a number in India.
    if sample["to"] == "+91xxxxxxxxxx" {
        sample["to"] = json!("+910000000000");
    }
    if let Some(components) = sample.pointer_mut("/template/components") {
        for component in components.as_array_mut().unwrap() {
            if component["type"] == "button" && component.get("index").is_none() {
                component["index"] = json!("0");
            }
            if let Some(index) = component.get("index").and_then(Value::as_u64) {
                component["index"] = json!(index.to_string());
            }
            if let Some(sub_type) = component.get("sub_type").and_then(Value::as_str) {
                component["sub_type"] = json!(sub_type.to_lowercase());
            }
        }
    }
    sample
}

#[test]
fn every_sample_of_a_message_is_built() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cloud-api");
    let mut samples: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let name = name.strip_prefix("request.")?.strip_suffix(".json")?;
            Some(name.to_owned())
        })
        .collect();
    // The typing indicator is a read receipt as well.
    for other in OTHERS.into_iter().chain(["typing-indicator"]) {
        assert!(samples.remove(other), "{other}");
    }
    let built: BTreeSet<String> = built::all()
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(built, samples);
}

#[test]
fn what_is_built_is_what_the_samples_show() {
    for (name, built) in built::all() {
        let sample = fixture(&format!("request.{name}.json"));
        assert_eq!(built.json(), normal(sample), "{name}");
    }
}

#[test]
fn samples_are_read_as_what_is_built() {
    for (name, built) in built::all() {
        let mut sample = fixture(&format!("request.{name}.json"));
        // Meta's page hides the digits of a number in India.
        if name == "interactive-address_message" {
            sample["to"] = json!("+910000000000");
        }
        match built {
            Built::Message(message) => {
                let read = OutgoingMessage::from_json(&sample);
                assert_eq!(read.as_ref(), Ok(&message), "{name}");
                let content = serde_json::to_value(message.content()).unwrap();
                let content = Content::from_json(&content);
                assert_eq!(content.as_ref(), Ok(message.content()), "{name}");
                let json = serde_json::to_value(&message).unwrap();
                let again: OutgoingMessage = serde_json::from_value(json).unwrap();
                assert_eq!(again, message, "{name}");
            }
            Built::Marketing(message) => {
                assert_eq!(MarketingMessage::from_json(&sample), Ok(message), "{name}");
            }
        }
    }
}

#[test]
fn kinds_that_meta_has_not_documented_are_named() {
    for (name, field) in [
        ("request.text.json", "/type"),
        ("request.interactive-product.json", "/interactive/type"),
        (
            "request.template-mpm.json",
            "/template/components/2/sub_type",
        ),
        (
            "request.template-mpm.json",
            "/template/components/1/parameters/0/type",
        ),
        ("request.template-mpm.json", "/template/components/1/type"),
    ] {
        let mut sample = fixture(name);
        *sample.pointer_mut(field).unwrap() = json!("hologram");
        let expected = InvalidMessage::Unsupported {
            field: field.to_owned(),
            kind: "hologram".to_owned(),
        };
        assert_eq!(OutgoingMessage::from_json(&sample), Err(expected), "{name}");
    }
}

#[test]
fn read_receipts_are_written_as_in_the_samples() {
    for (name, typing) in [
        ("request.mark-as-read.json", false),
        ("request.typing-indicator.json", true),
    ] {
        let sample = fixture(name);
        let message_id = sample["message_id"].as_str().unwrap().parse().unwrap();
        assert_eq!(
            serde_json::to_value(ReadReceipt { message_id, typing }).unwrap(),
            sample
        );
    }
}
