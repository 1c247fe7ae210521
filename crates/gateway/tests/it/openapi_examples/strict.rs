//! The document's schemas, read so that a field which is not documented is a fault.

use serde_json::{Map, Value, json};

/// Holds values against schemas of one document.
pub(super) struct Strict {
    /// As the document has them.
    loose: Value,
    /// With no field allowed beside those that are named.
    strict: Value,
}

impl Strict {
    pub(super) fn of(document: &Value) -> Self {
        let loose = document["components"]["schemas"].clone();
        let mut strict = Map::new();
        for (name, schema) in loose.as_object().unwrap() {
            strict.insert(name.clone(), close(schema, &loose, true));
        }
        Self {
            strict: Value::Object(strict),
            loose,
        }
    }

    /// Whether the value fits the schema and, with `strict`, has nothing beside.
    pub(super) fn check(
        &self,
        schema: &Value,
        value: &Value,
        at: &str,
        strict: bool,
    ) -> Result<(), String> {
        let (schemas, schema) = if strict {
            (&self.strict, close(schema, &self.loose, true))
        } else {
            (&self.loose, schema.clone())
        };
        let root = json!({"components": {"schemas": schemas}, "allOf": [schema]});
        let validator = jsonschema::draft202012::new(&root).unwrap();
        let faults: Vec<_> = validator
            .iter_errors(value)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(format!("{at}: {faults:#?}\n{value:#}"))
        }
    }
}

/// The schema without room for fields that it does not name. `is_whole` unless it is a part of an
/// object that another schema completes.
fn close(schema: &Value, all: &Value, is_whole: bool) -> Value {
    let Some(fields) = schema.as_object() else {
        return schema.clone();
    };
    if !is_whole && let Some(name) = fields.get("$ref").and_then(Value::as_str) {
        let name = name.rsplit('/').next().unwrap();
        return close(&all[name], all, false);
    }
    let mut closed = Map::new();
    for (key, value) in fields {
        let value = match key.as_str() {
            "properties" => {
                let properties = value.as_object().unwrap().iter();
                let properties =
                    properties.map(|(name, part)| (name.clone(), close(part, all, true)));
                Value::Object(properties.collect())
            }
            "items" => close(value, all, true),
            "oneOf" | "anyOf" => each(value, all, is_whole),
            "allOf" => each(value, all, false),
            _ => value.clone(),
        };
        closed.insert(key.clone(), value);
    }
    let names_fields = fields.contains_key("properties") || fields.contains_key("allOf");
    if is_whole && names_fields && !fields.contains_key("additionalProperties") {
        closed.insert("unevaluatedProperties".to_owned(), json!(false));
    }
    Value::Object(closed)
}

fn each(list: &Value, all: &Value, is_whole: bool) -> Value {
    let list = list.as_array().unwrap().iter();
    list.map(|part| close(part, all, is_whole)).collect()
}
