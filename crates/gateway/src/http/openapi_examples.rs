//! Examples in the OpenAPI document: of what has none of its own, made of its schema's.

use serde_json::{Map, Value, json};
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{
    ArrayItems, KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Components, Content, OpenApi, RefOr};

use super::openapi::operations;

/// How deep a schema is followed.
const DEPTH: usize = 12;

/// Gives every body and every answer of 2xx its example.
pub(super) fn fill(document: &mut OpenApi) {
    let components = document.components.clone().unwrap_or_default();
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            fill_operation(operation, &components);
        }
    }
}

fn fill_operation(operation: &mut Operation, components: &Components) {
    let id = operation.operation_id.clone().unwrap_or_default();
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for (kind, content) in &mut body.content {
            if let RefOr::T(content) = content {
                fill_content(content, kind, &id, components);
            }
        }
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        for (kind, content) in &mut response.content {
            if let RefOr::T(content) = content
                && status.starts_with('2')
            {
                fill_content(content, kind, &id, components);
            }
        }
        // A file comes as what it is.
        if let Some(file) = response.content.remove("application/octet-stream") {
            response.content.insert("*/*".to_owned(), file);
        }
    }
}

fn fill_content(content: &mut Content, kind: &str, operation: &str, components: &Components) {
    if kind == "application/octet-stream" {
        // Bytes are no list of numbers.
        content.schema = Some(bytes().into());
        return;
    }
    if content.example.is_some() || !content.examples.is_empty() {
        return;
    }
    let own = content
        .schema
        .as_ref()
        .and_then(|schema| example(schema, components, DEPTH));
    content.example = match own {
        Some(Value::Object(empty)) if empty.is_empty() => None,
        own => own,
    }
    .or_else(|| plain(operation, kind));
}

/// What the schema does not tell.
fn plain(operation: &str, kind: &str) -> Option<Value> {
    let text = match (operation, kind) {
        ("metrics", _) => {
            "# HELP wharf_sends Calls to the carrier, by outcome.\n# TYPE wharf_sends counter\n\
             wharf_sends_total{outcome=\"accepted\"} 17\n# EOF\n"
        }
        ("stream_events", _) => {
            "id: 17\nevent: message\ndata: {\"id\":\"evt_01hf7yat00c5k9m2t8w3x6q4vz\"}\n\n"
        }
        ("livez" | "readyz", "text/plain") => "ok\n",
        (_, "text/plain") => "1158201444",
        ("openapi", _) => return Some(json!({"openapi": "3.1.0"})),
        ("receive_webhook" | "receive_channel_webhook", "application/json") => {
            return Some(json!({"object": "whatsapp_business_account", "entry": []}));
        }
        _ => return None,
    };
    Some(text.into())
}

/// An example of a schema: its own, or one made of its parts'.
fn example(schema: &RefOr<Schema>, components: &Components, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let schema = match schema {
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next()?;
            return example(components.schemas.get(name)?, components, depth);
        }
        RefOr::T(schema) => schema,
    };
    match schema {
        Schema::Object(object) => {
            let given = object.example.as_ref().or(object.examples.first());
            if let Some(given) = given.or(object.default.as_ref()) {
                return Some(given.clone());
            }
            if let Some(first) = object
                .enum_values
                .as_ref()
                .and_then(|values| values.first())
            {
                return Some(first.clone());
            }
            let mut made = Map::new();
            for (name, property) in &object.properties {
                if let Some(value) = example(property, components, depth) {
                    made.insert(name.clone(), value);
                }
            }
            if is_a(&object.schema_type, &Type::Object) {
                Some(Value::Object(made))
            } else {
                bare(&object.schema_type)
            }
        }
        Schema::Array(array) => {
            let given = array.example.as_ref().or(array.examples.first());
            if let Some(given) = given {
                return Some(given.clone());
            }
            let item = match &array.items {
                ArrayItems::RefOrSchema(item) => example(item, components, depth),
                ArrayItems::False => None,
            };
            Some(Value::Array(item.into_iter().collect()))
        }
        Schema::OneOf(one) => {
            let given = one.example.as_ref().or(one.examples.first()).cloned();
            given.or_else(|| {
                let of_items = one.items.iter();
                let mut made = of_items.filter_map(|item| example(item, components, depth));
                made.find(|value| !value.is_null())
            })
        }
        Schema::AllOf(all) => {
            let given = all.example.as_ref().or(all.examples.first()).cloned();
            given.or_else(|| {
                let mut made = Map::new();
                for item in &all.items {
                    if let Some(Value::Object(part)) = example(item, components, depth) {
                        made.extend(part);
                    }
                }
                Some(Value::Object(made))
            })
        }
        _ => None,
    }
}

/// A value of a simple type.
fn bare(kind: &SchemaType) -> Option<Value> {
    if is_a(kind, &Type::Null) {
        return Some(Value::Null);
    }
    if is_a(kind, &Type::Integer) || is_a(kind, &Type::Number) {
        Some(json!(1))
    } else if is_a(kind, &Type::Boolean) {
        Some(json!(true))
    } else if is_a(kind, &Type::String) {
        Some(json!("…"))
    } else {
        None
    }
}

fn is_a(kind: &SchemaType, wanted: &Type) -> bool {
    match kind {
        SchemaType::Type(kind) => kind == wanted,
        SchemaType::Array(kinds) => kinds.contains(wanted),
        SchemaType::AnyValue => false,
    }
}

fn bytes() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
        .build()
        .into()
}
