//! Values that a scenario keeps, and `{{name}}` where they go.

use std::collections::HashMap;

use serde_json::Value;

/// What is known of every user: `{{ann.wa_id}}`; `{{user.wa_id}}` is the one of the branch.
pub(crate) const OF_USER: [&str; 4] = ["phone", "wa_id", "bsuid", "name"];
/// What is known of the first business number.
pub(crate) const OF_NUMBER: [&str; 3] = ["number.id", "number.phone", "number.waba"];

/// The values of one branch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vars(HashMap<String, String>);

impl Vars {
    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Takes over what another branch made.
    pub(crate) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The value with every `{{name}}` filled in; the name of the first one that is not known.
    pub(crate) fn fill(&self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => Value::String(self.fill_text(text)?),
            Value::Array(items) => Value::Array(
                items
                    .iter()
                    .map(|item| self.fill(item))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => {
                let members = members.iter();
                let filled = members.map(|(name, member)| Ok((name.clone(), self.fill(member)?)));
                Value::Object(filled.collect::<Result<_, String>>()?)
            }
            other => other.clone(),
        })
    }

    fn fill_text(&self, text: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else {
                break;
            };
            filled.push_str(before);
            let name = name.trim();
            filled.push_str(self.get(name).ok_or_else(|| name.to_owned())?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// The names between `{{` and `}}`.
pub(crate) fn names(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("{{").skip(1);
    parts.filter_map(|part| part.split_once("}}").map(|(name, _)| name.trim()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_filled_in_everywhere() {
        let mut vars = Vars::default();
        vars.set("order", "12");
        let step =
            json!({"says": "where is {{ order }}?", "with": [{"a": "{{order}}{{order}}"}], "n": 1});
        let wanted = json!({"says": "where is 12?", "with": [{"a": "1212"}], "n": 1});
        assert_eq!(vars.fill(&step), Ok(wanted));
        assert_eq!(vars.fill(&json!("{{other}}")), Err("other".to_owned()));
        assert_eq!(vars.fill(&json!("{{open")), Ok(json!("{{open")));
    }
}
