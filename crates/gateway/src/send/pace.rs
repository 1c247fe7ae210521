//! The pace of a number: what it may send in a second, and less while the carrier asks for it.

use std::time::Duration;

use tokio::time::Instant;

use super::bucket::Bucket;

/// What is left of the pace when the carrier says that it was too fast.
const SLOWER: f64 = 0.7;

/// At least this share of the pace stays, so that the number finds out when it may go faster.
const LEAST: f64 = 0.05;

/// How much of the whole pace comes back in a second.
const BACK: f64 = 0.05;

/// How often the pace is looked at again.
const STEP: Duration = Duration::from_millis(200);

/// How many messages may leave a number now.
#[derive(Debug)]
pub(super) struct Pace {
    bucket: Bucket,
    /// Messages a second that the carrier permits.
    permitted: u32,
    /// The share of it that the number takes after it was too fast: others may use up the rest.
    share: f64,
    /// The share that its budgets leave.
    allowed: f64,
    stepped_at: Instant,
}

impl Pace {
    /// Begins with an empty bucket if others may have sent until now.
    pub(super) fn new(permitted: u32, is_alone: bool, now: Instant) -> Self {
        let bucket = if is_alone {
            Bucket::new(permitted, now)
        } else {
            Bucket::empty(permitted, now)
        };
        Self {
            bucket,
            permitted,
            share: 1.0,
            allowed: 1.0,
            stepped_at: now,
        }
    }

    /// The carrier permits another number of messages a second.
    pub(super) fn permit(&mut self, permitted: u32, now: Instant) {
        self.permitted = permitted;
        self.share = 1.0;
        self.apply(now);
    }

    /// Budgets leave only this share.
    pub(super) fn allow(&mut self, share: f64, now: Instant) {
        if (self.allowed - share).abs() > 1e-9 {
            self.allowed = share;
            self.apply(now);
        }
    }

    /// The carrier says that it was too fast.
    pub(super) fn too_fast(&mut self, now: Instant) {
        self.share = (self.share * SLOWER).max(LEAST);
        self.stepped_at = now;
        self.apply(now);
    }

    /// How many may leave now.
    pub(super) fn available(&mut self, now: Instant) -> usize {
        let passed = now.saturating_duration_since(self.stepped_at);
        if self.share < 1.0 && passed >= STEP {
            self.share = (self.share + BACK * passed.as_secs_f64()).min(1.0);
            self.apply(now);
        }
        if passed >= STEP {
            self.stepped_at = now;
        }
        self.bucket.available(now)
    }

    /// Whether more waits than may leave.
    pub(super) fn keep_up(&mut self, keeps_up: bool) {
        self.bucket.keep_up(keeps_up);
    }

    /// That many leave.
    pub(super) fn take(&mut self, count: usize) {
        self.bucket.take(count);
    }

    /// Whether none may leave, as far as [`Pace::available`] has counted.
    pub(super) fn is_dry(&self) -> bool {
        self.bucket.is_dry()
    }

    /// When it is worth to look again, if none may leave now.
    pub(super) fn ready_at(&self) -> Instant {
        self.bucket.ready_at()
    }

    fn apply(&mut self, now: Instant) {
        let rate = f64::from(self.permitted.max(1)) * self.share * self.allowed;
        self.bucket.set_rate(rate.max(LEAST), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many leave in a second when everything that may leave does.
    fn second(pace: &mut Pace, from: Instant) -> usize {
        let mut left = 0;
        for milli in 0..1000 {
            let count = pace.available(from + Duration::from_millis(milli));
            pace.take(count);
            left += count;
        }
        left
    }

    #[test]
    fn a_number_that_was_too_fast_comes_back_slowly() {
        let begin = Instant::now();
        let mut pace = Pace::new(1000, false, begin);
        let seconds = |from: u64| begin + Duration::from_secs(from);
        assert!((990..=1000).contains(&second(&mut pace, begin)));
        pace.too_fast(seconds(1));
        let slow = second(&mut pace, seconds(1));
        assert!((690..=760).contains(&slow), "{slow}");
        let later = second(&mut pace, seconds(3));
        assert!((780..=900).contains(&later), "{later}");
        pace.available(seconds(8));
        let whole = second(&mut pace, seconds(9));
        assert!((990..=1050).contains(&whole), "{whole}");
        pace.allow(0.5, seconds(10));
        let half = second(&mut pace, seconds(10));
        assert!((490..=530).contains(&half), "{half}");
    }
}
