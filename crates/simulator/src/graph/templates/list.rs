//! `GET /{waba}/message_templates` and `GET /{template}`.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::core::{Core, lock};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::page::page;
use crate::graph::params::must_be;
use crate::graph::routes::selected;
use crate::graph::templates::of;
use crate::ids::WabaId;
use crate::template::{Quality, Template, TemplateStatus, shown};

/// The fields that stand there without being asked for.
const USUAL: [&str; 10] = [
    "id",
    "name",
    "parameter_format",
    "components",
    "language",
    "status",
    "category",
    "sub_category",
    "previous_category",
    "message_send_ttl_seconds",
];

pub(super) fn get(call: &Call, template: &Template) -> Answer {
    let node = node(call, template)?;
    selected(call, node)
}

pub(super) fn list(call: &Call, waba: &WabaId) -> Answer {
    let filter = Filter::read(call)?;
    let items = of(&call.core, waba)
        .iter()
        .filter(|template| filter.takes(&call.core, template))
        .map(|template| node(call, template))
        .collect::<Result<Vec<_>, _>>()?;
    page(call, &items, "id")
}

/// The template with every field that is asked for, or with the usual ones.
fn node(call: &Call, template: &Template) -> Result<Value, GraphError> {
    let dossier = lock(&call.core.desk).get(template.id);
    let named = dossier.named
        || template
            .variables()
            .iter()
            .any(|name| name.parse::<u32>().is_err());
    let mut node = json!({
        "name": template.name,
        "parameter_format": if named { "NAMED" } else { "POSITIONAL" },
        "components": shown::components(template),
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "id": template.id.to_string(),
        "quality_score": {
            "score": template.quality,
            "date": dossier.quality_since.or(dossier.created).map(Timestamp::as_second),
        },
        "rejected_reason": dossier.rejected_reason.unwrap_or("NONE"),
        "cta_url_link_tracking_opted_out": dossier.link_tracking_opted_out.unwrap_or(false),
        "health_status": health(template),
    });
    let optional = [
        ("previous_category", json!(dossier.previous_category)),
        ("correct_category", json!(dossier.correct_category)),
        ("sub_category", json!(template.sub_category)),
        (
            "message_send_ttl_seconds",
            json!(template.message_send_ttl_seconds),
        ),
        ("library_template_name", json!(dossier.library_name)),
        ("display_format", json!(dossier.display_format)),
        (
            "rejection_reason",
            json!(dossier.rejection_info.map(|(reason, _)| reason)),
        ),
    ];
    for (name, value) in optional {
        if !value.is_null() {
            node[name] = value;
        }
    }
    if template.quality == Quality::Red || template.quality == Quality::Yellow {
        let reasons: Vec<_> = dossier.block_reason.iter().collect();
        node["quality_score"]["reasons"] = json!(reasons);
    }
    if call.params.text("fields")?.is_none()
        && let Some(fields) = node.as_object_mut()
    {
        fields.retain(|name, _| USUAL.contains(&name.as_str()));
    }
    Ok(node)
}

fn health(template: &Template) -> Value {
    let sendable = matches!(
        template.status,
        TemplateStatus::Approved | TemplateStatus::PendingDeletion
    );
    let word = if sendable { "AVAILABLE" } else { "BLOCKED" };
    let mut entity = json!({
        "entity_type": "MESSAGE_TEMPLATE",
        "id": template.id.to_string(),
        "can_send_message": word,
    });
    if !sendable {
        entity["errors"] = json!([{
            "error_code": 141_002,
            "error_description": "The template is not approved, so it cannot be sent.",
            "possible_solution": "Wait for its review, or edit it and submit it again.",
        }]);
    }
    json!({"can_send_message": word, "entities": [entity]})
}

/// Which templates a list has.
struct Filter {
    name: Option<String>,
    content: Option<String>,
    name_or_content: Option<String>,
    /// Words in capitals; empty for any.
    status: Vec<String>,
    category: Vec<String>,
    language: Vec<String>,
    quality: Vec<String>,
    since: Option<i64>,
    until: Option<i64>,
}

impl Filter {
    fn read(call: &Call) -> Result<Self, GraphError> {
        let params = &call.params;
        let words = |name: &str| params.list(name).map(Option::unwrap_or_default);
        let upper = |name: &str| {
            words(name).map(|words| words.iter().map(|word| word.to_ascii_uppercase()).collect())
        };
        let lower = |name: &str| {
            params
                .text(name)
                .map(|text| text.map(|text| text.to_lowercase()))
        };
        let category: Vec<String> = upper("category")?;
        if let Some(unknown) = category
            .iter()
            .find(|word| !["AUTHENTICATION", "MARKETING", "UTILITY"].contains(&word.as_str()))
        {
            let what = format!("one of {{AUTHENTICATION, MARKETING, UTILITY}} - got \"{unknown}\"");
            return Err(must_be("category", &what));
        }
        Ok(Self {
            name: lower("name")?,
            content: lower("content")?,
            name_or_content: lower("name_or_content")?,
            status: upper("status")?,
            category,
            language: words("language")?,
            quality: upper("quality_score")?,
            since: params.integer("since")?,
            until: params.integer("until")?,
        })
    }

    fn takes(&self, core: &Core, template: &Template) -> bool {
        let any = |words: &[String], word: Value| {
            words.is_empty() || words.iter().any(|wanted| word == wanted.as_str())
        };
        let holds = |wanted: &Option<String>, texts: &[&str]| {
            wanted.as_ref().is_none_or(|wanted| {
                texts
                    .iter()
                    .any(|text| text.to_lowercase().contains(wanted))
            })
        };
        let footer = template.footer.as_deref().unwrap_or_default();
        let (name, body) = (template.name.as_str(), template.body.as_str());
        if !(any(&self.status, json!(template.status))
            && any(&self.category, json!(template.category))
            && any(&self.quality, json!(template.quality))
            && any(&self.language, json!(template.language))
            && holds(&self.name, &[name])
            && holds(&self.content, &[body, footer])
            && holds(&self.name_or_content, &[name, body, footer]))
        {
            return false;
        }
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        let updated = lock(&core.desk).get(template.id).updated;
        let updated = updated.map_or(0, Timestamp::as_second);
        self.since.is_none_or(|since| updated >= since)
            && self.until.is_none_or(|until| updated <= until)
    }
}
