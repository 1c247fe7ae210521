//! When a delivery that failed is tried again.

use http::HeaderMap;
use http::header::RETRY_AFTER;

use crate::clock::Millis;
use crate::ids::Random;

/// Seconds from one attempt's failure to the next attempt; the first attempt is made at once.
/// Published, and the schedule that Standard Webhooks proposes.
pub(crate) const SCHEDULE: [u32; 10] = [
    0,
    5,
    5 * 60,
    30 * 60,
    7_200,
    18_000,
    36_000,
    50_400,
    72_000,
    86_400,
];

/// A `Retry-After` is believed up to this far: as long as the longest step of the schedule.
const LONGEST_WAIT: Millis = 86_400 * 1000;

/// When to try again after `attempts` attempts have failed; `None` when that was the last.
///
/// Each step differs by up to a fifth either way, so that what failed together does not come back
/// together. A later `retry_after` wins.
pub(super) fn next(
    attempts: i64,
    now: Millis,
    retry_after: Option<Millis>,
    random: &Random,
) -> Option<Millis> {
    let step = usize::try_from(attempts)
        .ok()
        .and_then(|attempts| SCHEDULE.get(attempts))?;
    let step = u64::from(*step) * 1000;
    let jittered = step * 4 / 5 + random.below(step * 2 / 5 + 1);
    let due = now.saturating_add(Millis::try_from(jittered).unwrap_or(LONGEST_WAIT));
    Some(due.max(retry_after.unwrap_or(due)))
}

/// The time that a `Retry-After` header names, as seconds from now or as an HTTP date.
pub(super) fn retry_after(headers: &HeaderMap, now: Millis) -> Option<Millis> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let at = match text.parse::<u32>() {
        Ok(seconds) => now.saturating_add(i64::from(seconds) * 1000),
        Err(_) => jiff::fmt::rfc2822::parse(text)
            .ok()?
            .timestamp()
            .as_millisecond(),
    };
    Some(at.min(now.saturating_add(LONGEST_WAIT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_is_the_published_one_within_a_fifth() {
        let random = Random::seeded(3);
        for (attempts, seconds) in SCHEDULE.into_iter().enumerate().skip(1) {
            let step = i64::from(seconds) * 1000;
            let waits: Vec<_> = (0..500)
                .filter_map(|_| next(i64::try_from(attempts).unwrap(), 7, None, &random))
                .map(|due| due - 7)
                .collect();
            assert_eq!(waits.len(), 500);
            let (low, high) = (*waits.iter().min().unwrap(), *waits.iter().max().unwrap());
            assert!(
                low >= step * 4 / 5 && low < step * 9 / 10,
                "{attempts}: {low}"
            );
            assert!(
                high <= step * 6 / 5 && high > step * 11 / 10,
                "{attempts}: {high}"
            );
        }
        assert_eq!(next(10, 7, None, &random), None);
        assert_eq!(next(10, 7, Some(99), &random), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_bounded() {
        let now = 784_111_777_000; // Sun, 06 Nov 1994 08:49:37 GMT
        let read = |text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            retry_after(&headers, now)
        };
        assert_eq!(read("120"), Some(now + 120_000));
        assert_eq!(read("Sun, 06 Nov 1994 08:50:37 GMT"), Some(now + 60_000));
        assert_eq!(read("4000000000"), Some(now + LONGEST_WAIT));
        assert_eq!(read("soon"), None);
        assert_eq!(read("-5"), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);

        let random = Random::seeded(3);
        assert_eq!(
            next(1, now, Some(now + 60_000), &random),
            Some(now + 60_000)
        );
        let sooner = next(2, now, Some(now + 1000), &random).unwrap();
        assert!(
            sooner >= now + 240_000,
            "an earlier Retry-After does not hurry the schedule"
        );
    }
}
