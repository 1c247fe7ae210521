//! What the carrier says is used up of an account's or an app's budget, and what follows from it for
//! all channels of this process that share it.
//!
//! Each node hears it with the answers to its own calls, so all slow down together.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::carrier::Used;

/// From so many percent on fewer messages leave. See [Graph API/Rate limits].
const SLOW_FROM: f64 = 80.0;

/// At so many percent nothing leaves.
const STOP_AT: f64 = 100.0;

/// Below the stop at least this share of the pace stays.
const LEAST: f64 = 0.05;

/// How long what was said holds, if nothing newer is said.
const HOLDS: Duration = Duration::from_mins(1);

/// Budgets that are remembered at most.
const MOST: usize = 10_000;

/// What a channel may do at this moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Allowance {
    /// This share of its pace.
    Share(f64),
    /// Nothing, before this time.
    Until(Instant),
}

#[derive(Debug, Clone, Copy)]
struct Budget {
    allowance: Allowance,
    until: Instant,
}

/// The budgets that are nearly used up, by what they belong to.
#[derive(Debug, Default)]
pub(crate) struct Budgets {
    /// Whether any is: most of the time none.
    any: AtomicBool,
    known: Mutex<HashMap<String, Budget>>,
}

impl Budgets {
    /// Takes note of what an answer said about a budget.
    pub(super) fn hear(&self, name: &str, used: &Used, now: Instant) {
        let budget = match used.regain_access {
            Some(wait) => Some(Budget {
                allowance: Allowance::Until(now + wait),
                until: now + wait,
            }),
            None if used.percent >= STOP_AT => Some(Budget {
                allowance: Allowance::Until(now + HOLDS),
                until: now + HOLDS,
            }),
            None if used.percent >= SLOW_FROM => Some(Budget {
                allowance: Allowance::Share(share(used.percent)),
                until: now + HOLDS,
            }),
            None => None,
        };
        if budget.is_none() && !self.any.load(Ordering::SeqCst) {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, budget| budget.until > now);
        match budget {
            Some(budget) if known.len() < MOST => {
                let before = known.insert(name.to_owned(), budget);
                if before.is_none() {
                    tracing::warn!(
                        percent = used.percent,
                        "a budget of the carrier's is nearly used up: its channels send more slowly"
                    );
                }
            }
            Some(_) => {}
            None => {
                known.remove(name);
            }
        }
        self.any.store(!known.is_empty(), Ordering::SeqCst);
    }

    /// What a channel that uses these budgets may do.
    pub(super) fn allowance<'a>(
        &self,
        names: impl Iterator<Item = &'a str>,
        now: Instant,
    ) -> Allowance {
        let mut least = Allowance::Share(1.0);
        if !self.any.load(Ordering::SeqCst) {
            return least;
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let budgets = names.filter_map(|name| known.get(name));
        for budget in budgets.filter(|budget| budget.until > now) {
            least = match (least, budget.allowance) {
                (Allowance::Until(one), Allowance::Until(other)) => {
                    Allowance::Until(one.max(other))
                }
                (Allowance::Until(at), _) | (_, Allowance::Until(at)) => Allowance::Until(at),
                (Allowance::Share(one), Allowance::Share(other)) => {
                    Allowance::Share(one.min(other))
                }
            };
        }
        least
    }
}

/// All of the pace at the first threshold, hardly any of it shortly before the stop.
fn share(percent: f64) -> f64 {
    ((STOP_AT - percent) / (STOP_AT - SLOW_FROM)).clamp(LEAST, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_channels_of_an_account_slow_down_and_come_back() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let used = |percent, regain_access| Used {
            account: None,
            percent,
            regain_access,
        };
        let of = |name: &'static str, at| budgets.allowance([name, "app"].into_iter(), at);
        budgets.hear("waba/1", &used(50.0, None), now);
        assert_eq!(of("waba/1", now), Allowance::Share(1.0));
        budgets.hear("waba/1", &used(90.0, None), now);
        assert_eq!(of("waba/1", now), Allowance::Share(0.5));
        assert_eq!(of("waba/2", now), Allowance::Share(1.0));
        budgets.hear("app", &used(95.0, None), now);
        assert_eq!(of("waba/1", now), Allowance::Share(0.25));
        let wait = Duration::from_mins(5);
        budgets.hear("waba/1", &used(100.0, Some(wait)), now);
        assert_eq!(of("waba/1", now), Allowance::Until(now + wait));
        assert_eq!(of("waba/2", now), Allowance::Share(0.25));
        // What was said once does not hold for ever.
        assert_eq!(of("waba/2", now + HOLDS), Allowance::Share(1.0));
        assert_eq!(of("waba/1", now + wait), Allowance::Share(1.0));
        budgets.hear("waba/1", &used(60.0, None), now);
        assert_eq!(
            of("waba/1", now),
            Allowance::Share(0.25),
            "the app's is left"
        );
    }
}
