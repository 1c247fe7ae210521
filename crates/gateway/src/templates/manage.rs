//! Making, changing and deleting templates at Meta. What Meta answers goes into the cache.

use serde_json::{Map, Value, json};
use wharf_client::Method;
use wharf_model::TemplateId;
use wharf_model::template::TemplateDefinition;

use super::{Account, TemplateError, account, definition};
use crate::app::App;
use crate::store::audit::{Difference, Scribe};
use crate::store::templates::{self, Template};
use crate::store::{StoreError, Tx};

/// Makes a template: `body` is what Meta documents, also of a template of its library.
pub(crate) async fn create(
    app: &App,
    waba_id: &str,
    mut body: Map<String, Value>,
    scribe: Scribe,
) -> Result<Template, TemplateError> {
    let Account { waba, client } = account(app, waba_id).await?;
    let path = format!("{}/message_templates", waba.as_str());
    let sent = Value::Object(body.clone());
    let answer = client.raw(Method::POST, &path, Some(&sent)).await?;
    if let Value::Object(answer) = answer {
        body.extend(answer);
    }
    let made = definition(Value::Object(body));
    // A template of the library has components that only Meta knows yet.
    keep(app, waba_id, &made, true, move |tx, made| {
        let made_of = Difference::made(facts(made));
        scribe.note(tx, "template.created", &made.id, made_of)
    })
    .await
}

/// Changes a template: `body` is what Meta documents.
pub(crate) async fn edit(
    app: &App,
    id: &str,
    body: Map<String, Value>,
    scribe: Scribe,
) -> Result<Template, TemplateError> {
    let template = find(app, id).await?;
    let account = account(app, &template.waba_id).await?;
    let path: TemplateId = id.parse()?;
    let fields: Vec<String> = body.keys().cloned().collect();
    account
        .client
        .raw(Method::POST, path.as_str(), Some(&Value::Object(body)))
        .await?;
    // It is changed; should it not be told how it looks now, it will be fetched later.
    let before = template.clone();
    let note = move |tx: &Tx<'_>, after: &Template| {
        let mut edited = Difference::between(facts(&before), facts(after));
        if let Some(became) = &mut edited.became {
            became["edited"] = json!(fields);
        }
        scribe.note(tx, "template.edited", &after.id, edited)
    };
    match account.client.template(&path).get().await {
        Ok(definition) => keep(app, &template.waba_id, &definition, false, note).await,
        Err(error) => {
            tracing::debug!(%error, "a changed template cannot be read yet");
            let now = app.clock.now();
            let stored = app.store.write(move |tx| {
                templates::want(tx, &template.waba_id, now)?;
                note(tx, &template)?;
                Ok(template)
            });
            Ok(stored.await?)
        }
    }
}

/// Deletes a template, in its language or in all.
pub(crate) async fn delete(
    app: &App,
    id: &str,
    all_languages: bool,
    scribe: Scribe,
) -> Result<(), TemplateError> {
    let template = find(app, id).await?;
    let Account { waba, client } = account(app, &template.waba_id).await?;
    let at_meta = client.waba(&waba).templates();
    if all_languages {
        at_meta.delete_named(&template.name).await?;
    } else {
        at_meta.delete(&id.parse()?, &template.name).await?;
    }
    let now = app.clock.now();
    let note = move |tx: &Tx<'_>| {
        let id = Some(template.id.as_str()).filter(|_| !all_languages);
        templates::deleted(tx, &template.waba_id, &template.name, id, now)?;
        let mut gone = facts(&template);
        gone["all_languages"] = json!(all_languages);
        scribe.note(tx, "template.deleted", &template.id, Difference::gone(gone))
    };
    Ok(app.store.write(note).await?)
}

/// What the audit tells of a template; not what it says.
fn facts(template: &Template) -> Value {
    json!({
        "waba_id": template.waba_id, "name": template.name, "language": template.language,
        "category": template.category, "status": template.status,
    })
}

async fn find(app: &App, id: &str) -> Result<Template, TemplateError> {
    let id = id.to_owned();
    let found = app.store.read(move |tx| templates::by_id(tx, &id)).await?;
    found.ok_or(TemplateError::NotFound)
}

/// Keeps what Meta told of one template, with a note of who did it, and may ask for all of it.
async fn keep(
    app: &App,
    waba_id: &str,
    definition: &TemplateDefinition,
    want: bool,
    note: impl FnOnce(&Tx<'_>, &Template) -> Result<(), StoreError> + Send + 'static,
) -> Result<Template, TemplateError> {
    let now = app.clock.now();
    let Some(template) = Template::of(waba_id, definition, now)? else {
        return Err(TemplateError::NoAnswer("it names no template".to_owned()));
    };
    let stored = app.store.write(move |tx| {
        templates::keep(tx, std::slice::from_ref(&template), now)?;
        if want {
            templates::want(tx, &template.waba_id, now)?;
        }
        let kept = templates::by_id(tx, &template.id)?.unwrap_or(template);
        note(tx, &kept)?;
        Ok(kept)
    });
    Ok(stored.await?)
}
