//! How much of the hourly budgets is used, as Meta's headers tell beside its answers.

use std::collections::BTreeMap;
use std::time::Duration;

use http::HeaderMap;
use serde::Deserialize;

use crate::fields::Fields;

/// Businesses that are remembered at most: one token rarely serves more.
const KEPT: usize = 1000;

/// What an answer asks to wait at most; whoever asks for more is asked again then.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_hours(7 * 24);

/// How much of the hourly budgets is used, as far as answers have told.
///
/// Meta tells it only after enough calls. Slow down from 80 percent on; at 100 calls are refused.
/// See [Graph API/Rate limits].
///
/// ```
/// # async fn example(waba: wharf_client::Waba) -> Result<(), wharf_client::Error> {
/// let answered = waba.info().answered().await?;
/// if answered.usage.peak().is_some_and(|percent| percent >= 80.0) {
///     // Ask less often for a while.
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Usage {
    /// Of the app's budget, from `X-App-Usage`.
    pub app: Option<AppUsage>,
    /// Of the budgets of WABAs and other business objects, by their id, from
    /// `X-Business-Use-Case-Usage`.
    pub business: BTreeMap<String, Vec<BusinessUsage>>,
}

/// How much of an app's budget is used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct AppUsage(Fields);

/// How much of one of a business object's budgets is used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct BusinessUsage(Fields);

impl AppUsage {
    /// Calls, in percent.
    pub fn call_count(&self) -> Option<f64> {
        self.0.number("call_count")
    }

    /// Time that the calls took, in percent.
    pub fn total_time(&self) -> Option<f64> {
        self.0.number("total_time")
    }

    /// Computing time that the calls took, in percent.
    pub fn total_cputime(&self) -> Option<f64> {
        self.0.number("total_cputime")
    }

    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }
}

impl BusinessUsage {
    /// The kind of calls that the budget is for, such as `messaging`.
    pub fn kind(&self) -> Option<&str> {
        self.0.text("type")
    }

    /// Calls, in percent.
    pub fn call_count(&self) -> Option<f64> {
        self.0.number("call_count")
    }

    /// Time that the calls took, in percent.
    pub fn total_time(&self) -> Option<f64> {
        self.0.number("total_time")
    }

    /// Computing time that the calls took, in percent.
    pub fn total_cputime(&self) -> Option<f64> {
        self.0.number("total_cputime")
    }

    /// How long calls will be refused from now on, at most seven days; `None` if they are not.
    pub fn regain_access(&self) -> Option<Duration> {
        let minutes = self.0.count("estimated_time_to_regain_access")?;
        let wait = Duration::from_secs(minutes.saturating_mul(60));
        (minutes > 0).then(|| wait.min(LONGEST_WAIT))
    }

    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }
}

impl Usage {
    /// Reads both headers; one that is missing or is not what Meta documents tells nothing.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let app = text("x-app-usage").and_then(|value| serde_json::from_str(value).ok());
        let business: Option<Fields> =
            text("x-business-use-case-usage").and_then(|value| serde_json::from_str(value).ok());
        let business = business.unwrap_or_default();
        let ids = business.as_map().keys();
        let business = ids.map(|id| (id.clone(), business.list(id))).collect();
        Self { app, business }
    }

    /// True if nothing was told.
    pub fn is_empty(&self) -> bool {
        self.app.is_none() && self.business.is_empty()
    }

    /// The highest of all percentages; `None` if none was told.
    pub fn peak(&self) -> Option<f64> {
        let app = self.app.iter();
        let app = app.flat_map(|app| [app.call_count(), app.total_time(), app.total_cputime()]);
        let business = self.business.values().flatten();
        let business =
            business.flat_map(|one| [one.call_count(), one.total_time(), one.total_cputime()]);
        app.chain(business).flatten().reduce(f64::max)
    }

    /// How long until every budget is open again; `None` if all are.
    pub fn regain_access(&self) -> Option<Duration> {
        let business = self.business.values().flatten();
        business.filter_map(BusinessUsage::regain_access).max()
    }

    /// Takes over what a later answer told.
    pub(crate) fn update(&mut self, later: &Self) {
        if later.app.is_some() {
            self.app.clone_from(&later.app);
        }
        for (id, later) in &later.business {
            let known = self.business.entry(id.clone()).or_default();
            // An answer tells of the kinds of calls that it was about.
            known.retain(|known| later.iter().all(|later| later.kind() != known.kind()));
            known.extend_from_slice(later);
        }
        while self.business.len() > KEPT {
            self.business.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(app: &'static str, business: &'static str) -> Usage {
        let mut headers = HeaderMap::new();
        headers.insert("x-app-usage", HeaderValue::from_static(app));
        headers.insert(
            "x-business-use-case-usage",
            HeaderValue::from_static(business),
        );
        Usage::read(&headers)
    }

    #[test]
    fn numbers_texts_and_unknown_fields_are_read() {
        let usage = read(
            r#"{"call_count":28,"total_time":"25.5","total_cputime":null,"new":{}}"#,
            r#"{"102":[{"type":"messaging","call_count":85,"estimated_time_to_regain_access":2},7]}"#,
        );
        let app = usage.app.as_ref().unwrap();
        assert_eq!(
            (app.call_count(), app.total_time()),
            (Some(28.0), Some(25.5))
        );
        assert_eq!(app.total_cputime(), None);
        assert!(app.fields().value("new").is_some());
        assert_eq!(usage.business["102"].len(), 1);
        assert_eq!(usage.peak(), Some(85.0));
        assert_eq!(usage.regain_access(), Some(Duration::from_mins(2)));
    }

    #[test]
    fn nonsense_tells_nothing() {
        for nonsense in ["", "null", "[]", "7", "{", r#"{"102":"no list"}"#] {
            let usage = read(nonsense, nonsense);
            assert_eq!((usage.peak(), usage.regain_access()), (None, None));
        }
        assert!(Usage::read(&HeaderMap::new()).is_empty());
    }

    #[test]
    fn a_later_answer_replaces_only_what_it_speaks_of() {
        let mut usage = read(
            r#"{"call_count":10}"#,
            r#"{"1":[{"type":"a","call_count":1},{"type":"b","call_count":2}],"2":[{"type":"a","call_count":3}]}"#,
        );
        usage.update(&read("{", r#"{"1":[{"type":"a","call_count":9}]}"#));
        assert_eq!(usage.app.as_ref().unwrap().call_count(), Some(10.0));
        let counts = |id: &str| {
            let counts = usage.business[id].iter();
            counts
                .map(|one| one.call_count().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!((counts("1"), counts("2")), (vec![2.0, 9.0], vec![3.0]));
    }

    #[test]
    fn memory_has_a_bound() {
        let mut usage = Usage::default();
        for id in 0..2 * KEPT {
            let mut later = Usage::default();
            later.business.insert(id.to_string(), Vec::new());
            usage.update(&later);
        }
        assert_eq!(usage.business.len(), KEPT);
    }
}
