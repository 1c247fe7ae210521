//! The calling settings of a number and what may stand in them. See [Cloud API/Call settings].

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::graph::GraphError;
use crate::numbers::hours;

/// The days of a week, as settings name them.
pub(crate) const DAYS: [&str; 7] = [
    "MONDAY",
    "TUESDAY",
    "WEDNESDAY",
    "THURSDAY",
    "FRIDAY",
    "SATURDAY",
    "SUNDAY",
];
/// Opening spans of one day.
const SPANS: usize = 2;
const HOLIDAYS: usize = 20;

/// Calling as a new number has it.
pub(crate) fn disabled() -> Value {
    json!({
        "status": "DISABLED",
        "call_icon_visibility": "DEFAULT",
        "callback_permission_status": "DISABLED",
    })
}

/// Whether calls go over SIP and not over the Graph API.
pub(crate) fn is_sip(calling: &Value) -> bool {
    calling["sip"]["status"] == "ENABLED"
}

/// Whether calls begun by `side`, `BUSINESS` or `USER`, are restricted now.
pub(crate) fn is_restricted(calling: &Value, side: &str, now: Timestamp) -> bool {
    let kinds = [
        "RESTRICTED_BIZ_INITIATED_AND_USER_INITIATED_CALLING".to_owned(),
        format!("RESTRICTED_{side}_INITIATED_CALLING"),
    ];
    let list = calling.pointer("/restrictions/restrictions_list");
    let mut list = list.and_then(Value::as_array).into_iter().flatten();
    list.any(|known| {
        in_force(known, now) && kinds.iter().any(|kind| known["type"] == kind.as_str())
    })
}

fn in_force(restriction: &Value, now: Timestamp) -> bool {
    let until = restriction["expiration"].as_i64();
    until.is_none_or(|until| now.as_second() < until)
}

/// The settings without restrictions that are over.
pub(crate) fn shown(calling: &Value, now: Timestamp) -> Value {
    let mut calling = calling.clone();
    let list = calling.pointer_mut("/restrictions/restrictions_list");
    if let Some(list) = list.and_then(Value::as_array_mut) {
        list.retain(|known| in_force(known, now));
        let over = list.is_empty();
        if over && let Some(calling) = calling.as_object_mut() {
            calling.remove("restrictions");
        }
    }
    calling
}

/// The settings after a change; each part that is given replaces the part that was.
pub(crate) fn changed(now: &Value, wanted: &Value) -> Result<Value, GraphError> {
    let wanted = object(wanted, "calling")?;
    let mut calling = now.clone();
    for (name, value) in wanted {
        let path = format!("calling.{name}");
        match name.as_str() {
            "status" | "callback_permission_status" => {
                one_of(value, &path, &["ENABLED", "DISABLED"])?;
            }
            "call_icon_visibility" => one_of(value, &path, &["DEFAULT", "DISABLE_ALL"])?,
            "srtp_key_exchange_protocol" => one_of(value, &path, &["DTLS", "SDES"])?,
            "call_icons" => icons(value)?,
            "call_hours" => hours(value)?,
            "sip" => sip(value)?,
            // What the platform restricts is not the business's to change.
            "restrictions" => continue,
            // Video, audio and whatever comes are kept as they are.
            _ => {}
        }
        calling[name] = value.clone();
    }
    Ok(calling)
}

fn icons(value: &Value) -> Result<(), GraphError> {
    let path = "calling.call_icons.restrict_to_user_countries";
    let icons = object(value, "calling.call_icons")?;
    let Some(countries) = icons.get("restrict_to_user_countries") else {
        return Ok(());
    };
    let good = array(countries, path)?.iter().all(|country| {
        country.as_str().is_some_and(|code| {
            code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
        })
    });
    if good {
        Ok(())
    } else {
        Err(invalid(path, "must hold ISO 3166 country codes such as US"))
    }
}

fn hours(value: &Value) -> Result<(), GraphError> {
    let path = "calling.call_hours";
    let hours = object(value, path)?;
    let status = hours.get("status").unwrap_or(&Value::Null);
    one_of(status, &format!("{path}.status"), &["ENABLED", "DISABLED"])?;
    if status == "DISABLED" {
        return Ok(());
    }
    let zone = hours.get("timezone_id").and_then(Value::as_str);
    if zone.and_then(hours::zone).is_none() {
        return Err(invalid(
            &format!("{path}.timezone_id"),
            "must be a time zone such as America/Manaus",
        ));
    }
    let weekly = format!("{path}.weekly_operating_hours");
    let spans = array(
        hours.get("weekly_operating_hours").unwrap_or(&Value::Null),
        &weekly,
    )?;
    let mut taken: [Vec<(u16, u16)>; 7] = Default::default();
    for (place, span) in spans.iter().enumerate() {
        let path = format!("{weekly}[{place}]");
        let day = DAYS.iter().position(|day| span["day_of_week"] == *day);
        let day = day.ok_or_else(|| {
            invalid(
                &format!("{path}.day_of_week"),
                "must be a day such as MONDAY",
            )
        })?;
        let (open, close) = times(span, &path, "open_time", "close_time")?;
        let of_day = &mut taken[day];
        if of_day.len() >= SPANS {
            return Err(invalid(&weekly, "must hold at most 2 entries per day"));
        }
        if of_day.iter().any(|(from, to)| open < *to && *from < close) {
            return Err(invalid(&path, "must not overlap another entry of the day"));
        }
        of_day.push((open, close));
    }
    if spans.is_empty() {
        return Err(invalid(&weekly, "must hold at least one entry"));
    }
    holidays(hours)
}

fn holidays(hours: &Map<String, Value>) -> Result<(), GraphError> {
    let path = "calling.call_hours.holiday_schedule";
    let Some(holidays) = hours.get("holiday_schedule") else {
        return Ok(());
    };
    let holidays = array(holidays, path)?;
    if holidays.len() > HOLIDAYS {
        return Err(invalid(path, "must hold at most 20 entries"));
    }
    for (place, holiday) in holidays.iter().enumerate() {
        let path = format!("{path}[{place}]");
        let date = holiday["date"].as_str();
        if !date.is_some_and(|date| date.len() == 10 && date.parse::<Date>().is_ok()) {
            return Err(invalid(&format!("{path}.date"), "must be YYYY-MM-DD"));
        }
        times(holiday, &path, "start_time", "end_time")?;
    }
    Ok(())
}

/// Two times of the day in minutes, the first before the second.
fn times(span: &Value, path: &str, from: &str, to: &str) -> Result<(u16, u16), GraphError> {
    let minutes = |name: &str| {
        let text = span[name].as_str().filter(|text| text.len() == 4);
        let number = text.and_then(|text| text.parse::<u16>().ok());
        number
            .map(|number| (number / 100, number % 100))
            .filter(|(hour, minute)| *hour < 24 && *minute < 60)
            .map(|(hour, minute)| hour * 60 + minute)
            .ok_or_else(|| invalid(&format!("{path}.{name}"), "must be a time such as 0930"))
    };
    let (first, last) = (minutes(from)?, minutes(to)?);
    if first < last {
        Ok((first, last))
    } else {
        Err(invalid(&format!("{path}.{to}"), "must be after the start"))
    }
}

fn sip(value: &Value) -> Result<(), GraphError> {
    let path = "calling.sip";
    let sip = object(value, path)?;
    let status = sip.get("status").unwrap_or(&Value::Null);
    one_of(status, &format!("{path}.status"), &["ENABLED", "DISABLED"])?;
    let servers = sip.get("servers").unwrap_or(&Value::Null);
    if status == "DISABLED" && servers.is_null() {
        return Ok(());
    }
    let path = format!("{path}.servers");
    let servers = array(servers, &path)?;
    for (place, server) in servers.iter().enumerate() {
        if !server["hostname"]
            .as_str()
            .is_some_and(|host| host.contains('.'))
        {
            return Err(invalid(
                &format!("{path}[{place}].hostname"),
                "must be a host name",
            ));
        }
        let port = &server["port"];
        if !port.is_null()
            && !port
                .as_u64()
                .is_some_and(|port| (1..=65_535).contains(&port))
        {
            return Err(invalid(&format!("{path}[{place}].port"), "must be a port"));
        }
    }
    if status == "ENABLED" && servers.is_empty() {
        return Err(invalid(&path, "must hold a server when SIP is enabled"));
    }
    Ok(())
}

fn object<'a>(value: &'a Value, path: &str) -> Result<&'a Map<String, Value>, GraphError> {
    value
        .as_object()
        .ok_or_else(|| invalid(path, "must be a JSON object"))
}

fn array<'a>(value: &'a Value, path: &str) -> Result<&'a Vec<Value>, GraphError> {
    value
        .as_array()
        .ok_or_else(|| invalid(path, "must be an array"))
}

fn one_of(value: &Value, path: &str, words: &[&str]) -> Result<(), GraphError> {
    if words.iter().any(|word| value == word) {
        Ok(())
    } else {
        Err(invalid(
            path,
            &format!("must be one of {}", words.join(", ")),
        ))
    }
}

fn invalid(path: &str, reason: &str) -> GraphError {
    GraphError::new(100, format!("Param {path} {reason}."))
}
