//! JSON that knows where each of its values stands, so that a mistake can be pointed at.

use serde_json::{Value, json};

/// Deeper nesting is refused.
const DEPTH: usize = 64;

/// A value and the bytes it takes up in its text.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Null, a boolean or a number.
    Plain(Value),
    Text(String),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads a whole text; gives the place of the first mistake.
    pub(super) fn parse(text: &str) -> Result<Self, usize> {
        let mut reader = Reader { text, at: 0 };
        let node = reader.value(0)?;
        reader.space();
        if reader.at < text.len() {
            return Err(reader.at);
        }
        Ok(node)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.fields()
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, node)| node)
    }

    pub(super) fn fields(&self) -> &[(String, Node)] {
        match &self.kind {
            Kind::Object(fields) => fields,
            _ => &[],
        }
    }

    pub(super) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match &self.kind {
            Kind::Plain(value) => value.as_bool(),
            _ => None,
        }
    }

    /// The JSON name of its type.
    pub(super) fn type_name(&self) -> &'static str {
        match &self.kind {
            Kind::Plain(Value::Bool(_)) => "boolean",
            Kind::Plain(Value::Number(_)) => "number",
            Kind::Plain(_) => "null",
            Kind::Text(_) => "string",
            Kind::Array(_) => "array",
            Kind::Object(_) => "object",
        }
    }

    /// The same without places.
    #[cfg(test)]
    pub(super) fn value(&self) -> Value {
        match &self.kind {
            Kind::Plain(value) => value.clone(),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::Array(items) => items.iter().map(Node::value).collect(),
            Kind::Object(fields) => fields
                .iter()
                .map(|(name, node)| (name.clone(), node.value()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}

/// The lines and columns that a piece of `text` takes up, counted from one, both ends included.
pub(super) fn place(text: &str, start: usize, end: usize) -> Value {
    let at = |offset: usize| {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default();
        (line, column.chars().count() + 1)
    };
    let (line_start, column_start) = at(start);
    let (line_end, column_end) = at(end.saturating_sub(1).max(start));
    json!({"line_start": line_start, "line_end": line_end,
           "column_start": column_start, "column_end": column_end})
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> Result<(), usize> {
        self.space();
        if self.peek() != Some(wanted) {
            return Err(self.at);
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Node, usize> {
        self.space();
        let start = self.at;
        if depth > DEPTH {
            return Err(start);
        }
        let kind = match self.peek() {
            Some(b'{') => Kind::Object(self.object(depth)?),
            Some(b'[') => Kind::Array(self.array(depth)?),
            Some(b'"') => Kind::Text(self.string()?),
            _ => self.plain()?,
        };
        Ok(Node {
            start,
            end: self.at,
            kind,
        })
    }

    fn object(&mut self, depth: usize) -> Result<Vec<(String, Node)>, usize> {
        let mut fields = Vec::new();
        self.at += 1;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(fields);
        }
        loop {
            self.space();
            let name = self.string()?;
            self.take(b':')?;
            fields.push((name, self.value(depth + 1)?));
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.at),
            }
        }
        self.at += 1;
        Ok(fields)
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Node>, usize> {
        let mut items = Vec::new();
        self.at += 1;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items);
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.at),
            }
        }
        self.at += 1;
        Ok(items)
    }

    fn string(&mut self) -> Result<String, usize> {
        let start = self.at;
        self.take(b'"')?;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(start),
            }
        }
        self.at += 1;
        let piece = self.text.get(start..self.at).ok_or(start)?;
        serde_json::from_str(piece).map_err(|_| start)
    }

    fn plain(&mut self) -> Result<Kind, usize> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        {
            self.at += 1;
        }
        let piece = self.text.get(start..self.at).ok_or(start)?;
        serde_json::from_str(piece)
            .map(Kind::Plain)
            .map_err(|_| start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_places_are_read() {
        let text = "{\n  \"a\": [1, \"ü\\n\"],\n  \"b\": true\n}";
        let node = Node::parse(text).unwrap();
        assert_eq!(node.value(), json!({"a": [1, "ü\n"], "b": true}));
        let second = &node.get("a").unwrap().items()[1];
        let place = place(text, second.start, second.end);
        assert_eq!(
            place,
            json!({"line_start": 2, "line_end": 2, "column_start": 12, "column_end": 16})
        );
        for broken in [
            "{",
            "[1,,2]",
            "{\"a\": 1},",
            "{\"a\" 1}",
            "",
            "\"a",
            "{\"a\":1,}",
        ] {
            assert!(Node::parse(broken).is_err(), "{broken}");
        }
    }
}
