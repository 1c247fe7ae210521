//! Copies of templates in another WABA.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wharf_model::{TemplateId, WabaId};

use crate::error::RequestError;
use crate::fields::Fields;
use crate::query;

/// Which templates to copy from another WABA of the portfolio; see
/// [Cloud API/Template migration].
///
/// Meta copies those that are approved and whose quality is green or unknown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct MigrateTemplates(Fields);

impl MigrateTemplates {
    /// Most templates in one call.
    pub const MAX_COUNT: u32 = 500;

    /// A page of the templates of a WABA, counted from 0.
    pub fn page(source: &WabaId, page: u32) -> Self {
        let fields = Fields::default().with("source_waba_id", source.as_str());
        Self(fields.with("page_number", page))
    }

    /// How many templates a page has, at most [`MAX_COUNT`](Self::MAX_COUNT).
    #[must_use]
    pub fn count(self, count: u32) -> Self {
        Self(self.0.with("count", count))
    }

    /// These templates only.
    #[must_use]
    pub fn templates(self, ids: &[TemplateId]) -> Self {
        Self(self.0.with("template_ids", query::texts(ids)))
    }

    pub(crate) fn check(&self) -> Result<(), RequestError> {
        let asked = self.0.count("count").unwrap_or_default();
        let named = self.0.texts("template_ids").len() as u64;
        if asked.max(named) > u64::from(Self::MAX_COUNT) {
            return Err(RequestError::plain(
                "there are more than 500 templates to migrate",
            ));
        }
        Ok(())
    }
}

/// What became of templates that were to be copied; see [Cloud API/Template migration].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MigratedTemplates(Fields);

impl MigratedTemplates {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The ids of those that were copied.
    pub fn migrated_templates(&self) -> Vec<TemplateId> {
        self.0.list("migrated_templates")
    }

    /// Those that were not.
    pub fn failed_templates(&self) -> Vec<FailedTemplate> {
        FailedTemplate::read(&self.0)
    }
}

/// A template to which something could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedTemplate {
    /// Its id.
    pub id: TemplateId,
    /// Why, in Meta's words.
    pub reason: Option<String>,
}

impl FailedTemplate {
    /// Reads `failed_templates`, an object of ids and reasons.
    pub(super) fn read(fields: &Fields) -> Vec<Self> {
        let failed: Fields = fields.get("failed_templates").unwrap_or_default();
        let failed = failed.as_map().iter();
        failed
            .filter_map(|(id, reason)| {
                let reason = match reason {
                    Value::Object(reason) => reason.get("error").and_then(Value::as_str),
                    reason => reason.as_str(),
                };
                Some(Self {
                    id: id.parse().ok()?,
                    reason: reason.map(str::to_owned),
                })
            })
            .collect()
    }
}
