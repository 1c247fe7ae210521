//! Broken bytes never panic, and what passes the probe is never refused.

use wharf_webhook::{parse, probe};

use crate::notifications;

/// A small generator, so that each run tries the same bytes.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// Pieces of JSON that change its meaning rather than break it.
const PIECES: [&str; 14] = [
    "null",
    "true",
    "0",
    "-1e999",
    "\"\"",
    "{}",
    "[]",
    "\"\\ud800\"",
    "[[[[",
    "}}",
    ",",
    "\\",
    "\u{0}",
    "é",
];

fn mutate(body: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = body.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        let end = (at + random.below(40)).min(bytes.len());
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            2 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            3 => drop(bytes.drain(at..end)),
            4 => {
                let piece = PIECES[random.below(PIECES.len())].bytes();
                bytes.splice(at..end, piece);
            }
            _ => replace_value(&mut bytes, random),
        }
    }
    bytes
}

/// Puts a piece in place of the value behind some colon, so that the JSON as a rule stays whole.
fn replace_value(bytes: &mut Vec<u8>, random: &mut Random) {
    let colons: Vec<usize> = bytes
        .windows(2)
        .enumerate()
        .filter(|(_, w)| w == b"\":")
        .map(|(at, _)| at + 2)
        .collect();
    if colons.is_empty() {
        return;
    }
    let at = colons[random.below(colons.len())];
    let length = bytes[at..]
        .iter()
        .position(|byte| matches!(byte, b',' | b'}' | b']'))
        .unwrap_or(0);
    bytes.splice(at..at + length, PIECES[random.below(8)].bytes());
}

#[test]
fn broken_bytes_never_panic() {
    let mut random = Random(2026);
    let (mut tried, mut passed) = (0, 0);
    for (name, body) in notifications() {
        for _ in 0..120 {
            let bytes = mutate(&body, &mut random);
            tried += 1;
            let probed = probe(&bytes);
            let outcome = parse(&bytes);
            assert_eq!(
                probed,
                outcome.as_ref().map(drop).map_err(|e| *e),
                "{name}: {bytes:?}"
            );
            if let Ok(notification) = outcome {
                passed += 1;
                for update in &notification.updates {
                    assert!(!update.identity().is_empty());
                }
            }
        }
    }
    assert_eq!(tried, 20_400);
    assert!(passed > 2_000, "too few were JSON: {passed}");
}
