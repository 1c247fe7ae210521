//! Which templates of a WABA to list.

use wharf_model::template::{Category, TemplateStatus};

use crate::query::Query;

/// Which templates of a WABA to list, and which of their fields; see
/// [Cloud API/Template management].
///
/// ```
/// use wharf_client::template::TemplateFilter;
/// use wharf_model::template::TemplateStatus;
///
/// let filter = TemplateFilter::new()
///     .status(&TemplateStatus::Approved)
///     .language("en_US")
///     .fields("name,status,components");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplateFilter(Query);

impl TemplateFilter {
    /// All templates, with the fields that Meta gives where none are named.
    pub fn new() -> Self {
        Self::default()
    }

    /// With this name.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self(self.0.with("name", name))
    }

    /// With this status.
    #[must_use]
    pub fn status(self, status: &TemplateStatus) -> Self {
        Self(self.0.with("status", status.as_str()))
    }

    /// Of this category.
    #[must_use]
    pub fn category(self, category: &Category) -> Self {
        Self(self.0.with("category", category.as_str()))
    }

    /// In this language, by its code.
    #[must_use]
    pub fn language(self, language: impl Into<String>) -> Self {
        Self(self.0.with("language", language))
    }

    /// Of this quality: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    #[must_use]
    pub fn quality_score(self, quality_score: impl Into<String>) -> Self {
        Self(self.0.with("quality_score", quality_score))
    }

    /// With this text in its name or its content.
    #[must_use]
    pub fn name_or_content(self, name_or_content: impl Into<String>) -> Self {
        Self(self.0.with("name_or_content", name_or_content))
    }

    /// With this text in its content.
    #[must_use]
    pub fn content(self, content: impl Into<String>) -> Self {
        Self(self.0.with("content", content))
    }

    /// Not older than this, in seconds since 1970.
    #[must_use]
    pub fn since(self, since: i64) -> Self {
        Self(self.0.with("since", since.to_string()))
    }

    /// Not newer than this, in seconds since 1970.
    #[must_use]
    pub fn until(self, until: i64) -> Self {
        Self(self.0.with("until", until.to_string()))
    }

    /// Gives these fields, separated by commas.
    #[must_use]
    pub fn fields(self, fields: impl Into<String>) -> Self {
        Self(self.0.with("fields", fields))
    }

    pub(crate) fn pairs(&self) -> Vec<(&str, &str)> {
        self.0.pairs()
    }
}
