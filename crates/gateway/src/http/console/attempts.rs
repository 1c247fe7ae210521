//! How often somebody may try to sign in. Kept in memory, each gateway for itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Millis;

/// Wrong keys within a window from one address.
const OF_ONE_PEER: u32 = 10;
/// Wrong keys within a window from all addresses.
const OF_ALL: u32 = 100;
const WINDOW: Millis = 60_000;

/// The wrong keys of the last minute.
///
/// An address is added only while there are fewer than [`OF_ALL`] failures, and all that are old go
/// when a minute is over: the map is never larger than twice that, however many are invented.
#[derive(Debug, Default)]
pub(in crate::http) struct Attempts(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    all: Window,
    peers: HashMap<IpAddr, Window>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Window {
    since: Millis,
    failures: u32,
}

impl Attempts {
    /// Counts an attempt as failed until [`Attempts::succeeded`] says otherwise, so that many at once
    /// count too. In how many seconds to try again, if there were too many from this address.
    pub(super) fn begin(&self, peer: IpAddr, now: Millis) -> Result<(), u64> {
        let mut counts = self.counts();
        let Counts { all, peers } = &mut *counts;
        if all.is_over(now) {
            *all = Window::from(now);
            peers.retain(|_, window| !window.is_over(now));
        }
        let has_room = all.failures < OF_ALL;
        let window = match peers.entry(network(peer)) {
            Entry::Occupied(known) => Some(known.into_mut()),
            Entry::Vacant(new) => has_room.then(|| new.insert(Window::from(now))),
        };
        if let Some(window) = window {
            if window.is_over(now) {
                *window = Window::from(now);
            }
            if window.failures >= OF_ONE_PEER {
                return Err(window.seconds_left(now));
            }
            window.failures += 1;
        }
        all.failures = all.failures.saturating_add(1);
        Ok(())
    }

    /// The key of the attempt that began is wrong. In how many seconds to try again, if there were too
    /// many from all addresses: those may be invented, and must not keep out who has a right key.
    pub(super) fn failed(&self, now: Millis) -> Result<(), u64> {
        let all = self.counts().all;
        if all.failures > OF_ALL {
            return Err(all.seconds_left(now));
        }
        Ok(())
    }

    /// The attempt that began was none: its key is right.
    pub(super) fn succeeded(&self, peer: IpAddr) {
        let mut counts = self.counts();
        counts.all.failures = counts.all.failures.saturating_sub(1);
        if let Some(window) = counts.peers.get_mut(&network(peer)) {
            window.failures = window.failures.saturating_sub(1);
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    const fn from(now: Millis) -> Self {
        Self {
            since: now,
            failures: 0,
        }
    }

    const fn is_over(self, now: Millis) -> bool {
        // A clock that was set back begins anew.
        now < self.since || now - self.since >= WINDOW
    }

    fn seconds_left(self, now: Millis) -> u64 {
        let left = (self.since + WINDOW - now).max(1).unsigned_abs();
        left.div_ceil(1000)
    }
}

/// Who counts as one: of IPv6 the network, because each customer has one.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let bits = address.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(bits))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_count_by_address_and_in_all_and_are_forgotten() {
        let attempts = Attempts::default();
        let peer = |n: u32| IpAddr::from([10, 0, 0, u8::try_from(n).unwrap()]);
        for _ in 0..OF_ONE_PEER {
            attempts.begin(peer(1), 0).unwrap();
        }
        assert_eq!(attempts.begin(peer(1), 30_000), Err(30));
        for number in 2..OF_ALL {
            attempts.begin(peer(number), 30_000).unwrap();
            let told = attempts.failed(30_000);
            assert_eq!(told.is_ok(), number + OF_ONE_PEER <= OF_ALL + 1, "{number}");
        }
        // Another address may try: only if its key is wrong it is told to wait, and it is not kept.
        attempts.begin(peer(200), 30_001).unwrap();
        assert_eq!(attempts.failed(30_001), Err(30));
        assert_eq!(attempts.begin(peer(1), 30_001), Err(30));
        assert!(attempts.counts().peers.len() <= OF_ALL as usize);
        attempts.begin(peer(1), 60_000).unwrap();
        assert_eq!(attempts.counts().all.failures, 1);
    }

    #[test]
    fn right_keys_do_not_count() {
        let attempts = Attempts::default();
        let peer: IpAddr = "2001:db8::1".parse().unwrap();
        for _ in 0..1000 {
            attempts.begin(peer, 5).unwrap();
            attempts.succeeded(peer);
        }
        let neighbour: IpAddr = "2001:db8::2".parse().unwrap();
        for _ in 0..OF_ONE_PEER {
            attempts.begin(neighbour, 5).unwrap();
        }
        attempts.begin(peer, 5).unwrap_err();
    }
}
