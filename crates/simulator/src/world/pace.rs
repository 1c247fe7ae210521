//! How many messages a number may exchange in a second, and how many it may send to one user.

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::Timestamp;

use crate::ids::PhoneNumberId;
use crate::settings::Number;
use crate::world::Key;

/// Microseconds: how long a user rests after one message of a number.
const PAIR_GAP: i64 = 6_000_000;
/// Messages to one user within one gap at most; each takes a gap of its own from the time after.
const PAIR_BURST: u32 = 45;
/// Microseconds in which a number may exchange what it may in a second.
const SECOND: i64 = 1_000_000;
/// Messages a second of a number that is in use in the WhatsApp Business app too.
const COEXISTING: i64 = 20;
/// Pairs that are remembered; of the oldest the debt is forgotten.
const PAIRS: usize = 500_000;

/// What has been exchanged lately.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// When each number has made up for what it exchanged, in microseconds.
    numbers: HashMap<PhoneNumberId, i64>,
    pairs: HashMap<(PhoneNumberId, Key), Burst>,
    pair_order: VecDeque<(PhoneNumberId, Key)>,
    /// Numbers that are in use in the WhatsApp Business app too; they are slower.
    pub(crate) coexisting: HashSet<PhoneNumberId>,
}

/// Messages to one user that began within one gap.
#[derive(Clone, Copy, Debug)]
struct Burst {
    since: i64,
    count: u32,
}

impl Pace {
    /// Counts a message that `number` exchanges; `false`, and it is not counted, when it is one too
    /// many for its throughput. See [Cloud API/Throughput].
    pub(crate) fn exchange(&mut self, number: &Number, now: Timestamp) -> bool {
        let rate = if self.coexisting.contains(&number.id) {
            COEXISTING
        } else {
            rate(number)
        };
        let (cost, now) = (SECOND / rate, now.as_microsecond());
        let settled = self.numbers.entry(number.id.clone()).or_insert(now);
        let from = (*settled).max(now);
        let room = from + cost - now <= SECOND;
        if room {
            *settled = from + cost;
        }
        room
    }

    /// Counts a message to one user; `false`, and it is not counted, when it comes too soon.
    ///
    /// Up to 45 may leave within six seconds; then the number waits six seconds for each of them.
    /// See [Cloud API/Throughput], pair rate limits.
    pub(crate) fn pair(&mut self, number: &PhoneNumberId, user: &Key, now: Timestamp) -> bool {
        let now = now.as_microsecond();
        let pair = (number.clone(), Key::clone(user));
        if let Some(burst) = self.pairs.get_mut(&pair) {
            if now < burst.since + PAIR_GAP {
                let room = burst.count < PAIR_BURST;
                burst.count += u32::from(room);
                return room;
            }
            if now < burst.since + PAIR_GAP * i64::from(burst.count) {
                return false;
            }
            *burst = Burst {
                since: now,
                count: 1,
            };
            return true;
        }
        self.pair_order.push_back(pair.clone());
        if self.pair_order.len() > PAIRS
            && let Some(oldest) = self.pair_order.pop_front()
        {
            self.pairs.remove(&oldest);
        }
        let first = Burst {
            since: now,
            count: 1,
        };
        self.pairs.insert(pair, first);
        true
    }
}

/// Messages a second, in both directions together.
fn rate(number: &Number) -> i64 {
    match number.throughput.as_str() {
        "HIGH" => 1000,
        _ => 80,
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_millis(millis)
    }

    #[test]
    fn a_number_exchanges_its_throughput_and_no_more() {
        let (mut pace, number) = (Pace::default(), Number::default());
        let taken = (0..200).filter(|_| pace.exchange(&number, at(0))).count();
        assert_eq!(taken, 80);
        let later = (1..=10_000).filter(|milli| pace.exchange(&number, at(*milli)));
        assert_eq!(later.count(), 800);
        let high = Number {
            throughput: "HIGH".to_owned(),
            ..Number::new("2", "2")
        };
        let taken = (0..2000).filter(|_| pace.exchange(&high, at(0))).count();
        assert_eq!(taken, 1000);
    }

    #[test]
    fn a_burst_to_one_user_is_paid_for_afterwards() {
        let (mut pace, number) = (Pace::default(), Number::default().id);
        let (ann, bob) = (Key::from("1"), Key::from("2"));
        let burst = (0..60).filter(|milli| pace.pair(&number, &ann, at(*milli)));
        assert_eq!(burst.count(), 45);
        assert!(!pace.pair(&number, &ann, at(45 * 6000 - 1)));
        assert!(pace.pair(&number, &bob, at(100)), "another user waits, too");
        assert!(pace.pair(&number, &ann, at(45 * 6000)));
        assert!(
            pace.pair(&number, &bob, at(6100)),
            "one message each six seconds"
        );
    }
}
