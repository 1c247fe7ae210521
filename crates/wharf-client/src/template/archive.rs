//! Templates that were archived or brought back.

use serde::{Deserialize, Serialize};
use wharf_model::TemplateId;

use super::migrate::FailedTemplate;
use crate::fields::Fields;

/// What became of templates that were to be archived or brought back; see
/// [Cloud API/Template archival].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArchivedTemplates(Fields);

impl ArchivedTemplates {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Those that were archived.
    pub fn archived_templates(&self) -> Vec<TemplateId> {
        self.0.list("archived_templates")
    }

    /// Those that were brought back.
    pub fn unarchived_templates(&self) -> Vec<TemplateId> {
        self.0.list("unarchived_templates")
    }

    /// Those that stayed as they were.
    pub fn failed_templates(&self) -> Vec<FailedTemplate> {
        FailedTemplate::read(&self.0)
    }
}
