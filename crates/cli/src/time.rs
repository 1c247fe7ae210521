//! Points in time as people type them: a time, a day, or how long ago.

use jiff::Timestamp;

use crate::environment;
use crate::failure::Failure;

/// What `--since` and its like take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Point {
    /// From this time on.
    At(Timestamp),
    /// After this event (`evt_…`).
    After(String),
    /// The oldest that is kept.
    Start,
    /// Only what is to come.
    Now,
}

impl Point {
    /// Reads `now`, `start`, `evt_…`, a time, a day or how long ago.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "now" => Ok(Self::Now),
            "start" => Ok(Self::Start),
            id if id.starts_with("evt_") => Ok(Self::After(id.to_owned())),
            other => time(other).map(Self::At),
        }
    }

    /// As the API takes it in `since`.
    pub(crate) fn for_api(&self) -> String {
        match self {
            Self::At(at) => written(*at),
            Self::After(id) => id.clone(),
            Self::Start => "start".to_owned(),
            Self::Now => "now".to_owned(),
        }
    }
}

/// As the API writes it.
pub(crate) fn written(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Reads a time: RFC 3339, a day (its beginning, UTC), or `90s`, `10m`, `2h`, `7d` ago.
pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    before(text, environment::timestamp())
}

/// As [`time`], in the API's own words.
pub(crate) fn for_api(text: &str) -> Result<String, Failure> {
    time(text).map(written).map_err(Failure::Usage)
}

fn before(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let wrong = || {
        format!(
            "{text:?} is no time: write 2026-11-21T08:15:00Z, 2026-11-21, or how long ago: 90s, 10m, 2h, 7d"
        )
    };
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        let midnight = day.to_zoned(jiff::tz::TimeZone::UTC);
        return midnight.map(|at| at.timestamp()).map_err(|_| wrong());
    }
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let count: i64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    let ago = count
        .checked_mul(seconds)
        .filter(|ago| *ago >= 0)
        .ok_or_else(wrong)?;
    now.checked_sub(jiff::SignedDuration::from_secs(ago))
        .map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_a_day_or_how_long_ago() {
        let now: Timestamp = "2026-11-21T08:15:30Z".parse().unwrap();
        for (text, at) in [
            ("2026-11-20T10:00:00+02:00", "2026-11-20T08:00:00.000Z"),
            ("2026-11-20", "2026-11-20T00:00:00.000Z"),
            ("30s", "2026-11-21T08:15:00.000Z"),
            ("15m", "2026-11-21T08:00:30.000Z"),
            ("2h", "2026-11-21T06:15:30.000Z"),
            ("7d", "2026-11-14T08:15:30.000Z"),
        ] {
            assert_eq!(before(text, now).map(written).as_deref(), Ok(at), "{text}");
        }
        for text in ["", "10", "m", "-5m", "tomorrow", "99999999999999d", "10é"] {
            let error = before(text, now).unwrap_err();
            assert!(error.contains("10m"), "{text}: {error}");
        }
    }

    #[test]
    fn a_point_may_be_an_event() {
        assert_eq!(Point::parse("evt_1").unwrap().for_api(), "evt_1");
        assert_eq!(Point::parse("start").unwrap().for_api(), "start");
        assert!(Point::parse("yesterday").is_err());
    }
}
