//! The bytes that Meta sends: JSON with `/` and non-ASCII escaped, and its signature.

use std::fmt::Write as _;
use std::io;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};
use sha2::Sha256;

use crate::settings::Secret;

/// `value` as Meta writes it: `/` as `\/`, everything beyond ASCII as lower-case `\uXXXX`.
pub(crate) fn escaped(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    // Writing a `Value` into memory cannot fail: its keys are strings and the vector grows.
    let _ = serde::Serialize::serialize(
        value,
        &mut Serializer::with_formatter(&mut bytes, MetaFormatter),
    );
    bytes
}

/// The value of `X-Hub-Signature-256` for `body`.
pub(crate) fn signature(secret: &Secret, body: &[u8]) -> String {
    let mut text = String::with_capacity(71);
    text.push_str("sha256=");
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) {
        mac.update(body);
        push_hex(&mut text, &mac.finalize().into_bytes());
    }
    text
}

/// Lower-case hex.
pub(crate) fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
}

struct MetaFormatter;

impl Formatter for MetaFormatter {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut plain = 0;
        for (at, letter) in fragment.char_indices() {
            if letter.is_ascii() && letter != '/' {
                continue;
            }
            writer.write_all(&fragment.as_bytes()[plain..at])?;
            plain = at + letter.len_utf8();
            if letter == '/' {
                writer.write_all(b"\\/")?;
            } else {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn signature_matches_the_reference_vectors() {
        let check = |body: &str, hex: &str| {
            assert_eq!(
                signature(&Secret::from(SECRET), body.as_bytes()),
                format!("sha256={hex}")
            );
        };
        check(
            r#"{"object":"whatsapp_business_account","entry":[]}"#,
            "eefab58106e73358686845848feb95c56372e7391b3dc050b6a31c8c5f347ece",
        );
        check(
            r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"type":"text","text":{"body":"caf\u00e9 \ud83d\ude00 https:\/\/x.test"}}]}}]}]}"#,
            "b4693ae39f1c2a9e9eac2d0d36b04f6e589412a6ff16445b128d684443a53a72",
        );
    }

    #[test]
    fn slash_and_everything_beyond_ascii_is_escaped() {
        let escaped = escaped(&json!({"body": "café 😀 https://x.test \"\n\u{1f}", "é": 1}));
        assert_eq!(
            String::from_utf8_lossy(&escaped),
            r#"{"body":"caf\u00e9 \ud83d\ude00 https:\/\/x.test \"\n\u001f","\u00e9":1}"#
        );
    }
}
