//! What to measure of a whole WABA.

use std::fmt::Write as _;

use wharf_model::PhoneNumber;

use crate::error::RequestError;
use crate::query;

/// What to measure of a whole WABA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnalyticsKind {
    /// Messages that were sent and delivered.
    Messages,
    /// Conversations, which prices went by until July 2025.
    Conversations,
    /// Messages by what they cost.
    Pricing,
    /// Calls.
    Calls,
}

/// How long each point of a measure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Granularity {
    /// Half an hour.
    HalfHour,
    /// A day.
    Day,
    /// A month.
    Month,
}

/// What to measure of a whole WABA, from when to when; see [Cloud API/Analytics].
///
/// ```
/// use wharf_client::waba::{AnalyticsKind, AnalyticsQuery, Granularity};
///
/// let (start, end) = (1_748_761_200, 1_749_687_703);
/// let query = AnalyticsQuery::new(AnalyticsKind::Pricing, start, end, Granularity::Day)
///     .metric_types(["COST", "VOLUME"])
///     .dimensions(["PRICING_CATEGORY", "COUNTRY"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalyticsQuery {
    /// In Graph's syntax of a field with arguments; none if one of them cannot stand there.
    field: Option<String>,
}

impl AnalyticsQuery {
    /// From `start` up to `end`, both in seconds since 1970.
    pub fn new(kind: AnalyticsKind, start: i64, end: i64, granularity: Granularity) -> Self {
        let granularity = granularity.as_str(kind);
        let kind = kind.as_str();
        Self {
            field: Some(format!(
                "{kind}.start({start}).end({end}).granularity({granularity})"
            )),
        }
    }

    /// Of these numbers of the WABA only.
    #[must_use]
    pub fn phone_numbers<'a>(self, numbers: impl IntoIterator<Item = &'a PhoneNumber>) -> Self {
        let digits = numbers.into_iter().map(PhoneNumber::digits);
        self.filter("phone_numbers", digits)
    }

    /// Of users in these countries only, by their two letters.
    #[must_use]
    pub fn country_codes<T: AsRef<str>>(self, codes: impl IntoIterator<Item = T>) -> Self {
        self.filter("country_codes", codes)
    }

    /// These measures only, such as `COST`, `VOLUME`, `CONVERSATION` or `COUNT`. Meta tells no
    /// cost where a partner pays.
    #[must_use]
    pub fn metric_types<T: AsRef<str>>(self, names: impl IntoIterator<Item = T>) -> Self {
        self.filter("metric_types", names)
    }

    /// Divided by these, such as `COUNTRY`, `PHONE`, `PRICING_CATEGORY` or `TIER`.
    #[must_use]
    pub fn dimensions<T: AsRef<str>>(self, names: impl IntoIterator<Item = T>) -> Self {
        self.filter("dimensions", names)
    }

    /// Of these kinds of messages only, by Meta's numbers: 0 templates, 2 other messages, 100
    /// messages of users; in groups 101, 102 and 103.
    #[must_use]
    pub fn product_types(mut self, types: &[u32]) -> Self {
        if let Some(field) = &mut self.field {
            let types = serde_json::Value::from(types);
            // Writing to a text cannot fail.
            let _ = write!(field, ".product_types({types})");
        }
        self
    }

    /// Another filter of Meta's, such as `pricing_types`, `conversation_categories` or
    /// `directions`, with names of letters, digits and underscores as its values.
    #[must_use]
    pub fn filter<T: AsRef<str>>(
        mut self,
        name: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values: Vec<T> = values.into_iter().collect();
        let plain = is_name(name) && values.iter().all(|value| is_name(value.as_ref()));
        self.field = self.field.filter(|_| plain);
        if let Some(field) = &mut self.field {
            // Writing to a text cannot fail.
            let _ = write!(field, ".{name}({})", query::list(values));
        }
        self
    }

    pub(super) fn field(&self) -> Result<&String, RequestError> {
        let problem = "a filter has a character it may not have";
        self.field.as_ref().ok_or(RequestError::plain(problem))
    }
}

impl AnalyticsKind {
    /// The field as Meta calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Messages => "analytics",
            Self::Conversations => "conversation_analytics",
            Self::Pricing => "pricing_analytics",
            Self::Calls => "call_analytics",
        }
    }
}

impl Granularity {
    /// Meta has two words for a day and for a month.
    fn as_str(self, kind: AnalyticsKind) -> &'static str {
        match (self, kind) {
            (Self::HalfHour, _) => "HALF_HOUR",
            (Self::Day, AnalyticsKind::Messages) => "DAY",
            (Self::Month, AnalyticsKind::Messages) => "MONTH",
            (Self::Day, _) => "DAILY",
            (Self::Month, _) => "MONTHLY",
        }
    }
}

/// What has no meaning in Graph's syntax of fields.
fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    !text.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
