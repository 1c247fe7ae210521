//! Inputs for dates.

use serde_json::Value;

use super::Component;
use super::kind::ComponentKind;
use crate::flow::action::Action;
use crate::flow::expression::Bound;

/// A date.
///
/// See [Cloud API/Flows components], date picker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatePicker(Component);

impl DatePicker {
    /// With its required parts.
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self(
            Component::new(ComponentKind::DatePicker)
                .text("name", name)
                .text("label", label),
        )
    }

    /// The first day, `YYYY-MM-DD`; before 5.0 milliseconds since 1970.
    #[must_use]
    pub fn min_date(self, min_date: impl Into<String>) -> Self {
        Self(self.0.text("min-date", min_date))
    }

    /// The last day, in the same form.
    #[must_use]
    pub fn max_date(self, max_date: impl Into<String>) -> Self {
        Self(self.0.text("max-date", max_date))
    }

    /// Days that cannot be chosen.
    #[must_use]
    pub fn unavailable_dates(self, unavailable_dates: impl Into<Bound<Vec<String>>>) -> Self {
        Self(self.0.list("unavailable-dates", unavailable_dates))
    }

    /// A hint below it, of at most 80 characters.
    #[must_use]
    pub fn helper_text(self, helper_text: impl Into<String>) -> Self {
        Self(self.0.text("helper-text", helper_text))
    }

    /// Says whether the user must fill it in.
    #[must_use]
    pub fn required(self, required: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("required", required))
    }

    /// Says whether it can be used.
    #[must_use]
    pub fn enabled(self, enabled: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("enabled", enabled))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }

    /// What it holds at first; outside a form only, since 4.0.
    #[must_use]
    pub fn init_value(self, init_value: impl Into<String>) -> Self {
        Self(self.0.text("init-value", init_value))
    }

    /// What is wrong with the value; outside a form only, since 4.0.
    #[must_use]
    pub fn error_message(self, error_message: impl Into<String>) -> Self {
        Self(self.0.text("error-message", error_message))
    }

    /// What happens when a day is chosen: `data_exchange` only.
    #[must_use]
    pub fn on_select_action(self, on_select_action: Action) -> Self {
        Self(self.0.set("on-select-action", on_select_action))
    }
}

impl From<DatePicker> for Component {
    fn from(component: DatePicker) -> Self {
        component.0
    }
}

/// A date, or a span of dates, in a calendar; since 6.1.
///
/// See [Cloud API/Flows components], calendar picker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarPicker(Component);

impl CalendarPicker {
    /// With its required parts.
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self(
            Component::new(ComponentKind::CalendarPicker)
                .text("name", name)
                .text("label", label),
        )
    }

    /// Lets the user choose a first and a last day, with a label for each.
    #[must_use]
    pub fn range(self, start_label: impl Into<String>, end_label: impl Into<String>) -> Self {
        let label = span(start_label.into(), end_label.into());
        Self(self.0.set("mode", "range").set("label", label))
    }

    /// A title of at most 80 characters, for a span.
    #[must_use]
    pub fn title(self, title: impl Into<String>) -> Self {
        Self(self.0.text("title", title))
    }

    /// A description of at most 300 characters, for a span.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self(self.0.text("description", description))
    }

    /// The first day, `YYYY-MM-DD`.
    #[must_use]
    pub fn min_date(self, min_date: impl Into<String>) -> Self {
        Self(self.0.text("min-date", min_date))
    }

    /// The last day, `YYYY-MM-DD`.
    #[must_use]
    pub fn max_date(self, max_date: impl Into<String>) -> Self {
        Self(self.0.text("max-date", max_date))
    }

    /// Days that cannot be chosen.
    #[must_use]
    pub fn unavailable_dates(self, unavailable_dates: impl Into<Bound<Vec<String>>>) -> Self {
        Self(self.0.list("unavailable-dates", unavailable_dates))
    }

    /// The weekdays that can be chosen; all if not given.
    #[must_use]
    pub fn include_days(self, include_days: impl IntoIterator<Item = Weekday>) -> Self {
        Self(
            self.0.set(
                "include-days",
                include_days
                    .into_iter()
                    .map(Weekday::as_str)
                    .collect::<Vec<_>>(),
            ),
        )
    }

    /// The fewest days of a span.
    #[must_use]
    pub fn min_days(self, min_days: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("min-days", min_days))
    }

    /// The most days of a span.
    #[must_use]
    pub fn max_days(self, max_days: impl Into<Bound<u32>>) -> Self {
        Self(self.0.number("max-days", max_days))
    }

    /// A hint below it, of at most 80 characters.
    #[must_use]
    pub fn helper_text(self, helper_text: impl Into<String>) -> Self {
        Self(self.0.text("helper-text", helper_text))
    }

    /// Says whether the user must fill it in.
    #[must_use]
    pub fn required(self, required: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("required", required))
    }

    /// Says whether it can be used.
    #[must_use]
    pub fn enabled(self, enabled: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("enabled", enabled))
    }

    /// Says whether it is shown.
    #[must_use]
    pub fn visible(self, visible: impl Into<Bound<bool>>) -> Self {
        Self(self.0.flag("visible", visible))
    }

    /// What it holds at first; outside a form only, since 4.0.
    #[must_use]
    pub fn init_value(self, init_value: impl Into<String>) -> Self {
        Self(self.0.text("init-value", init_value))
    }

    /// What is wrong with the value; outside a form only, since 4.0.
    #[must_use]
    pub fn error_message(self, error_message: impl Into<String>) -> Self {
        Self(self.0.text("error-message", error_message))
    }

    /// What happens when a day is chosen: `data_exchange` only.
    #[must_use]
    pub fn on_select_action(self, on_select_action: Action) -> Self {
        Self(self.0.set("on-select-action", on_select_action))
    }

    /// Says whether the first and the last day of a span must be chosen.
    #[must_use]
    pub fn range_required(self, start: bool, end: bool) -> Self {
        Self(self.0.set("required", span(start, end)))
    }

    /// The first and the last day of a span that are chosen at first.
    #[must_use]
    pub fn init_range(self, start: impl Into<String>, end: impl Into<String>) -> Self {
        Self(self.0.set("init-value", span(start.into(), end.into())))
    }
}

impl From<CalendarPicker> for Component {
    fn from(component: CalendarPicker) -> Self {
        component.0
    }
}

/// A value for the first and one for the last day.
fn span(start: impl Into<Value>, end: impl Into<Value>) -> Value {
    let parts = [("start-date", start.into()), ("end-date", end.into())];
    Value::Object(
        parts
            .map(|(key, value)| (key.to_owned(), value))
            .into_iter()
            .collect(),
    )
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// The value as it stands in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Monday => "Mon",
            Self::Tuesday => "Tue",
            Self::Wednesday => "Wed",
            Self::Thursday => "Thu",
            Self::Friday => "Fri",
            Self::Saturday => "Sat",
            Self::Sunday => "Sun",
        }
    }
}
