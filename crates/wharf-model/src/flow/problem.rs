//! What is wrong in a Flow JSON, where, and what to do.

use std::fmt;

use super::version::Version;

/// Something that Meta would refuse, or that this version of the library does not know.
///
/// It names ids and properties of the Flow, never its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer into the Flow, such as `/screens/0/layout/children/2/label`.
    pub pointer: String,
    /// Id of the screen, if it is on one.
    pub screen: Option<String>,
    /// Type of the component, and its name if it has one: `TextInput email`.
    pub component: Option<String>,
    /// The property, if it is about one.
    pub property: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It must be there and is not, or is empty.
    Missing,
    /// The text is longer than Meta allows.
    TooLong {
        /// Characters it has.
        length: usize,
        /// Characters it may have.
        limit: usize,
    },
    /// There are more than Meta allows, or fewer.
    Count {
        /// How many there are.
        count: usize,
        /// How many there must be.
        least: usize,
        /// How many there may be.
        most: usize,
    },
    /// The value is of another form.
    Form {
        /// The form that Meta asks for.
        expected: &'static str,
    },
    /// The value is none of those that Meta takes.
    Choice {
        /// What Meta takes.
        allowed: &'static [&'static str],
    },
    /// It came with a later version of Flow JSON.
    TooNew {
        /// The first version that has it.
        since: Version,
    },
    /// It names something that does not exist.
    Dangling {
        /// The name.
        target: String,
        /// What ought to have that name.
        what: &'static str,
    },
    /// A rule between parts is broken.
    Rule {
        /// The rule, as what to do.
        remedy: &'static str,
    },
    /// This library does not know it; Meta may have added it.
    Unknown,
}

impl Problem {
    /// Whether Meta may well take the Flow in spite of it.
    pub fn is_advice(&self) -> bool {
        self.fault == Fault::Unknown
    }

    /// What to do about it.
    pub fn remedy(&self) -> String {
        match &self.fault {
            Fault::Missing => "give it a value".to_owned(),
            Fault::TooLong { limit, .. } => format!("shorten it to {limit} characters"),
            Fault::Count { least, most, .. } if least == most => format!("have exactly {most}"),
            Fault::Count { least: 0, most, .. } => format!("have at most {most}"),
            Fault::Count { least, most, .. } => format!("have {least} to {most}"),
            Fault::Form { expected } => format!("use {expected}"),
            Fault::Choice { allowed } => format!("use one of: {}", allowed.join(", ")),
            Fault::TooNew { since } => {
                format!("raise the version of the Flow JSON to {since}, or leave it out")
            }
            Fault::Dangling { what, .. } => format!("declare the {what}, or correct the name"),
            Fault::Rule { remedy } => (*remedy).to_owned(),
            Fault::Unknown => "check the spelling, unless Meta has added it".to_owned(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is required"),
            Self::TooLong { length, .. } => write!(f, "has {length} characters"),
            Self::Count { count, .. } => write!(f, "has {count}"),
            Self::Form { .. } => f.write_str("has another form"),
            Self::Choice { .. } => f.write_str("has a value that is not taken"),
            Self::TooNew { since } => write!(f, "exists since Flow JSON {since}"),
            Self::Dangling { target, what } => write!(f, "refers to {what} {target}"),
            Self::Rule { .. } => f.write_str("breaks a rule"),
            Self::Unknown => f.write_str("is not known"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(screen) = &self.screen {
            write!(f, "screen {screen}")?;
            separator = ", ";
        }
        if let Some(component) = &self.component {
            write!(f, "{separator}{component}")?;
            separator = ", ";
        }
        match &self.property {
            Some(property) => write!(f, "{separator}{property} ")?,
            None if separator.is_empty() => write!(f, "{} ", self.pointer)?,
            None => f.write_str(" ")?,
        }
        write!(f, "{}: {}", self.fault, self.remedy())
    }
}

/// Why Meta would refuse a Flow JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("flow JSON has {} problems, the first: {}", problems.len(), first(problems))]
pub struct InvalidFlow {
    /// All that is wrong, in the order of the screens; never none.
    pub problems: Vec<Problem>,
}

fn first(problems: &[Problem]) -> String {
    let certain = problems.iter().find(|problem| !problem.is_advice());
    certain.map(ToString::to_string).unwrap_or_default()
}
