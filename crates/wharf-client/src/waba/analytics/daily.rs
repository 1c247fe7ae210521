//! What to measure day by day.

use crate::query::Query;

/// Which days to measure, and what; see [Cloud API/Analytics].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyAnalytics(Query);

impl DailyAnalytics {
    /// The days of UTC from `start` up to `end`, both in seconds since 1970.
    pub fn between(start: i64, end: i64) -> Self {
        Self::from_to(start.to_string(), end.to_string())
    }

    /// The days of the WABA's own time zone from `start` up to `end`, both `YYYY-MM-DD`.
    ///
    /// For templates and their groups.
    pub fn local(start: impl Into<String>, end: impl Into<String>) -> Self {
        let days = Self::from_to(start.into(), end.into());
        Self(days.0.with("use_waba_timezone", "true"))
    }

    fn from_to(start: String, end: String) -> Self {
        let query = Query::default().with("start", start).with("end", end);
        Self(query.with("granularity", "DAILY"))
    }

    /// These measures only, such as `SENT`, `DELIVERED`, `READ`, `CLICKED` or `COST`; for groups
    /// also `PARTICIPANTS_JOINED` and `PARTICIPANTS_LEFT`.
    #[must_use]
    pub fn metric_types<T: AsRef<str>>(self, names: impl IntoIterator<Item = T>) -> Self {
        Self(self.0.with_list("metric_types", names))
    }

    /// What was sent by `CLOUD_API`, which Meta takes where nothing is said, or by
    /// `MARKETING_MESSAGES_API_FOR_WHATSAPP`. For templates.
    #[must_use]
    pub fn product_type(self, name: impl Into<String>) -> Self {
        Self(self.0.with("product_type", name))
    }

    pub(super) fn query(&self) -> Query {
        self.0.clone()
    }
}
