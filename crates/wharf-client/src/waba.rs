//! Calls for one WABA.

mod analytics;
mod apps;
mod flows;
mod info;
mod numbers;
mod records;
mod signups;
mod templates;
mod users;

use serde::de::DeserializeOwned;
use wharf_model::WabaId;

use crate::client::Client;
use crate::pages::Pages;

pub use analytics::{
    AnalyticsKind, AnalyticsQuery, AnalyticsReport, AnalyticsSeries, ButtonClicks, CostShare,
    DailyAnalytics, DataPoint, Granularity,
};
pub use apps::SubscribedApp;
pub use info::{ReviewStatus, WabaInfo, WabaStatus, WabaUpdate};
pub use numbers::{AddedNumber, NewNumber};
pub use records::{Activity, Schedule, Solution};
pub use templates::Templates;
pub use users::{AssignedUser, UserTask};

/// Calls for one WABA; see [`Client::waba`].
#[derive(Debug, Clone)]
pub struct Waba {
    client: Client,
    id: WabaId,
}

impl Waba {
    pub(crate) fn new(client: Client, id: WabaId) -> Self {
        Self { client, id }
    }

    fn client(&self) -> &Client {
        &self.client
    }

    fn id(&self) -> &WabaId {
        &self.id
    }

    fn edge<'a>(&'a self, edge: &'a str) -> [&'a str; 2] {
        [self.id.as_str(), edge]
    }

    fn pages<T: DeserializeOwned + Send + 'static>(
        &self,
        operation: &'static str,
        edge: &str,
        query: &[(&str, &str)],
    ) -> Pages<T> {
        Pages::new(&self.client, operation, &self.edge(edge), query)
    }
}
