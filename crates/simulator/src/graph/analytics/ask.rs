//! What an analytics call asks for: a span, how fine, and which of it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::core::read;
use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::graph::fields::Field;
use crate::graph::params::{must_be, required};
use crate::ids::{PhoneNumberId, WabaId};

const DAY: i64 = 24 * 60 * 60;
/// How far back most analytics go, in days.
pub(super) const YEAR: i64 = 365;

/// Where the arguments stand.
pub(super) enum Ask<'a> {
    /// `analytics.start(1).end(2)`.
    Field(&'a Field),
    /// `?start=1&end=2`.
    Call(&'a Call),
}

/// From when to when, and in which steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: i64,
    pub(super) end: i64,
    grain: Grain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grain {
    HalfHour,
    Day,
    Month,
}

impl Ask<'_> {
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, GraphError> {
        match self {
            Self::Field(field) => Ok(field.argument(name).map(|text| unquoted(text).to_owned())),
            Self::Call(call) => call.params.text(name),
        }
    }

    /// A list: JSON, or words between commas with or without brackets.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let text = match self {
            Self::Field(field) => field.argument(name).map(str::to_owned),
            Self::Call(call) => match call.params.get(name) {
                Some(serde_json::Value::String(text)) => Some(text.clone()),
                Some(value) => Some(value.to_string()),
                None => None,
            },
        };
        let text = text.unwrap_or_default();
        let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
        let words = inner.split(',').map(|word| unquoted(word).to_owned());
        words.filter(|word| !word.is_empty()).collect()
    }

    /// A list of these words.
    pub(super) fn words(&self, name: &str, known: &[&str]) -> Result<Vec<String>, GraphError> {
        let words = self.list(name);
        let words: Vec<_> = words.iter().map(|word| word.to_ascii_uppercase()).collect();
        match words.iter().find(|word| !known.contains(&word.as_str())) {
            Some(_) => Err(must_be(name, &format!("of {{{}}}", known.join(", ")))),
            None => Ok(words),
        }
    }

    fn seconds(&self, name: &str) -> Result<i64, GraphError> {
        let text = self.text(name)?.ok_or_else(|| required(name))?;
        if let Ok(seconds) = text.parse() {
            return Ok(seconds);
        }
        let date = text.parse::<jiff::civil::Date>();
        date.ok()
            .and_then(|date| date.to_zoned(TimeZone::UTC).ok())
            .map(|start| start.timestamp().as_second())
            .ok_or_else(|| must_be(name, "a UNIX timestamp"))
    }

    /// The span, at most `days` back; the names of the grains differ from kind to kind.
    pub(super) fn span(
        &self,
        call: &Call,
        days: i64,
        grains: [&str; 3],
    ) -> Result<Span, GraphError> {
        let (start, end) = (self.seconds("start")?, self.seconds("end")?);
        if end <= start {
            return Err(must_be("end", "later than start"));
        }
        let now = call.core.clock.now().as_second();
        if start < now - days * DAY {
            return Err(must_be("start", &format!("within the last {days} days")));
        }
        let [half_hour, day, month] = grains;
        let grain = self
            .text("granularity")?
            .map(|text| text.to_ascii_uppercase());
        let grain = match grain.ok_or_else(|| required("granularity"))? {
            text if text == half_hour && !text.is_empty() => Grain::HalfHour,
            text if text == day => Grain::Day,
            text if text == month && !text.is_empty() => Grain::Month,
            _ => {
                let known: Vec<_> = grains.into_iter().filter(|word| !word.is_empty()).collect();
                return Err(must_be(
                    "granularity",
                    &format!("one of {{{}}}", known.join(", ")),
                ));
            }
        };
        Ok(Span { start, end, grain })
    }

    /// The numbers asked for, by id or digits; those of the WABA when none is named.
    pub(super) fn numbers(
        &self,
        call: &Call,
        waba: &WabaId,
    ) -> Result<Vec<PhoneNumberId>, GraphError> {
        let wanted = self.list("phone_numbers");
        let digits = |text: &str| {
            text.chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        };
        let wanted: Vec<_> = wanted.iter().map(|text| digits(text)).collect();
        let numbers = read(&call.core.numbers);
        let of_waba = numbers.iter().filter(|number| number.waba == *waba);
        let found: Vec<_> = of_waba
            .filter(|number| {
                wanted.is_empty()
                    || wanted.iter().any(|text| {
                        *text == digits(&number.display_phone_number) || text == number.id.as_str()
                    })
            })
            .map(|number| number.id.clone())
            .collect();
        if found.len() < wanted.len() {
            return Err(must_be("phone_numbers", "numbers of this account"));
        }
        Ok(found)
    }
}

impl Span {
    /// Start and end of the step that a moment lies in.
    pub(super) fn step(&self, at: i64) -> (i64, i64) {
        let seconds = match self.grain {
            Grain::HalfHour => 30 * 60,
            Grain::Day => DAY,
            Grain::Month => return month(at),
        };
        let start = at.div_euclid(seconds) * seconds;
        (start, start + seconds)
    }

    pub(super) const fn name(&self) -> &'static str {
        match self.grain {
            Grain::HalfHour => "HALF_HOUR",
            Grain::Day => "DAY",
            Grain::Month => "MONTH",
        }
    }
}

fn month(at: i64) -> (i64, i64) {
    let moment = Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH);
    let first = moment.to_zoned(TimeZone::UTC).date().first_of_month();
    let seconds = |date: jiff::civil::Date| {
        let start = date.to_zoned(TimeZone::UTC);
        start.map_or(at, |start| start.timestamp().as_second())
    };
    let next = first.checked_add(1.month());
    let end = next.map_or(at + SignedDuration::from_hours(24 * 31).as_secs(), seconds);
    (seconds(first), end)
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}
