//! Files that a user put into a Flow.

use std::fmt;

use aes::Aes256;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes of the authentication code behind the encrypted file.
const CODE: usize = 10;

/// A file that a user put into a Flow (`PhotoPicker`, `DocumentPicker`), in the data of a request.
///
/// The bytes at `cdn_url` are encrypted; whoever fetches them must check that the address is one
/// of Meta's. See [Cloud API/Media upload components].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowMedia {
    /// Meta's id of the file.
    pub media_id: String,
    /// Where the encrypted bytes are.
    pub cdn_url: String,
    /// The user's name for the file: never to be trusted as a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// What it is decrypted with.
    pub encryption_metadata: EncryptionMetadata,
}

/// What a file of a Flow is decrypted with; every part is base64.
///
/// `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncryptionMetadata {
    /// Key of AES-256.
    pub encryption_key: String,
    /// Key of the authentication code.
    pub hmac_key: String,
    /// First block of the chain.
    pub iv: String,
    /// SHA-256 of the file.
    pub plaintext_hash: String,
    /// SHA-256 of the encrypted bytes.
    pub encrypted_hash: String,
}

/// Why a file of a Flow cannot be decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlowMediaError {
    /// A key, block or hash is not base64 of the right length.
    #[error("encryption metadata is malformed")]
    Metadata,
    /// The bytes are not those that were uploaded.
    #[error("the encrypted bytes do not have their hash")]
    EncryptedHash,
    /// The bytes were not made with these keys.
    #[error("the authentication code does not match")]
    Code,
    /// The bytes do not end as they must.
    #[error("the decrypted bytes are not padded")]
    Padding,
    /// The decrypted bytes are not the file.
    #[error("the decrypted bytes do not have their hash")]
    PlaintextHash,
}

impl EncryptionMetadata {
    /// Checks and decrypts the bytes that were fetched from `cdn_url`.
    pub fn decrypt(&self, bytes: &[u8]) -> Result<Vec<u8>, FlowMediaError> {
        let hash: [u8; 32] = part(&self.encrypted_hash)?;
        if !same(&hash, bytes) {
            return Err(FlowMediaError::EncryptedHash);
        }
        let key: [u8; 32] = part(&self.encryption_key)?;
        let iv: [u8; 16] = part(&self.iv)?;
        let hash: [u8; 32] = part(&self.plaintext_hash)?;
        let (text, code) = bytes
            .len()
            .checked_sub(CODE)
            .and_then(|at| bytes.split_at_checked(at))
            .ok_or(FlowMediaError::Code)?;
        self.check(&iv, text, code)?;
        let file = Decryptor::<Aes256>::new(&key.into(), &iv.into())
            .decrypt_padded_vec::<Pkcs7>(text)
            .map_err(|_| FlowMediaError::Padding)?;
        if same(&hash, &file) {
            Ok(file)
        } else {
            Err(FlowMediaError::PlaintextHash)
        }
    }

    fn check(&self, iv: &[u8], text: &[u8], code: &[u8]) -> Result<(), FlowMediaError> {
        let key = decode(&self.hmac_key)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| FlowMediaError::Metadata)?;
        mac.update(iv);
        mac.update(text);
        mac.verify_truncated_left(code)
            .map_err(|_| FlowMediaError::Code)
    }
}

fn same(hash: &[u8; 32], bytes: &[u8]) -> bool {
    Sha256::digest(bytes).ct_eq(hash).into()
}

fn part<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], FlowMediaError> {
    decode(text)?
        .try_into()
        .map_err(|_| FlowMediaError::Metadata)
}

fn decode(text: &str) -> Result<Vec<u8>, FlowMediaError> {
    BASE64_STANDARD
        .decode(text)
        .map_err(|_| FlowMediaError::Metadata)
}

impl fmt::Debug for EncryptionMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionMetadata(redacted)")
    }
}
