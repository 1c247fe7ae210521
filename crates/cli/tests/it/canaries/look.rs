//! What a run leaves behind, and the search in it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use test_servers::Record;

use super::house::{BUSINESS, NAME, OTHER};
use crate::console::desk::USER;

/// Every secret, text and file name of the run has this in it.
const CANARY: &str = "canary";

/// What a run leaves behind.
pub(super) struct Traces {
    /// Keys and signing secrets that the gateway made.
    pub(super) keys: Vec<String>,
    pub(super) log: String,
    pub(super) metrics: String,
    /// What the bus told of commands that it refused.
    pub(super) refusals: Vec<String>,
    /// What went in and out of the gateway as HTTP.
    pub(super) records: Vec<Record>,
}

impl Traces {
    /// Whether this went over any connection.
    pub(super) fn was_carried(&self, canary: &str) -> bool {
        let has = |bytes: &[u8]| {
            let mut parts = bytes.windows(canary.len());
            parts.any(|part| part == canary.as_bytes())
        };
        let mut records = self.records.iter();
        records.any(|record| has(&record.asked) || has(&record.answered))
    }

    /// The lines of requests, and what other lines say about an address.
    pub(super) fn addresses(&self) -> Vec<String> {
        let mut addresses = Vec::new();
        for record in &self.records {
            let asked = String::from_utf8_lossy(&record.asked);
            addresses.extend(asked.lines().filter_map(address));
            let answered = String::from_utf8_lossy(&record.answered);
            let moved = answered.lines().filter(|line| {
                let name = line.split(':').next().unwrap_or_default();
                name.eq_ignore_ascii_case("location")
            });
            addresses.extend(moved.map(str::to_owned));
        }
        addresses
    }

    /// Answers with a status of 400 or more, whole.
    pub(super) fn refusals(&self) -> Vec<String> {
        let answers = self.records.iter().flat_map(|record| {
            let text = String::from_utf8_lossy(&record.answered);
            let answers: Vec<_> = text.split("HTTP/1.1 ").map(str::to_owned).collect();
            answers
        });
        let answers = answers.filter(|answer| answer.starts_with(['4', '5']));
        answers.chain(self.refusals.iter().cloned()).collect()
    }

    /// Where canaries were found.
    pub(super) fn canaries(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut look = |place: &str, text: &str| {
            let small = text.to_lowercase();
            let known = [CANARY, USER, OTHER, BUSINESS, NAME].map(str::to_owned);
            // As it stands in a wamid.
            let encoded = [USER, OTHER, BUSINESS].into_iter().flat_map(in_base64);
            let all = known.into_iter().chain(encoded);
            let mut all = all.chain(self.keys.iter().cloned());
            if let Some(canary) = all.find(|one| small.contains(&one.to_lowercase())) {
                let told = text.split("\r\n\r\n").last().unwrap_or(text);
                let told: String = told.chars().take(400).collect();
                found.push(format!("{canary} in {place}: {told}"));
            }
        };
        for line in self.log.lines() {
            look("the log", line);
        }
        for line in self.metrics.lines() {
            look("the metrics", line);
        }
        for address in self.addresses() {
            look("an address", &address);
        }
        for refusal in self.refusals() {
            look("a refusal", &refusal);
        }
        found
    }
}

/// A request's first line, which the body of the one before may precede, or its referrer. Meta's
/// check of a subscription has its token in the address by Meta's own design.
fn address(line: &str) -> Option<String> {
    if line.to_lowercase().starts_with("referer:") {
        return Some(line.to_owned());
    }
    let request = line.strip_suffix(" HTTP/1.1")?;
    let methods = ["GET /", "POST /", "PATCH /", "PUT /", "DELETE /", "HEAD /"];
    let begins = methods.iter().filter_map(|method| request.rfind(method));
    let request = &request[begins.max()?..];
    (!request.contains("hub.verify_token=")).then(|| request.to_owned())
}

/// What of a number stays the same in base64, wherever among other bytes it begins.
pub(super) fn in_base64(number: &str) -> [String; 3] {
    [0, 1, 2].map(|before| {
        let bytes = [&vec![0; before], number.as_bytes()].concat();
        // Six bits a character; at both ends some are of what is beside the number.
        let whole = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        BASE64_STANDARD.encode(bytes)[whole].to_owned()
    })
}
