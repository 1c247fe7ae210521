//! What does not fit between a message and its template.

use std::fmt;

/// What does not fit between a message and its template: which part, what is wrong, what to do.
///
/// No value of the message appears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The component, such as `body`, `button 0` or `card 2 header`; or `name`, `language`,
    /// `status`.
    pub component: String,
    /// The variable, by number or name, where it is about one.
    pub parameter: Option<String>,
    /// JSON pointer into the message, such as `/template/components/0/parameters/1`.
    pub field: String,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with a part.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The message is for another template or language, or the template is in another state.
    Other {
        /// What it has to be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// The template needs it, the message lacks it.
    Absent,
    /// The message has it, the template does not take it.
    Unexpected,
    /// The number of values or cards differs.
    Count {
        /// How many the template needs.
        expected: usize,
        /// How many the message has.
        found: usize,
    },
    /// The kind of the value differs.
    Kind {
        /// The kind that the template needs.
        expected: String,
        /// The kind that the message has.
        found: String,
    },
    /// The text is too long once the values are filled in.
    TooLong {
        /// The most characters allowed.
        limit: usize,
        /// The characters that there are.
        length: usize,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.component)?;
        if let Some(parameter) = &self.parameter {
            write!(f, " value {parameter}")?;
        }
        match &self.reason {
            Reason::Other { expected, found } => {
                write!(f, " is {found}, only {expected} can be sent")
            }
            Reason::Absent => f.write_str(" is absent, add it"),
            Reason::Unexpected => f.write_str(" is none that the template takes, leave it out"),
            Reason::Count { expected, found } => {
                let what = if self.component == "carousel" {
                    "cards"
                } else {
                    "values"
                };
                write!(f, " has {found} {what}, give {expected}")
            }
            Reason::Kind { expected, found } => {
                write!(
                    f,
                    " is of the kind {found}, give one of the kind {expected}"
                )
            }
            Reason::TooLong { limit, length } => write!(
                f,
                " makes {length} characters, shorten by {} to {limit}",
                length.saturating_sub(*limit)
            ),
        }
    }
}

impl std::error::Error for Mismatch {}

/// Collects mismatches.
#[derive(Default)]
pub(super) struct Report(Vec<Mismatch>);

impl Report {
    pub(super) fn into_inner(self) -> Vec<Mismatch> {
        self.0
    }

    pub(super) fn add(&mut self, component: &str, field: impl Into<String>, reason: Reason) {
        self.push(component, None, field.into(), reason);
    }

    pub(super) fn push(
        &mut self,
        component: &str,
        parameter: Option<String>,
        field: String,
        reason: Reason,
    ) {
        self.0.push(Mismatch {
            component: component.to_owned(),
            parameter,
            field,
            reason,
        });
    }

    /// Reports a component that is there and should not be, or the other way round.
    pub(super) fn presence(
        &mut self,
        component: &str,
        wanted: bool,
        place: Option<String>,
        parent: &str,
    ) {
        match (wanted, place) {
            (true, None) => {
                self.add(component, format!("{parent}/components"), Reason::Absent);
            }
            (false, Some(at)) => self.add(component, at, Reason::Unexpected),
            (true, Some(_)) | (false, None) => {}
        }
    }
}
