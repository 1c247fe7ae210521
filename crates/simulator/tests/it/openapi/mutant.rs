//! Requests with one fault each, made from a sound one by its schema.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

/// What is wrong at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Fault {
    Missing,
    /// An object without what it must have.
    Empty,
    /// A key that the schema does not have.
    Unknown,
    Null,
    Text,
    Number,
    Boolean,
    Array,
    Object,
    /// A word outside an enumeration.
    Word,
    Pattern,
    TooLong,
    TooShort,
    TooSmall,
    TooLarge,
    TooMany,
    TooFew,
}

/// A request with one fault.
#[derive(Clone, Debug)]
pub(super) struct Mutant {
    pub(super) pointer: String,
    pub(super) fault: Fault,
    /// The JSON type that the schema asks for.
    pub(super) kind: String,
    pub(super) body: Value,
}

impl Mutant {
    /// The place with stars for the places in arrays.
    pub(super) fn place(&self) -> String {
        let parts = self.pointer.split('/').map(|part| {
            let counts = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if counts { "*" } else { part }
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// The property that is wrong.
    pub(super) fn name(&self) -> String {
        let place = self.place();
        let mut parts = place.rsplit('/');
        parts.find(|part| *part != "*").unwrap_or("").to_owned()
    }
}

/// All mutants of a request, each once.
pub(super) fn mutants(schema: &Value, body: &Value) -> Vec<Mutant> {
    let mut maker = Maker {
        root: schema,
        body,
        made: Vec::new(),
        seen: HashSet::new(),
    };
    maker.walk(schema, body, "");
    maker.made
}

struct Maker<'a> {
    root: &'a Value,
    body: &'a Value,
    made: Vec<Mutant>,
    seen: HashSet<String>,
}

impl<'a> Maker<'a> {
    /// The request with another value at the place, or without it.
    fn put(&mut self, pointer: &str, kind: &str, fault: Fault, value: Option<Value>) {
        let mut body = self.body.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", ""));
        if pointer.is_empty() {
            return;
        }
        match (body.pointer_mut(parent).unwrap(), value) {
            (Value::Object(fields), Some(value)) => {
                fields.insert(key.to_owned(), value);
            }
            (Value::Object(fields), None) => {
                fields.remove(key);
            }
            (Value::Array(items), Some(value)) => items[key.parse::<usize>().unwrap()] = value,
            _ => return,
        }
        if body != *self.body && self.seen.insert(body.to_string()) {
            let pointer = pointer.to_owned();
            self.made.push(Mutant {
                pointer,
                fault,
                kind: kind.to_owned(),
                body,
            });
        }
    }

    /// All faults that the schema knows for what stands at the place.
    fn walk(&mut self, schema: &'a Value, value: &Value, pointer: &str) {
        if let Some(reference) = schema["$ref"].as_str() {
            let found = self.root.pointer(reference.trim_start_matches('#'));
            self.walk(found.expect(reference), value, pointer);
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            for part in schema[key].as_array().into_iter().flatten() {
                self.walk(part, value, pointer);
            }
        }
        self.scalar(schema, Some(value), pointer);
        match value {
            Value::Object(fields) => self.object(schema, fields, pointer),
            Value::Array(items) => self.array(schema, items, pointer),
            _ => {}
        }
    }

    fn object(&mut self, schema: &'a Value, fields: &Map<String, Value>, pointer: &str) {
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap();
            if fields.contains_key(name) {
                self.put(&format!("{pointer}/{name}"), "", Fault::Missing, None);
            }
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let pointer = format!("{pointer}/{name}");
            match fields.get(name) {
                Some(value) => self.walk(property, value, &pointer),
                None => self.absent(property, &pointer),
            }
        }
        if schema["additionalProperties"] == false {
            let pointer = format!("{pointer}/wharf_unknown");
            self.put(&pointer, "", Fault::Unknown, Some(json!("x")));
        }
    }

    /// A property that may be there and is not.
    fn absent(&mut self, schema: &'a Value, pointer: &str) {
        if let Some(reference) = schema["$ref"].as_str() {
            let found = self.root.pointer(reference.trim_start_matches('#'));
            return self.absent(found.expect(reference), pointer);
        }
        self.scalar(schema, None, pointer);
        if schema["required"]
            .as_array()
            .is_some_and(|names| !names.is_empty())
        {
            self.put(pointer, "object", Fault::Empty, Some(json!({})));
        }
    }

    /// The faults of a single value; `now` is what stands there.
    fn scalar(&mut self, schema: &'a Value, now: Option<&Value>, pointer: &str) {
        let kinds: Vec<_> = match &schema["type"] {
            Value::String(kind) => vec![kind.as_str()],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let kind = kinds.first().copied().unwrap_or("");
        if !kinds.is_empty() {
            for (other, fault, value) in [
                ("null", Fault::Null, json!(null)),
                ("string", Fault::Text, json!("wharf")),
                ("number", Fault::Number, json!(7)),
                ("boolean", Fault::Boolean, json!(true)),
                ("array", Fault::Array, json!([])),
                ("object", Fault::Object, json!({})),
            ] {
                let integer = other == "number" && kinds.contains(&"integer");
                if !(integer || kinds.contains(&other)) {
                    self.put(pointer, kind, fault, Some(value));
                }
            }
        }
        if !schema["enum"].is_null() || !schema["const"].is_null() {
            self.put(pointer, kind, Fault::Word, Some(json!("wharf_word")));
        }
        if !schema["pattern"].is_null() {
            self.put(pointer, kind, Fault::Pattern, Some(json!("!?")));
        }
        if let Some(most) = schema["maxLength"].as_u64() {
            let most = usize::try_from(most).unwrap();
            let text = now.and_then(Value::as_str).unwrap_or("a");
            let filler = if text.bytes().all(|byte| byte.is_ascii_digit()) {
                "1"
            } else {
                "a"
            };
            let missing = (most + 1).saturating_sub(text.chars().count());
            let text = format!("{text}{}", filler.repeat(missing));
            self.put(pointer, kind, Fault::TooLong, Some(json!(text)));
        }
        if let Some(least @ 1..) = schema["minLength"].as_u64() {
            let text = now.and_then(Value::as_str).unwrap_or("a");
            let least = usize::try_from(least).unwrap();
            let text: String = text.chars().take(least - 1).collect();
            self.put(pointer, kind, Fault::TooShort, Some(json!(text)));
        }
        if let Some(least) = schema["minimum"].as_i64() {
            self.put(pointer, kind, Fault::TooSmall, Some(json!(least - 1)));
        }
        if let Some(most) = schema["maximum"].as_i64() {
            self.put(pointer, kind, Fault::TooLarge, Some(json!(most + 1)));
        }
    }

    fn array(&mut self, schema: &'a Value, items: &[Value], pointer: &str) {
        if let Some(most) = schema["maxItems"].as_u64()
            && !items.is_empty()
        {
            let most = usize::try_from(most).unwrap();
            let many: Vec<_> = items.iter().cycle().take(most + 1).collect();
            self.put(pointer, "array", Fault::TooMany, Some(json!(many)));
        }
        if let Some(least @ 1..) = schema["minItems"].as_u64() {
            let few = &items[..usize::try_from(least - 1).unwrap().min(items.len())];
            self.put(pointer, "array", Fault::TooFew, Some(json!(few)));
        }
        for (place, item) in items.iter().enumerate() {
            self.walk(&schema["items"], item, &format!("{pointer}/{place}"));
        }
    }
}
