//! The JSON Schema of scenario files.

use serde_json::{Value, json};

use crate::scenario::file::File;

/// The schema, made from the types that read the files. Editors use it to check and complete.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(File).to_value();
    schema["title"] = json!("Scenario");
    schema
}
