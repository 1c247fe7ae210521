//! The routing model: given for a Flow with an endpoint, made from `navigate` for others.

use std::collections::{BTreeMap, BTreeSet};

use crate::flows::json::Node;
use crate::flows::validate::{Document, Report, Screen};

const ERROR: &str = "INVALID_ROUTING_MODEL";
/// The most routes from one screen.
const MOST: usize = 10;

type Routes<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

pub(super) fn check(report: &mut Report<'_>, document: &Document<'_>) {
    let list = document.root.get("screens").unwrap_or(document.root);
    let pressed = pressed(document);
    if !document.has_endpoint() && document.root.get("routing_model").is_none() {
        connected(
            report,
            document,
            &pressed,
            list,
            "screens",
            " via navigate screen action",
        );
        return;
    }
    let Some(model) = document.root.get("routing_model") else {
        report.missing("routing_model", document.root, "routing_model");
        return;
    };
    let mut routes = Routes::new();
    for (source, targets) in model.fields() {
        let targets = targets.items().iter().filter_map(Node::text);
        routes.insert(source, targets.collect());
    }
    let path = "routing_model";
    let ids: Vec<_> = document.screens.iter().map(|screen| screen.id).collect();
    let missing: Vec<_> = ids
        .iter()
        .filter(|id| !routes.contains_key(**id))
        .copied()
        .collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        let message = format!("Following screens are missing in the routing model: ({missing}).");
        report.add(ERROR, message, model, path);
    }
    let unknown: Vec<_> = routes
        .keys()
        .filter(|id| !ids.contains(id))
        .copied()
        .collect();
    if !unknown.is_empty() {
        let unknown = unknown.join(", ");
        let message = format!("Invalid screens found in the routing model: ({unknown}).");
        report.add(ERROR, message, model, path);
        return;
    }
    for (source, targets) in &routes {
        for target in targets {
            if !ids.contains(target) {
                let message = format!("Invalid screen found in the routing model: ({target}).");
                report.add(ERROR, message, model, path);
            } else if source == target {
                let message =
                    format!("Loop detected in the routing model for screens: ({source}).");
                report.add(ERROR, message, model, path);
            } else if source < target && leads(&routes, target, source) {
                let message = format!(
                    "Backward route [{target}->{source}] corresponding to forward route \
                     [{source}->{target}] is not allowed in the routing model. Only forward \
                     routes can be specified."
                );
                report.add(ERROR, message, model, path);
            }
        }
    }
    for (source, targets) in &pressed {
        for target in targets {
            if ids.contains(target) && !leads(&routes, source, target) {
                let message = format!(
                    "Missing direct route from screen '{source}' to screen '{target}' in the \
                     routing model, while it exists in the navigate screen action of screen \
                     '{source}'."
                );
                report.add(ERROR, message, model, path);
            }
        }
    }
    if missing.is_empty() {
        connected(report, document, &routes, model, path, "");
    }
}

fn leads(routes: &Routes<'_>, source: &str, target: &str) -> bool {
    routes
        .get(source)
        .is_some_and(|targets| targets.contains(target))
}

/// The routes that `navigate` actions make.
fn pressed<'a>(document: &Document<'a>) -> Routes<'a> {
    let mut routes = Routes::new();
    for screen in &document.screens {
        let targets = routes.entry(screen.id).or_default();
        if let Some(layout) = screen.node.get("layout") {
            collect(layout, targets);
        }
    }
    routes
}

fn collect<'a>(node: &'a Node, targets: &mut BTreeSet<&'a str>) {
    if node.get("name").and_then(Node::text) == Some("navigate")
        && let Some(target) = node.get("next").and_then(|next| next.get("name")?.text())
    {
        targets.insert(target);
    }
    for (_, inner) in node.fields() {
        collect(inner, targets);
    }
    for inner in node.items() {
        collect(inner, targets);
    }
}

/// One way in, all screens on a way from there, and not too many ways out of one.
fn connected(
    report: &mut Report<'_>,
    document: &Document<'_>,
    routes: &Routes<'_>,
    node: &Node,
    path: &str,
    how: &str,
) {
    for (source, targets) in routes {
        if targets.len() > MOST {
            let message = format!(
                "Number of branches exceeds the max limit of {MOST} for screen: ({source})."
            );
            report.add(ERROR, message, node, path);
        }
    }
    let reached: BTreeSet<_> = routes.values().flatten().copied().collect();
    let is_entry = |screen: &&Screen<'_>| !reached.contains(screen.id);
    let Some(entry) = document.screens.iter().find(is_entry) else {
        let message = if how.is_empty() {
            "No entry screen found in the routing model. Expected a screen with no inbound edges \
             as the entry screen."
        } else {
            "No entry screen found in the routing model. Add a screen that is not used as the \
             next screen in any of the navigate actions."
        };
        report.add(ERROR, message, node, path);
        return;
    };
    let mut seen = BTreeSet::from([entry.id]);
    let mut open = vec![entry.id];
    while let Some(source) = open.pop() {
        for target in routes.get(source).into_iter().flatten() {
            if seen.insert(target) {
                open.push(target);
            }
        }
    }
    let ids = document.screens.iter().map(|screen| screen.id);
    let apart: Vec<_> = ids.filter(|id| !seen.contains(id)).collect();
    if !apart.is_empty() {
        let apart = apart.join(", ");
        let message = format!(
            "Following screens are not connected with the rest of the screens{how}: ({apart}). All \
             screens should be connected."
        );
        report.add(ERROR, message, node, path);
    }
}
