//! NATS: how it stands, and what an operator does to its streams. The shapes are those that the
//! interface is documented with.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Gate;
use super::authenticate::Caller;
use super::problem::{Problem, Thing};
use super::query::Id;
use crate::bus::{Bus, StreamState, Unreachable};
use crate::store::Tx;
use crate::store::audit::Difference;

/// How the connection to NATS stands.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(example = json!({
    "enabled": true, "connected": true, "url": "nats://localhost:4222",
    "events_stream": {"name": "WA_EVENTS", "messages": 1234, "bytes": 567_890,
        "consumer_count": 2, "first_seq": 1, "last_seq": 1234},
    "send_stream": {"name": "WA_SEND", "messages": 0, "bytes": 0, "consumer_count": 1,
        "first_seq": 1, "last_seq": 56}
}))]
pub(super) struct NatsStatus {
    /// Whether `nats.url` is set.
    enabled: bool,
    connected: bool,
    /// Without user information.
    url: Option<String>,
    /// Null while the server cannot be asked.
    events_stream: Option<NatsStream>,
    /// Null while the server cannot be asked.
    send_stream: Option<NatsStream>,
}

/// What a stream holds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NatsStream {
    name: String,
    messages: u64,
    bytes: u64,
    consumer_count: usize,
    first_seq: u64,
    last_seq: u64,
}

/// A stream was emptied.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"success": true, "message": "Stream 'WA_EVENTS' purged"}))]
pub(super) struct NatsPurged {
    success: bool,
    message: String,
}

/// How many read a stream.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"success": true, "stream": "WA_EVENTS", "consumer_count": 2}))]
pub(super) struct NatsConsumers {
    success: bool,
    stream: String,
    consumer_count: usize,
}

/// State of NATS
///
/// Whether it is configured and connected, and what its streams hold.
#[utoipa::path(get, path = "/api/v1/nats/status", tag = "NATS", operation_id = "nats_status",
    responses((status = 200, description = "The state", body = NatsStatus)))]
pub(super) async fn status(State(gate): State<Gate>) -> Json<NatsStatus> {
    let Some(bus) = &gate.app.bus else {
        return Json(NatsStatus::default());
    };
    let [events, send] = bus.streams();
    let (events, send) = tokio::join!(bus.stream_state(events), bus.stream_state(send));
    Json(NatsStatus {
        enabled: true,
        connected: bus.is_connected(),
        url: Some(bus.url()),
        events_stream: events.map(Into::into),
        send_stream: send.map(Into::into),
    })
}

/// Purge a stream
///
/// Removes every message of the stream: events that were published, or commands that were not taken
/// yet. The gateway's own record of events stays.
#[utoipa::path(post, path = "/api/v1/nats/streams/{stream}/purge", tag = "NATS",
    operation_id = "purge_nats_stream",
    params(("stream" = String, Path, description = "One of the gateway's two streams")), responses(
        (status = 200, description = "It is empty", body = NatsPurged),
        (status = 404, description = "`not_found`"),
        (status = 503, description = "`nats_unreachable`"),
    ))]
pub(super) async fn purge(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(stream): Id,
) -> Result<Json<NatsPurged>, Problem> {
    let bus = of_stream(&gate, &stream)?;
    // Written down first: what is purged is gone, whatever happens to us then.
    let (scribe, purged) = (caller.scribe(&gate.app), stream.clone());
    let note = move |tx: &Tx<'_>| scribe.note(tx, "nats_stream.purged", &purged, Difference::NONE);
    gate.app.store.write(note).await?;
    bus.purge(&stream).await?;
    tracing::info!(stream, "a stream of NATS was purged");
    Ok(Json(NatsPurged {
        success: true,
        message: format!("Stream '{stream}' purged"),
    }))
}

/// Count a stream's consumers
#[utoipa::path(get, path = "/api/v1/nats/streams/{stream}/consumers", tag = "NATS",
    operation_id = "nats_stream_consumers",
    params(("stream" = String, Path, description = "One of the gateway's two streams")), responses(
        (status = 200, description = "How many there are", body = NatsConsumers),
        (status = 404, description = "`not_found`"),
        (status = 503, description = "`nats_unreachable`"),
    ))]
pub(super) async fn consumers(
    State(gate): State<Gate>,
    Id(stream): Id,
) -> Result<Json<NatsConsumers>, Problem> {
    let bus = of_stream(&gate, &stream)?;
    let state = bus.stream_state(&stream).await.ok_or(Unreachable)?;
    Ok(Json(NatsConsumers {
        success: true,
        stream: state.name,
        consumer_count: state.consumer_count,
    }))
}

/// The bus, if the stream is one of its two.
fn of_stream<'a>(gate: &'a Gate, stream: &str) -> Result<&'a Bus, Problem> {
    let bus = gate.app.bus.as_deref();
    bus.filter(|bus| bus.streams().contains(&stream))
        .ok_or(Problem::NotFound(Thing::Stream))
}

impl From<StreamState> for NatsStream {
    fn from(state: StreamState) -> Self {
        Self {
            name: state.name,
            messages: state.messages,
            bytes: state.bytes,
            consumer_count: state.consumer_count,
            first_seq: state.first_seq,
            last_seq: state.last_seq,
        }
    }
}

impl From<Unreachable> for Problem {
    fn from(_: Unreachable) -> Self {
        Self::NatsUnreachable
    }
}
