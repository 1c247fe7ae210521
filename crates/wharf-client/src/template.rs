//! Calls for one template.

mod archive;
mod compare;
mod create;
mod filter;
mod library;
mod migrate;
mod preview;

use http::Method;
use wharf_model::TemplateId;
use wharf_model::template::{TemplateDefinition, TemplateEdit};

use crate::call::Call;
use crate::client::Client;
use crate::graph;
use crate::query;

pub use archive::ArchivedTemplates;
pub use compare::{ComparedMetric, ComparisonMetric, TemplateComparison};
pub use create::{CreatedTemplate, UpsertedTemplate, UpsertedTemplates};
pub use filter::TemplateFilter;
pub use library::{LibraryFilter, LibraryItem};
pub use migrate::{FailedTemplate, MigrateTemplates, MigratedTemplates};
pub use preview::{PreviewButton, PreviewFilter, TemplatePreview};

/// The fields that [`Template::get`] asks for.
const FIELDS: &str = "id,name,language,status,category,previous_category,correct_category,\
    sub_category,components,parameter_format,quality_score,rejected_reason,\
    message_send_ttl_seconds,library_template_name,cta_url_link_tracking_opted_out";

/// Calls for one template in one language; see [`Client::template`].
#[derive(Debug, Clone)]
pub struct Template {
    client: Client,
    id: TemplateId,
}

impl Client {
    /// Calls for one template in one language: look up, edit, compare.
    pub fn template(&self, id: &TemplateId) -> Template {
        Template {
            client: self.clone(),
            id: id.clone(),
        }
    }
}

impl Template {
    /// Reads what Meta tells of the template.
    ///
    /// See [Cloud API/Template management].
    pub fn get(&self) -> Call<TemplateDefinition> {
        self.get_fields(FIELDS)
    }

    /// Reads chosen fields, separated by commas, such as `name,health_status`.
    ///
    /// See [Cloud API/Template management].
    pub fn get_fields(&self, fields: &str) -> Call<TemplateDefinition> {
        let path = [self.id.as_str()];
        graph::read(&self.client, "templates.get", &path, &[("fields", fields)])
    }

    /// Changes the template, which must be approved, rejected or paused.
    ///
    /// See [Cloud API/Template management].
    pub fn edit(&self, edit: &TemplateEdit) -> Call<()> {
        graph::set(&self.client, "templates.edit", &[self.id.as_str()], edit)
    }

    /// Ends a pause that template pacing began; other pauses end by themselves.
    ///
    /// See [Cloud API/Template pacing].
    pub fn unpause(&self) -> Call<()> {
        let path = [self.id.as_str(), "unpause"];
        graph::act(&self.client, "templates.unpause", Method::POST, &path, &[])
    }

    /// Compares how users took this template and another one of the same WABA.
    ///
    /// `start` and `end` are seconds since 1970; the window is one of 7, 30, 60 or 90 days up to
    /// now, and each template was sent at least 1,000 times in it.
    /// See [Cloud API/Template comparison].
    pub fn compare(&self, other: &TemplateId, start: i64, end: i64) -> Call<TemplateComparison> {
        let path = [self.id.as_str(), "compare"];
        let (start, end) = (start.to_string(), end.to_string());
        let others = query::list([other]);
        let query = [
            ("template_ids", others.as_str()),
            ("start", start.as_str()),
            ("end", end.as_str()),
        ];
        graph::read(&self.client, "templates.compare", &path, &query)
    }
}
