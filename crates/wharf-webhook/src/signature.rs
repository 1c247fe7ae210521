//! The signature of a notification: HMAC-SHA256 over the bytes as they came.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use wharf_model::AppSecret;

const PREFIX: &[u8] = b"sha256=";
const BLOCK: usize = 64;

/// Why a signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is no `X-Hub-Signature-256` header.
    #[error("signature header is missing")]
    Missing,
    /// The header is not `sha256=` and 64 hex digits.
    #[error("signature header is malformed")]
    Malformed,
    /// None of the secrets made this signature of this body.
    #[error("signature does not match the body")]
    Mismatch,
}

/// The value of `X-Hub-Signature-256` for a body: `sha256=` and 64 lower-case hex digits.
///
/// See [Cloud API/Create a webhook endpoint].
pub fn sign(secret: &AppSecret, body: &[u8]) -> String {
    let mut header = String::with_capacity(PREFIX.len() + BLOCK);
    header.push_str("sha256=");
    push_hex(&mut header, &digest(secret, body));
    header
}

/// Checks the value of `X-Hub-Signature-256` against the bytes as they came.
///
/// Returns the index of the secret that matched. The comparison takes the same time whatever
/// differs. Hex digits may be upper-case; another prefix than `sha256=` is refused.
pub fn verify(
    secrets: &[AppSecret],
    header: Option<&[u8]>,
    body: &[u8],
) -> Result<usize, SignatureError> {
    let header = header.ok_or(SignatureError::Missing)?;
    let hex = header
        .strip_prefix(PREFIX)
        .ok_or(SignatureError::Malformed)?;
    let given = from_hex(hex).ok_or(SignatureError::Malformed)?;
    secrets
        .iter()
        .position(|secret| digest(secret, body).ct_eq(&given).into())
        .ok_or(SignatureError::Mismatch)
}

/// Whether a header may be a signature at all, which needs no body to tell.
#[cfg(feature = "axum")]
pub(crate) fn has_form(header: &[u8]) -> bool {
    header.strip_prefix(PREFIX).and_then(from_hex).is_some()
}

fn digest(secret: &AppSecret, body: &[u8]) -> [u8; 32] {
    // HMAC takes a key of one block: a longer one is hashed, a shorter one padded with zeros.
    let secret = secret.expose().as_bytes();
    let hashed;
    let key: &[u8] = if secret.len() > BLOCK {
        hashed = Sha256::digest(secret);
        &hashed
    } else {
        secret
    };
    let mut block = [0; BLOCK];
    block
        .iter_mut()
        .zip(key)
        .for_each(|(slot, byte)| *slot = *byte);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(body);
    mac.finalize().into_bytes().into()
}

pub(crate) fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(nibble.into(), 16));
        }
    }
}

fn from_hex(hex: &[u8]) -> Option<[u8; 32]> {
    if hex.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (slot, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        let mut value = 0;
        for digit in pair {
            value = value * 16 + char::from(*digit).to_digit(16)?;
        }
        *slot = u8::try_from(value).ok()?;
    }
    Some(bytes)
}
