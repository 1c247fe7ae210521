//! What happened between handsets and a Flow's endpoint. See [Flows/Metrics API].

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde_json::{Value, json};

/// Requests that are remembered.
const MOST: usize = 20_000;
/// Fewer requests give no metrics.
const LEAST: usize = 250;

/// The names of metrics.
pub(crate) const NAMES: [&str; 5] = [
    "ENDPOINT_REQUEST_COUNT",
    "ENDPOINT_REQUEST_ERROR",
    "ENDPOINT_REQUEST_ERROR_RATE",
    "ENDPOINT_REQUEST_LATENCY_SECONDS_CEIL",
    "ENDPOINT_AVAILABILITY",
];

/// The last requests to an endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    made: VecDeque<Request>,
    checks: VecDeque<(Timestamp, bool)>,
}

#[derive(Clone, Copy, Debug)]
struct Request {
    at: Timestamp,
    seconds: i64,
    error: Option<&'static str>,
}

impl Requests {
    pub(crate) fn add(&mut self, from: Timestamp, to: Timestamp, error: Option<&'static str>) {
        let seconds = to.as_millisecond() - from.as_millisecond();
        self.made.push_back(Request {
            at: from,
            seconds: (seconds.max(1) + 999) / 1000,
            error,
        });
        while self.made.len() > MOST {
            self.made.pop_front();
        }
    }

    /// Notes whether the endpoint answered a health check.
    pub(crate) fn check(&mut self, at: Timestamp, healthy: bool) {
        self.checks.push_back((at, healthy));
        while self.checks.len() > MOST {
            self.checks.pop_front();
        }
    }

    pub(crate) fn are_enough(&self) -> bool {
        self.made.len() >= LEAST
    }

    /// The points of a metric between two moments; `step` seconds each, or one for all.
    pub(crate) fn points(&self, name: &str, span: (i64, i64), step: Option<i64>) -> Vec<Value> {
        let within = |at: &Timestamp| (span.0..span.1).contains(&at.as_second());
        let begin =
            |at: Timestamp| step.map_or(span.0, |step| at.as_second().div_euclid(step) * step);
        let mut slots: BTreeMap<i64, (Vec<Request>, Vec<bool>)> = BTreeMap::new();
        for request in self.made.iter().filter(|request| within(&request.at)) {
            slots.entry(begin(request.at)).or_default().0.push(*request);
        }
        for (at, healthy) in self.checks.iter().filter(|(at, _)| within(at)) {
            slots.entry(begin(*at)).or_default().1.push(*healthy);
        }
        let points = slots.into_iter().filter_map(|(at, (requests, checks))| {
            let data = data(name, &requests, &checks);
            let timestamp = Timestamp::from_second(at).unwrap_or_default();
            (!data.is_empty()).then(|| json!({"timestamp": iso(timestamp), "data": data}))
        });
        points.collect()
    }
}

fn data(name: &str, requests: &[Request], checks: &[bool]) -> Vec<Value> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |key: &str, by: usize| *counts.entry(key.to_owned()).or_default() += by;
    let failed = requests.iter().filter_map(|request| request.error);
    match name {
        "ENDPOINT_REQUEST_COUNT" if !requests.is_empty() => count("value", requests.len()),
        "ENDPOINT_REQUEST_ERROR" => failed.for_each(|error| count(error, 1)),
        "ENDPOINT_REQUEST_ERROR_RATE" if !requests.is_empty() => {
            let failed = u32::try_from(failed.count()).unwrap_or(u32::MAX);
            let all = u32::try_from(requests.len()).unwrap_or(u32::MAX);
            return vec![json!({"key": "value", "value": f64::from(failed) / f64::from(all)})];
        }
        "ENDPOINT_REQUEST_LATENCY_SECONDS_CEIL" => {
            for request in requests {
                match request.seconds {
                    11.. => count("10+", 1),
                    seconds => count(&seconds.to_string(), 1),
                }
            }
        }
        "ENDPOINT_AVAILABILITY" => {
            for healthy in checks {
                count(if *healthy { "succeeded" } else { "failed" }, 1);
            }
        }
        _ => {}
    }
    let points = counts.into_iter();
    points
        .map(|(key, value)| json!({"key": key, "value": value}))
        .collect()
}

/// A moment as the Graph API writes it.
pub(crate) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}
