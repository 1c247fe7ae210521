//! What Meta tells of a Flow.

use serde::{Deserialize, Serialize};
use wharf_model::ids::FlowId;
use wharf_model::incoming::flow::FlowStatus;

use super::category::FlowCategory;
use super::metric::FlowMetric;
use super::validation::ValidationError;
use crate::fields::Fields;
use crate::health::HealthStatus;

/// A Flow in a list; see [Cloud API/Flows API].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FlowSummary(Fields);

impl FlowSummary {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<FlowId> {
        self.0.get("id")
    }

    /// Its name, unique in the WABA.
    pub fn name(&self) -> Option<&str> {
        self.0.text("name")
    }

    /// Its state.
    pub fn status(&self) -> Option<FlowStatus> {
        self.0.get("status")
    }

    /// What it is for.
    pub fn categories(&self) -> Vec<FlowCategory> {
        self.0
            .texts("categories")
            .into_iter()
            .map(FlowCategory::from)
            .collect()
    }

    /// What must be corrected before it can be published.
    pub fn validation_errors(&self) -> Vec<ValidationError> {
        self.0.list("validation_errors")
    }
}

/// A Flow; a field that was not asked for is absent. See [Cloud API/Flows API].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FlowDetails(Fields);

impl FlowDetails {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<FlowId> {
        self.0.get("id")
    }

    /// Its name, unique in the WABA.
    pub fn name(&self) -> Option<&str> {
        self.0.text("name")
    }

    /// Its state.
    pub fn status(&self) -> Option<FlowStatus> {
        self.0.get("status")
    }

    /// What it is for.
    pub fn categories(&self) -> Vec<FlowCategory> {
        self.0
            .texts("categories")
            .into_iter()
            .map(FlowCategory::from)
            .collect()
    }

    /// What must be corrected before it can be published.
    pub fn validation_errors(&self) -> Vec<ValidationError> {
        self.0.list("validation_errors")
    }

    /// The version of its Flow JSON.
    pub fn json_version(&self) -> Option<&str> {
        self.0.text("json_version")
    }

    /// The version that its endpoint speaks.
    pub fn data_api_version(&self) -> Option<&str> {
        self.0.text("data_api_version")
    }

    /// Where its endpoint is.
    pub fn endpoint_uri(&self) -> Option<&str> {
        self.0.text("endpoint_uri")
    }

    /// A link that shows it.
    pub fn preview(&self) -> Option<FlowPreview> {
        self.0.get("preview")
    }

    /// Whether it can be sent.
    pub fn health_status(&self) -> Option<HealthStatus> {
        self.0.get("health_status")
    }

    /// The WABA that it belongs to.
    pub fn whatsapp_business_account(&self) -> Option<Fields> {
        self.0.get("whatsapp_business_account")
    }

    /// The app that it is connected to.
    pub fn application(&self) -> Option<Fields> {
        self.0.get("application")
    }

    /// A measure, if one was asked for.
    pub fn metric(&self) -> Option<FlowMetric> {
        self.0.get("metric")
    }
}

/// A public link that shows a Flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FlowPreview(Fields);

impl FlowPreview {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The link.
    pub fn preview_url(&self) -> Option<&str> {
        self.0.text("preview_url")
    }

    /// When it ends, as Meta writes times.
    pub fn expires_at(&self) -> Option<&str> {
        self.0.text("expires_at")
    }
}

/// The files of a Flow; see [Cloud API/Flows API].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FlowAssets(Fields);

impl FlowAssets {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The files.
    pub fn data(&self) -> Vec<FlowAsset> {
        self.0.list("data")
    }
}

/// A file of a Flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FlowAsset(Fields);

impl FlowAsset {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its name: `flow.json`.
    pub fn name(&self) -> Option<&str> {
        self.0.text("name")
    }

    /// Its type: `FLOW_JSON`.
    pub fn asset_type(&self) -> Option<&str> {
        self.0.text("asset_type")
    }

    /// Where it can be fetched, for a short time.
    pub fn download_url(&self) -> Option<&str> {
        self.0.text("download_url")
    }
}
