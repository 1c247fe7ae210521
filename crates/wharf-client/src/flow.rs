//! Calls for one Flow.

mod category;
mod create;
mod details;
mod metric;
mod migrate;
mod validation;

use http::Method;
use reqwest::multipart::{Form, Part};
use wharf_model::flow::FlowJson;
use wharf_model::ids::FlowId;

use crate::call::{Body, Call, decode_json};
use crate::client::Client;
use crate::error::RequestError;
use crate::graph;

pub use category::FlowCategory;
pub use create::{CreatedFlow, FlowUpdate, NewFlow};
pub use details::{FlowAsset, FlowAssets, FlowDetails, FlowPreview, FlowSummary};
pub use metric::{FlowMetric, MetricGranularity, MetricName, MetricPoint};
pub use migrate::{FailedFlow, MigrateFlows, MigratedFlow, MigratedFlows};
pub use validation::{FlowJsonResult, ValidationError, ValidationPointer};
pub use wharf_model::incoming::flow::FlowStatus;

/// Longest Flow JSON, in bytes.
const MAX_JSON: usize = wharf_model::flow::limits::DOCUMENT_BYTES;

const DETAILS: &str = "id,name,status,categories,validation_errors,json_version,\
    data_api_version,endpoint_uri,preview,whatsapp_business_account,application,health_status";

/// Calls for one Flow; see [`Client::flow`].
#[derive(Debug, Clone)]
pub struct Flow {
    client: Client,
    id: FlowId,
}

impl Flow {
    pub(crate) fn new(client: Client, id: FlowId) -> Self {
        Self { client, id }
    }

    /// Reads all that Meta tells of the Flow, with a preview link that lives 30 days.
    ///
    /// See [Cloud API/Flows API].
    pub fn get(&self) -> Call<FlowDetails> {
        self.get_fields(DETAILS)
    }

    /// Reads chosen fields, such as `name,preview.invalidate(true)` for a new preview link, or
    /// `health_status.phone_number(106540352242922)`.
    ///
    /// See [Cloud API/Flows API].
    pub fn get_fields(&self, fields: &str) -> Call<FlowDetails> {
        let path = [self.id.as_str()];
        graph::read(&self.client, "flows.get", &path, &[("fields", fields)])
    }

    /// Changes name, categories, endpoint or app.
    ///
    /// See [Cloud API/Flows API].
    pub fn update(&self, update: &FlowUpdate) -> Call<()> {
        graph::set(&self.client, "flows.update", &[self.id.as_str()], update)
    }

    /// Uploads Flow JSON. A Flow that Meta would refuse is not sent, and awaiting says why.
    ///
    /// See [Cloud API/Flows API].
    pub fn upload_json(&self, flow: &FlowJson) -> Call<FlowJsonResult> {
        let json = flow.to_json();
        self.upload(json.map_err(|error| RequestError::new("the flow JSON is invalid", error)))
    }

    /// Uploads Flow JSON as it is; Meta's answer tells what is wrong in it.
    ///
    /// See [Cloud API/Flows API].
    pub fn upload_text(&self, json: impl Into<String>) -> Call<FlowJsonResult> {
        let json = json.into();
        if json.len() > MAX_JSON {
            return self.upload(Err(RequestError::plain("the flow JSON is over 10 MB")));
        }
        self.upload(Ok(json))
    }

    fn upload(&self, json: Result<String, RequestError>) -> Call<FlowJsonResult> {
        let url = self.client.url(&[self.id.as_str(), "assets"]);
        let body = json.and_then(form).map(Body::Form);
        let operation = "flows.upload";
        Call::new(
            &self.client,
            operation,
            Method::POST,
            url,
            body,
            decode_json,
        )
        .timeout(self.client.timeouts().upload)
    }

    /// The files of the Flow, with links to them.
    ///
    /// See [Cloud API/Flows API].
    pub fn assets(&self) -> Call<FlowAssets> {
        graph::read(
            &self.client,
            "flows.assets",
            &[self.id.as_str(), "assets"],
            &[],
        )
    }

    /// Publishes a draft; it cannot be changed after that.
    ///
    /// See [Cloud API/Flows API].
    pub fn publish(&self) -> Call<()> {
        self.act(
            "flows.publish",
            Method::POST,
            &[self.id.as_str(), "publish"],
        )
    }

    /// Takes a published Flow out of use, for good.
    ///
    /// See [Cloud API/Flows API].
    pub fn deprecate(&self) -> Call<()> {
        self.act(
            "flows.deprecate",
            Method::POST,
            &[self.id.as_str(), "deprecate"],
        )
    }

    /// Deletes a draft.
    ///
    /// See [Cloud API/Flows API].
    pub fn delete(&self) -> Call<()> {
        self.act("flows.delete", Method::DELETE, &[self.id.as_str()])
    }

    /// A measure of the Flow's endpoint, from `since` up to `until`, both `YYYY-MM-DD`.
    ///
    /// Meta answers only from 250 requests on, else with error 139006.
    /// See [Cloud API/Flows metrics API].
    pub fn metric(
        &self,
        name: &MetricName,
        granularity: &MetricGranularity,
        since: &str,
        until: &str,
    ) -> Call<FlowMetric> {
        let fields = format!(
            "metric.name({}).granularity({}).since({since}).until({until})",
            name.as_str(),
            granularity.as_str()
        );
        let path = [self.id.as_str()];
        graph::read(&self.client, "flows.metric", &path, &[("fields", &fields)])
    }

    fn act(&self, operation: &'static str, method: Method, path: &[&str]) -> Call<()> {
        graph::act(&self.client, operation, method, path, &[])
    }
}

fn form(json: String) -> Result<Form, RequestError> {
    let file = Part::text(json)
        .file_name("flow.json")
        .mime_str("application/json")
        .map_err(|error| RequestError::new("the MIME type is invalid", error))?;
    Ok(Form::new()
        .text("name", "flow.json")
        .text("asset_type", "FLOW_JSON")
        .part("file", file))
}
