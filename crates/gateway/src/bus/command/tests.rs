//! Each documented command, and what breaks one.

use std::path::Path;

use serde_json::{Value, json};
use wharf_model::Recipient;

use super::*;

fn parse(payload: &[u8]) -> Result<Command, Refusal> {
    super::parse(payload, 0)
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/nats-commands");
    std::fs::read(folder.join(name)).unwrap()
}

fn body(command: &Command) -> Value {
    match &command.work {
        Work::Send { message, .. } => serde_json::to_value(message).unwrap(),
        Work::Read(ids) => json!(ids),
    }
}

fn check(name: &str, expected: &Value) {
    let command = parse(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    assert_eq!(command.request_id.as_deref(), Some("uuid"), "{name}");
    let body = body(&command);
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&body[key], value, "{name}: {key}");
    }
    assert_eq!(body["to"], "+628123456789", "{name}");
}

#[test]
fn documented_commands_become_messages() {
    check(
        "text.json",
        &json!({"type": "text", "text": {"body": "Hello from NATS!"}}),
    );
    check(
        "image.url.json",
        &json!({"image": {"link": "https://example.com/photo.jpg", "caption": "Check this out"}}),
    );
    check(
        "image.base64.json",
        &json!({"image": {"id": "pending-upload", "caption": "A pixel"}}),
    );
    check(
        "video.json",
        &json!({"video": {"link": "https://example.com/video.mp4", "caption": "Watch this"}}),
    );
    check(
        "audio.json",
        &json!({"audio": {"link": "https://example.com/audio.ogg", "voice": true}}),
    );
    check(
        "document.json",
        &json!({"document": {"link": "https://example.com/file.pdf", "filename": "report.pdf",
            "caption": "Monthly report"}}),
    );
    check(
        "sticker.json",
        &json!({"sticker": {"link": "https://example.com/sticker.webp"}}),
    );
    check(
        "location.json",
        &json!({"location": {"latitude": "-6.2088", "longitude": "106.8456", "name": "Jakarta",
            "address": "DKI Jakarta, Indonesia"}}),
    );
    check(
        "contact.json",
        &json!({"contacts": [{"name": {"formatted_name": "John Doe", "first_name": "John Doe"},
            "phones": [{"phone": "+628111222333", "type": "CELL"}]}]}),
    );
    check(
        "reaction.json",
        &json!({"reaction": {"message_id": "3EB0ABC123...", "emoji": "👍"}}),
    );
}

#[test]
fn documented_interactive_commands_become_messages() {
    check(
        "buttons.json",
        &json!({"interactive": {"type": "button", "header": {"type": "text",
            "text": "Confirmation"}, "body": {"text": "Choose an option:"},
            "footer": {"text": "Tap a button"}, "action": {"buttons": [
                {"type": "reply", "reply": {"id": "yes", "title": "Yes"}},
                {"type": "reply", "reply": {"id": "no", "title": "No"}}]}}}),
    );
    check(
        "list.json",
        &json!({"interactive": {"type": "list", "header": {"type": "text", "text": "Menu"},
            "body": {"text": "Choose from the menu:"}, "footer": {"text": "Prices include tax"},
            "action": {"button": "View Menu", "sections": [{"title": "Food", "rows": [
                {"id": "pizza", "title": "Pizza", "description": "$10"},
                {"id": "burger", "title": "Burger", "description": "$8"}]}]}}}),
    );
    check(
        "interactive.json",
        &json!({"interactive": {"type": "button", "body": {"text": "Click a button"},
            "footer": {"text": "Powered by WA-RS"}, "action": {"buttons": [
                {"type": "reply", "reply": {"id": "help", "title": "Help"}}]}}}),
    );
    let link = json!({"type": "interactive", "to": "628123456789", "body_text": "b", "buttons": [
        {"name": "cta_url",
            "button_params_json": "{\"display_text\":\"Go\",\"url\":\"https://example.com\"}"}]});
    let command = parse(link.to_string().as_bytes()).unwrap();
    assert_eq!(body(&command)["interactive"]["type"], "cta_url");
}

#[test]
fn receipts_are_read_and_what_the_carrier_lacks_is_told() {
    let command = parse(&fixture("read.json")).unwrap();
    assert_eq!(body(&command), json!(["3EB0ABC123..."]));
    for name in ["poll.json", "edit.json", "revoke.json"] {
        let refusal = parse(&fixture(name)).unwrap_err();
        assert_eq!(refusal.reason, Reason::Unsupported, "{name}");
        assert_eq!(refusal.request_id.as_deref(), Some("uuid"), "{name}");
    }
}

#[test]
fn recipients_come_in_several_forms() {
    for (to, expected) in [
        ("628123456789", "+628123456789"),
        ("+62 812-345-6789", "+628123456789"),
        ("628123456789@s.whatsapp.net", "+628123456789"),
        ("628123456789:7@s.whatsapp.net", "+628123456789"),
        ("US.13491208655302741918", "US.13491208655302741918"),
    ] {
        let text = json!({"type": "text", "to": to, "text": "x"}).to_string();
        let command = parse(text.as_bytes()).unwrap();
        let Work::Send { message, .. } = command.work else {
            panic!("{to}")
        };
        assert_eq!(message.recipient().as_str(), expected);
        assert_eq!(
            matches!(message.recipient(), Recipient::User(_)),
            to.starts_with("US.")
        );
    }
}

#[test]
fn faults_are_named_without_a_word_of_the_command() {
    let long = "hush ".repeat(1000);
    for (command, reason, error) in [
        (json!([]), "invalid_command", "not an object"),
        (json!({"to": "1"}), "invalid_command", "type is required"),
        (
            json!({"type": "hush"}),
            "invalid_command",
            "type names no command",
        ),
        (
            json!({"type": "text", "to": "628123456789"}),
            "invalid_command",
            "text is required",
        ),
        (
            json!({"type": "text", "to": "628123456789", "text": {"hush": 1}}),
            "invalid_command",
            "text: the value has the wrong type",
        ),
        (
            json!({"type": "text", "to": "hush", "text": "x"}),
            "invalid_command",
            "phone number",
        ),
        (
            json!({"type": "text", "to": "1@g.us", "text": "x"}),
            "unsupported_by_carrier",
            "group",
        ),
        (
            json!({"type": "text", "to": "628123456789", "text": long}),
            "invalid_command",
            "at most 4096",
        ),
        (
            json!({"type": "image", "to": "628123456789", "image": {"data": "%%hush"}}),
            "invalid_command",
            "base64",
        ),
        (
            json!({"type": "image", "to": "628123456789", "image": {}}),
            "invalid_command",
            "url or data is required",
        ),
        (
            json!({"type": "interactive", "to": "628123456789", "body_text": "b", "buttons": [
                {"name": "single_select", "button_params_json": "{}"}]}),
            "unsupported_by_carrier",
            "quick_reply",
        ),
        (
            json!({"type": "read", "message_ids": []}),
            "invalid_command",
            "message_ids is required",
        ),
        (
            json!({"type": "text", "to": "628123456789", "text": "x", "request_id": 1}),
            "invalid_command",
            "request_id",
        ),
    ] {
        let refusal = parse(command.to_string().as_bytes()).unwrap_err();
        assert_eq!(refusal.reason.as_str(), reason, "{command}");
        assert!(
            refusal.error.contains(error),
            "{command}: {}",
            refusal.error
        );
        assert!(!refusal.error.contains("hush"), "{}", refusal.error);
    }
    let refusal = parse(b"{\"type\":").unwrap_err();
    assert_eq!(refusal.error, "the command is not JSON");
}

#[test]
fn options_stand_in_a_field_of_their_own() {
    let mut command: Value = serde_json::from_slice(&fixture("text.json")).unwrap();
    command["wharf"] = json!({"priority": "high", "tags": ["a"], "on_window_closed": {
        "template": {"name": "hello_world", "language": {"code": "en_US"}}}});
    let parsed = parse(command.to_string().as_bytes()).unwrap();
    let Work::Send { options, .. } = parsed.work else {
        panic!("no message")
    };
    assert_eq!(options.tags, ["a"]);
    assert!(options.fallback_template.is_some());
    for (wrong, told) in [
        (json!({"tags": "a"}), "tags"),
        (json!({"tag": ["a"]}), "not known"),
        (json!("soon"), "not an object"),
        (json!({"on_window_closed": {"template": {}}}), "template"),
    ] {
        command["wharf"] = wrong;
        let refusal = parse(command.to_string().as_bytes()).unwrap_err();
        assert_eq!(refusal.reason, Reason::Invalid);
        assert!(refusal.error.contains(told), "{}", refusal.error);
    }
}
