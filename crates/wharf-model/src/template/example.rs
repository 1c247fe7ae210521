//! Sample values of a template's variables, which Meta's reviewers look at.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fields::{Fields, put, take};

/// Sample values of the variables of a header or a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Examples {
    /// One value a variable, in order.
    Positional(Vec<String>),
    /// One value a variable, by name.
    Named(Vec<NamedExample>),
}

/// The sample value of a named variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedExample {
    /// The variable's name.
    #[serde(rename = "param_name")]
    pub name: String,
    /// The value.
    #[serde(rename = "example")]
    pub value: String,
}

impl Examples {
    /// Values in order.
    pub fn positional<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Self {
        Self::Positional(values.into_iter().map(Into::into).collect())
    }

    /// Pairs of name and value.
    pub fn named<N: Into<String>, V: Into<String>>(
        values: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let named = values.into_iter().map(|(name, value)| NamedExample {
            name: name.into(),
            value: value.into(),
        });
        Self::Named(named.collect())
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Positional(values) => values.len(),
            Self::Named(values) => values.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes `example` out of a header; one that says anything else stays.
    pub(super) fn take_header(component: &mut Fields) -> Option<Self> {
        let example = component.get("example")?.as_object()?;
        let found = if example.len() == 1 {
            let mut example = example.clone();
            take(&mut example, "header_text")
                .map(Self::Positional)
                .or_else(|| take(&mut example, "header_text_named_params").map(Self::Named))
        } else {
            None
        };
        found.inspect(|_| drop(component.remove("example")))
    }

    /// Takes `example` out of a body; one that says anything else stays.
    pub(super) fn take_body(component: &mut Fields) -> Option<Self> {
        let example = component.get("example")?.as_object()?;
        let found = if example.len() == 1 {
            let mut example = example.clone();
            // Meta's pages write one row of values, a list of one row, or the only value.
            take::<[Vec<String>; 1]>(&mut example, "body_text")
                .map(|[row]| Self::Positional(row))
                .or_else(|| take(&mut example, "body_text").map(Self::Positional))
                .or_else(|| take(&mut example, "body_text").map(|one| Self::Positional(vec![one])))
                .or_else(|| take(&mut example, "body_text_named_params").map(Self::Named))
        } else {
            None
        };
        found.inspect(|_| drop(component.remove("example")))
    }

    pub(super) fn put_header(self, component: &mut Fields) {
        let mut example = Map::new();
        match self {
            Self::Positional(values) => put(&mut example, "header_text", values),
            Self::Named(values) => put(&mut example, "header_text_named_params", values),
        }
        component.insert("example".to_owned(), Value::Object(example));
    }

    pub(super) fn put_body(self, component: &mut Fields) {
        let mut example = Map::new();
        match self {
            Self::Positional(values) => put(&mut example, "body_text", [values]),
            Self::Named(values) => put(&mut example, "body_text_named_params", values),
        }
        component.insert("example".to_owned(), Value::Object(example));
    }
}
