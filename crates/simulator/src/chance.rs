//! Seeded chance: numbers that depend on nothing but the seed, a purpose and a position.

/// Mixes seed, purpose and position into 64 evenly spread bits.
///
/// For one seed and purpose it is a bijection of the position, so that ids made from it never meet.
pub(crate) fn mix(seed: u64, purpose: u64, position: u64) -> u64 {
    let stream = spread(seed ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    spread(stream.wrapping_add(position.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

/// Whether something of `probability` (0 to 1) happens at this position.
pub(crate) fn happens(probability: f64, seed: u64, purpose: u64, position: u64) -> bool {
    let drawn = u32::try_from(mix(seed, purpose, position) >> 32).unwrap_or(u32::MAX);
    f64::from(drawn) < probability * (f64::from(u32::MAX) + 1.0)
}

/// The finaliser of splitmix64.
fn spread(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
