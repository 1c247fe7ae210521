//! Validation of request bodies as Meta's pages describe them: a path in each refusal, limits by name.

pub(crate) mod catalog;
mod contacts;
mod content;
mod flow;
mod interactive;
mod media;
pub(crate) mod message;
pub(crate) mod pin;
mod template;

use serde_json::{Map, Value};

use crate::graph::GraphError;

/// A JSON object of the request and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Object<'a> {
    fields: &'a Map<String, Value>,
    path: String,
}

impl<'a> Object<'a> {
    /// The request body itself.
    pub(crate) fn root(value: &'a Value) -> Result<Self, GraphError> {
        Self::at(value, String::new())
    }

    fn at(value: &'a Value, path: String) -> Result<Self, GraphError> {
        match value {
            Value::Object(fields) => Ok(Self { fields, path }),
            _ if path.is_empty() => Err(GraphError::new(
                100,
                "The request body must be a JSON object.",
            )),
            _ => Err(GraphError::new(
                100,
                format!("Param {path} must be a JSON object."),
            )),
        }
    }

    /// The path of one field.
    pub(crate) fn path(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// Whether it has no fields at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Refuses keys that are not among `known`: Meta takes them for misspelt ones.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), GraphError> {
        match self
            .fields
            .keys()
            .find(|key| !known.contains(&key.as_str()))
        {
            None => Ok(()),
            Some(key) if self.path.is_empty() => {
                Err(GraphError::new(100, format!("Unexpected key \"{key}\".")))
            }
            Some(key) => Err(GraphError::new(
                100,
                format!("Unexpected key \"{key}\" on param \"{}\".", self.path),
            )),
        }
    }

    /// The raw field; JSON null counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    fn required(&self, name: &str) -> Result<&'a Value, GraphError> {
        self.get(name).ok_or_else(|| self.missing(name))
    }

    /// The refusal for a field that must be there.
    pub(crate) fn missing(&self, name: &str) -> GraphError {
        GraphError::new(
            131_008,
            format!("The parameter {} is required.", self.path(name)),
        )
    }

    /// The refusal for a value that cannot be used; `reason` completes "Param x …".
    pub(crate) fn invalid(&self, name: &str, reason: &str) -> GraphError {
        GraphError::new(131_009, format!("Param {} {reason}.", self.path(name)))
    }

    /// A text of at most `most` characters.
    pub(crate) fn text(&self, name: &str, most: usize) -> Result<Option<&'a str>, GraphError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let Some(text) = value.as_str() else {
            return Err(GraphError::new(
                100,
                format!("Param {} must be a string.", self.path(name)),
            ));
        };
        if text.chars().count() > most {
            return Err(GraphError::new(
                100,
                format!(
                    "Param {} must be at most {most} characters long.",
                    self.path(name)
                ),
            ));
        }
        Ok(Some(text))
    }

    /// A text that must be there and say something.
    pub(crate) fn required_text(&self, name: &str, most: usize) -> Result<&'a str, GraphError> {
        let text = self.text(name, most)?.ok_or_else(|| self.missing(name))?;
        if text.trim().is_empty() {
            return Err(self.invalid(name, "must not be empty"));
        }
        Ok(text)
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<Object<'a>>, GraphError> {
        self.get(name)
            .map(|value| Self::at(value, self.path(name)))
            .transpose()
    }

    pub(crate) fn required_object(&self, name: &str) -> Result<Object<'a>, GraphError> {
        Self::at(self.required(name)?, self.path(name))
    }

    /// The objects of an array; absent means none.
    pub(crate) fn objects(&self, name: &str) -> Result<Vec<Object<'a>>, GraphError> {
        let Some(value) = self.get(name) else {
            return Ok(Vec::new());
        };
        let Some(items) = value.as_array() else {
            return Err(GraphError::new(
                100,
                format!("Param {} must be an array.", self.path(name)),
            ));
        };
        let path = self.path(name);
        items
            .iter()
            .enumerate()
            .map(|(place, item)| Self::at(item, format!("{path}[{place}]")))
            .collect()
    }

    /// The objects of an array that must be there and hold between `least` and `most`.
    pub(crate) fn required_objects(
        &self,
        name: &str,
        least: usize,
        most: usize,
    ) -> Result<Vec<Object<'a>>, GraphError> {
        self.required(name)?;
        let items = self.objects(name)?;
        if items.len() < least || items.len() > most {
            let reason = format!("must have between {least} and {most} items");
            return Err(self.invalid(name, &reason));
        }
        Ok(items)
    }

    /// `true` or `false`; absent means false.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, GraphError> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(GraphError::new(
                100,
                format!("Param {} must be a boolean.", self.path(name)),
            )),
        }
    }

    /// A number, which Meta also takes as text.
    pub(crate) fn number(&self, name: &str) -> Result<f64, GraphError> {
        let number = match self.required(name)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number
            .filter(|number| number.is_finite())
            .ok_or_else(|| self.invalid(name, "must be a number"))
    }
}

/// An http or https address.
pub(crate) fn is_web_address(text: &str) -> bool {
    url::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
