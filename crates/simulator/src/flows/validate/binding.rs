//! Bindings such as `${data.x}`: what they name must exist.

use crate::flows::binding::{Reference, Store, references};
use crate::flows::components;
use crate::flows::json::{Kind, Node};
use crate::flows::validate::{Document, Report, Screen};

/// Checks a property of a component; tells whether it holds a binding.
pub(super) fn check(
    report: &mut Report<'_>,
    document: &Document<'_>,
    screen: &Screen<'_>,
    value: &Node,
    path: &str,
) -> bool {
    walk(
        report,
        document,
        screen,
        value,
        path,
        "INVALID_SCREEN_DYNAMIC_DATA",
    )
}

/// Checks the payload of an action.
pub(super) fn payload(
    report: &mut Report<'_>,
    document: &Document<'_>,
    screen: &Screen<'_>,
    value: &Node,
    path: &str,
) {
    walk(
        report,
        document,
        screen,
        value,
        path,
        "INVALID_ON_CLICK_ACTION_PAYLOAD",
    );
}

fn walk(
    report: &mut Report<'_>,
    document: &Document<'_>,
    screen: &Screen<'_>,
    value: &Node,
    path: &str,
    error: &str,
) -> bool {
    match &value.kind {
        Kind::Text(text) => {
            let found = references(text);
            for reference in &found {
                if let Some(message) = lacking(document, screen, reference) {
                    report.add(error, message, value, path);
                }
            }
            !found.is_empty()
        }
        Kind::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let path = format!("{path}[{index}]");
                walk(report, document, screen, item, &path, error);
            }
            false
        }
        Kind::Object(fields) => {
            for (name, inner) in fields {
                walk(
                    report,
                    document,
                    screen,
                    inner,
                    &format!("{path}.{name}"),
                    error,
                );
            }
            false
        }
        Kind::Plain(_) => false,
    }
}

/// Why a reference leads nowhere.
fn lacking(
    document: &Document<'_>,
    screen: &Screen<'_>,
    reference: &Reference<'_>,
) -> Option<String> {
    let expression = format!("${{{}}}", reference.text);
    let of = match reference.screen {
        None => screen,
        Some(_) if document.version < (4, 0) => {
            return Some(format!(
                "Global dynamic data '{expression}' is supported from Flow JSON version 4.0."
            ));
        }
        Some(id) => match document.screen(id) {
            Some(of) => of,
            None => {
                return Some(format!(
                    "Global dynamic data '{expression}' used on screen '{}' is invalid since \
                     screen '{id}' is missing in the Flow JSON.",
                    screen.id
                ));
            }
        },
    };
    let there = match reference.store {
        Store::Data => of
            .node
            .get("data")
            .and_then(|data| data.get(reference.name))
            .is_some(),
        Store::Form => of
            .node
            .get("layout")
            .is_some_and(|layout| input(layout, reference.name).is_some()),
    };
    match reference.store {
        _ if there => None,
        Store::Data => Some(format!(
            "Missing dynamic data '{expression}' in the data model for screen '{}'.",
            of.id
        )),
        Store::Form => Some(format!(
            "Missing Form component {expression} for screen '{}'.",
            of.id
        )),
    }
}

/// The component with this name that takes input, anywhere below.
pub(super) fn input<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    let here = node.get("name").and_then(Node::text) == Some(name)
        && node
            .get("type")
            .and_then(Node::text)
            .and_then(components::find)
            .is_some_and(components::Component::is_input);
    if here {
        return Some(node);
    }
    let mut below = node
        .fields()
        .iter()
        .map(|(_, inner)| inner)
        .chain(node.items());
    below.find_map(|inner| input(inner, name))
}
