//! What a template is for, and how its variables are written.

use serde::{Deserialize, Serialize};

/// What a template is for; it decides price and rules.
///
/// See [Cloud API/Template categorization].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum Category {
    /// One-time codes.
    Authentication,
    /// Offers and news.
    Marketing,
    /// Follow-ups of what the user did or asked for.
    Utility,
    /// A category that is not in Meta's list.
    Unknown(String),
}

/// How the variables of a template are written.
///
/// See [Cloud API/Template components].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum ParameterFormat {
    /// `{{1}}`, `{{2}}` and so on.
    Positional,
    /// `{{first_name}}`.
    Named,
    /// A way that is not in Meta's list.
    Unknown(String),
}

impl Category {
    /// The category as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Authentication => "AUTHENTICATION",
            Self::Marketing => "MARKETING",
            Self::Utility => "UTILITY",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for Category {
    fn from(text: String) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "AUTHENTICATION" => Self::Authentication,
            "MARKETING" => Self::Marketing,
            "UTILITY" => Self::Utility,
            _ => Self::Unknown(text),
        }
    }
}

impl From<Category> for String {
    fn from(category: Category) -> String {
        match category {
            Category::Unknown(text) => text,
            known => known.as_str().to_owned(),
        }
    }
}

impl ParameterFormat {
    /// The format as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Positional => "POSITIONAL",
            Self::Named => "NAMED",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for ParameterFormat {
    fn from(text: String) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "POSITIONAL" => Self::Positional,
            "NAMED" => Self::Named,
            _ => Self::Unknown(text),
        }
    }
}

impl From<ParameterFormat> for String {
    fn from(format: ParameterFormat) -> String {
        match format {
            ParameterFormat::Unknown(text) => text,
            known => known.as_str().to_owned(),
        }
    }
}
