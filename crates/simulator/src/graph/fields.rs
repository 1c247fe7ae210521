//! `?fields=a,b{c,d},e.limit(5)`: which fields of a node are wanted. See [Graph API/Field expansion].

use serde_json::{Map, Value};

/// One field that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// `.limit(5)` and the like, in order.
    pub(crate) arguments: Vec<(String, String)>,
    /// What stands between braces.
    pub(crate) fields: Vec<Field>,
}

impl Field {
    pub(crate) fn argument(&self, name: &str) -> Option<&str> {
        self.arguments
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Reads a list of fields; what cannot be read is left out, as Meta ignores it.
pub(crate) fn parse(text: &str) -> Vec<Field> {
    split(text, ',').into_iter().filter_map(field).collect()
}

fn field(text: &str) -> Option<Field> {
    let text = text.trim();
    let (head, inner) = match top_level(text, '{') {
        Some(place) => (
            text.get(..place)?,
            text.get(place + 1..)?.trim_end().strip_suffix('}')?,
        ),
        None => (text, ""),
    };
    let mut parts = split(head, '.').into_iter();
    let name = parts.next()?.trim().to_owned();
    let arguments = parts.filter_map(|part| {
        let (name, value) = part.split_once('(')?;
        let value = value.trim_end().strip_suffix(')')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    });
    (!name.is_empty()).then(|| Field {
        arguments: arguments.collect(),
        fields: parse(inner),
        name,
    })
}

/// The parts between separators that stand outside of every bracket.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some(place) = top_level(rest, separator) {
        parts.push(rest.get(..place).unwrap_or_default());
        rest = rest.get(place + separator.len_utf8()..).unwrap_or_default();
    }
    parts.push(rest);
    parts
}

/// Where a character first stands outside of every bracket.
fn top_level(text: &str, wanted: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (place, letter) in text.char_indices() {
        if depth == 0 && letter == wanted {
            return Some(place);
        }
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The wanted fields of a node and its `id`; all of them when nothing was asked.
pub(crate) fn select(node: Value, wanted: &[Field]) -> Value {
    let Value::Object(fields) = node else {
        return node;
    };
    if wanted.is_empty() {
        return Value::Object(fields);
    }
    let kept = fields.into_iter().filter_map(|(name, value)| {
        let field = wanted.iter().find(|field| field.name == name);
        match field {
            Some(field) => Some((name, narrow(value, &field.fields))),
            None if name == "id" => Some((name, value)),
            None => None,
        }
    });
    Value::Object(kept.collect::<Map<_, _>>())
}

fn narrow(value: Value, wanted: &[Field]) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| narrow(item, wanted)).collect(),
        // An edge: what is wanted is wanted of its items.
        Value::Object(mut edge)
            if edge.get("data").is_some_and(Value::is_array)
                && !wanted.iter().any(|field| field.name == "data") =>
        {
            if let Some(items) = edge.remove("data") {
                edge.insert("data".to_owned(), narrow(items, wanted));
            }
            Value::Object(edge)
        }
        other => select(other, wanted),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_arguments_and_inner_fields_are_read() {
        let fields = parse("id, a{b,c{d}},analytics.start(1).phone_numbers([\"1\",\"2\"]).end(2)");
        assert_eq!(fields.len(), 3);
        assert_eq!(fields[1].fields[1].fields[0].name, "d");
        assert_eq!(fields[2].argument("end"), Some("2"));
        assert_eq!(fields[2].argument("phone_numbers"), Some("[\"1\",\"2\"]"));
        assert_eq!(parse("a{b"), [], "what is not closed is left out");
    }

    #[test]
    fn a_node_is_narrowed_to_what_was_asked_and_its_id() {
        let node = json!({"id": "1", "a": [{"b": 1, "c": 2}], "d": 3});
        let wanted = parse("a{b}");
        assert_eq!(
            select(node.clone(), &wanted),
            json!({"id": "1", "a": [{"b": 1}]})
        );
        assert_eq!(select(node.clone(), &[]), node);
    }
}
