//! A YAML document as JSON values that remember the line each of them stands on.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

/// A document: its content, and the line of every value by its path (`steps[2].says`).
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) value: Value,
    lines: HashMap<String, u64>,
}

impl Tree {
    /// Reads a document; an error names the line.
    pub(crate) fn parse(text: &str) -> Result<Self, (u64, String)> {
        let root: Spanned<Node> = serde_saphyr::from_str(text).map_err(|error| {
            let line = error.location().map_or(1, |location| location.line());
            let text = error.without_snippet().to_string();
            (line, first_line(&text))
        })?;
        let mut lines = HashMap::new();
        let value = plain(root, "", &mut lines);
        Ok(Self { value, lines })
    }

    /// The line of a value, or of the closest one around it.
    pub(crate) fn line(&self, path: &str) -> u64 {
        let mut path = path;
        loop {
            if let Some(line) = self.lines.get(path) {
                return *line;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return self.lines.get("").copied().unwrap_or(1),
            }
        }
    }
}

/// The path of something inside of something.
pub(crate) fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else if name.starts_with('[') || name.is_empty() {
        format!("{parent}{name}")
    } else {
        format!("{parent}.{name}")
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

fn plain(node: Spanned<Node>, path: &str, lines: &mut HashMap<String, u64>) -> Value {
    lines
        .entry(path.to_owned())
        .or_insert_with(|| node.referenced.line());
    match node.value {
        Node::Leaf(value) => value,
        Node::List(items) => {
            let items = items.into_iter().enumerate();
            let items =
                items.map(|(index, item)| plain(item, &join(path, &format!("[{index}]")), lines));
            Value::Array(items.collect())
        }
        Node::Object(members) => {
            let mut object = Map::new();
            for (name, member) in members {
                let path = join(path, &name.value);
                // The line of the name, not of a value that begins below it.
                lines.insert(path.clone(), name.referenced.line());
                object.insert(name.value, plain(member, &path, lines));
            }
            Value::Object(object)
        }
    }
}

enum Node {
    Leaf(Value),
    List(Vec<Spanned<Node>>),
    Object(Vec<(Spanned<String>, Spanned<Node>)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Leaf(Value::Null))
    }

    fn visit_none<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Leaf(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Node::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_value_has_its_line() {
        let tree = Tree::parse(
            "# head\nname: x\nsteps:\n  - says: hi\n    user: ann\n  - expect:\n      - 1\n",
        )
        .unwrap();
        let wanted =
            json!({"name": "x", "steps": [{"says": "hi", "user": "ann"}, {"expect": [1]}]});
        assert_eq!(tree.value, wanted);
        for (path, line) in [
            ("name", 2),
            ("steps", 3),
            ("steps[0]", 4),
            ("steps[0].user", 5),
            ("steps[1].expect", 6),
            ("steps[1].expect[0]", 7),
            ("steps[0].user.not.there", 5),
        ] {
            assert_eq!(tree.line(path), line, "{path}");
        }
    }

    #[test]
    fn what_is_no_yaml_is_told_with_its_line() {
        let (line, reason) = Tree::parse("name: x\nsteps: [\n").unwrap_err();
        assert!(line >= 2 && !reason.is_empty(), "{line} {reason}");
        let (line, _) = Tree::parse("name: x\nname: y\n").unwrap_err();
        assert_eq!(line, 2);
    }
}
