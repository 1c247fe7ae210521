//! References from properties to data and inputs.

use serde_json::Value;

use super::{Found, Report, Stage};
use crate::flow::expression::{Reference, references};
use crate::flow::problem::Fault;
use crate::flow::version::Version;

pub(super) fn check(stage: Stage<'_>, found: &Found<'_>, report: &mut Report) {
    for (name, value) in found.component.properties() {
        walk(name, value, &mut |at, text| {
            for reference in references(text) {
                if let Some(fault) = fault(stage, found, reference) {
                    report.property(found, at, fault);
                }
            }
        });
    }
}

fn walk(at: &str, value: &Value, visit: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => visit(at, text),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(&format!("{at}/{index}"), item, visit);
            }
        }
        Value::Object(object) => {
            for (key, value) in object {
                walk(&format!("{at}/{key}"), value, visit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn fault(stage: Stage<'_>, found: &Found<'_>, reference: Reference<'_>) -> Option<Fault> {
    let (target, what) = match reference {
        Reference::Data(field) => {
            let declared = found.screen.data.as_ref();
            if declared.is_some_and(|data| data.contains_key(field)) {
                return None;
            }
            (field, "data field")
        }
        Reference::Form(input) if stage.has_name(&found.screen.id, input) => return None,
        Reference::Form(input) => (input, "input"),
        Reference::DataOf { .. } | Reference::FormOf { .. }
            if stage.version < Version::new(4, 0) =>
        {
            let since = Version::new(4, 0);
            return Some(Fault::TooNew { since });
        }
        Reference::DataOf { screen, field } => match stage.screen(screen) {
            None => (screen, "screen"),
            Some(other)
                if other
                    .data
                    .as_ref()
                    .is_some_and(|data| data.contains_key(field)) =>
            {
                return None;
            }
            Some(_) => (field, "data field"),
        },
        Reference::FormOf { screen, input } => match stage.screen(screen) {
            None => (screen, "screen"),
            Some(_) if stage.has_name(screen, input) => return None,
            Some(_) => (input, "input"),
        },
        Reference::Other(_) => return Some(Fault::Unknown),
    };
    let target = target.to_owned();
    Some(Fault::Dangling { target, what })
}
