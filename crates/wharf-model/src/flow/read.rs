//! Taking known keys out of a JSON object, with the place of what is wrong.

use serde_json::{Map, Value};

/// The keys of an object that are not read yet.
pub(super) struct Keys {
    rest: Map<String, Value>,
}

impl Keys {
    pub(super) fn new(object: Map<String, Value>) -> Self {
        Self { rest: object }
    }

    /// What nobody asked for.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.rest
    }

    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>, String> {
        match self.rest.remove(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("/{key} is not a text")),
        }
    }

    pub(super) fn flag(&mut self, key: &str) -> Result<Option<bool>, String> {
        match self.rest.remove(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(format!("/{key} is neither true nor false")),
        }
    }

    pub(super) fn list(&mut self, key: &str) -> Result<Option<Vec<Value>>, String> {
        match self.rest.remove(key) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err(format!("/{key} is not a list")),
        }
    }

    pub(super) fn texts(&mut self, key: &str) -> Result<Option<Vec<String>>, String> {
        let Some(items) = self.list(key)? else {
            return Ok(None);
        };
        texts(items)
            .map(Some)
            .map_err(|place| format!("/{key}{place}"))
    }

    pub(super) fn object(&mut self, key: &str) -> Result<Option<Map<String, Value>>, String> {
        match self.rest.remove(key) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(format!("/{key} is not an object")),
        }
    }
}

/// The texts of a list; the error names the place and what is wrong there.
pub(super) fn texts(items: Vec<Value>) -> Result<Vec<String>, String> {
    let items = items.into_iter().enumerate();
    let items = items.map(|(index, item)| match item {
        Value::String(text) => Ok(text),
        _ => Err(format!("/{index} is not a text")),
    });
    items.collect()
}
