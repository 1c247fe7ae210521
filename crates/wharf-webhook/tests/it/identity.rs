//! The same fact has the same key, however it is written and grouped; another fact has another.

use std::collections::HashSet;
use std::fmt::Write;

use serde_json::{Value, json};
use wharf_webhook::parse;

use crate::{change, identities, notifications, parsed};

/// Writes JSON with keys in reverse, everything escaped, and white space.
fn rewrite(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let pairs = map.iter().rev();
            let pairs = pairs.map(|(key, value)| format!("{} :\n{}", escape(key), rewrite(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(" ,\t"))
        }
        Value::Array(items) => {
            format!(
                "[ {} ]",
                items.iter().map(rewrite).collect::<Vec<_>>().join(" , ")
            )
        }
        Value::String(text) => escape(text),
        other => other.to_string(),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::from("\"");
    for unit in text.encode_utf16() {
        write!(escaped, "\\u{unit:04X}").unwrap();
    }
    escaped.push('"');
    escaped
}

#[test]
fn writing_does_not_matter() {
    for (name, body) in notifications() {
        let value: Value = serde_json::from_slice(&body).unwrap();
        let once = identities(&parse(&body).unwrap());
        let again = identities(&parsed(&rewrite(&value)));
        let (once, again): (HashSet<_>, HashSet<_>) =
            (once.into_iter().collect(), again.into_iter().collect());
        assert_eq!(once, again, "{name}");
    }
}

#[test]
fn grouping_does_not_matter() {
    let all = notifications();
    let alone: HashSet<String> = all
        .iter()
        .flat_map(|(_, body)| identities(&parse(body).unwrap()))
        .collect();
    let entries: Vec<Value> = all
        .iter()
        .map(|(_, body)| serde_json::from_slice::<Value>(body).unwrap())
        .flat_map(|mut body| {
            body["entry"]
                .as_array_mut()
                .unwrap()
                .drain(..)
                .rev()
                .collect::<Vec<_>>()
        })
        .rev()
        .collect();
    let together = json!({"object": "whatsapp_business_account", "entry": entries});
    let together = parsed(&together.to_string());
    assert!(together.unrecognised.is_empty());
    assert_eq!(
        identities(&together).into_iter().collect::<HashSet<_>>(),
        alone
    );
}

#[test]
fn different_facts_have_different_keys() {
    let status = |id: &str, status: &str, recipient: &str| {
        format!(r#"{{"statuses":[{{"id":"{id}","status":"{status}",{recipient}}}]}}"#)
    };
    let person = r#""recipient_id":"1650""#;
    let first = r#""recipient_type":"group","recipient_id":"G","recipient_participant_id":"1""#;
    let second = r#""recipient_type":"group","recipient_id":"G","participant_recipient_id":"2""#;
    let payment = |attempt: &str| {
        let transaction = format!(r#""payment":{{"transaction":{{"id":"{attempt}"}}}}"#);
        status(
            "wamid.A",
            "failed",
            &format!(r#"{person},"type":"payment",{transaction}"#),
        )
    };
    let message = |id: &str| format!(r#"{{"messages":[{{"id":"{id}","type":"text"}}]}}"#);
    let bodies = [
        change("messages", &status("wamid.A", "sent", person)),
        change("messages", &status("wamid.A", "delivered", person)),
        change("messages", &status("wamid.A", "failed", person)),
        change("messages", &status("wamid.B", "sent", person)),
        change("messages", &status("wamid.A", "delivered", first)),
        change("messages", &status("wamid.A", "delivered", second)),
        change("messages", &payment("1")),
        change("messages", &payment("2")),
        change("messages", &message("wamid.A")),
        change("messages", &message("wamid.a")),
        change(
            "standby",
            &format!(r#"{{"standby":{}}}"#, message("wamid.A")),
        ),
        change(
            "message_echoes",
            &message("wamid.A").replace("messages", "message_echoes"),
        ),
        change("account_update", r#"{"event":"ACCOUNT_DELETED"}"#),
        change("account_update", r#"{"event":"ACCOUNT_DELETED","x":null}"#),
        change("account_update", r#"{"event":"ACCOUNT_DELETED"}"#).replace("1022", "1023"),
        change("account_alerts", r#"{"event":"ACCOUNT_DELETED"}"#),
        change("calls", r#"{"errors":[{"code":138007}],"calls":[]}"#),
        change("calls", r#"{"calls":[{"id":"wacid.A","event":"connect"}]}"#),
        change(
            "calls",
            r#"{"calls":[{"id":"wacid.A","event":"terminate"}]}"#,
        ),
        change(
            "calls",
            r#"{"statuses":[{"id":"wacid.A","status":"RINGING"}]}"#,
        ),
    ];
    let keys: HashSet<String> = bodies
        .iter()
        .flat_map(|body| identities(&parsed(body)))
        .collect();
    assert_eq!(keys.len(), bodies.len(), "{keys:#?}");
}

#[test]
fn calls_that_fail_in_the_same_way_have_their_own_errors() {
    let failed = |call: &str| {
        let call = format!(r#""calls":[{{"id":"{call}","event":"terminate"}}]"#);
        identities(&parsed(&change(
            "calls",
            &format!(r#"{{"errors":[{{"code":138007}}],{call}}}"#),
        )))
    };
    assert_eq!(failed("wacid.A"), failed("wacid.A"));
    assert_ne!(failed("wacid.A")[0], failed("wacid.B")[0]);
}

#[test]
fn half_a_surrogate_pair_still_has_a_key() {
    let body = change("account_update", r#"{"event":"\ud83d"}"#);
    assert_eq!(identities(&parsed(&body)), identities(&parsed(&body)));
}
