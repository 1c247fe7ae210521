//! A JSON object of Graph whose known fields have methods, and whose others are kept.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A JSON object of Graph, kept as it came.
///
/// Graph answers with the fields that were asked for, adds others from version to version, and
/// prints some in two forms. So an answer keeps its object: a method reads a field when asked, a
/// field of an unexpected form costs only itself, and writing the object back gives the same JSON.
///
/// ```
/// use wharf_client::Fields;
///
/// let fields: Fields = serde_json::from_str(r#"{"name": "Lucky Shrub", "new": [1]}"#)?;
/// assert_eq!(fields.text("name"), Some("Lucky Shrub"));
/// assert_eq!(fields.get::<Vec<u8>>("new"), Some(vec![1]));
/// assert_eq!(serde_json::to_string(&fields)?, r#"{"name":"Lucky Shrub","new":[1]}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// A field as it came; `null` counts as absent.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// A field that is a text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value(key).and_then(Value::as_str)
    }

    /// A field that is true or false, as such or as a text.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.value(key)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A field that is a whole number from zero, as such or as a text.
    pub fn count(&self, key: &str) -> Option<u64> {
        match self.value(key)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A field that is a number, as such or as a text.
    pub fn number(&self, key: &str) -> Option<f64> {
        let number: f64 = match self.value(key)? {
            Value::Number(number) => number.as_f64()?,
            Value::String(text) => text.parse().ok()?,
            _ => return None,
        };
        number.is_finite().then_some(number)
    }

    /// The texts of a list; none if there is no list.
    pub fn texts(&self, key: &str) -> Vec<&str> {
        let list = self.value(key).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// A field of a wanted form.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        T::deserialize(self.value(key)?).ok()
    }

    /// The elements of a list that have a wanted form.
    pub fn list<T: DeserializeOwned>(&self, key: &str) -> Vec<T> {
        let list = self.value(key).and_then(Value::as_array);
        let list = list.into_iter().flatten();
        list.filter_map(|item| T::deserialize(item).ok()).collect()
    }

    /// All fields.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// Whether a text has more characters than it may.
    pub(crate) fn exceeds(&self, key: &str, limit: usize) -> bool {
        self.text(key)
            .is_some_and(|text| text.chars().count() > limit)
    }
}

impl From<Fields> for Value {
    fn from(fields: Fields) -> Self {
        Self::Object(fields.0)
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

impl fmt::Debug for Fields {
    /// The names only: values may be numbers of users, names and texts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
