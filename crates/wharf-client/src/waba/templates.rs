//! Templates of a WABA.

use http::Method;
use wharf_model::TemplateId;
use wharf_model::template::{
    AuthenticationUpsert, LibraryTemplate, NewTemplate, TemplateDefinition, limits,
};

use super::Waba;
use crate::call::{Body, Call, decode_json};
use crate::error::RequestError;
use crate::fields::Fields;
use crate::graph;
use crate::pages::Pages;
use crate::query;
use crate::template::{
    ArchivedTemplates, CreatedTemplate, MigrateTemplates, MigratedTemplates, PreviewFilter,
    TemplateFilter, TemplatePreview, UpsertedTemplates,
};

const EDGE: &str = "message_templates";

/// Calls for the templates of one WABA; see [`Waba::templates`].
#[derive(Debug, Clone)]
pub struct Templates {
    waba: Waba,
}

impl Waba {
    /// Calls for the templates of the WABA; those for one of them are at
    /// [`Client::template`](crate::Client::template).
    pub fn templates(&self) -> Templates {
        Templates { waba: self.clone() }
    }
}

impl Templates {
    /// Makes a template, which Meta reviews.
    ///
    /// See [Cloud API/Template management].
    pub fn create(&self, template: &NewTemplate) -> Call<CreatedTemplate> {
        let path = self.waba.edge(EDGE);
        graph::post(self.waba.client(), "templates.create", &path, template)
    }

    /// Makes a template from one of Meta's library, which is as a rule approved at once.
    ///
    /// See [Cloud API/Template library].
    pub fn create_from_library(&self, template: &LibraryTemplate) -> Call<CreatedTemplate> {
        let path = self.waba.edge(EDGE);
        graph::post(self.waba.client(), "templates.create", &path, template)
    }

    /// The templates of the WABA, each language for itself, a page at a time.
    ///
    /// See [Cloud API/Template management].
    pub fn list(&self, filter: &TemplateFilter) -> Pages<TemplateDefinition> {
        self.waba.pages("templates.list", EDGE, &filter.pairs())
    }

    /// Deletes a template in all its languages; the name cannot be used again for 30 days.
    ///
    /// See [Cloud API/Template management].
    pub fn delete_named(&self, name: &str) -> Call<()> {
        self.remove(&[("name", name)])
    }

    /// Deletes a template in one language, by its id and its name.
    ///
    /// See [Cloud API/Template management].
    pub fn delete(&self, id: &TemplateId, name: &str) -> Call<()> {
        self.remove(&[("hsm_id", id.as_str()), ("name", name)])
    }

    /// Deletes at most 100 templates by their ids, all of them or none.
    ///
    /// See [Cloud API/Template management].
    pub fn delete_all(&self, ids: &[TemplateId]) -> Call<()> {
        let list = query::list(ids);
        let path = self.waba.edge(EDGE);
        let url = graph::url(self.waba.client(), &path, &[("hsm_ids", list.as_str())]);
        Call::new(
            self.waba.client(),
            "templates.delete",
            Method::DELETE,
            counted(ids).and(url),
            Ok(Body::Empty),
            crate::call::decode_success,
        )
    }

    /// Archives at most 100 approved or rejected templates; after 28 days Meta deletes them.
    ///
    /// The call goes to [`ClientBuilder::api_base_url`](crate::ClientBuilder::api_base_url).
    /// See [Cloud API/Template archival].
    pub fn archive(&self, ids: &[TemplateId]) -> Call<ArchivedTemplates> {
        self.shelve("templates.archive", "archive", ids)
    }

    /// Brings back at most 100 archived templates.
    ///
    /// The call goes to [`ClientBuilder::api_base_url`](crate::ClientBuilder::api_base_url).
    /// See [Cloud API/Template archival].
    pub fn unarchive(&self, ids: &[TemplateId]) -> Call<ArchivedTemplates> {
        self.shelve("templates.unarchive", "unarchive", ids)
    }

    /// Copies templates from another WABA of the same portfolio into this one.
    ///
    /// See [Cloud API/Template migration].
    pub fn migrate(&self, templates: &MigrateTemplates) -> Call<MigratedTemplates> {
        let url = self
            .waba
            .client()
            .url(&self.waba.edge("migrate_message_templates"));
        let body = templates.check().and_then(|()| Body::json(templates));
        self.post("templates.migrate", url, body)
    }

    /// Makes or replaces an authentication template in several languages.
    ///
    /// See [Cloud API/Authentication templates].
    pub fn upsert(&self, template: &AuthenticationUpsert) -> Call<UpsertedTemplates> {
        let path = self.waba.edge("upsert_message_templates");
        graph::post(self.waba.client(), "templates.upsert", &path, template)
    }

    /// The texts that Meta writes into authentication templates, language by language.
    ///
    /// See [Cloud API/Authentication templates].
    pub fn previews(&self, filter: &PreviewFilter) -> Pages<TemplatePreview> {
        let path = self.waba.edge("message_template_previews");
        let url = filter
            .pairs()
            .and_then(|pairs| graph::url(self.waba.client(), &path, &pairs));
        Pages::at(self.waba.client(), "templates.preview", url, decode_json)
    }

    fn remove(&self, query: &[(&str, &str)]) -> Call<()> {
        let path = self.waba.edge(EDGE);
        let operation = "templates.delete";
        graph::act(self.waba.client(), operation, Method::DELETE, &path, query)
    }

    fn shelve(
        &self,
        operation: &'static str,
        edge: &str,
        ids: &[TemplateId],
    ) -> Call<ArchivedTemplates> {
        let path = [self.waba.id().as_str(), EDGE, edge];
        let body = Fields::default().with("hsm_ids", query::texts(ids));
        let body = counted(ids).and_then(|()| Body::json(&body));
        self.post(operation, self.waba.client().api_url(&path), body)
    }

    fn post<T: serde::de::DeserializeOwned>(
        &self,
        operation: &'static str,
        url: Result<url::Url, RequestError>,
        body: Result<Body, RequestError>,
    ) -> Call<T> {
        let client = self.waba.client();
        Call::new(client, operation, Method::POST, url, body, decode_json)
    }
}

/// Refuses more ids than Meta takes in one call, and a call for nothing.
fn counted(ids: &[TemplateId]) -> Result<(), RequestError> {
    if ids.is_empty() || ids.len() > limits::IDS {
        return Err(RequestError::plain("there are not 1 to 100 templates"));
    }
    Ok(())
}
