//! Measures as Meta gives them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::point::DataPoint;
use crate::fields::Fields;

/// A measure of a whole WABA; see [Cloud API/Analytics].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnalyticsReport(Fields);

impl AnalyticsReport {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// All points of the measure; none if Meta left it out.
    pub fn data_points(&self) -> Vec<DataPoint> {
        let all = self.series();
        all.iter().flat_map(AnalyticsSeries::data_points).collect()
    }

    /// The measure as Meta divides it: messages and calls stand alone, the others in a list.
    pub fn series(&self) -> Vec<AnalyticsSeries> {
        let mut all = Vec::new();
        for field in self.0.as_map().values() {
            let Value::Object(map) = field else { continue };
            let fields = Fields::from(map.clone());
            if fields.value("data_points").is_some() {
                all.push(AnalyticsSeries(fields));
            } else {
                all.extend(fields.list("data"));
            }
        }
        all
    }
}

/// The points of a measure; see [Cloud API/Analytics].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnalyticsSeries(Fields);

impl AnalyticsSeries {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The points.
    pub fn data_points(&self) -> Vec<DataPoint> {
        self.0.list("data_points")
    }

    /// How long each point is, such as `DAILY`.
    pub fn granularity(&self) -> Option<&str> {
        self.0.text("granularity")
    }

    /// By what it was sent, such as `cloud_api`.
    pub fn product_type(&self) -> Option<&str> {
        self.0.text("product_type")
    }

    /// The WABA's time zone, if the days are of it.
    pub fn waba_timezone(&self) -> Option<&str> {
        self.0.text("waba_timezone")
    }
}
