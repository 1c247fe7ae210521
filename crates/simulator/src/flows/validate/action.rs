//! Actions: what a press does.

use crate::flows::binding::{Store, references, whole};
use crate::flows::json::{Kind, Node};
use crate::flows::validate::{Document, Report, Screen, binding, join};

const PAYLOAD: &str = "INVALID_NAVIGATE_ACTION_PAYLOAD";
const NEXT: &str = "INVALID_NAVIGATE_ACTION_NEXT_SCREEN_NAME";

pub(super) fn check(
    report: &mut Report<'_>,
    document: &Document<'_>,
    screen: &Screen<'_>,
    action: &Node,
    path: &str,
    allowed: &[&str],
) {
    if !matches!(action.kind, Kind::Object(_)) {
        report.wrong_type("object", action, path);
        return;
    }
    let at = join(path, "name");
    let Some(name) = action.get("name") else {
        report.missing("name", action, &at);
        return;
    };
    let since_six = |action: &&&str| {
        document.version >= (6, 0) || !matches!(**action, "open_url" | "update_data")
    };
    let allowed: Vec<_> = allowed.iter().filter(since_six).copied().collect();
    let Some(kind) = name.text().filter(|name| allowed.contains(name)) else {
        let message = format!("Value should be one of: [{}].", allowed.join(", "));
        report.add("INVALID_ENUM_VALUE", message, name, &at);
        return;
    };
    let known: &[&str] = match kind {
        "navigate" => &["name", "next", "payload"],
        "open_url" => &["name", "url"],
        _ => &["name", "payload"],
    };
    report.only(known, action, path);
    let payload = action.get("payload");
    let payload_path = join(path, "payload");
    if let Some(payload) = payload {
        if !matches!(payload.kind, Kind::Object(_)) {
            report.wrong_type("object", payload, &payload_path);
            return;
        }
        binding::payload(report, document, screen, payload, &payload_path);
        pickers(report, screen, kind, payload, &payload_path);
    }
    match kind {
        "navigate" => navigate(report, document, screen, action, path),
        "complete" if !screen.terminal => {
            let message = "On-click-action 'complete' can only be configured on a terminal screen.";
            report.add("INVALID_COMPLETE_ACTION", message, action, path);
        }
        "data_exchange" if !document.has_endpoint() => {
            let message = "Data api version is required for data_exchange action.";
            report.add("NO_SUPPORTED_DATA_API_VERSION", message, action, path);
        }
        "open_url" => match action.get("url") {
            None => report.missing("url", action, &join(path, "url")),
            Some(url) => {
                binding::check(report, document, screen, url, &join(path, "url"));
            }
        },
        "update_data" if payload.is_none() => report.missing("payload", action, &payload_path),
        _ => {}
    }
}

/// Uploaded files may only stand alone, and not go from screen to screen.
fn pickers(report: &mut Report<'_>, screen: &Screen<'_>, kind: &str, payload: &Node, path: &str) {
    let Some(layout) = screen.node.get("layout") else {
        return;
    };
    let picker = |text: &str| {
        references(text).into_iter().find_map(|reference| {
            let named = reference.store == Store::Form && reference.screen.is_none();
            let node = named
                .then(|| binding::input(layout, reference.name))
                .flatten()?;
            let kind = node.get("type")?.text()?;
            matches!(kind, "PhotoPicker" | "DocumentPicker").then(|| kind.to_owned())
        })
    };
    for (name, value) in payload.fields() {
        let at = join(path, name);
        match (value.text().and_then(picker), kind) {
            (Some(component), "navigate") => {
                let message = format!(
                    "The {component} component's value is not allowed in the payload of the \
                     navigate action."
                );
                report.add("INVALID_ON_CLICK_ACTION_PAYLOAD", message, value, &at);
            }
            (Some(_), _) => {}
            (None, _) => {
                if let Some(component) = deep(value, &picker) {
                    let message = format!(
                        "The {component} can only be used as the value of a top-level string \
                         property in the action payload."
                    );
                    report.add("INVALID_ON_CLICK_ACTION_PAYLOAD", message, value, &at);
                }
            }
        }
    }
}

fn deep(value: &Node, picker: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let below = value
        .fields()
        .iter()
        .map(|(_, inner)| inner)
        .chain(value.items());
    below.into_iter().find_map(|inner| {
        inner
            .text()
            .and_then(picker)
            .or_else(|| deep(inner, picker))
    })
}

fn navigate(
    report: &mut Report<'_>,
    document: &Document<'_>,
    screen: &Screen<'_>,
    action: &Node,
    path: &str,
) {
    let at = join(path, "next");
    let Some(next) = action.get("next") else {
        report.missing("next", action, &at);
        return;
    };
    if next.get("type").and_then(Node::text) != Some("screen") {
        let message = "Value should be one of: [screen].";
        report.add("INVALID_ENUM_VALUE", message, next, &join(&at, "type"));
    }
    let at = join(&at, "name");
    let Some(node) = next.get("name") else {
        report.missing("name", next, &at);
        return;
    };
    let id = node.text().unwrap_or_default();
    if id == screen.id {
        let message = format!("Same screen navigation is not allowed. Loop detected at [{id}].");
        report.add(NEXT, message, node, &at);
        return;
    }
    let Some(target) = document.screen(id) else {
        report.add(
            NEXT,
            format!("Unknown screen ids found: [{id}]."),
            node,
            &at,
        );
        return;
    };
    if !document.has_endpoint() {
        arrives(report, screen, target, action, path);
    }
}

/// What is passed on must be what the next screen declares.
fn arrives(
    report: &mut Report<'_>,
    screen: &Screen<'_>,
    target: &Screen<'_>,
    action: &Node,
    path: &str,
) {
    let names = |node: Option<&Node>| -> Vec<String> {
        let fields = node.map(Node::fields).unwrap_or_default();
        fields.iter().map(|(name, _)| name.clone()).collect()
    };
    let given = names(action.get("payload"));
    let model = target.node.get("data");
    let declared = names(model);
    let path = join(path, "payload");
    let node = action.get("payload").unwrap_or(action);
    let lacking = |from: &[String], among: &[String]| -> Vec<String> {
        from.iter()
            .filter(|name| !among.contains(name))
            .cloned()
            .collect()
    };
    if !given.is_empty() && declared.is_empty() {
        let message = format!(
            "No data model is defined in the next screen '{}'.",
            target.id
        );
        report.add(PAYLOAD, message, node, &path);
        return;
    }
    let (unknown, missing) = (lacking(&given, &declared), lacking(&declared, &given));
    if !unknown.is_empty() {
        let message = format!(
            "Following fields are missing in the next screen's data model: [{}].",
            unknown.join(", ")
        );
        report.add(PAYLOAD, message, node, &path);
    }
    if !missing.is_empty() {
        let message = format!(
            "Following fields are expected in the next screen's data model but missing in \
             payload: [{}].",
            missing.join(", ")
        );
        report.add(PAYLOAD, message, node, &path);
    }
    for (name, value) in node.get("payload").unwrap_or(node).fields() {
        let expected = model
            .and_then(|model| model.get(name))
            .and_then(|field| field.get("type"))
            .and_then(Node::text);
        let bound = value.text().and_then(whole);
        let found = match bound {
            Some(reference) if reference.store == Store::Data && reference.screen.is_none() => {
                let own = screen.node.get("data");
                own.and_then(|model| model.get(reference.name)?.get("type")?.text())
            }
            Some(_) => None,
            None => Some(value.type_name()),
        };
        if let (Some(expected), Some(found)) = (expected, found)
            && expected != found
        {
            let message = format!(
                "Schema of payload data at '{name}' on screen '{}' is not matching with schema of \
                 data model field on screen '{}'. Property is expecting '{expected}' but got \
                 '{found}'.",
                screen.id, target.id
            );
            report.add(PAYLOAD, message, value, &join(&path, name));
        }
    }
}
