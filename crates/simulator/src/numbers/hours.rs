//! When a number takes calls, by its calling settings. See [Cloud API/Call settings].
//!
//! Meta's pages say what can be set, not what a user sees outside of the hours: here such a call is
//! not put through. On a holiday nobody answers between its times, whatever the week says.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde_json::Value;

/// The time zone of this name, from the table that comes with the program.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    if name == "UTC" {
        return Some(TimeZone::UTC);
    }
    TimeZoneDatabase::bundled().get(name).ok()
}

/// Whether users can call now.
pub(crate) fn are_open(calling: &Value, now: Timestamp) -> bool {
    let hours = &calling["call_hours"];
    if hours["status"] != "ENABLED" {
        return true;
    }
    let zone = hours["timezone_id"].as_str().and_then(zone);
    let here = now.to_zoned(zone.unwrap_or(TimeZone::UTC));
    let minute = format!("{:02}{:02}", here.hour(), here.minute());
    // Times are four digits, so that they compare as texts do.
    let minute = Some(minute.as_str());
    let list = |name: &str| hours[name].as_array().into_iter().flatten();
    let date = here.date().to_string();
    // A holiday ends with the minute that it names: the last one of a day can be named.
    let is_holiday = list("holiday_schedule").any(|holiday| {
        let begun = holiday["start_time"].as_str() <= minute;
        holiday["date"] == date.as_str() && begun && minute <= holiday["end_time"].as_str()
    });
    let day = match here.weekday() {
        Weekday::Monday => "MONDAY",
        Weekday::Tuesday => "TUESDAY",
        Weekday::Wednesday => "WEDNESDAY",
        Weekday::Thursday => "THURSDAY",
        Weekday::Friday => "FRIDAY",
        Weekday::Saturday => "SATURDAY",
        Weekday::Sunday => "SUNDAY",
    };
    let mut weekly = list("weekly_operating_hours");
    let open = weekly.any(|span| {
        let begun = span["open_time"].as_str() <= minute;
        span["day_of_week"] == day && begun && minute < span["close_time"].as_str()
    });
    open && !is_holiday
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn weeks_and_holidays_count_in_their_time_zone() {
        let calling = json!({"call_hours": {
            "status": "ENABLED",
            "timezone_id": "America/Manaus",
            "weekly_operating_hours": [
                {"day_of_week": "MONDAY", "open_time": "0400", "close_time": "1020"},
                {"day_of_week": "THURSDAY", "open_time": "0000", "close_time": "2359"},
            ],
            "holiday_schedule": [
                {"date": "2026-01-01", "start_time": "0000", "end_time": "1200"},
            ],
        }});
        for (at, open) in [
            // Manaus is four hours behind.
            ("2026-11-23T07:59:00Z", false),
            ("2026-11-23T08:00:00Z", true),
            ("2026-11-23T14:19:59Z", true),
            ("2026-11-23T14:20:00Z", false),
            ("2026-11-24T09:00:00Z", false),
            ("2026-01-01T10:00:00Z", false),
            ("2026-01-01T17:00:00Z", true),
            ("2026-01-08T10:00:00Z", true),
        ] {
            assert_eq!(are_open(&calling, at.parse().unwrap()), open, "{at}");
        }
        let off = json!({"call_hours": {"status": "DISABLED"}});
        assert!(are_open(&off, Timestamp::UNIX_EPOCH));
    }
}
