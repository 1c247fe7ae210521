//! A screen and what stands on it.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Found, Report, Stage, action, component, references, rules};
use crate::flow::component::kind::ComponentKind;
use crate::flow::limits;
use crate::flow::problem::Fault;
use crate::flow::screen::{SINGLE_COLUMN, Screen};
use crate::flow::version::Version;

pub(super) fn check(
    stage: Stage<'_>,
    index: usize,
    screen: &Screen,
    found: &[Found<'_>],
    report: &mut Report,
) {
    own(stage, index, screen, found, report);
    data(index, screen, report);
    for place in found {
        component::check(stage, place, report);
        action::check(stage, place, found, report);
        references::check(stage, place, report);
    }
    rules::check(stage, index, screen, found, report);
}

fn own(stage: Stage<'_>, index: usize, screen: &Screen, found: &[Found<'_>], report: &mut Report) {
    for key in screen.other.keys().chain(screen.layout.other.keys()) {
        report.screen(index, screen, key, Fault::Unknown);
    }
    if screen.layout.kind != SINGLE_COLUMN {
        let fault = if screen.layout.kind.is_empty() {
            Fault::Missing
        } else {
            Fault::Unknown
        };
        report.screen(index, screen, "layout/type", fault);
    }
    if screen.success.is_some() && !screen.is_terminal() {
        let remedy = "leave it out, or mark the screen as terminal";
        report.screen(index, screen, "success", Fault::Rule { remedy });
    }
    if screen.refresh_on_back == Some(true) && stage.flow.data_api_version.is_none() {
        let remedy = "give the Flow a data_api_version, or leave it out: it asks the endpoint";
        report.screen(index, screen, "refresh_on_back", Fault::Rule { remedy });
    }
    if found.len() > limits::COMPONENTS {
        let fault = Fault::Count {
            count: found.len(),
            least: 0,
            most: limits::COMPONENTS,
        };
        report.screen(index, screen, "layout/children", fault);
    }
    let Some(sensitive) = &screen.sensitive else {
        return;
    };
    let since = Version::new(5, 1);
    if stage.version < since {
        report.screen(index, screen, "sensitive", Fault::TooNew { since });
    }
    let inputs: HashSet<_> = found
        .iter()
        .filter_map(|place| place.component.name())
        .collect();
    for name in sensitive {
        if !inputs.contains(name.as_str()) {
            let fault = Fault::Dangling {
                target: name.clone(),
                what: "input",
            };
            report.screen(index, screen, "sensitive", fault);
        }
    }
}

fn data(index: usize, screen: &Screen, report: &mut Report) {
    let Some(data) = &screen.data else { return };
    for (name, field) in data {
        let property = format!("data/{name}");
        let Value::Object(field) = field else {
            let expected = "a JSON Schema with a type";
            report.screen(index, screen, &property, Fault::Form { expected });
            continue;
        };
        schema(index, screen, &property, field, report);
        if !field.contains_key("__example__") {
            let property = format!("{property}/__example__");
            report.screen(index, screen, &property, Fault::Missing);
        }
    }
}

const TYPES: &[&str] = &["string", "number", "boolean", "object", "array", "integer"];

fn schema(
    index: usize,
    screen: &Screen,
    property: &str,
    schema_: &Map<String, Value>,
    report: &mut Report,
) {
    let missing = match schema_.get("type").and_then(Value::as_str) {
        Some("array") if !schema_.contains_key("items") => Some("items"),
        Some("object") if !schema_.contains_key("properties") => Some("properties"),
        Some(name) if TYPES.contains(&name) => None,
        Some(_) => {
            let property = format!("{property}/type");
            report.screen(index, screen, &property, Fault::Choice { allowed: TYPES });
            None
        }
        None => Some("type"),
    };
    if let Some(missing) = missing {
        report.screen(
            index,
            screen,
            &format!("{property}/{missing}"),
            Fault::Missing,
        );
    }
}

/// Whether a component of this kind ends or continues the Flow from the bottom of the screen.
pub(super) fn has_footer(found: &[Found<'_>]) -> bool {
    found.iter().any(|place| place.is(&ComponentKind::Footer))
}
