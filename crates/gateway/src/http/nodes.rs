//! `GET /api/v1/nodes`: the nodes that share the database, and what each is at.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::time::Time;
use crate::app::App;
use crate::cluster::{self, Seen};

/// Every node.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Nodes {
    data: Vec<Node>,
}

/// One run of a gateway.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Node {
    /// Names this run of this node; each start makes a new one.
    #[schema(example = "node_01hf7yat00c5k9m2t8w3x6q4vz")]
    id: String,
    /// Whether it was heard of within the time of a lease. Another takes over from one that was not.
    alive: bool,
    /// What it does besides the API and the webhooks.
    #[schema(example = json!(["ingest", "send", "deliver"]))]
    roles: Vec<String>,
    /// Version of the gateway.
    #[schema(example = "0.1.0")]
    version: String,
    started_at: Time,
    /// What it has taken on: kinds of work, channels and endpoints.
    #[schema(example = json!(["ingest", "send/support"]))]
    leases: Vec<String>,
}

/// List nodes
///
/// The gateways that share this database, those of the last hour that are gone included. Where
/// nobody shares it, there is one, and it holds no leases.
#[utoipa::path(get, path = "/api/v1/nodes", tag = "Service", operation_id = "list_nodes", responses(
        (status = 200, description = "Every node", body = Nodes),
    ))]
pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<Nodes>, Problem> {
    let nodes = cluster::nodes(&app).await?;
    Ok(Json(Nodes {
        data: nodes.into_iter().map(Node::of).collect(),
    }))
}

impl Node {
    fn of(seen: Seen) -> Self {
        Self {
            id: seen.id,
            alive: seen.alive,
            roles: seen.about.roles,
            version: seen.about.version,
            started_at: Time(seen.about.started_at),
            leases: seen.leases,
        }
    }
}
