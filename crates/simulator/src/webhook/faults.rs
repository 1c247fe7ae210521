//! What goes wrong with notifications when it is asked for: shares, drawn from the seed.

use std::time::Duration;

use crate::chance::{happens, mix};
use crate::settings::Webhooks;
use crate::webhook::Update;

/// Shares of what goes wrong on the way to the callback, 0 to 1. Changed while it runs with
/// [`Simulator::set_webhook_faults`](crate::Simulator::set_webhook_faults).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WebhookFaults {
    /// Updates sent twice.
    pub duplicated: f64,
    /// Updates held back for up to two seconds, so that others overtake them.
    pub reordered: f64,
    /// Updates held back for `delay`.
    pub delayed: f64,
    /// How long those are held back.
    pub delay: Duration,
    /// Notifications whose first attempt gets lost: they come with the first retry.
    pub dropped: f64,
}

impl WebhookFaults {
    pub(crate) fn of(webhooks: &Webhooks) -> Self {
        Self {
            duplicated: webhooks.duplicated,
            reordered: webhooks.reordered,
            ..Self::default()
        }
    }
}

/// The draws for one update or notification. They follow from its bytes and not from its number,
/// which depends on what else happens at the same moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw {
    seed: u64,
    position: u64,
}

impl Draw {
    pub(crate) fn of_update(seed: u64, update: &Update) -> Self {
        Self::of_bytes(seed, &update.value)
    }

    pub(crate) fn of_bytes(seed: u64, bytes: &[u8]) -> Self {
        let position = bytes.chunks(8).fold(0, |position, chunk| {
            let word = chunk
                .iter()
                .fold(0, |word, byte| word << 8 | u64::from(*byte));
            mix(position, 600, word)
        });
        Self { seed, position }
    }

    pub(crate) fn is_duplicated(self, faults: &WebhookFaults) -> bool {
        self.happens(faults.duplicated, 601)
    }

    pub(crate) fn is_dropped(self, faults: &WebhookFaults) -> bool {
        self.happens(faults.dropped, 602)
    }

    /// How long it is held back.
    pub(crate) fn hold(self, faults: &WebhookFaults) -> Duration {
        let delay = if self.happens(faults.delayed, 603) {
            faults.delay
        } else {
            Duration::ZERO
        };
        if self.happens(faults.reordered, 604) {
            delay + Duration::from_millis(mix(self.seed, 605, self.position) % 2000)
        } else {
            delay
        }
    }

    fn happens(self, probability: f64, purpose: u64) -> bool {
        happens(probability, self.seed, purpose, self.position)
    }
}
