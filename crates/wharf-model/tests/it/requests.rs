//! Every sample request of a kind that is covered is read, and written again as it was.

use serde_json::{Value, json};
use wharf_model::{Content, InvalidMessage, OutgoingMessage, ReadReceipt};

use crate::fixture;

const COVERED: [&str; 28] = [
    "request.audio-voice.json",
    "request.contacts.json",
    "request.document.json",
    "request.image-link.json",
    "request.image.json",
    "request.interactive-button.json",
    "request.interactive-cta_url.json",
    "request.interactive-list.json",
    "request.location.json",
    "request.reaction-remove.json",
    "request.reaction.json",
    "request.sticker.json",
    "request.template-auth-otp.json",
    "request.template-coupon_code.json",
    "request.template-currency-date_time-legacy.json",
    "request.template-group-invite.json",
    "request.template-header-document-positional.json",
    "request.template-named-params.json",
    "request.template-quick_reply-payload.json",
    "request.template-spm.json",
    "request.template-utility.json",
    "request.text-biz_opaque_callback_data.json",
    "request.text-group.json",
    "request.text-identity-check.json",
    "request.text-recipient-bsuid.json",
    "request.text-reply-context.json",
    "request.text.json",
    "request.video.json",
];

/// The sample in the one form that we write: recipient type named, number with `+`, button indices
/// as text, button kinds in lower case.
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
    if let Some(components) = sample.pointer_mut("/template/components") {
        for component in components.as_array_mut().unwrap() {
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
fn samples_round_trip() {
    for name in COVERED {
        let sample = fixture(name);
        let message = OutgoingMessage::from_json(&sample).unwrap_or_else(|e| panic!("{name}: {e}"));
        let written = serde_json::to_value(&message).unwrap();
        assert_eq!(written, normal(sample), "{name}");

        let content = serde_json::to_value(message.content()).unwrap();
        assert_eq!(
            Content::from_json(&content).as_ref(),
            Ok(message.content()),
            "{name}"
        );
        let again: OutgoingMessage = serde_json::from_value(written).unwrap();
        assert_eq!(again, message, "{name}");
    }
}

#[test]
fn kinds_that_are_not_built_are_named() {
    for (name, field, kind) in [
        ("request.pin.json", "/type", "pin"),
        (
            "request.interactive-flow-navigate.json",
            "/interactive/type",
            "flow",
        ),
        (
            "request.interactive-product.json",
            "/interactive/type",
            "product",
        ),
        (
            "request.template-mpm.json",
            "/template/components/2/sub_type",
            "mpm",
        ),
    ] {
        let expected = InvalidMessage::Unsupported {
            field: field.to_owned(),
            kind: kind.to_owned(),
        };
        assert_eq!(
            OutgoingMessage::from_json(&fixture(name)),
            Err(expected),
            "{name}"
        );
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
