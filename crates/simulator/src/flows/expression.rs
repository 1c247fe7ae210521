//! Values and conditions in Flow JSON: bindings, texts between backticks, and the operators of `If`.

use serde_json::Value;

use crate::flows::binding::{Reference, references, whole};

/// How deep parentheses may stand.
const DEPTH: usize = 32;

/// A value with its bindings replaced by what `look` finds for them.
pub(crate) fn resolve(value: &Value, look: &dyn Fn(&Reference<'_>) -> Value) -> Value {
    match value {
        Value::String(text) => resolve_text(text, look),
        Value::Array(items) => items.iter().map(|item| resolve(item, look)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), resolve(value, look)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        plain => plain.clone(),
    }
}

fn resolve_text(text: &str, look: &dyn Fn(&Reference<'_>) -> Value) -> Value {
    if let Some(reference) = whole(text) {
        return look(&reference);
    }
    let trimmed = text.trim();
    if let Some(nested) = trimmed
        .strip_prefix('`')
        .and_then(|text| text.strip_suffix('`'))
    {
        return concatenated(nested, look);
    }
    let mut said = text.to_owned();
    for reference in references(text) {
        let written = format!("${{{}}}", reference.text);
        said = said.replace(&written, &shown(&look(&reference)));
    }
    Value::String(said)
}

/// `'Hello ' ${data.name}`: pieces in quotes and bindings, one behind the other.
fn concatenated(text: &str, look: &dyn Fn(&Reference<'_>) -> Value) -> Value {
    let mut reader = Reader { rest: text, look };
    let (mut said, mut only) = (String::new(), None);
    let mut count = 0;
    while !reader.rest.trim_start().is_empty() {
        let Some(piece) = reader.operand() else {
            return condition(text, look).map_or(Value::Null, Value::Bool);
        };
        said.push_str(&shown(&piece));
        only = Some(piece);
        count += 1;
        if reader
            .rest
            .trim_start()
            .starts_with(['=', '!', '<', '>', '&', '|'])
        {
            return condition(text, look).map_or(Value::Null, Value::Bool);
        }
    }
    match only {
        Some(piece) if count == 1 => piece,
        _ => Value::String(said),
    }
}

/// A value as a text component shows it.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a condition holds; `None` when it cannot be read.
pub(crate) fn condition(text: &str, look: &dyn Fn(&Reference<'_>) -> Value) -> Option<bool> {
    let mut reader = Reader { rest: text, look };
    let value = reader.either(0)?;
    reader.rest.trim_start().is_empty().then_some(truth(&value))
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

struct Reader<'a> {
    rest: &'a str,
    look: &'a dyn Fn(&Reference<'_>) -> Value,
}

impl Reader<'_> {
    fn take(&mut self, mark: &str) -> bool {
        match self.rest.trim_start().strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn either(&mut self, depth: usize) -> Option<Value> {
        let mut value = self.both(depth)?;
        while self.take("||") {
            let other = self.both(depth)?;
            value = Value::Bool(truth(&value) || truth(&other));
        }
        Some(value)
    }

    fn both(&mut self, depth: usize) -> Option<Value> {
        let mut value = self.compared(depth)?;
        while self.take("&&") {
            let other = self.compared(depth)?;
            value = Value::Bool(truth(&value) && truth(&other));
        }
        Some(value)
    }

    fn compared(&mut self, depth: usize) -> Option<Value> {
        let left = self.single(depth)?;
        for mark in ["==", "!=", ">=", "<=", ">", "<"] {
            if !self.take(mark) {
                continue;
            }
            let right = self.single(depth)?;
            let (a, b) = (left.as_f64(), right.as_f64());
            let same = match (a, b) {
                (Some(a), Some(b)) => a.total_cmp(&b).is_eq(),
                _ => left == right || (shown(&left).is_empty() && shown(&right).is_empty()),
            };
            return Some(Value::Bool(match mark {
                "==" => same,
                "!=" => !same,
                ">=" => a? >= b?,
                "<=" => a? <= b?,
                ">" => a? > b?,
                _ => a? < b?,
            }));
        }
        Some(left)
    }

    fn single(&mut self, depth: usize) -> Option<Value> {
        if depth > DEPTH {
            return None;
        }
        let trimmed = self.rest.trim_start();
        if trimmed.starts_with('!') && !trimmed.starts_with("!=") {
            self.take("!");
            return Some(Value::Bool(!truth(&self.single(depth + 1)?)));
        }
        if self.take("(") {
            let value = self.either(depth + 1)?;
            return self.take(")").then_some(value);
        }
        self.operand()
    }

    fn operand(&mut self) -> Option<Value> {
        let trimmed = self.rest.trim_start();
        if let Some(inner) = trimmed.strip_prefix("${") {
            let (name, rest) = inner.split_once('}')?;
            self.rest = rest;
            return Some((self.look)(&crate::flows::binding::read(name)?));
        }
        if let Some(inner) = trimmed.strip_prefix('\'') {
            let (text, rest) = inner.split_once('\'')?;
            self.rest = rest;
            return Some(Value::String(text.to_owned()));
        }
        let end = trimmed
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || "._-+".contains(letter)))
            .unwrap_or(trimmed.len());
        let (word, rest) = trimmed.split_at_checked(end)?;
        let value = serde_json::from_str(word).ok()?;
        self.rest = rest;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn look(reference: &Reference<'_>) -> Value {
        match reference.name {
            "yes" => json!(true),
            "city" => json!("London"),
            "five" => json!(5),
            _ => Value::Null,
        }
    }

    #[test]
    fn conditions_follow_the_documented_operators() {
        for (text, holds) in [
            ("${form.yes}", true),
            ("!${form.yes}", false),
            ("${form.city} == 'London'", true),
            ("${form.city} != 'London'", false),
            ("${data.five} > 4 && ${data.five} <= 5", true),
            ("${form.none} || (${data.five} < 5)", false),
            ("!(${data.five} > 5) && ${form.yes} == true", true),
            ("${form.none} == ''", true),
        ] {
            assert_eq!(condition(text, &look), Some(holds), "{text}");
        }
        for broken in [
            "${form.city} ==",
            "(${form.yes}",
            "${form.yes} ${form.yes}",
            "hello",
        ] {
            assert_eq!(condition(broken, &look), None, "{broken}");
        }
    }

    #[test]
    fn bindings_keep_their_type_and_texts_are_joined() {
        let resolved = resolve(
            &json!({"a": "${data.five}", "b": "In ${form.city}", "c": "`'Go to ' ${form.city}`"}),
            &look,
        );
        assert_eq!(
            resolved,
            json!({"a": 5, "b": "In London", "c": "Go to London"})
        );
    }
}
