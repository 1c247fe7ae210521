//! The examples that variables and media need, so that reviewers see what will be sent.

use serde_json::Value;

use super::{Fields, text};
use crate::graph::GraphError;
use crate::graph::templates::refusal::refused;

/// Checks that each variable has its example, under `flat` (or the nested form of it), or under
/// `with_names` for named ones.
pub(super) fn check(
    component: &Fields,
    variables: &[String],
    keys: &Keys,
    named: bool,
    field: &str,
) -> Result<(), GraphError> {
    if variables.is_empty() {
        return Ok(());
    }
    let example = component.get("example").and_then(Value::as_object);
    let given = |key: &str| example.and_then(|example| example.get(key));
    let missing = |wanted: &str| {
        refused(
            keys.subcode,
            "Missing example of a variable",
            format!(
                "{field} has {} variables and needs as many values in {wanted}. Add them.",
                variables.len()
            ),
        )
    };
    if named {
        let wanted = format!("example.{}", keys.named);
        let Some(Value::Array(items)) = given(keys.named) else {
            return Err(missing(&wanted));
        };
        let has = |name: &String| {
            items.iter().filter_map(Value::as_object).any(|item| {
                text(item, "param_name") == Some(name)
                    && text(item, "example").is_some_and(|example| !example.is_empty())
            })
        };
        if items.len() != variables.len() || !variables.iter().all(has) {
            return Err(missing(&wanted));
        }
        return Ok(());
    }
    let wanted = format!("example.{}", keys.positional[0]);
    let values = keys.positional.iter().find_map(|key| given(key));
    let values = values.ok_or_else(|| missing(&wanted))?;
    if count(values) == Some(variables.len()) {
        return Ok(());
    }
    Err(missing(&wanted))
}

/// Where a component has its examples.
pub(super) struct Keys {
    /// The documented place first; the others are what some documented samples have.
    pub(super) positional: &'static [&'static str],
    pub(super) named: &'static str,
    pub(super) subcode: i64,
}

/// How many values there are: one text, a list of them, or a list in a list.
fn count(values: &Value) -> Option<usize> {
    let filled = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    match values {
        Value::String(text) => (!text.is_empty()).then_some(1),
        Value::Array(items) => match items.first() {
            Some(Value::Array(inner)) if items.len() == 1 => {
                inner.iter().all(filled).then_some(inner.len())
            }
            _ => items.iter().all(filled).then_some(items.len()),
        },
        _ => None,
    }
}
