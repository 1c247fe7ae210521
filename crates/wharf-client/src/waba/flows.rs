//! Flows of a WABA: list, make, copy from another.

use http::Method;

use super::Waba;
use crate::call::{Body, Call, decode_json};
use crate::error::RequestError;
use crate::flow::{CreatedFlow, FlowSummary, MigrateFlows, MigratedFlows, NewFlow};
use crate::graph;
use crate::pages::Pages;

impl Waba {
    /// The Flows of the WABA, a page at a time.
    ///
    /// See [Cloud API/Flows API].
    pub fn flows(&self) -> Pages<FlowSummary> {
        self.pages("flows.list", "flows", &[])
    }

    /// Makes a Flow.
    ///
    /// See [Cloud API/Flows API].
    pub fn create_flow(&self, flow: &NewFlow) -> Call<CreatedFlow> {
        graph::post(self.client(), "flows.create", &self.edge("flows"), flow)
    }

    /// Copies Flows from another WABA of the same portfolio into this one.
    ///
    /// See [Cloud API/Flows API].
    pub fn migrate_flows(&self, flows: &MigrateFlows) -> Call<MigratedFlows> {
        let url = self.client().url(&self.edge("migrate_flows"));
        let body = if flows.names() > MigrateFlows::MAX_NAMES {
            Err(RequestError::plain(
                "there are more than 100 flows to migrate",
            ))
        } else {
            Body::json(flows)
        };
        let operation = "flows.migrate";
        Call::new(
            self.client(),
            operation,
            Method::POST,
            url,
            body,
            decode_json,
        )
    }
}
