//! Meta's library of ready templates.

use serde::{Deserialize, Serialize};
use wharf_model::TemplateId;
use wharf_model::template::{Button, Category};

use crate::client::Client;
use crate::fields::Fields;
use crate::pages::Pages;
use crate::query::Query;

impl Client {
    /// The ready templates of Meta's library, a page at a time.
    ///
    /// One becomes a WABA's own by
    /// [`create_from_library`](crate::waba::Templates::create_from_library).
    /// See [Cloud API/Template library].
    pub fn template_library(&self, filter: &LibraryFilter) -> Pages<LibraryItem> {
        let path = ["message_template_library"];
        Pages::new(self, "templates.library", &path, &filter.0.pairs())
    }
}

/// Which templates of Meta's library to list; see [Cloud API/Template library].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LibraryFilter(Query);

impl LibraryFilter {
    /// All templates.
    pub fn new() -> Self {
        Self::default()
    }

    /// With this text in them.
    #[must_use]
    pub fn search(self, search: impl Into<String>) -> Self {
        Self(self.0.with("search", search))
    }

    /// On this topic, such as `PAYMENTS`.
    #[must_use]
    pub fn topic(self, topic: impl Into<String>) -> Self {
        Self(self.0.with("topic", topic))
    }

    /// For this use, such as `LOW_BALANCE_WARNING`.
    #[must_use]
    pub fn usecase(self, usecase: impl Into<String>) -> Self {
        Self(self.0.with("usecase", usecase))
    }

    /// For this industry, such as `FINANCIAL_SERVICES`.
    #[must_use]
    pub fn industry(self, industry: impl Into<String>) -> Self {
        Self(self.0.with("industry", industry))
    }

    /// In this language, by its code.
    #[must_use]
    pub fn language(self, language: impl Into<String>) -> Self {
        Self(self.0.with("language", language))
    }

    /// With this name.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self(self.0.with("name", name))
    }
}

/// A ready template; see [Cloud API/Template library].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LibraryItem(Fields);

impl LibraryItem {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<TemplateId> {
        self.0.get("id")
    }

    /// The name by which the library knows it.
    pub fn name(&self) -> Option<&str> {
        self.0.text("name")
    }

    /// Its language code.
    pub fn language(&self) -> Option<&str> {
        self.0.text("language")
    }

    /// Its category.
    pub fn category(&self) -> Option<Category> {
        self.0.get("category")
    }

    /// What it is about.
    pub fn topic(&self) -> Option<&str> {
        self.0.text("topic")
    }

    /// What it is for.
    pub fn usecase(&self) -> Option<&str> {
        self.0.text("usecase")
    }

    /// Who it is for.
    pub fn industry(&self) -> Vec<&str> {
        self.0.texts("industry")
    }

    /// The text of its header.
    pub fn header(&self) -> Option<&str> {
        self.0.text("header")
    }

    /// The text of its body, with `{{1}}` for a variable.
    pub fn body(&self) -> Option<&str> {
        self.0.text("body")
    }

    /// Sample values of the body's variables.
    pub fn body_params(&self) -> Vec<&str> {
        self.0.texts("body_params")
    }

    /// What each variable of the body may hold, such as `AMOUNT`; checked when it is sent.
    pub fn body_param_types(&self) -> Vec<&str> {
        self.0.texts("body_param_types")
    }

    /// Its buttons.
    pub fn buttons(&self) -> Vec<Button> {
        self.0.list("buttons")
    }
}
