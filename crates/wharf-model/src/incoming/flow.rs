//! Flows: status and health.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Number, Value};

use super::wire::{absent, body, elements, lenient};
use crate::ids::FlowId;

/// What happened to a flow.
///
/// See [Cloud API/Flows webhooks].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum FlowUpdate {
    /// It was made, published, blocked and so on.
    #[serde(rename = "FLOW_STATUS_CHANGE")]
    StatusChange(FlowStatusChange),
    /// It fails on users' devices.
    #[serde(rename = "CLIENT_ERROR_RATE")]
    ClientErrorRate(FlowErrorRate),
    /// Its endpoint fails.
    #[serde(rename = "ENDPOINT_ERROR_RATE")]
    EndpointErrorRate(FlowErrorRate),
    /// Its endpoint is slow.
    #[serde(rename = "ENDPOINT_LATENCY")]
    EndpointLatency(FlowLatency),
    /// Its endpoint is not there.
    #[serde(rename = "ENDPOINT_AVAILABILITY")]
    EndpointAvailability(FlowAvailability),
    /// An event that is not in Meta's list, or one whose body is of another form.
    #[serde(untagged)]
    Unknown(Value),
}

impl<'de> Deserialize<'de> for FlowUpdate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let known = match value.get("event").and_then(Value::as_str) {
            Some("FLOW_STATUS_CHANGE") => body(&value, Self::StatusChange),
            Some("CLIENT_ERROR_RATE") => body(&value, Self::ClientErrorRate),
            Some("ENDPOINT_ERROR_RATE") => body(&value, Self::EndpointErrorRate),
            Some("ENDPOINT_LATENCY") => body(&value, Self::EndpointLatency),
            Some("ENDPOINT_AVAILABILITY") => body(&value, Self::EndpointAvailability),
            _ => None,
        };
        Ok(known.unwrap_or(Self::Unknown(value)))
    }
}

/// A flow that was made, published, blocked and so on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowStatusChange {
    /// What happened, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message: Option<String>,
    /// The flow.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub flow_id: Option<FlowId>,
    /// How it stood.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub old_status: Option<FlowStatus>,
    /// How it stands.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub new_status: Option<FlowStatus>,
    /// What to do, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub warning: Option<String>,
}

/// How often a flow fails.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowErrorRate {
    /// What happened, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message: Option<String>,
    /// The flow.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub flow_id: Option<FlowId>,
    /// Of a hundred.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub error_rate: Option<Number>,
    /// The rate that is reported.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub threshold: Option<Number>,
    /// Whether it still holds.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub alert_state: Option<FlowAlertState>,
    /// What fails.
    #[serde(deserialize_with = "elements", skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FlowError>,
}

/// How often a flow fails in one way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowError {
    /// Meta's name of it.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub error_type: Option<String>,
    /// Of a hundred errors.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub error_rate: Option<Number>,
    /// How many.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub error_count: Option<u64>,
}

/// How slow the endpoint of a flow is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowLatency {
    /// What happened, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message: Option<String>,
    /// The flow.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub flow_id: Option<FlowId>,
    /// Milliseconds that nine of ten take at most.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub p90_latency: Option<Number>,
    /// Milliseconds that half of them take at most.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub p50_latency: Option<Number>,
    /// How many requests.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub requests_count: Option<u64>,
    /// The time that is reported.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub threshold: Option<Number>,
    /// Whether it still holds.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub alert_state: Option<FlowAlertState>,
}

/// How often the endpoint of a flow is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowAvailability {
    /// What happened, for a person.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub message: Option<String>,
    /// The flow.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub flow_id: Option<FlowId>,
    /// Of a hundred.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub availability: Option<Number>,
    /// The rate that is reported.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub threshold: Option<Number>,
    /// Whether it still holds.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "absent")]
    pub alert_state: Option<FlowAlertState>,
}

/// How a flow stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum FlowStatus {
    /// It may be changed.
    Draft,
    /// It may be sent.
    Published,
    /// It may not be sent any more.
    Deprecated,
    /// It may neither be sent nor opened.
    Blocked,
    /// It may be sent ten times an hour.
    Throttled,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}

/// Whether an alert still holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum FlowAlertState {
    /// It does.
    Activated,
    /// It does not.
    Deactivated,
    /// A value that is not in Meta's list.
    #[serde(untagged)]
    Unknown(String),
}
