//! A template as Meta tells of it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::category::{Category, ParameterFormat};
use super::component::Component;
use super::fields::{Fields, put_some, take, take_number};
use super::status::{TemplateQuality, TemplateStatus};
use crate::ids::TemplateId;

/// A template as Meta tells of it: an element of `GET /{waba}/message_templates`, or `GET
/// /{template}`.
///
/// Which fields are there depends on what was asked for, so each may be absent; what is not known
/// here is kept in `other` and written back.
///
/// See [Cloud API/Template management].
///
/// ```
/// use wharf_model::template::{TemplateDefinition, TemplateStatus};
///
/// let template: TemplateDefinition = serde_json::from_str(
///     r#"{"id": "1", "name": "hello", "status": "APPROVED", "mood": "good"}"#,
/// )?;
/// assert_eq!(template.status, Some(TemplateStatus::Approved));
/// assert_eq!(template.other["mood"], "good");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Fields", into = "Fields")]
pub struct TemplateDefinition {
    /// Meta's id.
    pub id: Option<TemplateId>,
    /// The name, the same in all languages.
    pub name: Option<String>,
    /// The language code.
    pub language: Option<String>,
    /// Where it stands.
    pub status: Option<TemplateStatus>,
    /// What it is for.
    pub category: Option<Category>,
    /// What it was for before Meta changed it.
    pub previous_category: Option<Category>,
    /// What Meta will take it for.
    pub correct_category: Option<Category>,
    /// A finer division, such as `ORDER_STATUS`.
    pub sub_category: Option<String>,
    /// What it consists of.
    pub components: Option<Vec<Component>>,
    /// How its variables are written; positional where nothing is said.
    pub parameter_format: Option<ParameterFormat>,
    /// How users take it.
    pub quality_score: Option<TemplateQuality>,
    /// Why it was refused; `NONE` if it was not.
    pub rejected_reason: Option<String>,
    /// How many seconds Meta tries to deliver a message; -1 for thirty days.
    pub message_send_ttl_seconds: Option<i64>,
    /// The name in Meta's library, if it comes from there.
    pub library_template_name: Option<String>,
    /// Taps on links are not counted.
    pub cta_url_link_tracking_opted_out: Option<bool>,
    /// Whatever else Meta said, as it came.
    pub other: Map<String, Value>,
}

impl From<Fields> for TemplateDefinition {
    fn from(mut map: Fields) -> Self {
        Self {
            id: take(&mut map, "id"),
            name: take(&mut map, "name"),
            language: take(&mut map, "language"),
            status: take(&mut map, "status"),
            category: take(&mut map, "category"),
            previous_category: take(&mut map, "previous_category"),
            correct_category: take(&mut map, "correct_category"),
            sub_category: take(&mut map, "sub_category"),
            components: take(&mut map, "components"),
            parameter_format: take(&mut map, "parameter_format"),
            quality_score: take(&mut map, "quality_score"),
            rejected_reason: take(&mut map, "rejected_reason"),
            message_send_ttl_seconds: take_number(&mut map, "message_send_ttl_seconds"),
            library_template_name: take(&mut map, "library_template_name"),
            cta_url_link_tracking_opted_out: take(&mut map, "cta_url_link_tracking_opted_out"),
            other: map,
        }
    }
}

impl From<TemplateDefinition> for Fields {
    fn from(template: TemplateDefinition) -> Fields {
        let mut map = template.other;
        put_some(&mut map, "id", template.id);
        put_some(&mut map, "name", template.name);
        put_some(&mut map, "language", template.language);
        put_some(&mut map, "status", template.status);
        put_some(&mut map, "category", template.category);
        put_some(&mut map, "previous_category", template.previous_category);
        put_some(&mut map, "correct_category", template.correct_category);
        put_some(&mut map, "sub_category", template.sub_category);
        put_some(&mut map, "components", template.components);
        put_some(&mut map, "parameter_format", template.parameter_format);
        put_some(&mut map, "quality_score", template.quality_score);
        put_some(&mut map, "rejected_reason", template.rejected_reason);
        let ttl = template.message_send_ttl_seconds;
        put_some(&mut map, "message_send_ttl_seconds", ttl);
        let library = template.library_template_name;
        put_some(&mut map, "library_template_name", library);
        let opted_out = template.cta_url_link_tracking_opted_out;
        put_some(&mut map, "cta_url_link_tracking_opted_out", opted_out);
        map
    }
}
