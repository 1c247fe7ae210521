//! Templates that were made.

use serde::{Deserialize, Serialize};
use wharf_model::TemplateId;
use wharf_model::template::{Category, TemplateStatus};

use crate::fields::Fields;

/// A template that was made; see [Cloud API/Template management].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CreatedTemplate(Fields);

impl CreatedTemplate {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<TemplateId> {
        self.0.get("id")
    }

    /// Where it stands; most are `PENDING` until Meta has looked.
    pub fn status(&self) -> Option<TemplateStatus> {
        self.0.get("status")
    }

    /// Its category, which may not be the one that was asked for.
    pub fn category(&self) -> Option<Category> {
        self.0.get("category")
    }
}

/// Authentication templates that were made or replaced; see [Cloud API/Authentication templates].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UpsertedTemplates(Fields);

impl UpsertedTemplates {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// One for each language.
    pub fn data(&self) -> Vec<UpsertedTemplate> {
        self.0.list("data")
    }
}

/// An authentication template in one language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UpsertedTemplate(Fields);

impl UpsertedTemplate {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<TemplateId> {
        self.0.get("id")
    }

    /// Where it stands.
    pub fn status(&self) -> Option<TemplateStatus> {
        self.0.get("status")
    }

    /// Its language code.
    pub fn language(&self) -> Option<&str> {
        self.0.text("language")
    }
}
