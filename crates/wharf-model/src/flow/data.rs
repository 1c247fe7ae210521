//! The declaration of a screen's data.

use serde_json::{Map, Value};

/// One field of a screen's data: its type, as JSON Schema, and an example.
///
/// See [Cloud API/Flow JSON], screens.
///
/// ```
/// use serde_json::json;
/// use wharf_model::flow::DataField;
///
/// let cities = DataField::like(json!([{"id": "1", "title": "Pune"}]));
/// let schema = json!({
///     "type": "array",
///     "items": {"type": "object", "properties": {
///         "id": {"type": "string"}, "title": {"type": "string"}}},
///     "__example__": [{"id": "1", "title": "Pune"}],
/// });
/// assert_eq!(serde_json::Value::from(cities), schema);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataField(Value);

impl DataField {
    /// A field of the same type as an example.
    ///
    /// The type of a list's items is that of its first; an empty list or `null` tells none, use
    /// [`DataField::new`] there.
    pub fn like(example: impl Into<Value>) -> Self {
        let example = example.into();
        let schema = schema_of(&example);
        Self::new(schema, example)
    }

    /// A field with a schema of one's own, such as `{"type": "string"}`, and an example.
    pub fn new(schema: Map<String, Value>, example: impl Into<Value>) -> Self {
        let mut schema = schema;
        schema.insert("__example__".to_owned(), example.into());
        Self(Value::Object(schema))
    }
}

impl From<DataField> for Value {
    fn from(field: DataField) -> Self {
        field.0
    }
}

fn schema_of(example: &Value) -> Map<String, Value> {
    let mut schema = Map::new();
    let name = match example {
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::Null | Value::String(_) => "string",
        Value::Array(items) => {
            if let Some(first) = items.first() {
                schema.insert("items".to_owned(), Value::Object(schema_of(first)));
            }
            "array"
        }
        Value::Object(object) => {
            let fields = object.iter();
            let fields = fields.map(|(key, value)| (key.clone(), Value::Object(schema_of(value))));
            schema.insert("properties".to_owned(), Value::Object(fields.collect()));
            "object"
        }
    };
    schema.insert("type".to_owned(), Value::from(name));
    schema
}
