//! The encryption between a handset and a Flow's endpoint, and of the files a user puts into a Flow.
//! See [Flows/Implementing endpoints] and [Flows/Media upload components].

use std::convert::Infallible;

use aes::{Aes128, Aes256};
use aes_gcm::aead::consts::U16;
use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{AesGcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::Encryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use hmac::{Hmac, Mac as _};
use pkcs8::DecodePublicKey as _;
use rsa::RsaPublicKey;
use rsa::oaep::EncryptingKey;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::RandomizedEncryptor as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::chance::mix;

/// AES-128-GCM with a nonce of 16 bytes and the tag behind the text.
type Gcm = AesGcm<Aes128, U16>;

/// Bytes of the authentication code behind an encrypted file.
const CODE: usize = 10;

/// Bytes from the seed. They keep nothing secret: they make a run repeatable.
pub(crate) struct Drawn {
    seed: u64,
    purpose: u64,
    at: u64,
}

impl Drawn {
    /// A thousand draws belong to each position.
    pub(crate) fn new(seed: u64, purpose: u64, position: u64) -> Self {
        let at = position.wrapping_mul(1000);
        Self { seed, purpose, at }
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    fn next(&mut self) -> u64 {
        self.at = self.at.wrapping_add(1);
        mix(self.seed, self.purpose, self.at)
    }

    fn fill(&mut self, into: &mut [u8]) {
        for piece in into.chunks_mut(8) {
            let drawn = self.next().to_le_bytes();
            for (to, from) in piece.iter_mut().zip(drawn) {
                *to = from;
            }
        }
    }
}

impl TryRng for Drawn {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let bytes = self.bytes::<4>();
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next())
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        self.fill(dst);
        Ok(())
    }
}

impl TryCryptoRng for Drawn {}

/// Reads the answer to one request.
pub(crate) struct Opener {
    cipher: Gcm,
    nonce: [u8; 16],
}

/// Whether a text is a public key that Meta takes.
pub(crate) fn public_key(pem: &str) -> Option<RsaPublicKey> {
    let pem = pem.trim();
    RsaPublicKey::from_public_key_pem(pem)
        .or_else(|_| RsaPublicKey::from_pkcs1_pem(pem))
        .ok()
}

/// Encrypts a request for the holder of a public key; `None` when that is no key.
pub(crate) fn seal(pem: &str, request: &[u8], mut drawn: Drawn) -> Option<(Value, Opener)> {
    let (key, nonce) = (drawn.bytes::<16>(), drawn.bytes::<16>());
    let wrapped = EncryptingKey::<Sha256>::new(public_key(pem)?)
        .encrypt_with_rng(&mut drawn, &key)
        .ok()?;
    let (data, opener) = encrypt(&key, nonce, request)?;
    let body = json!({
        "encrypted_flow_data": STANDARD.encode(data),
        "encrypted_aes_key": STANDARD.encode(wrapped),
        "initial_vector": STANDARD.encode(nonce),
    });
    Some((body, opener))
}

fn encrypt(key: &[u8; 16], nonce: [u8; 16], text: &[u8]) -> Option<(Vec<u8>, Opener)> {
    let cipher = Gcm::new_from_slice(key).ok()?;
    let data = cipher.encrypt(&Nonce::from(nonce), text).ok()?;
    // Every bit is turned for the answer, so that key and nonce are not used twice.
    let nonce = nonce.map(|byte| !byte);
    Some((data, Opener { cipher, nonce }))
}

impl Opener {
    pub(crate) fn open(&self, answer: &str) -> Option<Vec<u8>> {
        let data = STANDARD.decode(answer.trim()).ok()?;
        let nonce = Nonce::from(self.nonce);
        self.cipher.decrypt(&nonce, data.as_slice()).ok()
    }
}

/// A file as it lies on the CDN, and what it is decrypted with.
pub(crate) fn seal_file(file: &[u8], mut drawn: Drawn) -> (Vec<u8>, Value) {
    let (key, code_key) = (drawn.bytes::<32>(), drawn.bytes::<32>());
    let iv = drawn.bytes::<16>();
    let mut bytes =
        Encryptor::<Aes256>::new(&key.into(), &iv.into()).encrypt_padded_vec::<Pkcs7>(file);
    // A key of any length will do for HMAC.
    if let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&code_key) {
        mac.update(&iv);
        mac.update(&bytes);
        let code = mac.finalize().into_bytes();
        bytes.extend(code.iter().take(CODE));
    }
    let metadata = json!({
        "encrypted_hash": STANDARD.encode(Sha256::digest(&bytes)),
        "iv": STANDARD.encode(iv),
        "encryption_key": STANDARD.encode(key),
        "hmac_key": STANDARD.encode(code_key),
        "plaintext_hash": STANDARD.encode(Sha256::digest(file)),
    });
    (bytes, metadata)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex<const N: usize>(text: &Value) -> [u8; N] {
        let text = text.as_str().unwrap();
        std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
    }

    #[test]
    fn the_documented_vector_holds() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/cloud-api/flow-endpoint.crypto-vector.json"
        );
        let vector: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let request = vector["request_plaintext"].as_str().unwrap();
        let (data, opener) = encrypt(
            &hex(&vector["aes_key_hex"]),
            hex(&vector["iv_hex"]),
            request.as_bytes(),
        )
        .unwrap();
        assert_eq!(vector["encrypted_flow_data"], STANDARD.encode(data));
        assert_eq!(opener.nonce, hex(&vector["response_iv_hex"]));
        let answer = opener.open(vector["response_body_base64"].as_str().unwrap());
        assert_eq!(
            vector["response_plaintext"],
            String::from_utf8(answer.unwrap()).unwrap()
        );
        assert!(opener.open("bm90IGVuY3J5cHRlZA==").is_none());
    }
}
