//! `POST /{waba}/message_templates`.

use serde_json::{Value, json};

use crate::core::{Core, lock, write};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::templates::draft::{self, Draft};
use crate::graph::templates::refusal::{self, invalid, refused};
use crate::graph::templates::{check, library};
use crate::ids::WabaId;
use crate::template::{Category, Template, TemplateStatus, looks_like_marketing, review};

/// Templates a WABA may create in an hour.
const PER_HOUR: usize = 100;

pub(super) fn create(call: &Call, waba: &WabaId) -> Answer {
    let from_library = call.params.text("library_template_name")?;
    let draft = if let Some(name) = &from_library {
        library::draft(call, name)?
    } else {
        let draft = Draft::read(call, draft::required_components(call)?)?;
        check::check(&call.core, draft.category, &draft.components, &draft.extras)?;
        check::catalogue(&call.core, waba, &draft.components)?;
        draft
    };
    // What the library has was reviewed before.
    let status = if from_library.is_some() {
        TemplateStatus::Approved
    } else {
        TemplateStatus::Pending
    };
    let template = add(call, waba, &draft, status, from_library)?;
    if status == TemplateStatus::Pending {
        review::submit(&call.core, template.id);
    }
    Ok(json!({
        "id": template.id.to_string(),
        "status": template.status,
        "category": template.category,
    }))
}

/// Templates this WABA may have. See [Cloud API/Template limits].
fn most_templates(core: &Core, waba: &WabaId) -> usize {
    core.knobs().review.most_templates.unwrap_or_else(|| {
        let owner = core.waba(waba.as_str()).map(|waba| waba.owner.clone());
        let accounts = crate::core::read(&core.accounts);
        let business = owner.and_then(|owner| accounts.business(owner.as_str()));
        match business.map(|business| business.verification_status.as_str()) {
            Some("verified") => 6000,
            _ => 250,
        }
    })
}

/// Adds a checked template to the registry.
pub(super) fn add(
    call: &Call,
    waba: &WabaId,
    draft: &Draft,
    status: TemplateStatus,
    library_name: Option<String>,
) -> Result<Template, GraphError> {
    let core = &call.core;
    let now = core.clock.now();
    let mut template = read(draft)?;
    template.id = core.ids.template();
    template.waba = Some(waba.clone());
    template.status = status;
    let most = most_templates(core, waba);
    let mut previous = None;
    if draft.extras.allow_category_change == Some(true)
        && template.category == Category::Utility
        && looks_like_marketing(&template)
    {
        previous = Some(template.category.as_str());
        template.category = Category::Marketing;
    }
    {
        let mut templates = write(&core.templates);
        let mut desk = lock(&core.desk);
        let mine = templates.iter().filter(|known| known.belongs_to(waba));
        let (mut count, mut exists) = (0, false);
        for known in mine {
            count += 1;
            exists |= known.name == draft.name && known.language == draft.language;
        }
        if exists {
            return Err(refused(
                refusal::EXISTS,
                "Content in this language already exists",
                format!(
                    "There is already {} content for this template. You can create a new template \
                     and try again.",
                    draft.language
                ),
            ));
        }
        if desk.is_blocked(waba, &draft.name, &draft.language, now) {
            return Err(refused(
                refusal::BEING_DELETED,
                "Message template language is being deleted",
                format!(
                    "New {} content cannot be added while the existing content is being deleted. \
                     Try again in 4 weeks or create a new message template.",
                    draft.language
                ),
            ));
        }
        if count >= most {
            return Err(refused(
                refusal::FULL,
                "Message template limit exceeded",
                format!(
                    "The WhatsApp Business Account has {count} templates and may have at most {most}. \
                     Delete some, or verify the business."
                ),
            ));
        }
        if !desk.may_create(waba, PER_HOUR, now) {
            let message = format!(
                "A WhatsApp Business Account may create at most {PER_HOUR} templates in an hour. \
                 Try again later."
            );
            return Err(
                GraphError::new(80_008, message.clone()).user("Too many templates", message)
            );
        }
        let dossier = desk.of(template.id);
        dossier.created = Some(now);
        dossier.updated = Some(now);
        dossier.named = draft.extras.named;
        dossier.previous_category = previous;
        dossier.allow_category_change = draft.extras.allow_category_change;
        dossier.link_tracking_opted_out = draft.extras.link_tracking_opted_out;
        dossier
            .display_format
            .clone_from(&draft.extras.display_format);
        dossier.library_name = library_name;
        templates.push(template.clone());
    }
    review::watch_use(core, template.id);
    Ok(template)
}

/// The registry's reading of a draft.
pub(super) fn read(draft: &Draft) -> Result<Template, GraphError> {
    let json: Value = draft.json();
    Template::read(&json).map_err(|error| invalid("Invalid template", error.to_string()))
}
