//! `GET /api/v1/status`: what this gateway is and how far it has come.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::app::App;
use crate::cluster::Cluster;
use crate::config::{self, Role};
use crate::ingest;
use crate::store::waiting::unsettled;
use crate::store::{Tx, bus_cursors, events};

/// The state of the service.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status {
    /// Version of the gateway.
    #[schema(example = "0.1.0")]
    version: &'static str,
    node: ThisNode,
    inbox: Inbox,
    /// How many events there are.
    events: i64,
    messages: Unsettled,
    /// NATS; null if it is not configured.
    nats: Option<BusProgress>,
    retention: Retention,
}

/// How long things are kept, in days; 0: for ever.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the settings' names")]
pub(super) struct Retention {
    /// Content of messages.
    messages_days: u32,
    /// Raw notifications.
    raw_days: u32,
    /// Files.
    media_days: u32,
    /// Events, deliveries, settled dead letters.
    logs_days: u32,
    /// The audit.
    audit_days: u32,
}

/// Outbound messages whose outcome is open.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Unsettled {
    /// A call to the carrier is under way.
    sending: i64,
    /// Nobody knows whether they were sent: a status settles them, or a person decides.
    unknown: i64,
}

/// How far events have been published to NATS.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BusProgress {
    connected: bool,
    /// Events that NATS has not acknowledged yet.
    waiting: i64,
}

/// The node that answers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ThisNode {
    /// Names this run of this node.
    #[schema(example = "node_01hf7yat00c5k9m2t8w3x6q4vz")]
    id: String,
    /// What it does besides the API and the webhooks.
    #[schema(example = json!(["ingest", "send", "deliver"]))]
    roles: Vec<&'static str>,
    /// How many leases it has, by the work that they are on. Empty where nobody shares the database.
    #[schema(example = json!({"ingest": 1, "send": 2}))]
    leases: BTreeMap<&'static str, usize>,
}

/// How far ingest has come in the inbox journal.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Inbox {
    /// Up to where notifications are on disk.
    #[schema(example = "1-40960")]
    stored: String,
    /// Up to where they have become events.
    #[schema(example = "1-40960")]
    applied: String,
    /// Whether there is something stored that has not been applied yet.
    waiting: bool,
}

/// What the gateway is doing
///
/// Version, and whether everything that was received has become events.
#[utoipa::path(get, path = "/api/v1/status", tag = "Service", operation_id = "status", responses(
        (status = 200, description = "The state of the service", body = Status),
    ))]
pub(super) async fn get(State(app): State<Arc<App>>) -> Result<Json<Status>, Problem> {
    let inbox = app.inbox.clone();
    let look = move |tx: &Tx<'_>| {
        // What was applied is looked up first: what comes in between counts as waiting.
        let applied = ingest::position(tx)?;
        let published = bus_cursors::get(tx)?;
        let events = events::last_seq(tx)?;
        let waiting = inbox.waits(tx, applied)?;
        let open = unsettled(tx)?;
        Ok((applied, inbox.end(tx)?, waiting, events, published, open))
    };
    let (applied, stored, waiting, events, published, open) = app.store.read(look).await?;
    let nats = app.bus.as_ref().map(|bus| BusProgress {
        connected: bus.is_connected(),
        waiting: events.saturating_sub(published.map_or(events, |cursor| cursor.seq)),
    });
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION"),
        node: ThisNode::of(&app.cluster),
        inbox: Inbox {
            stored: stored.to_string(),
            applied: applied.to_string(),
            waiting,
        },
        events,
        messages: Unsettled {
            sending: open.get("sending").copied().unwrap_or(0),
            unknown: open.get("unknown").copied().unwrap_or(0),
        },
        nats,
        retention: Retention::of(&app.config.retention),
    }))
}

impl Retention {
    fn of(kept: &config::Retention) -> Self {
        Self {
            messages_days: kept.messages_days,
            raw_days: kept.raw_days,
            media_days: kept.media_days,
            logs_days: kept.logs_days,
            audit_days: kept.audit_days,
        }
    }
}

impl ThisNode {
    fn of(cluster: &Cluster) -> Self {
        let leases = cluster.held().into_iter();
        Self {
            id: cluster.node().to_owned(),
            roles: cluster.roles().iter().copied().map(Role::as_str).collect(),
            leases: leases.map(|(work, count)| (work.as_str(), count)).collect(),
        }
    }
}
