//! What a WABA sent, and what it cost.

mod daily;
mod point;
mod query;
mod report;

use wharf_model::ids::{GroupId, TemplateGroupId, TemplateId};

use super::Waba;
use crate::call::{Body, Call, decode_json};
use crate::error::RequestError;
use crate::graph;
use crate::pages::Pages;
use crate::query::Query;

pub use daily::DailyAnalytics;
pub use point::{ButtonClicks, CostShare, DataPoint};
pub use query::{AnalyticsKind, AnalyticsQuery, Granularity};
pub use report::{AnalyticsReport, AnalyticsSeries};

/// Most templates, or groups of templates, in one call.
const MAX_IDS: usize = 10;

impl Waba {
    /// What the WABA sent, what it cost, or its calls, of at most the last year.
    ///
    /// See [Cloud API/Analytics].
    pub fn analytics(&self, query: &AnalyticsQuery) -> Call<AnalyticsReport> {
        let path = [self.id().as_str()];
        let url = query
            .field()
            .and_then(|field| graph::url(self.client(), &path, &[("fields", field.as_str())]));
        Call::new(
            self.client(),
            "wabas.analytics",
            http::Method::GET,
            url,
            Ok(Body::Empty),
            decode_json,
        )
    }

    /// How at most 10 templates were taken, day by day within the last 90.
    ///
    /// The WABA must have been [enabled](super::WabaUpdate::enable_insights) for it, which holds
    /// for good.
    /// See [Cloud API/Analytics].
    pub fn template_analytics(
        &self,
        templates: &[TemplateId],
        days: &DailyAnalytics,
    ) -> Pages<AnalyticsSeries> {
        let query = days.query().with_list("template_ids", templates);
        self.series("template_analytics", counted(templates.len()), &query)
    }

    /// How at most 10 groups of templates were taken, day by day within the last 90.
    ///
    /// See [Cloud API/Analytics].
    pub fn template_group_analytics(
        &self,
        groups: &[TemplateGroupId],
        days: &DailyAnalytics,
    ) -> Pages<AnalyticsSeries> {
        let query = days.query().with_list("template_group_ids", groups);
        self.series("template_group_analytics", counted(groups.len()), &query)
    }

    /// What was sent to a group, and who joined and left, day by day within the last 90. Meta
    /// wants the measures to be named.
    ///
    /// See [Cloud API/Analytics].
    pub fn group_analytics(
        &self,
        group: &GroupId,
        days: &DailyAnalytics,
    ) -> Pages<AnalyticsSeries> {
        let query = days.query().with_list("group_ids", [group]);
        self.series("group_analytics", Ok(()), &query)
    }

    fn series(
        &self,
        edge: &str,
        check: Result<(), RequestError>,
        query: &Query,
    ) -> Pages<AnalyticsSeries> {
        let url = graph::url(self.client(), &self.edge(edge), &query.pairs());
        let first = check.and(url);
        Pages::at(self.client(), "wabas.analytics", first, decode_json)
    }
}

fn counted(ids: usize) -> Result<(), RequestError> {
    if (1..=MAX_IDS).contains(&ids) {
        return Ok(());
    }
    Err(RequestError::plain("there are not 1 to 10 ids to measure"))
}
