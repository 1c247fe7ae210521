//! The private key of a Flow endpoint.

use std::fmt;

use pkcs8::{DecodePrivateKey, EncodePublicKey, LineEnding};
use rsa::RsaPrivateKey;
use rsa::oaep::DecryptingKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::traits::{Decryptor, PublicKeyParts};
use sha2::Sha256;

/// The fewest bits that Meta takes.
const BITS: u32 = 2048;

/// The private key of a Flow endpoint, whose public half Meta has.
///
/// `Debug` shows nothing of it.
#[derive(Clone)]
pub struct FlowKey {
    decrypting: DecryptingKey<Sha256>,
    public: String,
}

/// Why a text is not a private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlowKeyError {
    /// It is no private key in PEM (PKCS#1 or PKCS#8).
    #[error("not an RSA private key in PEM")]
    Form,
    /// It has fewer bits than Meta takes.
    #[error("the key has fewer than {BITS} bits")]
    Short,
    /// It is encrypted, and no passphrase was given.
    #[error("the key is encrypted and no passphrase was given")]
    NoPassphrase,
    /// The passphrase is wrong, or the way it is encrypted is not known here.
    #[error("the passphrase does not open the key")]
    Passphrase,
    /// It is encrypted in the way of old versions of OpenSSL.
    #[error("the key is encrypted in an old form: convert it with `openssl pkcs8 -topk8`")]
    OldEncryption,
}

impl FlowKey {
    /// Reads a private key in PEM: PKCS#1, PKCS#8, or PKCS#8 encrypted with a passphrase.
    ///
    /// The passphrase is not looked at if the key is not encrypted.
    pub fn from_pem(pem: &str, passphrase: Option<&str>) -> Result<Self, FlowKeyError> {
        let pem = pem.trim();
        let key = if pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
            let passphrase = passphrase.ok_or(FlowKeyError::NoPassphrase)?;
            RsaPrivateKey::from_pkcs8_encrypted_pem(pem, passphrase)
                .map_err(|_| FlowKeyError::Passphrase)?
        } else if pem.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(FlowKeyError::OldEncryption);
        } else if pem.starts_with("-----BEGIN RSA PRIVATE KEY-----") {
            RsaPrivateKey::from_pkcs1_pem(pem).map_err(|_| FlowKeyError::Form)?
        } else {
            RsaPrivateKey::from_pkcs8_pem(pem).map_err(|_| FlowKeyError::Form)?
        };
        if key.n().bits() < BITS {
            return Err(FlowKeyError::Short);
        }
        let public = key
            .to_public_key()
            .to_public_key_pem(LineEnding::LF)
            .map_err(|_| FlowKeyError::Form)?;
        Ok(Self {
            decrypting: DecryptingKey::new(key),
            public,
        })
    }

    /// The public key in PEM, as Meta takes it (`whatsapp_business_encryption`).
    pub fn public_pem(&self) -> &str {
        &self.public
    }

    /// Decrypts a short text with RSA-OAEP, SHA-256 for both of its hashes.
    pub(super) fn decrypt(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.decrypting.decrypt(bytes).ok()
    }
}

impl fmt::Debug for FlowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlowKey(redacted)")
    }
}
