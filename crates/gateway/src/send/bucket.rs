//! A token bucket: at most so many messages a second, with a small burst.

use std::time::Duration;

use tokio::time::Instant;

/// The burst is what passes in this time: it evens out the timer's grain, and no more.
const BURST_SECONDS: f64 = 0.04;

/// The same while more waits than may leave: what was missed because the store or the machine was
/// slow for a moment is made up for.
const KEEP_UP_SECONDS: f64 = 0.2;

/// When the bucket ran dry, it pays to wait for what comes in this time and take it together.
const GRAIN_SECONDS: f64 = 0.005;

/// Messages that may leave a number now.
#[derive(Debug)]
pub(super) struct Bucket {
    per_second: f64,
    tokens: f64,
    filled_at: Instant,
    keeps_up: bool,
}

impl Bucket {
    /// A bucket that begins full.
    pub(super) fn new(per_second: u32, now: Instant) -> Self {
        let per_second = f64::from(per_second.max(1));
        let mut bucket = Self {
            per_second,
            tokens: 0.0,
            filled_at: now,
            keeps_up: false,
        };
        bucket.tokens = bucket.burst();
        bucket
    }

    /// A bucket that begins empty: others may have sent until now.
    pub(super) fn empty(per_second: u32, now: Instant) -> Self {
        let mut bucket = Self::new(per_second, now);
        bucket.tokens = 0.0;
        bucket
    }

    /// Changes the rate; what was saved stays, up to the new burst.
    pub(super) fn set_rate(&mut self, per_second: f64, now: Instant) {
        self.fill(now);
        self.per_second = per_second.max(0.01);
        self.tokens = self.tokens.min(self.burst());
    }

    /// Whether more waits than may leave.
    pub(super) fn keep_up(&mut self, keeps_up: bool) {
        self.keeps_up = keeps_up;
    }

    /// How many may leave now.
    pub(super) fn available(&mut self, now: Instant) -> usize {
        self.fill(now);
        whole(self.tokens)
    }

    /// That many leave.
    pub(super) fn take(&mut self, count: usize) {
        self.tokens -= f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// Whether none may leave, as far as [`Bucket::available`] has counted.
    pub(super) fn is_dry(&self) -> bool {
        whole(self.tokens) == 0
    }

    /// When it is worth to look again, if none may leave now.
    pub(super) fn ready_at(&self) -> Instant {
        let wanted = (self.per_second * GRAIN_SECONDS)
            .floor()
            .clamp(1.0, self.burst());
        let missing = (wanted - self.tokens).max(0.0);
        self.filled_at + Duration::from_secs_f64(missing / self.per_second)
    }

    fn burst(&self) -> f64 {
        let seconds = if self.keeps_up {
            KEEP_UP_SECONDS
        } else {
            BURST_SECONDS
        };
        (self.per_second * seconds).max(1.0)
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.per_second).min(self.burst());
        self.filled_at = now;
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float is cut to the range of the integer, and the burst is small"
)]
fn whole(tokens: f64) -> usize {
    // A hair below a whole token is one: it was waited for exactly as long as it takes.
    (tokens + 1e-6).floor().max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many leave in `seconds` when everything that may leave does, looked at `ready_at`.
    fn leave(bucket: &mut Bucket, from: Instant, seconds: u64) -> usize {
        let (mut now, mut left) = (from, 0);
        let end = from + Duration::from_secs(seconds);
        while now < end {
            let count = bucket.available(now);
            bucket.take(count);
            left += count;
            now = bucket.ready_at().max(now + Duration::from_micros(100));
        }
        left
    }

    #[test]
    fn no_more_than_the_rate_and_hardly_less() {
        let begin = Instant::now();
        for rate in [1_u32, 20, 80, 1000] {
            let mut bucket = Bucket::new(rate, begin);
            let left = leave(&mut bucket, begin, 10);
            let permitted = usize::try_from(rate).unwrap() * 10;
            let burst = whole(bucket.burst());
            assert!(left <= permitted + burst, "{rate}/s: {left} left");
            assert!(left * 100 >= permitted * 99, "{rate}/s: only {left} left");
        }
    }

    #[test]
    fn a_slow_moment_costs_nothing_while_more_waits_than_may_leave() {
        let begin = Instant::now();
        for (keeps_up, least, most) in [(false, 300, 400), (true, 790, 816)] {
            let mut bucket = Bucket::new(80, begin);
            bucket.keep_up(keeps_up);
            let mut left = 0;
            for tenth in 0..100_u64 {
                let count = bucket.available(begin + Duration::from_millis(100 * tenth));
                bucket.take(count);
                left += count;
            }
            assert!((least..=most).contains(&left), "{keeps_up}: {left} left");
        }
    }

    #[test]
    fn what_was_not_used_is_saved_only_up_to_the_burst() {
        let begin = Instant::now();
        let mut bucket = Bucket::new(80, begin);
        bucket.take(3);
        assert_eq!(bucket.available(begin), 0);
        assert_eq!(bucket.available(begin + Duration::from_mins(1)), 3);
        bucket.set_rate(1000.0, begin + Duration::from_mins(1));
        assert_eq!(bucket.available(begin + Duration::from_mins(2)), 40);
    }
}
