//! One thing that happened to a message.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::time::Time;

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TimelineEntry {
    /// When it happened, or began.
    pub(super) at: Time,
    #[serde(flatten)]
    pub(super) what: What,
}

/// What happened. More kinds may come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
#[schema(as = TimelineWhat)]
pub(super) enum What {
    /// An inbound message came in.
    Received {
        /// When the user sent it, as the carrier says.
        sent_at: Time,
        /// Where the raw notification lies.
        #[serde(skip_serializing_if = "Option::is_none")]
        notification: Option<String>,
    },
    /// An outbound message was taken, and is on disk.
    Accepted {
        /// `api`, `graph` or `nats`.
        door: &'static str,
        /// The API key's id.
        #[serde(skip_serializing_if = "Option::is_none")]
        caller: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// It waits for its time.
    Scheduled { until: Time },
    /// It waits for its turn.
    Queued { due_at: Time },
    /// It is queued, and this is what it waits for now.
    Waits {
        /// `channel_paused`, or `pair_rate`: its user has got many messages at once, and the carrier
        /// wants a rest of six seconds for each of them.
        why: &'static str,
        /// Until then, if that is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
        /// Why the channel is paused.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It was not sent: its time was over, or a rule forbade it.
    Refused {
        state: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// A call to the carrier.
    Attempt {
        /// Counts from 1.
        attempt: i64,
        /// The gateway that made it.
        #[serde(skip_serializing_if = "Option::is_none")]
        node: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        finished_at: Option<Time>,
        #[serde(skip_serializing_if = "Option::is_none")]
        duration_ms: Option<i64>,
        /// `accepted`, `retry`, `put_back`, or the state that the message got.
        #[serde(skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        http_status: Option<i64>,
        /// The carrier's code.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        details: Option<String>,
        /// What to do about the code.
        #[serde(skip_serializing_if = "Option::is_none")]
        advice: Option<&'static str>,
    },
    /// The carrier reported a status.
    Status {
        status: String,
        recipient: String,
        /// When it happened, as the carrier says: in whole seconds.
        reported_at: Time,
        /// When we heard of it.
        received_at: Time,
        /// As Meta writes them.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Vec<Object>>)]
        errors: Option<Value>,
        /// As Meta writes it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Object>)]
        pricing: Option<Value>,
    },
    /// Somebody took it back.
    Canceled {},
    /// An event told of it.
    Event {
        id: String,
        #[serde(rename = "type")]
        kind: String,
    },
    /// An event was handed, or is to be handed, to an endpoint.
    Delivery {
        id: String,
        endpoint_id: String,
        event_id: String,
        /// `pending`, `delivered`, `failed` or `canceled`: after this try.
        state: String,
        /// Counts from 1; absent before the first try.
        #[serde(skip_serializing_if = "Option::is_none")]
        attempt: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        status_code: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        duration_ms: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_try_at: Option<Time>,
    },
    /// It, or a delivery, waits for a person.
    DeadLetter {
        id: String,
        /// `send` or `delivery`.
        kind: String,
        reason: String,
    },
    /// A dead letter was settled.
    Resolved {
        /// The dead letter's.
        id: String,
        /// `resent`, `retried`, or the reason of a discard.
        resolution: String,
    },
}
