//! Bodies that a gateway refuses, made from the examples of its own description.

use serde_json::{Value, json};

use super::house::{NAME, TEXT};
use crate::console::desk::USER;

/// Method, path and body of each: the example cut off, with a field that nobody knows, and with
/// each of its values in turn replaced by something else.
pub(super) fn wrong_bodies(openapi: &Value) -> Vec<(String, String, String)> {
    let mut bodies = Vec::new();
    for (path, methods) in openapi["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"];
            let examples = content["examples"].as_object();
            let named = examples.into_iter().flat_map(|examples| examples.values());
            let examples = named.map(|one| &one["value"]);
            for example in examples.chain(content.get("example")) {
                let path = path.replace("{version}", "v26.0").replace(['{', '}'], "");
                let method = method.to_uppercase();
                let wrong = wrong(example).into_iter();
                bodies.extend(wrong.map(|body| (method.clone(), path.clone(), body)));
            }
        }
    }
    bodies
}

fn wrong(example: &Value) -> Vec<String> {
    let canary = format!("{TEXT} of {NAME} +{USER}");
    let whole = example.to_string();
    let cut = whole.trim_end_matches('}').trim_end_matches('"');
    let mut bodies = vec![
        format!("{cut}{canary}"),
        json!(canary).to_string(),
        canary.clone(),
    ];
    let mut more = example.clone();
    more["unknown_field"] = json!(canary);
    bodies.push(more.to_string());
    let mut pointers = Vec::new();
    leaves(example, String::new(), &mut pointers);
    for pointer in pointers {
        for value in [
            json!(canary),
            json!([canary]),
            json!({ "unknown_field": canary }),
            json!(USER.parse::<u64>().unwrap()),
        ] {
            let mut body = example.clone();
            *body.pointer_mut(&pointer).unwrap() = value;
            bodies.push(body.to_string());
        }
    }
    bodies
}

fn leaves(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                leaves(value, format!("{at}/{}", name.replace('/', "~1")), pointers);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, format!("{at}/{index}"), pointers);
            }
        }
        _ => {}
    }
    if !at.is_empty() {
        pointers.push(at);
    }
}
