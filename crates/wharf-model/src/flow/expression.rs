//! References to data and form values, and values that may be either fixed or bound.

use std::fmt;

use serde_json::Value;

/// A text that the client fills in when it shows the screen: `${data.name}` and the like.
///
/// See [Cloud API/Flow JSON], dynamic properties and nested expressions.
///
/// ```
/// use wharf_model::flow::Expression;
///
/// assert_eq!(Expression::form("email").as_str(), "${form.email}");
/// assert_eq!(Expression::data_of("START", "city").as_str(), "${screen.START.data.city}");
/// assert_eq!(Expression::formula("${form.age} > 18").as_str(), "`${form.age} > 18`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression(String);

impl Expression {
    /// A field of the screen's own data.
    pub fn data(field: &str) -> Self {
        Self(format!("${{data.{field}}}"))
    }

    /// What the user entered in an input of this screen.
    pub fn form(input: &str) -> Self {
        Self(format!("${{form.{input}}}"))
    }

    /// A field of another screen's data; Flow JSON 4.0 and newer.
    pub fn data_of(screen: &str, field: &str) -> Self {
        Self(format!("${{screen.{screen}.data.{field}}}"))
    }

    /// What the user entered on another screen; Flow JSON 4.0 and newer.
    pub fn form_of(screen: &str, input: &str) -> Self {
        Self(format!("${{screen.{screen}.form.{input}}}"))
    }

    /// A calculation, put between backticks; Flow JSON 6.0 and newer.
    pub fn formula(formula: &str) -> Self {
        Self(format!("`{formula}`"))
    }

    /// The expression as it stands in the JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Expression> for String {
    fn from(expression: Expression) -> Self {
        expression.0
    }
}

impl From<Expression> for Value {
    fn from(expression: Expression) -> Self {
        Self::String(expression.0)
    }
}

/// A value that stands in the JSON, or one that an [`Expression`] gives later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound<T> {
    /// The value itself.
    Fixed(T),
    /// Where the value comes from.
    From(Expression),
}

impl<T> From<T> for Bound<T> {
    fn from(value: T) -> Self {
        Self::Fixed(value)
    }
}

impl From<Expression> for Bound<bool> {
    fn from(expression: Expression) -> Self {
        Self::From(expression)
    }
}

impl From<Expression> for Bound<u32> {
    fn from(expression: Expression) -> Self {
        Self::From(expression)
    }
}

impl<T> From<Expression> for Bound<Vec<T>> {
    fn from(expression: Expression) -> Self {
        Self::From(expression)
    }
}

impl<T: Into<Value>> From<Bound<T>> for Value {
    fn from(bound: Bound<T>) -> Self {
        match bound {
            Bound::Fixed(value) => value.into(),
            Bound::From(expression) => expression.into(),
        }
    }
}

/// What a `${…}` refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference<'a> {
    Data(&'a str),
    Form(&'a str),
    DataOf { screen: &'a str, field: &'a str },
    FormOf { screen: &'a str, input: &'a str },
    Other(&'a str),
}

/// All references of a text, in order.
pub(super) fn references(text: &str) -> impl Iterator<Item = Reference<'_>> {
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(path, _)| reference(path))
}

/// Whether a text holds a reference or is a formula, so that its length says nothing yet.
pub(super) fn is_bound(text: &str) -> bool {
    text.contains("${") || (text.starts_with('`') && text.ends_with('`') && text.len() > 1)
}

fn reference(path: &str) -> Reference<'_> {
    let mut parts = path.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("data"), Some(field), ..) => Reference::Data(field),
        (Some("form"), Some(input), ..) => Reference::Form(input),
        (Some("screen"), Some(screen), Some("data"), Some(field)) => {
            Reference::DataOf { screen, field }
        }
        (Some("screen"), Some(screen), Some("form"), Some(input)) => {
            Reference::FormOf { screen, input }
        }
        _ => Reference::Other(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_inside_formulas() {
        let found: Vec<_> = references("`${form.a} == ${screen.S.data.b.c} ${x`").collect();
        assert_eq!(
            found,
            [
                Reference::Form("a"),
                Reference::DataOf {
                    screen: "S",
                    field: "b"
                }
            ]
        );
    }
}
