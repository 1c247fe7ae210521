//! The pace of pairs: how soon a number may write to the same user again.
//!
//! Up to 45 messages may leave at once; then the pair rests for six seconds for each of them. A
//! refusal for this reason makes the one pair wait for 4^n seconds, n counting refusals in a row.
//! See [Cloud API/Throughput], pair rate limits.
//!
//! What one user got is remembered here while it matters. Pairs that got several messages at once,
//! and those that were refused, are in the store too, so that a restart or another node keeps to it.

use std::collections::HashMap;

use crate::app::App;
use crate::clock::Millis;
use crate::store::pairs::{self, Pair};
use crate::store::{StoreError, Tx};

/// How long a pair rests for one message.
const GAP: Millis = 6_000;

/// Messages of one burst at most.
const BURST: i64 = 45;

/// How long after its first message others may join a burst: a little less than the carrier's, whose
/// clock starts when the first one arrives.
const JOIN: Millis = 5_000;

/// Added to each rest: the next message may be faster on its way than the last.
const SLACK: Millis = 300;

/// The longest wait after refusals, 4^6 seconds: about an hour.
const MOST_STRIKES: u32 = 6;

/// Pairs that are looked through at once for some to forget.
const TIDY_FROM: usize = 1_000;

/// How often pairs that rest no longer are removed from the store.
const TIDY_EVERY: Millis = 5 * 60 * 1000;

/// Lanes of the queue.
const LANES: usize = 3;

/// Messages that wait for their pair to have rested.
#[derive(Debug, Clone, Copy, Default)]
struct Reserved {
    /// When the last of them may leave.
    at: Millis,
    /// How many leave then.
    count: i64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Known {
    pair: Pair,
    /// By lane: a message waits behind those of its own lane and of the lanes above.
    reserved: [Reserved; LANES],
    /// Of the last burst, what the sender before this one may have sent.
    assumed: i64,
    /// The store does not know it yet.
    is_news: bool,
}

/// The pairs of one channel that matter at this moment.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    known: HashMap<String, Known>,
    /// When the store was asked; not yet, if not.
    loaded_at: Option<Millis>,
    /// When what rests no longer was last forgotten.
    tidied_at: Millis,
    /// So many are looked through next.
    tidy_from: usize,
    /// Pairs that the store does not know yet.
    news: Vec<String>,
    /// Pairs that were accepted after refusals.
    cured: Vec<String>,
}

impl Pairs {
    /// Reads what the sender before this one has left, once.
    pub(super) fn load(
        &mut self,
        tx: &Tx<'_>,
        channel_id: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        if self.loaded_at.is_some() {
            return Ok(());
        }
        for (name, pair) in pairs::all(tx, channel_id)? {
            let known = Known {
                pair,
                ..Known::default()
            };
            if known.is_busy(now) || pair.strikes > 0 {
                self.known.insert(name, known);
            }
        }
        self.loaded_at = Some(now);
        self.tidied_at = now;
        self.tidy_from = TIDY_FROM;
        Ok(())
    }

    /// Forgets everything: what a transaction has counted did not happen.
    pub(super) fn forget_all(&mut self) {
        *self = Self::default();
    }

    /// Whether a message may go to this user now, which counts it; if not, when it may. Times are
    /// given out in the order of asking.
    pub(super) fn ask(&mut self, name: &str, lane: i64, now: Millis) -> Result<(), Millis> {
        let loaded_at = self.loaded_at.unwrap_or(now);
        let known = self.known.entry(name.to_owned()).or_insert_with(|| {
            // Who sent before this sender may have written to this user a moment ago.
            let mut known = Known::default();
            if now.saturating_sub(loaded_at) < JOIN {
                known.pair.since = loaded_at;
                known.pair.sent = 1;
                known.assumed = 1;
            }
            known
        });
        // A clock that was set back must not make anybody wait for as long.
        known.pair.since = known.pair.since.min(now);
        if known.go(now) {
            if known.pair.sent > 1 + known.assumed && !known.is_news {
                known.is_news = true;
                self.news.push(name.to_owned());
            }
            return Ok(());
        }
        Err(known.reserve(usize::try_from(lane).unwrap_or(LANES), now))
    }

    /// Writes what the store does not know yet.
    pub(super) fn save(
        &mut self,
        tx: &Tx<'_>,
        channel_id: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        for name in self.news.drain(..) {
            if let Some(known) = self.known.get_mut(&name) {
                known.is_news = false;
                pairs::sent(tx, channel_id, &name, &known.pair)?;
            }
        }
        for name in self.cured.drain(..) {
            pairs::struck(tx, channel_id, &name, &Pair::default())?;
        }
        if self.known.len() >= self.tidy_from {
            self.known
                .retain(|_, known| known.is_busy(now) || known.pair.strikes > 0);
            self.tidy_from = self.known.len().saturating_mul(2).max(TIDY_FROM);
        }
        if now.saturating_sub(self.tidied_at) >= TIDY_EVERY {
            self.tidied_at = now;
            self.known.retain(|_, known| known.is_busy(now));
            pairs::forget(tx, channel_id, GAP, now.saturating_sub(TIDY_EVERY))?;
        }
        Ok(())
    }

    /// The carrier has not taken a message that was counted.
    pub(super) fn give_back(&mut self, name: &str) {
        if let Some(known) = self.known.get_mut(name) {
            known.pair.sent = known.pair.sent.saturating_sub(1).max(0);
        }
    }

    /// The carrier has taken a message.
    pub(super) fn accepted(&mut self, name: &str) {
        if let Some(known) = self.known.get_mut(name)
            && known.pair.strikes > 0
        {
            known.pair.strikes = 0;
            known.pair.blocked_until = 0;
            self.cured.push(name.to_owned());
        }
    }

    /// The carrier has refused a message because others went to its user too fast.
    pub(super) fn struck(&mut self, name: &str, pair: &Pair) {
        let known = self.known.entry(name.to_owned()).or_default();
        known.pair.strikes = pair.strikes;
        known.pair.blocked_until = pair.blocked_until;
        // From here on the carrier's word counts, and not what we have counted.
        known.pair.sent = 0;
        // Those that wait already ask again in their order.
        known.reserved = [Reserved::default(); LANES];
    }
}

/// When a pair has rested.
pub(crate) fn rested_at(pair: &Pair) -> Millis {
    let rest = if pair.sent > 0 {
        pair.sent.saturating_mul(GAP).saturating_add(SLACK)
    } else {
        0
    };
    pair.since.saturating_add(rest).max(pair.blocked_until)
}

impl Known {
    /// Whether what happened still keeps messages from leaving.
    fn is_busy(&self, now: Millis) -> bool {
        self.free_at() > now || self.reserved.iter().any(|reserved| reserved.at > now)
    }

    fn free_at(&self) -> Millis {
        rested_at(&self.pair)
    }

    /// Messages of one burst; a pair that was refused tries with one at a time.
    fn burst(&self) -> i64 {
        if self.pair.strikes > 0 { 1 } else { BURST }
    }

    fn go(&mut self, now: Millis) -> bool {
        let free_at = self.free_at();
        let burst = self.burst();
        let pair = &mut self.pair;
        if now >= free_at {
            (pair.since, pair.sent) = (now, 1);
            self.assumed = 0;
            return true;
        }
        let joins = now.saturating_sub(pair.since) < JOIN
            && pair.sent > 0
            && pair.sent < burst
            && now >= pair.blocked_until;
        pair.sent += i64::from(joins);
        joins
    }

    fn reserve(&mut self, lane: usize, now: Millis) -> Millis {
        let (free_at, burst) = (self.free_at(), self.burst());
        let before = self.reserved.iter().take(lane.saturating_add(1));
        let last = before
            .filter(|reserved| reserved.at > now)
            .max_by_key(|reserved| reserved.at)
            .copied();
        let next = match last {
            Some(last) if last.at >= free_at && last.count < burst => Reserved {
                at: last.at,
                count: last.count + 1,
            },
            Some(last) if last.at >= free_at => Reserved {
                at: last.at.saturating_add(burst * GAP + SLACK),
                count: 1,
            },
            _ => Reserved {
                at: free_at,
                count: 1,
            },
        };
        if let Some(reserved) = self.reserved.get_mut(lane) {
            *reserved = next;
        }
        next.at
    }
}

/// Writes that the carrier has refused a message because others went to its user too fast.
///
/// Several that were under way together are refused together, which counts once.
pub(super) fn strike(
    tx: &Tx<'_>,
    app: &App,
    channel_id: &str,
    name: &str,
) -> Result<Pair, StoreError> {
    let now = app.clock.now();
    let mut pair = pairs::of(tx, channel_id, name)?.unwrap_or_default();
    if pair.blocked_until > now {
        return Ok(pair);
    }
    let strikes = u32::try_from(pair.strikes).unwrap_or(MOST_STRIKES);
    let seconds = 4_i64.saturating_pow(strikes.min(MOST_STRIKES));
    pair.strikes = pair.strikes.saturating_add(1);
    pair.blocked_until = now.saturating_add(seconds.saturating_mul(1000));
    pairs::struck(tx, channel_id, name, &pair)?;
    Ok(pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long after the start.
    fn pairs() -> Pairs {
        Pairs {
            loaded_at: Some(-1_000_000),
            ..Pairs::default()
        }
    }

    #[test]
    fn a_burst_leaves_at_once_and_the_rest_when_the_pair_has_rested() {
        let mut pairs = pairs();
        let answers: Vec<_> = (0..100).map(|at| pairs.ask("ann", 1, at)).collect();
        assert!(answers.iter().take(45).all(Result::is_ok));
        let first = 45 * GAP + SLACK;
        let waits: Vec<_> = answers.iter().skip(45).map(|at| at.unwrap_err()).collect();
        assert!(waits.iter().take(45).all(|at| *at == first), "{waits:?}");
        assert!(waits.iter().skip(45).all(|at| *at == 2 * first));
        assert_eq!(pairs.ask("bob", 1, 100), Ok(()), "another user waits too");
        // When they come back, they go.
        assert!((0..45).all(|_| pairs.ask("ann", 1, first).is_ok()));
        assert_eq!(pairs.ask("ann", 1, first), Err(2 * first));
    }

    #[test]
    fn one_each_six_seconds_never_waits() {
        let mut pairs = pairs();
        assert!((0..1000).all(|turn| pairs.ask("ann", 1, turn * (GAP + SLACK)).is_ok()));
        assert!(pairs.news.is_empty(), "nothing to keep");
    }

    #[test]
    fn what_matters_more_does_not_wait_for_what_matters_less() {
        let mut pairs = pairs();
        for at in 0..200 {
            let _ = pairs.ask("ann", 2, at);
        }
        let first = 45 * GAP + SLACK;
        assert_eq!(pairs.ask("ann", 0, 300), Err(first));
        assert_eq!(pairs.ask("ann", 1, 300), Err(first));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nobody_wait_for_long() {
        let mut pairs = pairs();
        let hour = 3_600_000;
        assert!(pairs.ask("ann", 1, hour).is_ok());
        assert!(pairs.ask("ann", 1, 0).is_ok());
        assert_eq!(pairs.known["ann"].free_at(), 2 * GAP + SLACK);
    }

    #[test]
    fn a_refused_pair_tries_one_at_a_time_until_it_is_accepted() {
        let mut pairs = pairs();
        assert!(pairs.ask("ann", 1, 0).is_ok());
        let refused = Pair {
            strikes: 2,
            blocked_until: 7_000,
            ..Pair::default()
        };
        pairs.give_back("ann");
        pairs.struck("ann", &refused);
        assert_eq!(pairs.ask("ann", 1, 10), Err(7_000));
        assert_eq!(pairs.ask("ann", 1, 11), Err(7_000 + GAP + SLACK));
        assert_eq!(pairs.ask("ann", 1, 7_000), Ok(()));
        assert!(pairs.ask("ann", 1, 7_001).is_err());
        pairs.accepted("ann");
        assert_eq!(pairs.ask("ann", 1, 7_002), Ok(()), "a burst again");
    }

    #[test]
    fn a_million_users_take_no_room() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let store = crate::store::Store::open(&folder.path().join("wharf.db")).unwrap();
        let most = store.write(|tx| {
            let (mut pairs, mut most) = (pairs(), 0);
            for user in 0..100_000_i64 {
                assert!(pairs.ask(&user.to_string(), 1, user).is_ok());
                pairs.save(tx, "shop", user)?;
                most = most.max(pairs.known.len());
            }
            Ok(most)
        });
        // A thousand a second for the six seconds that one rests, twice at most.
        let most = runtime.block_on(most).unwrap();
        assert!(most < 14_000, "{most}");
        runtime.block_on(store.close());
    }
}
