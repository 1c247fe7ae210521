//! Every sample is read into types, and these are written as Meta wrote the sample.

use serde_json::{Value, json};
use wharf_webhook::{Update, UpdateKind, parse};

use crate::{change, notifications, parsed};

/// Samples that are written in another form than they came in, with the reason.
const DIFFERENT: [(&str, &str); 3] = [
    (
        "messages.status-failed-1026-address-message.json",
        "`message` and a plus sign stand in one old sample only",
    ),
    (
        "messages.status-group-delivered-legacy-key.json",
        "the old key is written as the new one",
    ),
    (
        "standby.message_echo.json",
        "an echo is written flat, without the keys of a request",
    ),
];

/// What the types hold of an update, as JSON.
fn typed(update: &Update) -> Value {
    match &update.kind {
        UpdateKind::Message(message) => {
            understood(&format!("{message:?}"));
            json!(message)
        }
        UpdateKind::Echo(echo) => {
            understood(&format!("{echo:?}"));
            json!(echo)
        }
        UpdateKind::Status(status) => {
            // What becomes of a payment has words of its own.
            understood(&format!("{status:?}").replace("Unknown(\"captured\")", ""));
            json!(status)
        }
        UpdateKind::Error(error) => json!(error),
        _ => {
            let change = update.change().unwrap();
            understood(&format!("{change:?}"));
            json!(change)
        }
    }
}

/// Nothing that the samples say is unknown: no type, no event, no value.
#[track_caller]
fn understood(debug: &str) {
    for unknown in ["Unknown(", "Unknown {", "Malformed {"] {
        assert!(!debug.contains(unknown), "{debug}");
    }
}

/// Takes out `null`, which counts as absent, and keys that Meta does not document.
fn documented(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, value| !value.is_null() && key != "from_logical_id");
            map.values_mut().for_each(documented);
        }
        Value::Array(items) => items.iter_mut().for_each(documented),
        _ => {}
    }
}

/// Checks that the types hold all that a sample says; returns how many updates were compared.
#[track_caller]
fn check(name: &str, body: &[u8]) -> usize {
    let notification = parse(body).unwrap();
    assert!(notification.unrecognised.is_empty(), "{name}");
    for update in &notification.updates {
        let mut wanted: Value = serde_json::from_str(update.raw.get()).unwrap();
        documented(&mut wanted);
        if matches!(update.kind, UpdateKind::Other) {
            // What stands in every value is in the update itself.
            let value = wanted.as_object_mut().unwrap();
            for key in ["messaging_product", "metadata", "contacts"] {
                value.remove(key);
            }
        }
        let same = typed(update) == wanted;
        if DIFFERENT.iter().any(|(odd, _)| *odd == name) {
            assert!(!same, "{name} is written as it came: take it from the list");
        } else {
            assert_eq!(typed(update), wanted, "{name}");
        }
        for contact in &update.contacts {
            let wanted: Value = serde_json::from_str(contact.raw.get()).unwrap();
            assert_eq!(json!(contact.contact), wanted, "{name}");
        }
    }
    notification.updates.len()
}

#[test]
fn every_sample_is_typed_and_written_as_it_came() {
    let samples = notifications();
    let compared: usize = samples.iter().map(|(name, body)| check(name, body)).sum();
    assert_eq!(compared, 174);
}

#[test]
fn what_meta_invents_survives() {
    for (field, value) in [
        (
            "account_update",
            r#"{"event":"ACCOUNT_MOVED","to":[1,{"x":null}]}"#,
        ),
        ("account_update", r#"{"event":7}"#),
        ("flows", r#"{"event":"FLOW_PRAISED","flow_id":5}"#),
        (
            "account_alerts",
            r#"{"alert_info":{"alert_severity":"MILD"}}"#,
        ),
        (
            "phone_number_quality_update",
            r#"{"event":"DOUBTED","current_limit":"TIER_7"}"#,
        ),
        (
            "group_status_update",
            r#"{"groups":[{"type":"group_merged","with":"y"}]}"#,
        ),
        ("brand_new", r#"{"a":[1,2.5,"\u00e9"]}"#),
        ("consumer_profile", r#"{"user":{"id":1}}"#),
        ("security", r#"["PIN_CHANGED"]"#),
    ] {
        let notification = parsed(&change(field, value));
        let wanted: Value = serde_json::from_str(value).unwrap();
        let change = notification.updates[0].change().unwrap();
        assert_eq!(json!(change), wanted, "{field}");
    }
}

#[test]
fn an_odd_part_costs_only_itself() {
    let value = r#"{"event":"ACCOUNT_RESTRICTION","phone_number":{},
        "restriction_info":[7,{"restriction_type":"RESTRICTED_UTILITY_TEMPLATES","expiration":[]}]}"#;
    let notification = parsed(&change("account_update", value));
    assert_eq!(
        json!(notification.updates[0].change().unwrap()),
        json!({"event": "ACCOUNT_RESTRICTION",
            "restriction_info": [{"restriction_type": "RESTRICTED_UTILITY_TEMPLATES"}]})
    );
    let value = r#"{"message_template_id":"5","event":"PAUSED","reason":3,"disable_info":[]}"#;
    let notification = parsed(&change("message_template_status_update", value));
    assert_eq!(
        json!(notification.updates[0].change().unwrap()),
        json!({"event": "PAUSED", "message_template_id": 5})
    );
    let value =
        r#"{"ban_info":{"waba_ban_state":["DISABLE","REINSTATE"]},"event":"DISABLED_UPDATE"}"#;
    let notification = parsed(&change("account_update", value));
    assert_eq!(
        json!(notification.updates[0].change().unwrap())["ban_info"]["waba_ban_state"],
        json!(["DISABLE", "REINSTATE"])
    );
}
