//! What values inside a management call must be, where a call only keeps or passes them on.

use serde_json::Value;

use crate::graph::GraphError;
use crate::graph::params::{Params, must_be, required};

/// What a value must be; JSON null counts as absent everywhere.
#[derive(Debug)]
pub(crate) enum Shape {
    Text,
    Boolean,
    /// Between both, inclusive.
    Integer(i64, i64),
    Word(&'static [&'static str]),
    /// These fields, which may be left out, and any others.
    Object(&'static [(&'static str, Self)]),
    List(&'static Self),
}

impl Shape {
    /// Refuses a value that is something else; `path` names it.
    pub(crate) fn check(&self, value: &Value, path: &str) -> Result<(), GraphError> {
        let good = match (self, value) {
            (_, Value::Null) | (Self::Text, Value::String(_)) | (Self::Boolean, Value::Bool(_)) => {
                true
            }
            (Self::Integer(least, most), Value::Number(number)) => number
                .as_i64()
                .is_some_and(|number| (*least..=*most).contains(&number)),
            (Self::Word(words), Value::String(text)) => words.contains(&text.as_str()),
            (Self::Object(fields), Value::Object(given)) => {
                for (name, shape) in *fields {
                    if let Some(value) = given.get(*name) {
                        shape.check(value, &format!("{path}.{name}"))?;
                    }
                }
                true
            }
            (Self::List(shape), Value::Array(items)) => {
                for (place, item) in items.iter().enumerate() {
                    shape.check(item, &format!("{path}[{place}]"))?;
                    if item.is_null() {
                        return Err(required(&format!("{path}[{place}]")));
                    }
                }
                true
            }
            _ => false,
        };
        if good {
            Ok(())
        } else {
            Err(must_be(path, &self.words()))
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Text => "a string".to_owned(),
            Self::Boolean => "a boolean".to_owned(),
            Self::Integer(least, most) => format!("an integer from {least} to {most}"),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Object(_) => "an object".to_owned(),
            Self::List(_) => "an array".to_owned(),
        }
    }
}

/// Checks parameters that may be left out: texts and integers may be spelled as either, and objects
/// as JSON text, as in forms.
pub(crate) fn parameters(
    params: &Params,
    shapes: &[(&'static str, Shape)],
) -> Result<(), GraphError> {
    for (name, shape) in shapes {
        let value = match shape {
            Shape::Text | Shape::Word(_) => params.text(name)?.map(Value::String),
            Shape::Boolean => params.boolean(name)?.map(Value::Bool),
            Shape::Integer(..) => params.integer(name)?.map(Value::from),
            Shape::Object(_) | Shape::List(_) => params.json(name)?,
        };
        if let Some(value) = value {
            shape.check(&value, name)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_path_of_what_is_wrong_is_named() {
        const PLACE: Shape = Shape::Object(&[("buttons", Shape::List(&BUTTON))]);
        const BUTTON: Shape = Shape::Object(&[("text", Shape::Text)]);
        PLACE
            .check(&json!({"buttons": [{"text": "a"}], "more": 1}), "x")
            .unwrap();
        PLACE.check(&json!({"buttons": null}), "x").unwrap();
        let error = PLACE.check(&json!({"buttons": [{}, {"text": 7}]}), "x");
        let error = format!("{:?}", error.unwrap_err());
        assert!(
            error.contains("x.buttons[1].text must be a string"),
            "{error}"
        );
        let words = Shape::Integer(1, 3).check(&json!(4), "n").unwrap_err();
        assert!(format!("{words:?}").contains("an integer from 1 to 3"));
    }
}
