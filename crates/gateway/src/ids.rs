//! Ids of our own things: a prefix that says what it names, and 26 letters that sort by time.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

use crate::clock::Millis;

/// What an id names; its prefix is part of the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `msg_…`, inbound or outbound.
    Message,
    /// `evt_…`
    Event,
    /// `cnt_…`
    Contact,
    /// `cnv_…`
    Conversation,
    /// `ep_…`, a subscriber's URL.
    Endpoint,
    /// `dlv_…`, one event for one endpoint.
    Delivery,
    /// `dl_…`
    DeadLetter,
    /// `job_…`, many dead letters settled one after the other.
    Job,
    /// `era_…`, a person who is erased.
    Erasure,
    /// `aud_…`, what a person did.
    Audit,
    /// `key_…`, the name of an API key, not the key.
    ApiKey,
    /// `ch_…`, a channel that was given no id of its own.
    Channel,
    /// `node_…`, one run of a gateway.
    Node,
    /// `med_…`, a file.
    Media,
    /// `rr_…`, a receipt that waits for the carrier.
    ReadReceipt,
    /// `sup_…`, a contact who wants no more of something.
    Suppression,
    /// `err_…`, what the carrier said went wrong with a message.
    Error,
    /// `req_…`, one HTTP request, for finding its log lines.
    Request,
}

impl Kind {
    /// The letters before the underscore.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Message => "msg",
            Self::Event => "evt",
            Self::Contact => "cnt",
            Self::Conversation => "cnv",
            Self::Endpoint => "ep",
            Self::Delivery => "dlv",
            Self::DeadLetter => "dl",
            Self::Job => "job",
            Self::Erasure => "era",
            Self::Audit => "aud",
            Self::ApiKey => "key",
            Self::Channel => "ch",
            Self::Node => "node",
            Self::Media => "med",
            Self::ReadReceipt => "rr",
            Self::Suppression => "sup",
            Self::Error => "err",
            Self::Request => "req",
        }
    }
}

/// Makes ids, secrets and jitter. Seeded by tests, by the system otherwise.
#[derive(Debug, Clone)]
pub struct Random(Arc<Mutex<StdRng>>);

impl Random {
    /// Seeded by the operating system.
    pub fn system() -> Self {
        Self(Arc::new(Mutex::new(rand::make_rng())))
    }

    /// The same seed gives the same ids in the same order.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// A new id: time first, so that newer ids sort later and land together in an index.
    pub fn id(&self, kind: Kind, now: Millis) -> String {
        let random: u128 = self.with(RngExt::random);
        let time = u128::from(now.max(0).unsigned_abs());
        spell(kind, (time << 80) | (random & ((1 << 80) - 1)))
    }

    /// Bytes for a secret, from a generator fit for it.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.with(|rng| rng.fill_bytes(&mut bytes));
        bytes
    }

    /// A number from 0 up to, not including, `bound`; 0 when `bound` is 0.
    pub fn below(&self, bound: u64) -> u64 {
        if bound == 0 {
            0
        } else {
            self.with(|rng| rng.random_range(0..bound))
        }
    }

    fn with<T>(&self, f: impl FnOnce(&mut StdRng) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The least id that can be made at `at`: whatever sorts after it was made then or later.
pub(crate) fn floor(kind: Kind, at: Millis) -> String {
    spell(kind, u128::from(at.max(0).unsigned_abs()) << 80)
}

fn spell(kind: Kind, bits: u128) -> String {
    let mut id = String::with_capacity(kind.prefix().len() + 27);
    id.push_str(kind.prefix());
    id.push('_');
    for position in (0..26).rev() {
        let index = (bits >> (position * 5)) & 31;
        id.push(char::from(ALPHABET[usize::try_from(index).unwrap_or(0)]));
    }
    id
}

/// Crockford's base 32, lower case: no letters that are read for one another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_repeat_with_their_seed() {
        let random = Random::seeded(7);
        let early = random.id(Kind::Message, 1_700_000_000_000);
        let late = random.id(Kind::Message, 1_700_000_000_001);
        assert!(early < late, "{early} {late}");
        let floor = floor(Kind::Message, 1_700_000_000_001);
        assert!(early < floor && floor <= late, "{early} {floor} {late}");
        assert_eq!(
            early,
            Random::seeded(7).id(Kind::Message, 1_700_000_000_000)
        );
        assert_eq!(early.len(), "msg_".len() + 26);
    }
}
