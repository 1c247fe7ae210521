//! Making Flows and changing what surrounds their JSON.

use serde::{Deserialize, Serialize};
use wharf_model::AppId;
use wharf_model::flow::{FlowJson, InvalidFlow};
use wharf_model::ids::FlowId;

use super::category::FlowCategory;
use super::validation::ValidationError;
use crate::fields::Fields;

/// A Flow to make; see [Cloud API/Flows API].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct NewFlow(Fields);

impl NewFlow {
    /// An empty draft. The name is unique in the WABA; there is at least one category.
    pub fn new(
        name: impl Into<String>,
        categories: impl IntoIterator<Item = FlowCategory>,
    ) -> Self {
        let fields = Fields::default().with("name", name.into());
        Self(fields.with("categories", names(categories)))
    }

    /// Gives it its JSON; fails if Meta would refuse that.
    pub fn json(self, flow: &FlowJson) -> Result<Self, InvalidFlow> {
        Ok(Self(self.0.with("flow_json", flow.to_json()?)))
    }

    /// Copies the JSON of another Flow.
    #[must_use]
    pub fn clone_of(self, flow: &FlowId) -> Self {
        Self(self.0.with("clone_flow_id", flow.as_str()))
    }

    /// Publishes it at once; its JSON must be given and valid.
    #[must_use]
    pub fn publish(self, publish: bool) -> Self {
        Self(self.0.with("publish", publish))
    }

    /// Where its data endpoint is.
    #[must_use]
    pub fn endpoint_uri(self, endpoint_uri: impl Into<String>) -> Self {
        Self(self.0.with("endpoint_uri", endpoint_uri.into()))
    }
}

/// Changes to a Flow; see [Cloud API/Flows API].
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct FlowUpdate(Fields);

impl FlowUpdate {
    /// No changes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another name.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self(self.0.with("name", name.into()))
    }

    /// Another data endpoint.
    #[must_use]
    pub fn endpoint_uri(self, endpoint_uri: impl Into<String>) -> Self {
        Self(self.0.with("endpoint_uri", endpoint_uri.into()))
    }

    /// Other categories, in place of all that it had.
    #[must_use]
    pub fn categories(self, categories: impl IntoIterator<Item = FlowCategory>) -> Self {
        Self(self.0.with("categories", names(categories)))
    }

    /// Connects it to an app.
    #[must_use]
    pub fn application(self, app: &AppId) -> Self {
        Self(self.0.with("application_id", app.as_str()))
    }
}

fn names(categories: impl IntoIterator<Item = FlowCategory>) -> Vec<String> {
    let categories = categories.into_iter();
    categories
        .map(|category| category.as_str().to_owned())
        .collect()
}

/// A Flow that was made; see [Cloud API/Flows API].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CreatedFlow(Fields);

impl CreatedFlow {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<FlowId> {
        self.0.get("id")
    }

    /// Whether its JSON was stored, if it was given any.
    pub fn success(&self) -> Option<bool> {
        self.0.flag("success")
    }

    /// What must be corrected before it can be published.
    pub fn validation_errors(&self) -> Vec<ValidationError> {
        self.0.list("validation_errors")
    }
}
