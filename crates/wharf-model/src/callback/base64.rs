//! Base64 with letters that may stand in a URL, without padding.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = 0_u32;
        for place in 0..3 {
            group = group << 8 | u32::from(chunk.get(place).copied().unwrap_or(0));
        }
        for place in 0..=chunk.len() {
            text.push(letter(group >> (18 - 6 * place)));
        }
    }
    text
}

/// The letter of the lowest six bits.
pub(super) fn letter(bits: u32) -> char {
    let place = usize::try_from(bits & 63).unwrap_or(0);
    char::from(LETTERS.get(place).copied().unwrap_or(b'A'))
}

/// The bytes of a text that [`encode`] wrote; any other text gives none.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for chunk in text.as_bytes().chunks(4) {
        let mut group = 0_u32;
        for place in 0..4 {
            let bits = match chunk.get(place) {
                Some(letter) => LETTERS.iter().position(|known| known == letter)?,
                None => 0,
            };
            group = group << 6 | u32::try_from(bits).ok()?;
        }
        // One letter alone holds less than a byte.
        let count = chunk.len().checked_sub(1).filter(|count| *count > 0)?;
        let [_, all @ ..] = group.to_be_bytes();
        let (kept, dropped) = all.split_at_checked(count)?;
        if dropped.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(kept);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_every_length_and_value_come_back() {
        assert_eq!(encode(b"{\"a\":1}"), "eyJhIjoxfQ");
        assert_eq!(encode(&[0xfb, 0xff]), "-_8");
        let all: Vec<u8> = (0..=255).collect();
        for length in 0..all.len() {
            let text = encode(&all[..length]);
            assert_eq!(decode(&text).as_deref(), Some(&all[..length]), "{length}");
        }
        for wrong in ["A", "AB=", "A+", "AAAAé", "-_9"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
