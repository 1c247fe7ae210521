//! Measures of a Flow's endpoint.

use serde::{Deserialize, Serialize};

use crate::fields::Fields;

/// A measure of a Flow's endpoint; see [Cloud API/Flows metrics API].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FlowMetric(Fields);

impl FlowMetric {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The measure itself, where the answer wraps it.
    pub fn metric(&self) -> Option<FlowMetric> {
        self.0.get("metric")
    }

    /// What was measured.
    pub fn name(&self) -> Option<MetricName> {
        self.0.text("name").map(MetricName::from)
    }

    /// How long each point is.
    pub fn granularity(&self) -> Option<MetricGranularity> {
        self.0.text("granularity").map(MetricGranularity::from)
    }

    /// The points.
    pub fn data_points(&self) -> Vec<MetricPoint> {
        self.0.list("data_points")
    }
}

/// A measure at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetricPoint(Fields);

impl MetricPoint {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// When it begins, as Meta writes times.
    pub fn timestamp(&self) -> Option<&str> {
        self.0.text("timestamp")
    }

    /// Keys and values.
    pub fn data(&self) -> Vec<Fields> {
        self.0.list("data")
    }
}

/// What is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricName {
    /// `ENDPOINT_REQUEST_COUNT`.
    EndpointRequestCount,
    /// `ENDPOINT_REQUEST_ERROR`.
    EndpointRequestError,
    /// `ENDPOINT_REQUEST_ERROR_RATE`.
    EndpointRequestErrorRate,
    /// `ENDPOINT_REQUEST_LATENCY_SECONDS_CEIL`.
    EndpointRequestLatencySecondsCeil,
    /// `ENDPOINT_AVAILABILITY`.
    EndpointAvailability,
    /// One that this version does not know.
    Unknown(String),
}

impl MetricName {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::EndpointRequestCount => "ENDPOINT_REQUEST_COUNT",
            Self::EndpointRequestError => "ENDPOINT_REQUEST_ERROR",
            Self::EndpointRequestErrorRate => "ENDPOINT_REQUEST_ERROR_RATE",
            Self::EndpointRequestLatencySecondsCeil => "ENDPOINT_REQUEST_LATENCY_SECONDS_CEIL",
            Self::EndpointAvailability => "ENDPOINT_AVAILABILITY",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for MetricName {
    fn from(value: &str) -> Self {
        match value {
            "ENDPOINT_REQUEST_COUNT" => Self::EndpointRequestCount,
            "ENDPOINT_REQUEST_ERROR" => Self::EndpointRequestError,
            "ENDPOINT_REQUEST_ERROR_RATE" => Self::EndpointRequestErrorRate,
            "ENDPOINT_REQUEST_LATENCY_SECONDS_CEIL" => Self::EndpointRequestLatencySecondsCeil,
            "ENDPOINT_AVAILABILITY" => Self::EndpointAvailability,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// How long each point of a measure is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricGranularity {
    /// `DAY`.
    Day,
    /// `HOUR`.
    Hour,
    /// `LIFETIME`.
    Lifetime,
    /// One that this version does not know.
    Unknown(String),
}

impl MetricGranularity {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Day => "DAY",
            Self::Hour => "HOUR",
            Self::Lifetime => "LIFETIME",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for MetricGranularity {
    fn from(value: &str) -> Self {
        match value {
            "DAY" => Self::Day,
            "HOUR" => Self::Hour,
            "LIFETIME" => Self::Lifetime,
            other => Self::Unknown(other.to_owned()),
        }
    }
}
