//! The public key that Flows are encrypted for. See [Cloud API/WhatsApp business encryption].

use rsa::RsaPublicKey;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::json;

use super::{reads, success};
use crate::core::lock;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::settings::Number;

/// `GET` and `POST /{phone_number_id}/whatsapp_business_encryption`.
pub(super) fn key(call: &Call, number: &Number) -> Answer {
    if reads(call) {
        let mut numbers = lock(&call.core.numbers_state);
        let state = numbers.of(&number.id);
        let status = if state.key_is_signed {
            "VALID"
        } else {
            "MISMATCH"
        };
        return Ok(match &state.public_key {
            Some(key) => json!({
                "business_public_key": key,
                "business_public_key_signature_status": status,
            }),
            None => json!({}),
        });
    }
    let pem = call.params.required_text("business_public_key")?;
    let bits = RsaPublicKey::from_public_key_pem(pem.trim()).map(|key| key.n().bits());
    if !matches!(bits, Ok(2048)) {
        return Err(GraphError::new(
            100,
            "Param business_public_key must be a 2048-bit RSA public key in PEM format.",
        ));
    }
    let mut numbers = lock(&call.core.numbers_state);
    let state = numbers.of(&number.id);
    state.public_key = Some(pem);
    state.key_is_signed = true;
    Ok(success())
}
