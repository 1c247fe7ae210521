//! How two templates compare.

use serde::{Deserialize, Serialize};
use wharf_model::TemplateId;

use crate::fields::Fields;

/// How two templates compare; see [Cloud API/Template comparison].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TemplateComparison(Fields);

impl TemplateComparison {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// One for each measure.
    pub fn data(&self) -> Vec<ComparedMetric> {
        self.0.list("data")
    }

    /// A measure by its name.
    pub fn metric(&self, metric: &ComparisonMetric) -> Option<ComparedMetric> {
        let mut data = self.data().into_iter();
        data.find(|compared| compared.metric().as_ref() == Some(metric))
    }
}

/// A measure of two templates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ComparedMetric(Fields);

impl ComparedMetric {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// What was measured.
    pub fn metric(&self) -> Option<ComparisonMetric> {
        self.0.text("metric").map(ComparisonMetric::from)
    }

    /// Which of the lists has the result: `RELATIVE`, `NUMBER_VALUES` or `STRING_VALUES`.
    pub fn kind(&self) -> Option<&str> {
        self.0.text("type")
    }

    /// The templates, the lowest rate first.
    pub fn order_by_relative_metric(&self) -> Vec<TemplateId> {
        self.0.list("order_by_relative_metric")
    }

    /// A number for each template.
    pub fn number_values(&self) -> Vec<(TemplateId, u64)> {
        let values: Vec<Fields> = self.0.list("number_values");
        let values = values.iter();
        values
            .filter_map(|value| Some((value.get("key")?, value.count("value")?)))
            .collect()
    }

    /// A text for each template.
    pub fn string_values(&self) -> Vec<(TemplateId, String)> {
        let values: Vec<Fields> = self.0.list("string_values");
        let values = values.iter();
        values
            .filter_map(|value| Some((value.get("key")?, value.get("value")?)))
            .collect()
    }
}

/// What is measured of two templates.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ComparisonMetric {
    /// `BLOCK_RATE`.
    BlockRate,
    /// `MESSAGE_SENDS`.
    MessageSends,
    /// `TOP_BLOCK_REASON`.
    TopBlockReason,
    /// One that this version does not know.
    Unknown(String),
}

impl ComparisonMetric {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::BlockRate => "BLOCK_RATE",
            Self::MessageSends => "MESSAGE_SENDS",
            Self::TopBlockReason => "TOP_BLOCK_REASON",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for ComparisonMetric {
    fn from(value: &str) -> Self {
        match value {
            "BLOCK_RATE" => Self::BlockRate,
            "MESSAGE_SENDS" => Self::MessageSends,
            "TOP_BLOCK_REASON" => Self::TopBlockReason,
            other => Self::Unknown(other.to_owned()),
        }
    }
}
