//! How long a message, or a whole number, waits before it is tried again.

use std::time::Duration;

use wharf_model::ErrorClass;

use crate::carrier::Rejection;
use crate::config::Send;
use crate::ids::Random;

/// The longest pause of a whole number: when the carrier is back, so are we.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// How long a message waits that was refused `spent` times before.
///
/// See [Cloud API/Error codes] for the fixed times.
pub(super) fn of_message(
    rejection: &Rejection,
    spent: u32,
    settings: &Send,
    random: &Random,
) -> Duration {
    let wait = match rejection.class {
        // Meta asks for 4^n seconds, for this recipient alone.
        ErrorClass::RetryPair => Duration::from_secs(4_u64.saturating_pow(spent.min(10))),
        ErrorClass::RetryLater => {
            let seconds = match rejection.code {
                Some(133_015) => 5 * MINUTE,
                Some(134_101) => 10 * MINUTE,
                // A day, then two, then three: the user has received enough for now.
                Some(131_049) => 24 * HOUR * (u64::from(spent.min(6)) + 1),
                Some(133_016) => 72 * HOUR,
                _ => HOUR,
            };
            // Those that were refused together need not come back together.
            Duration::from_secs(seconds + random.below(seconds / 10))
        }
        _ => jitter(
            exponential(
                settings,
                spent,
                Duration::from_millis(settings.backoff_longest_ms),
            ),
            random,
        ),
    };
    wait.max(rejection.retry_after.unwrap_or_default())
}

/// How long a number pauses that was stopped `strikes` times in a row.
pub(super) fn of_number(
    strikes: u32,
    retry_after: Option<Duration>,
    settings: &Send,
    random: &Random,
) -> Duration {
    let wait = jitter(exponential(settings, strikes, LONGEST_PAUSE), random);
    wait.max(retry_after.unwrap_or_default())
}

/// The first wait, doubled `exponent` times, at most `longest`.
pub(crate) fn exponential(settings: &Send, exponent: u32, longest: Duration) -> Duration {
    let factor = 2_u64.saturating_pow(exponent);
    Duration::from_millis(settings.backoff_first_ms.saturating_mul(factor)).min(longest)
}

/// Full jitter: anything from nothing to the whole wait.
fn jitter(wait: Duration, random: &Random) -> Duration {
    let milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(random.below(milliseconds.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn rejection(class: ErrorClass, code: i64, retry_after: Option<u64>) -> Rejection {
        Rejection {
            class,
            code: Some(code),
            title: String::new(),
            details: None,
            retry_after: retry_after.map(Duration::from_secs),
            raw: None,
            status: None,
        }
    }

    #[test]
    fn waits_double_within_their_bounds_and_honour_what_the_carrier_asks() {
        let settings = Config::default().send;
        let random = Random::seeded(1);
        let (first, longest) = (settings.backoff_first_ms, settings.backoff_longest_ms);
        let retry = rejection(ErrorClass::Retry, 131_000, None);
        for spent in 0..40 {
            let bound = first
                .saturating_mul(2_u64.saturating_pow(spent))
                .min(longest);
            let waits: Vec<_> = (0..200)
                .map(|_| of_message(&retry, spent, &settings, &random))
                .collect();
            assert!(
                waits
                    .iter()
                    .all(|wait| *wait <= Duration::from_millis(bound))
            );
            assert!(
                waits
                    .iter()
                    .any(|wait| *wait > Duration::from_millis(bound / 2))
            );
            assert!(
                waits
                    .iter()
                    .any(|wait| *wait < Duration::from_millis(bound / 2))
            );
        }
        let asked = rejection(ErrorClass::Retry, 131_000, Some(901));
        assert_eq!(
            of_message(&asked, 0, &settings, &random),
            Duration::from_secs(901)
        );
        assert!(of_number(60, None, &settings, &random) <= LONGEST_PAUSE);
        assert!(of_number(0, Some(LONGEST_PAUSE * 9), &settings, &random) == LONGEST_PAUSE * 9);
    }

    #[test]
    fn pairs_wait_powers_of_four_and_fixed_times_are_kept() {
        let settings = Config::default().send;
        let random = Random::seeded(1);
        let pair = rejection(ErrorClass::RetryPair, 131_056, None);
        let waits = [0, 1, 2, 3].map(|spent| of_message(&pair, spent, &settings, &random));
        assert_eq!(waits, [1, 4, 16, 64].map(Duration::from_secs));
        for (code, least) in [(131_049, 24), (133_016, 72), (132_069, 1)] {
            let later = rejection(ErrorClass::RetryLater, code, None);
            let hours = of_message(&later, 0, &settings, &random).as_secs() / HOUR;
            assert!(
                (least..=least * 11 / 10).contains(&hours),
                "{code}: {hours} h"
            );
        }
    }
}
