//! How the platform treats a business that sends: its messaging limit, its quality, its upgrades.

pub(crate) mod feedback;
pub(crate) mod pacing;
pub(crate) mod portfolio;
pub(crate) mod price;
pub(crate) mod upgrade;

use std::collections::HashMap;

use jiff::Timestamp;

use crate::ids::{BusinessId, PhoneNumberId};
use crate::world::Key;

const DAY: i64 = 24 * 60 * 60;
/// Pairs whose requests for calls are remembered.
const PAIRS: usize = 200_000;

/// What is remembered about businesses that send.
#[derive(Debug, Default)]
pub(crate) struct Conduct {
    pub(crate) portfolios: HashMap<BusinessId, portfolio::Portfolio>,
    pub(crate) feedback: feedback::Feedback,
    pub(crate) pacing: pacing::Pacing,
    pub(crate) tariff: price::Tariff,
    /// Numbers that are being upgraded, and until when.
    pub(crate) maintenance: HashMap<PhoneNumberId, Timestamp>,
    call_requests: HashMap<(PhoneNumberId, Key), Vec<i64>>,
}

impl Conduct {
    /// Counts a request for permission to call; `false`, and it is not counted, beyond one in 24
    /// hours and two in 7 days. See [Cloud API/User call permissions].
    pub(crate) fn asks_to_call(&mut self, number: &PhoneNumberId, user: &Key, now: i64) -> bool {
        let pair = (number.clone(), Key::clone(user));
        if self.call_requests.len() >= PAIRS && !self.call_requests.contains_key(&pair) {
            self.call_requests.clear();
        }
        let asked = self.call_requests.entry(pair).or_default();
        asked.retain(|at| now - at < 7 * DAY);
        let may = asked.len() < 2 && asked.iter().all(|at| now - at >= DAY);
        if may {
            asked.push(now);
        }
        may
    }
}
