//! The public key by which Flows are encrypted for the business.

use serde::{Deserialize, Serialize};

use http::Method;

use super::Number;
use crate::call::{Body, Call, decode_success};
use crate::error::RequestError;
use crate::fields::Fields;
use crate::graph;

const EDGE: &str = "whatsapp_business_encryption";

impl Number {
    /// Sets the public key for Flow endpoints: 2048-bit RSA as PEM text. It must be set for each
    /// number, and again after the number was registered anew.
    ///
    /// See [Cloud API/WhatsApp business encryption].
    pub fn set_encryption_key(&self, pem: &str) -> Call<()> {
        let url = self.client().url(&self.edge(EDGE));
        let body = if pem.trim_start().starts_with("-----BEGIN PUBLIC KEY-----") {
            let mut pairs = url::form_urlencoded::Serializer::new(String::new());
            Ok(Body::Urlencoded(
                pairs.append_pair("business_public_key", pem).finish(),
            ))
        } else {
            let problem = "the key is no PEM text that begins with BEGIN PUBLIC KEY";
            Err(RequestError::plain(problem))
        };
        let operation = "encryption.set";
        Call::new(
            self.client(),
            operation,
            Method::POST,
            url,
            body,
            decode_success,
        )
    }

    /// The public key that Meta holds, and whether its signature is right.
    ///
    /// See [Cloud API/WhatsApp business encryption].
    pub fn encryption_key(&self) -> Call<EncryptionKey> {
        graph::read(self.client(), "encryption.get", &self.edge(EDGE), &[])
    }
}

/// The public key that Meta holds, directly or in a list of one; see [Cloud API/WhatsApp business encryption].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EncryptionKey(Fields);

impl EncryptionKey {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The key as PEM text.
    pub fn business_public_key(&self) -> Option<String> {
        self.part().text("business_public_key").map(str::to_owned)
    }

    /// Whether its signature is right; if not, set it again.
    pub fn signature_status(&self) -> Option<KeySignature> {
        let part = self.part();
        part.text("business_public_key_signature_status")
            .map(KeySignature::from)
    }

    fn part(&self) -> Fields {
        let first = self.0.list::<Fields>("data").into_iter().next();
        first.unwrap_or_else(|| self.0.clone())
    }
}

/// Whether the signature of a public key is right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeySignature {
    /// `VALID`.
    Valid,
    /// `MISMATCH`.
    Mismatch,
    /// One that this version does not know.
    Unknown(String),
}

impl KeySignature {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Valid => "VALID",
            Self::Mismatch => "MISMATCH",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for KeySignature {
    fn from(value: &str) -> Self {
        match value {
            "VALID" => Self::Valid,
            "MISMATCH" => Self::Mismatch,
            other => Self::Unknown(other.to_owned()),
        }
    }
}
