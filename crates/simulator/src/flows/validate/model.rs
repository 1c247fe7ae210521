//! A screen's data model: types, and an example for each field.

use crate::flows::json::{Kind, Node};
use crate::flows::validate::{Report, Screen, join};

const ERROR: &str = "INVALID_SCREEN_DATA";

pub(super) fn check(report: &mut Report<'_>, screen: &Screen<'_>) {
    let Some(data) = screen.node.get("data") else {
        return;
    };
    let path = join(&screen.path, "data");
    for (name, field) in data.fields() {
        let path = join(&path, name);
        schema(report, field, &path, true);
        let (Some(kind), example) = (
            field.get("type").and_then(Node::text),
            field.get("__example__"),
        ) else {
            continue;
        };
        match example {
            None => {
                let message = "Missing the definition of property '__example__'.";
                report.add(ERROR, message, field, &join(&path, "__example__"));
            }
            Some(example) if !is(example, kind) => {
                let message = format!(
                    "Invalid data model schema. Expected property '__example__' to be of type \
                     {kind}, but found {}.",
                    example.type_name()
                );
                report.add(ERROR, message, example, &join(&path, "__example__"));
            }
            Some(_) => {}
        }
    }
}

fn is(node: &Node, kind: &str) -> bool {
    match kind {
        "integer" => matches!(&node.kind, Kind::Plain(value) if value.is_i64() || value.is_u64()),
        kind => node.type_name() == kind,
    }
}

fn schema(report: &mut Report<'_>, field: &Node, path: &str, top: bool) {
    if !top && field.get("__example__").is_some() {
        let message = format!(
            "Property '__example__' is allowed only as a top level property of data model. \
             Invalid entry: '{path}'."
        );
        report.add(ERROR, message, field, path);
    }
    let Some(kind) = field.get("type") else {
        report.add(
            ERROR,
            "Missing the definition of property 'type'.",
            field,
            path,
        );
        return;
    };
    let Some(kind) = kind.text() else {
        let message = "Expected the property 'type' to be of type string.";
        report.add(ERROR, message, kind, &join(path, "type"));
        return;
    };
    match (kind, field.get("items")) {
        ("array", None) => {
            let message = "Missing the schema for property 'items' in array.";
            report.add(ERROR, message, field, path);
        }
        ("array", Some(items)) => match items.type_name() {
            "object" => schema(report, items, &join(path, "items"), false),
            "boolean" => {}
            _ => {
                let message = "Expected the property 'items' to be of type boolean or object.";
                report.add(ERROR, message, items, &join(path, "items"));
            }
        },
        _ => {}
    }
    if let Some(properties) = field.get("properties") {
        for (name, inner) in properties.fields() {
            schema(report, inner, &join(&join(path, "properties"), name), false);
        }
    }
}
