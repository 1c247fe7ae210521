//! Tells a text that was changed: CRC-32 in six letters.

use super::base64::letter;

pub(super) fn text(text: &str) -> String {
    let sum = crc32(text.as_bytes());
    (0..6).map(|place| letter(sum >> (6 * place))).collect()
}

/// The CRC-32 of ISO-HDLC, bit by bit: the texts are short.
fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            let out = sum & 1;
            sum >>= 1;
            if out == 1 {
                sum ^= 0xedb8_8320;
            }
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_standard_is_met() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(text("123456789").len(), 6);
    }
}
