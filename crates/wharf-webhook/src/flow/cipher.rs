//! Decrypts requests and encrypts their answers.

use std::fmt;

use aes::Aes128;
use aes_gcm::aead::consts::U16;
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{AesGcm, Nonce};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

use super::key::FlowKey;
use super::request::FlowRequest;

/// AES-128-GCM with a nonce of 16 bytes and a tag of 16 bytes behind the text.
type Gcm = AesGcm<Aes128, U16>;

/// Why a request is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// The body is not JSON with the three parts of an encrypted request.
    #[error("body is not an encrypted request")]
    Body,
    /// The request was encrypted for another key, or was tampered with.
    ///
    /// Which of the two is not told, so that nobody learns anything from many tries.
    #[error("the request cannot be decrypted")]
    Undecryptable,
    /// What was encrypted is no request.
    #[error("the decrypted text is not a request")]
    Request,
}

/// What the one answer to a request is encrypted with.
pub struct FlowSession {
    cipher: Gcm,
    nonce: [u8; 16],
}

#[derive(Deserialize)]
struct Body {
    encrypted_flow_data: String,
    encrypted_aes_key: String,
    initial_vector: String,
}

/// Decrypts the body of a request; the session encrypts its answer.
///
/// Check the signature first, with [`crate::verify`].
pub fn decrypt(key: &FlowKey, body: &[u8]) -> Result<(FlowRequest, FlowSession), FlowError> {
    let parts: Body = serde_json::from_slice(body).map_err(|_| FlowError::Body)?;
    let data = decode(&parts.encrypted_flow_data)?;
    let nonce: [u8; 16] = decode(&parts.initial_vector)?
        .try_into()
        .map_err(|_| FlowError::Body)?;
    let secret = decode(&parts.encrypted_aes_key)?;
    let secret = key.decrypt(&secret).ok_or(FlowError::Undecryptable)?;
    let cipher = Gcm::new_from_slice(&secret).map_err(|_| FlowError::Undecryptable)?;
    let text = cipher
        .decrypt(&Nonce::from(nonce), data.as_slice())
        .map_err(|_| FlowError::Undecryptable)?;
    let request = FlowRequest::from_json(&text).ok_or(FlowError::Request)?;
    // Every bit of the nonce is turned, so that key and nonce are not used twice.
    let nonce = nonce.map(|byte| !byte);
    Ok((request, FlowSession { cipher, nonce }))
}

fn decode(text: &str) -> Result<Vec<u8>, FlowError> {
    BASE64_STANDARD.decode(text).map_err(|_| FlowError::Body)
}

impl FlowSession {
    /// Encrypts the answer: base64, to be sent as `text/plain`.
    ///
    /// A session encrypts one answer, because a second one under the same nonce would give both
    /// away.
    pub fn encrypt<T: Serialize>(self, answer: &T) -> Result<String, serde_json::Error> {
        let text = serde_json::to_vec(answer)?;
        let bytes = self
            .cipher
            .encrypt(&Nonce::from(self.nonce), text.as_slice())
            .map_err(|_| serde::ser::Error::custom("the answer is too long to encrypt"))?;
        Ok(BASE64_STANDARD.encode(bytes))
    }
}

impl fmt::Debug for FlowSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlowSession(redacted)")
    }
}
