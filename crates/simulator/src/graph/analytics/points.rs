//! Data points: what the analytics of conversations, prices and calls have in common.

use serde_json::{Value, json};

use super::ask::{Ask, Span, YEAR};
use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::ids::{PhoneNumberId, WabaId};

/// What is asked of data points: which lines, which figures, and what tells points apart.
pub(super) struct Points {
    pub(super) span: Span,
    numbers: Vec<PhoneNumberId>,
    countries: Vec<String>,
    metrics: Vec<String>,
    dimensions: Vec<String>,
}

/// What names a point: its step, and the number and the country if these are dimensions.
pub(super) type Place = ((i64, i64), Option<PhoneNumberId>, Option<&'static str>);

impl Points {
    pub(super) fn read(
        call: &Call,
        waba: &WabaId,
        ask: &Ask<'_>,
        metrics: &[&str],
        dimensions: &[&str],
    ) -> Result<Self, GraphError> {
        Ok(Self {
            span: ask.span(call, YEAR, ["HALF_HOUR", "DAILY", "MONTHLY"])?,
            numbers: ask.numbers(call, waba)?,
            countries: ask.list("country_codes"),
            metrics: ask.words("metric_types", metrics)?,
            dimensions: ask.words("dimensions", dimensions)?,
        })
    }

    /// Whether this dimension tells points apart.
    pub(super) fn by(&self, dimension: &str) -> bool {
        self.dimensions.iter().any(|by| by == dimension)
    }

    /// Whether a point shows this figure.
    pub(super) fn shows(&self, metric: &str) -> bool {
        any(&self.metrics, metric)
    }

    /// Whether a line of this number and country is asked for.
    pub(super) fn take(&self, phone: &PhoneNumberId, country: &str) -> bool {
        self.numbers.contains(phone) && any(&self.countries, country)
    }

    pub(super) fn place(&self, at: i64, phone: &PhoneNumberId, country: &'static str) -> Place {
        let phone = self.by("PHONE").then(|| phone.clone());
        let country = self.by("COUNTRY").then_some(country);
        (self.span.step(at), phone, country)
    }
}

/// A point with no figures yet.
pub(super) fn point(call: &Call, ((start, end), phone, country): Place) -> Value {
    let mut point = json!({"start": start, "end": end});
    if let Some(phone) = phone.and_then(|phone| call.core.number(phone.as_str())) {
        point["phone_number"] = json!(phone.display_phone_number);
    }
    if let Some(country) = country {
        point["country"] = json!(country);
    }
    point
}

/// Whether a word is among those asked for, as all are when none is named.
pub(super) fn any(wanted: &[String], word: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|one| one == word)
}
