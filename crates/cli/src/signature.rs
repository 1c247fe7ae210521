//! Standard Webhooks signatures, for `listen --forward-to` and the demo's subscriber.
//!
//! The gateway has its own reading of the specification, so that the two agreeing is evidence.

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const PREFIX: &str = "whsec_";
/// How far a timestamp may be from now, in seconds.
const TOLERANCE: i64 = 300;

/// The key of an endpoint's signatures. It does not show itself in `Debug`.
#[derive(Clone)]
pub(crate) struct SigningSecret(Vec<u8>);

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

impl SigningSecret {
    /// Reads `whsec_…`.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let encoded = text
            .strip_prefix(PREFIX)
            .context("a signing secret begins with whsec_")?;
        let key = STANDARD
            .decode(encoded)
            .context("a signing secret is base64 after whsec_")?;
        if key.is_empty() {
            bail!("the signing secret is empty");
        }
        Ok(Self(key))
    }

    pub(crate) fn generate() -> Self {
        Self(rand::random::<[u8; 32]>().to_vec())
    }

    /// The text that the receiver needs.
    pub(crate) fn expose(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The value of `webhook-signature`.
    pub(crate) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let digest = self
            .mac(id, timestamp, body)
            .map(|mac| mac.finalize().into_bytes());
        format!("v1,{}", STANDARD.encode(digest.unwrap_or_default()))
    }

    /// Says why a delivery's signature does not hold.
    pub(crate) fn verify(
        &self,
        id: &str,
        timestamp: &str,
        signatures: &str,
        body: &[u8],
        now: i64,
    ) -> Result<(), &'static str> {
        let at: i64 = timestamp
            .parse()
            .map_err(|_| "the timestamp is not a number")?;
        if (now - at).abs() > TOLERANCE {
            return Err("the timestamp is more than five minutes away");
        }
        let fits = |signature: &str| {
            let digest = signature
                .strip_prefix("v1,")
                .and_then(|text| STANDARD.decode(text).ok());
            let mac = self.mac(id, at, body);
            digest
                .zip(mac)
                .is_some_and(|(digest, mac)| mac.verify_slice(&digest).is_ok())
        };
        if signatures.split(' ').any(fits) {
            Ok(())
        } else {
            Err("no signature fits the body")
        }
    }

    /// `None` never happens: a key of any length will do.
    fn mac(&self, id: &str, timestamp: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn signs_as_the_reference_libraries_do() {
        let secret = SigningSecret::parse(SECRET).unwrap();
        assert_eq!(
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, BODY),
            SIGNATURE
        );
    }

    #[test]
    fn one_of_several_signatures_is_enough_and_none_is_not() {
        let secret = SigningSecret::generate();
        let good = secret.sign("evt_1", 1000, BODY);
        let several = format!("v1,AAAA v2,x {good}");
        assert_eq!(secret.verify("evt_1", "1000", &several, BODY, 1200), Ok(()));
        assert!(
            secret
                .verify("evt_1", "1000", "v1,AAAA", BODY, 1200)
                .is_err()
        );
        assert!(secret.verify("evt_2", "1000", &good, BODY, 1200).is_err());
        assert!(secret.verify("evt_1", "1000", &good, BODY, 1301).is_err());
        assert!(SigningSecret::parse("hush").is_err());
    }
}
