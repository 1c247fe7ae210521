//! The signature of a Flow's token.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;
use wharf_model::AppSecret;

/// Why the signature of a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlowTokenError {
    /// It is not a JWT.
    #[error("not a signed token")]
    Malformed,
    /// It is signed in another way than HS256.
    #[error("the token is not signed with HS256")]
    Algorithm,
    /// None of the secrets signed it.
    #[error("the token's signature does not match")]
    Mismatch,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

/// Checks `flow_token_signature`, a JWT that the app secret signed, and returns what it says.
///
/// Flows of version 7.3 and later have it. Times in it are not looked at.
pub fn verify_flow_token(secrets: &[AppSecret], jwt: &str) -> Result<Value, FlowTokenError> {
    let (signed, signature) = jwt.rsplit_once('.').ok_or(FlowTokenError::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(FlowTokenError::Malformed)?;
    let header: Header =
        serde_json::from_slice(&decode(header)?).map_err(|_| FlowTokenError::Malformed)?;
    if header.alg != "HS256" {
        return Err(FlowTokenError::Algorithm);
    }
    let signature = decode(signature)?;
    let signs = |secret: &AppSecret| {
        Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).is_ok_and(|mut mac| {
            mac.update(signed.as_bytes());
            mac.verify_slice(&signature).is_ok()
        })
    };
    if !secrets.iter().any(signs) {
        return Err(FlowTokenError::Mismatch);
    }
    serde_json::from_slice(&decode(claims)?).map_err(|_| FlowTokenError::Malformed)
}

fn decode(text: &str) -> Result<Vec<u8>, FlowTokenError> {
    BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| FlowTokenError::Malformed)
}
