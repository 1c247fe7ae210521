//! Making, changing and deleting templates at Meta. What Meta answers goes into the cache.

use serde_json::{Map, Value};
use wharf_client::Method;
use wharf_model::TemplateId;
use wharf_model::template::TemplateDefinition;

use super::{Account, TemplateError, account, definition};
use crate::app::App;
use crate::store::templates::{self, Template};

/// Makes a template: `body` is what Meta documents, also of a template of its library.
pub(crate) async fn create(
    app: &App,
    waba_id: &str,
    mut body: Map<String, Value>,
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
    keep(app, waba_id, &made, true).await
}

/// Changes a template: `body` is what Meta documents.
pub(crate) async fn edit(
    app: &App,
    id: &str,
    body: Map<String, Value>,
) -> Result<Template, TemplateError> {
    let template = find(app, id).await?;
    let account = account(app, &template.waba_id).await?;
    let path: TemplateId = id.parse()?;
    account
        .client
        .raw(Method::POST, path.as_str(), Some(&Value::Object(body)))
        .await?;
    // It is changed; should it not be told how it looks now, it will be fetched later.
    match account.client.template(&path).get().await {
        Ok(definition) => keep(app, &template.waba_id, &definition, false).await,
        Err(error) => {
            tracing::debug!(%error, "a changed template cannot be read yet");
            let (waba, now) = (template.waba_id.clone(), app.clock.now());
            app.store
                .write(move |tx| templates::want(tx, &waba, now))
                .await?;
            Ok(template)
        }
    }
}

/// Deletes a template, in its language or in all.
pub(crate) async fn delete(app: &App, id: &str, all_languages: bool) -> Result<(), TemplateError> {
    let template = find(app, id).await?;
    let Account { waba, client } = account(app, &template.waba_id).await?;
    let at_meta = client.waba(&waba).templates();
    if all_languages {
        at_meta.delete_named(&template.name).await?;
    } else {
        at_meta.delete(&id.parse()?, &template.name).await?;
    }
    let now = app.clock.now();
    let note = move |tx: &crate::store::Tx<'_>| {
        let id = Some(template.id.as_str()).filter(|_| !all_languages);
        templates::deleted(tx, &template.waba_id, &template.name, id, now)
    };
    Ok(app.store.write(note).await?)
}

async fn find(app: &App, id: &str) -> Result<Template, TemplateError> {
    let id = id.to_owned();
    let found = app.store.read(move |tx| templates::by_id(tx, &id)).await?;
    found.ok_or(TemplateError::NotFound)
}

/// Keeps what Meta told of one template, and may ask for all of it.
async fn keep(
    app: &App,
    waba_id: &str,
    definition: &TemplateDefinition,
    want: bool,
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
        Ok(templates::by_id(tx, &template.id)?.unwrap_or(template))
    });
    Ok(stored.await?)
}
