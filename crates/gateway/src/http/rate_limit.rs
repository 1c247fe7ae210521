//! How many requests a key may make: a bucket for each, and the fields `RateLimit` and
//! `RateLimit-Policy` that tell of it (draft-ietf-httpapi-ratelimit-headers-10).

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use super::problem::Problem;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What may be made at once is what flows in within this time.
const BURST_SECONDS: u32 = 2;

/// Buckets that are kept at most before those that are full again are dropped.
const KEPT: usize = 1024;

/// The buckets of all keys. Each node of several counts for itself.
#[derive(Debug)]
pub(super) struct RateLimits {
    per_second: u32,
    policy: HeaderValue,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    filled_at: Instant,
}

/// What is left for a key after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    requests: u32,
    /// Seconds until the bucket is full again.
    full_in: u32,
}

impl RateLimits {
    /// At most so many requests a second of one key in the long run; 0: any number.
    pub(super) fn new(per_second: u32) -> Self {
        let quota = per_second.saturating_mul(BURST_SECONDS);
        let policy = format!("\"key\";q={quota};w={BURST_SECONDS}");
        Self {
            per_second,
            // It is of visible characters.
            policy: HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("")),
            buckets: Mutex::default(),
        }
    }

    /// Counts a request of a key; nothing is left to tell where there is no limit.
    pub(super) fn take(&self, key_id: &str, now: Instant) -> Result<Option<Left>, Problem> {
        if self.per_second == 0 {
            return Ok(None);
        }
        let rate = f64::from(self.per_second);
        let most = rate * f64::from(BURST_SECONDS);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEPT && !buckets.contains_key(key_id) {
            buckets.retain(|_, bucket| bucket.filled(now, rate) < most);
        }
        let tokens = match buckets.get(key_id) {
            Some(bucket) => bucket.filled(now, rate).min(most),
            None => most,
        };
        let taken = tokens >= 1.0;
        let bucket = Bucket {
            tokens: if taken { tokens - 1.0 } else { tokens },
            filled_at: now,
        };
        match buckets.get_mut(key_id) {
            Some(known) => *known = bucket,
            None => drop(buckets.insert(key_id.to_owned(), bucket)),
        }
        drop(buckets);
        if !taken {
            let retry_after = seconds((1.0 - tokens) / rate).max(1).into();
            return Err(Problem::TooManyRequests { retry_after });
        }
        Ok(Some(Left {
            requests: whole(bucket.tokens),
            full_in: seconds((most - bucket.tokens) / rate),
        }))
    }

    /// Tells a caller what is left.
    pub(super) fn tell(&self, left: Option<Left>, headers: &mut HeaderMap) {
        let Some(left) = left else { return };
        let mut text = String::with_capacity(32);
        // Writing to a string does not fail.
        let _ = write!(text, "\"key\";r={};t={}", left.requests, left.full_in);
        if let Ok(limit) = HeaderValue::try_from(text) {
            headers.insert(LIMIT, limit);
        }
        headers.insert(POLICY, self.policy.clone());
    }

    /// What is left for a key that was refused.
    pub(super) fn nothing_left(&self) -> Option<Left> {
        (self.per_second > 0).then_some(Left {
            requests: 0,
            full_in: BURST_SECONDS,
        })
    }
}

impl Bucket {
    fn filled(&self, now: Instant, rate: f64) -> f64 {
        let passed = now.saturating_duration_since(self.filled_at);
        self.tokens + passed.as_secs_f64() * rate
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of tokens is small and not negative"
)]
fn whole(number: f64) -> u32 {
    number.floor() as u32
}

fn seconds(number: f64) -> u32 {
    whole(number.max(0.0).ceil())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_key_has_its_burst_then_its_rate_and_no_other_key_pays() {
        let limits = RateLimits::new(10);
        let begun = Instant::now();
        for left in (0..20).rev() {
            let told = limits.take("one", begun).unwrap().unwrap();
            assert_eq!(told.requests, left);
        }
        assert!(matches!(
            limits.take("one", begun),
            Err(Problem::TooManyRequests { retry_after: 1 })
        ));
        assert!(limits.take("two", begun).is_ok());
        let later = begun + Duration::from_millis(250);
        assert!(limits.take("one", later).is_ok() && limits.take("one", later).is_ok());
        assert!(limits.take("one", later).is_err());
        // Never more than the burst, however long it rested.
        let much_later = begun + Duration::from_hours(1);
        let told = limits.take("one", much_later).unwrap().unwrap();
        assert_eq!((told.requests, told.full_in), (19, 1));
    }

    #[test]
    fn without_a_limit_nothing_is_counted_or_told() {
        let limits = RateLimits::new(0);
        let mut headers = HeaderMap::new();
        limits.tell(limits.take("one", Instant::now()).unwrap(), &mut headers);
        assert!(headers.is_empty() && limits.buckets.lock().unwrap().is_empty());
    }

    #[test]
    fn buckets_that_are_full_again_are_dropped() {
        let limits = RateLimits::new(10);
        let begun = Instant::now();
        for number in 0..KEPT {
            limits.take(&format!("key_{number}"), begun).unwrap();
        }
        limits.take("last", begun + Duration::from_mins(1)).unwrap();
        assert_eq!(limits.buckets.lock().unwrap().len(), 1);
    }
}
