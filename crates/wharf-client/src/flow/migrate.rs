//! Copies of Flows in another WABA.

use serde::{Deserialize, Serialize};
use wharf_model::WabaId;
use wharf_model::ids::FlowId;

use crate::fields::Fields;

/// Which Flows to copy from another WABA of the portfolio; see [Cloud API/Flows API].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct MigrateFlows(Fields);

impl MigrateFlows {
    /// Most names in one call.
    pub const MAX_NAMES: usize = 100;

    /// All Flows of a WABA.
    pub fn all(source: &WabaId) -> Self {
        Self(Fields::default().with("source_waba_id", source.as_str()))
    }

    /// Flows of a WABA by their names, at most [`MAX_NAMES`](Self::MAX_NAMES).
    pub fn named<T: Into<String>>(source: &WabaId, names: impl IntoIterator<Item = T>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        Self(Self::all(source).0.with("source_flow_names", names))
    }

    pub(crate) fn names(&self) -> usize {
        self.0.texts("source_flow_names").len()
    }
}

/// What became of Flows that were to be copied; see [Cloud API/Flows API].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MigratedFlows(Fields);

impl MigratedFlows {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Those that were copied.
    pub fn migrated_flows(&self) -> Vec<MigratedFlow> {
        self.0.list("migrated_flows")
    }

    /// Those that were not.
    pub fn failed_flows(&self) -> Vec<FailedFlow> {
        self.0.list("failed_flows")
    }
}

/// A Flow that was copied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MigratedFlow(Fields);

impl MigratedFlow {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its name.
    pub fn source_name(&self) -> Option<&str> {
        self.0.text("source_name")
    }

    /// The id that it was copied from.
    pub fn source_id(&self) -> Option<FlowId> {
        self.0.get("source_id")
    }

    /// The id of the copy.
    pub fn migrated_id(&self) -> Option<FlowId> {
        self.0.get("migrated_id")
    }
}

/// A Flow that was not copied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FailedFlow(Fields);

impl FailedFlow {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its name.
    pub fn source_name(&self) -> Option<&str> {
        self.0.text("source_name")
    }

    /// Why, as Meta's code.
    pub fn error_code(&self) -> Option<u64> {
        self.0.count("error_code")
    }

    /// Why, in Meta's words.
    pub fn error_message(&self) -> Option<&str> {
        self.0.text("error_message")
    }
}
