//! Whatever part of a message is changed: it is refused with a place, or reads back as itself.

use serde_json::{Value, json};
use wharf_model::OutgoingMessage;
use wharf_model::outgoing::MarketingMessage;
use wharf_model::template::TemplateDefinition;

use crate::built::{self, Built};
use crate::templates;

/// JSON pointers to every part of a value.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut inside = |key: &str, part: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        let at = format!("{at}/{key}");
        places(part, &at, found);
        found.push(at);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, part)| inside(key, part)),
        // More of the same adds nothing.
        Value::Array(items) => items
            .iter()
            .take(3)
            .enumerate()
            .for_each(|(index, part)| inside(&index.to_string(), part)),
        _ => {}
    }
}

/// Every way in which one part of a value is another one.
fn changed(sample: &Value) -> impl Iterator<Item = (String, Value)> {
    let parts = [
        json!(null),
        json!(true),
        json!(-1),
        json!(2.5),
        json!(""),
        json!("{{1}}"),
        json!("é".repeat(5000)),
        json!([]),
        json!([null]),
        json!({}),
        json!({"type": "text", "é~/": 1}),
    ];
    let mut found = Vec::new();
    places(sample, "", &mut found);
    let sample = sample.clone();
    found.into_iter().flat_map(move |place| {
        let sample = sample.clone();
        parts.clone().map(move |part| {
            let mut changed = sample.clone();
            *changed.pointer_mut(&place).unwrap() = part;
            (place.clone(), changed)
        })
    })
}

#[test]
fn changed_messages_are_refused_with_a_place_or_read_back() {
    let (mut refused, mut taken) = (0, 0);
    for (name, built) in built::everything() {
        // Hundreds of the same contact make only for a long test.
        if name == "most contacts" {
            continue;
        }
        for (place, json) in changed(&built.json()) {
            let read = match built {
                Built::Message(_) => OutgoingMessage::from_json(&json).map(serde_json::to_value),
                Built::Marketing(_) => MarketingMessage::from_json(&json).map(serde_json::to_value),
            };
            match read {
                Err(fault) => {
                    assert!(fault.field().starts_with('/'), "{name} {place}: {fault}");
                    refused += 1;
                }
                Ok(written) => {
                    let written = written.unwrap();
                    let again = match built {
                        Built::Message(_) => OutgoingMessage::from_json(&written)
                            .map(|message| serde_json::to_value(message).unwrap()),
                        Built::Marketing(_) => MarketingMessage::from_json(&written)
                            .map(|message| serde_json::to_value(message).unwrap()),
                    };
                    assert_eq!(again, Ok(written), "{name} {place}");
                    taken += 1;
                }
            }
        }
    }
    // Both happen, or the test shows nothing.
    assert!(refused > 5_000 && taken > 500, "{refused} {taken}");
}

#[test]
fn changed_definitions_are_read_and_written_as_they_came() {
    let mut kept = 0;
    for (name, sample) in templates::all() {
        for (place, json) in changed(&sample) {
            let read: TemplateDefinition = serde_json::from_value(json).unwrap();
            let written = serde_json::to_value(&read).unwrap();
            let again: TemplateDefinition = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(again, read, "{name} {place}");
            assert_eq!(serde_json::to_value(&again).unwrap(), written, "{name}");
            kept += 1;
        }
    }
    assert!(kept > 2_000, "{kept}");
}

/// Nothing of a definition is dropped: each leaf that came is among those that are written.
#[test]
fn no_part_of_a_changed_definition_is_lost() {
    for (name, sample) in templates::all() {
        for (place, json) in changed(&sample) {
            let read: TemplateDefinition = serde_json::from_value(json.clone()).unwrap();
            let written = serde_json::to_value(&read).unwrap();
            let (mut came, mut went) = (Vec::new(), Vec::new());
            leaves(&json, &mut came);
            leaves(&written, &mut went);
            for leaf in came {
                let leaf = leaf.to_uppercase();
                let found = went.iter().any(|other| other.to_uppercase() == leaf);
                assert!(found, "{name} {place}: {leaf}");
            }
        }
    }
}

fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.values().for_each(|part| leaves(part, found)),
        Value::Array(items) => items.iter().for_each(|part| leaves(part, found)),
        Value::String(text) => found.push(text.clone()),
        other => found.push(other.to_string()),
    }
}
