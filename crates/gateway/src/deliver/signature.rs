//! Standard Webhooks 1.0.0: secrets, and the signature by which a subscriber knows that it was us.
//!
//! A delivery carries `webhook-id` (the event's id), `webhook-timestamp` (unix seconds of the
//! attempt) and `webhook-signature`: `v1,` and the base64 of HMAC-SHA256 over
//! `{id}.{timestamp}.{body}`, one for each secret, separated by spaces.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::ids::Random;

/// Name of the header with the event's id.
pub const ID_HEADER: &str = "webhook-id";
/// Name of the header with the time of the attempt, in unix seconds.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// Name of the header with the signatures.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// Seconds that a subscriber should let `webhook-timestamp` differ from its own clock at most.
pub const TOLERANCE_SECONDS: i64 = 300;

const PREFIX: &str = "whsec_";
const VERSION: &str = "v1,";
/// Bytes of the secrets that we make; the standard permits 24 to 64.
const NEW_SECRET: usize = 32;

/// A signing secret, `whsec_<base64 of 24 to 64 bytes>`. Its `Debug` does not show it.
#[derive(Clone)]
pub struct Secret {
    text: String,
    keyed: Hmac<Sha256>,
}

/// Why a text is not a signing secret. The text is not quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// It begins otherwise.
    #[error("a signing secret begins with whsec_")]
    Prefix,
    /// What follows is not base64.
    #[error("a signing secret is base64 after whsec_")]
    Base64,
    /// It is too short to be safe, or longer than the standard permits.
    #[error("a signing secret has 24 to 64 bytes, this one {0}")]
    Length(usize),
}

impl Secret {
    /// Reads `whsec_…`.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(SecretError::Prefix)?;
        let key = BASE64_STANDARD
            .decode(encoded)
            .map_err(|_| SecretError::Base64)?;
        if !(24..=64).contains(&key.len()) {
            return Err(SecretError::Length(key.len()));
        }
        let keyed = Hmac::new_from_slice(&key).map_err(|_| SecretError::Length(key.len()))?;
        Ok(Self {
            text: text.to_owned(),
            keyed,
        })
    }

    /// A new secret of 32 random bytes.
    pub(crate) fn generate(random: &Random) -> Self {
        let key: [u8; NEW_SECRET] = random.bytes();
        let text = format!("{PREFIX}{}", BASE64_STANDARD.encode(key));
        // HMAC fills a key up to its block of 64 bytes with zeros.
        let mut block = [0; 64];
        block[..NEW_SECRET].copy_from_slice(&key);
        Self {
            text,
            keyed: Hmac::new(&block.into()),
        }
    }

    /// The secret itself, to show to its owner.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(whsec_…)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.text.as_bytes().ct_eq(other.text.as_bytes()).into()
    }
}

impl Eq for Secret {}

/// The signature by one secret, `v1,<base64>`; `timestamp` in unix seconds.
pub fn sign(secret: &Secret, id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac = secret.keyed.clone();
    mac.update(id.as_bytes());
    mac.update(format!(".{timestamp}.").as_bytes());
    mac.update(body);
    format!(
        "{VERSION}{}",
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    )
}

/// The header's value by all secrets that are valid at the moment, the newest first.
pub fn sign_all(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signatures: Vec<_> = secrets
        .iter()
        .map(|secret| sign(secret, id, timestamp, body))
        .collect();
    signatures.join(" ")
}

/// Whether one signature of the header is by `secret`, compared in constant time.
///
/// The caller checks that `timestamp` is within [`TOLERANCE_SECONDS`] of its clock.
pub fn verify(secret: &Secret, id: &str, timestamp: i64, body: &[u8], header: &str) -> bool {
    let expected = sign(secret, id, timestamp, body);
    header
        .split(' ')
        .any(|given| given.as_bytes().ct_eq(expected.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the standard's own libraries are tested with.
    #[test]
    fn signs_as_the_standard_does() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, at) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330);
        let body = br#"{"test": 2432232314}"#;
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(sign(&secret, id, at, body), signature);

        let other = Secret::generate(&Random::seeded(1));
        let both = sign_all(&[other.clone(), secret.clone()], id, at, body);
        assert!(verify(&secret, id, at, body, &both) && verify(&other, id, at, body, &both));
        assert!(!verify(&other, id, at, body, signature), "another secret");
        assert!(!verify(&secret, "msg_x", at, body, signature), "another id");
        assert!(
            !verify(&secret, id, at + 1, body, signature),
            "another time"
        );
        assert!(!verify(&secret, id, at, b"{}", signature), "another body");
        assert!(!verify(&secret, id, at, body, ""), "no signature");
    }

    #[test]
    fn secrets_are_checked_and_not_shown() {
        let secret = Secret::generate(&Random::seeded(1));
        assert_eq!(Secret::parse(secret.expose()).unwrap(), secret);
        assert!(!format!("{secret:?}").contains(&secret.expose()[PREFIX.len()..]));
        let of = |bytes: usize| format!("{PREFIX}{}", BASE64_STANDARD.encode(vec![7; bytes]));
        assert!(Secret::parse(&of(24)).is_ok() && Secret::parse(&of(64)).is_ok());
        assert_eq!(Secret::parse(&of(23)).unwrap_err(), SecretError::Length(23));
        assert_eq!(Secret::parse(&of(65)).unwrap_err(), SecretError::Length(65));
        assert_eq!(Secret::parse("whsec_?").unwrap_err(), SecretError::Base64);
        assert_eq!(Secret::parse("MfKQ").unwrap_err(), SecretError::Prefix);
    }
}
