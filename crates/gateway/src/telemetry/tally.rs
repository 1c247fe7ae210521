//! What this node counts for the screens: figures of the minute that runs, written to the store when it
//! is over.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// Error codes that are told apart in a minute; more are counted as 0.
const CODES: usize = 200;

/// Seconds over which the present rate of a channel is taken.
const RECENT: u8 = 10;

/// Counts of a while, of one node or of several.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Counted {
    /// Messages of users.
    pub(crate) received: u64,
    /// Messages that the carrier has taken.
    pub(crate) sent: u64,
    /// From the first byte of a webhook to its acknowledgement.
    pub(crate) ack: Spread,
    /// From an event to its delivery.
    pub(crate) lag: Spread,
    /// Refusals and failures by the carrier's code; 0: it gave none.
    pub(crate) errors: BTreeMap<i64, u64>,
    /// By channel.
    pub(crate) channels: BTreeMap<String, Ended>,
    /// By endpoint.
    pub(crate) endpoints: BTreeMap<String, Ended>,
}

/// How many went well, and how many did not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ended {
    pub(crate) well: u64,
    pub(crate) ill: u64,
}

/// Durations, counted in steps that are a quarter apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spread(BTreeMap<u8, u64>);

/// The first step of a [`Spread`], in milliseconds.
const FIRST_STEP: f64 = 0.1;
/// How much longer each step is than the one before.
const STEP: f64 = 1.25;
/// The last step: some 15 hours.
const LAST_STEP: u8 = 90;

/// The counts of the minute that runs.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Running>);

#[derive(Debug, Default)]
struct Running {
    counted: Counted,
    recent: HashMap<String, Recent>,
}

/// What a channel has sent in each of the last seconds.
#[derive(Debug, Default)]
struct Recent {
    began: Option<Instant>,
    /// The second of the last entry, counted from `began`.
    second: u64,
    sent: [u32; RECENT as usize],
}

impl Tally {
    /// Users wrote so many messages.
    pub(crate) fn received(&self, count: u64) {
        self.lock().counted.received += count;
    }

    /// A webhook was acknowledged.
    pub(crate) fn acknowledged(&self, took: Duration) {
        self.lock().counted.ack.add(took);
    }

    /// The carrier was called for a channel.
    pub(crate) fn called(&self, channel_id: &str) {
        let now = Instant::now();
        let mut running = self.lock();
        if let Some(recent) = running.recent.get_mut(channel_id) {
            recent.add(now);
        } else {
            let recent = running.recent.entry(channel_id.to_owned()).or_default();
            recent.add(now);
        }
    }

    /// The carrier has taken a message.
    pub(crate) fn sent(&self, channel_id: &str) {
        let mut running = self.lock();
        running.counted.sent += 1;
        ended(&mut running.counted.channels, channel_id).well += 1;
    }

    /// The carrier said that something was wrong.
    pub(crate) fn error(&self, code: Option<i64>) {
        let errors = &mut self.lock().counted.errors;
        let code = code.unwrap_or(0);
        let is_full = errors.len() >= CODES && !errors.contains_key(&code);
        *errors.entry(if is_full { 0 } else { code }).or_default() += 1;
    }

    /// A message of a channel failed for good.
    pub(crate) fn failed(&self, channel_id: &str) {
        ended(&mut self.lock().counted.channels, channel_id).ill += 1;
    }

    /// An endpoint was called; `lag` since the event, if it has it now.
    pub(crate) fn delivered(&self, endpoint_id: &str, lag: Option<Duration>) {
        let mut running = self.lock();
        let ended = ended(&mut running.counted.endpoints, endpoint_id);
        match lag {
            Some(lag) => {
                ended.well += 1;
                running.counted.lag.add(lag);
            }
            None => ended.ill += 1,
        }
    }

    /// Calls a second for a channel, over the last ten seconds; none if this node made none.
    pub(crate) fn rate(&self, channel_id: &str) -> Option<f64> {
        let now = Instant::now();
        let mut running = self.lock();
        let sent = running.recent.get_mut(channel_id)?.count(now);
        (sent > 0).then(|| f64::from(sent) / f64::from(RECENT))
    }

    /// The counts so far.
    pub(crate) fn so_far(&self) -> Counted {
        self.lock().counted.clone()
    }

    /// Takes the counts, and begins anew.
    pub(crate) fn take(&self) -> Counted {
        std::mem::take(&mut self.lock().counted)
    }

    /// Gives back counts that could not be written.
    pub(crate) fn give_back(&self, counted: &Counted) {
        self.lock().counted.add(counted);
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ended<'a>(map: &'a mut BTreeMap<String, Ended>, id: &str) -> &'a mut Ended {
    if !map.contains_key(id) {
        map.insert(id.to_owned(), Ended::default());
    }
    map.entry(id.to_owned()).or_default()
}

impl Counted {
    /// Adds the counts of another while or node.
    pub(crate) fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.sent += other.sent;
        self.ack.merge(&other.ack);
        self.lag.merge(&other.lag);
        for (code, count) in &other.errors {
            *self.errors.entry(*code).or_default() += count;
        }
        for (into, from) in [
            (&mut self.channels, &other.channels),
            (&mut self.endpoints, &other.endpoints),
        ] {
            for (id, ended) in from {
                let sum = into.entry(id.clone()).or_default();
                sum.well += ended.well;
                sum.ill += ended.ill;
            }
        }
    }
}

impl Spread {
    fn add(&mut self, took: Duration) {
        let steps = (took.as_secs_f64() * 1000.0 / FIRST_STEP).ln() / STEP.ln();
        *self.0.entry(step(steps)).or_default() += 1;
    }

    fn merge(&mut self, other: &Self) {
        for (step, count) in &other.0 {
            *self.0.entry(*step).or_default() += count;
        }
    }

    /// The time in milliseconds within which this part of all stayed, up to a quarter too long; none
    /// if there are none.
    pub(crate) fn within(&self, part: f64) -> Option<f64> {
        let all: u64 = self.0.values().sum();
        if all == 0 {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a rank among fewer than 2^52")]
        let rank = all as f64 * part;
        let mut seen = 0.0;
        for (step, count) in &self.0 {
            #[expect(clippy::cast_precision_loss, reason = "a count below 2^52")]
            let count = *count as f64;
            seen += count;
            if seen >= rank {
                let longest = FIRST_STEP * STEP.powi(i32::from(*step));
                return Some((longest * 10.0).round() / 10.0);
            }
        }
        None
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is clamped to the steps before"
)]
fn step(steps: f64) -> u8 {
    steps.ceil().clamp(0.0, f64::from(LAST_STEP)) as u8
}

impl Recent {
    fn add(&mut self, now: Instant) {
        self.advance(now);
        let slot = self.slot();
        if let Some(sent) = self.sent.get_mut(slot) {
            *sent = sent.saturating_add(1);
        }
    }

    fn count(&mut self, now: Instant) -> u32 {
        self.advance(now);
        self.sent.iter().sum()
    }

    /// Empties the seconds that have passed.
    fn advance(&mut self, now: Instant) {
        let began = *self.began.get_or_insert(now);
        let second = now.saturating_duration_since(began).as_secs();
        for _ in 0..second.saturating_sub(self.second).min(u64::from(RECENT)) {
            self.second += 1;
            let slot = self.slot();
            if let Some(sent) = self.sent.get_mut(slot) {
                *sent = 0;
            }
        }
        self.second = second;
    }

    fn slot(&self) -> usize {
        usize::try_from(self.second % u64::from(RECENT)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_tells_times_to_a_quarter() {
        let mut spread = Spread::default();
        assert_eq!(spread.within(0.5), None);
        for millis in 1..=1000 {
            spread.add(Duration::from_millis(millis));
        }
        for (part, millis) in [(0.5, 500.0), (0.99, 990.0)] {
            let told = spread.within(part).unwrap();
            assert!((millis..millis * 1.26).contains(&told), "{part}: {told}");
        }
        spread.add(Duration::ZERO);
        spread.add(Duration::from_secs(1_000_000));
        assert!(spread.within(1.0).unwrap() > 3_600_000.0);
    }

    #[test]
    fn counts_of_nodes_add_up_and_survive_being_written() {
        let tally = Tally::default();
        tally.received(2);
        tally.sent("shop");
        tally.failed("shop");
        tally.error(Some(131_047));
        tally.error(None);
        tally.acknowledged(Duration::from_millis(3));
        tally.delivered("ep_1", Some(Duration::from_millis(9)));
        tally.delivered("ep_1", None);
        let one = tally.take();
        assert_eq!(tally.so_far(), Counted::default());
        let text = serde_json::to_string(&one).unwrap();
        let mut sum: Counted = serde_json::from_str(&text).unwrap();
        assert_eq!(sum, one);
        sum.add(&one);
        assert_eq!((sum.received, sum.sent), (4, 2));
        assert_eq!(sum.channels["shop"], Ended { well: 2, ill: 2 });
        assert_eq!(sum.endpoints["ep_1"], Ended { well: 2, ill: 2 });
        assert_eq!(sum.errors, BTreeMap::from([(0, 2), (131_047, 2)]));
    }

    #[tokio::test(start_paused = true)]
    async fn the_present_rate_is_that_of_the_last_ten_seconds() {
        let tally = Tally::default();
        assert_eq!(tally.rate("shop"), None);
        for _ in 0..20 {
            for _ in 0..5 {
                tally.called("shop");
            }
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let rate = tally.rate("shop").unwrap();
        assert!((4.0..=5.0).contains(&rate), "{rate}");
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(tally.rate("shop"), None);
    }
}
