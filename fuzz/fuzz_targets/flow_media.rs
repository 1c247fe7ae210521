//! Encrypted files of a Flow: what stands behind the checks of hash and code.
#![no_main]

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};
use wharf_webhook::flow::{EncryptionMetadata, FlowMedia, FlowMediaError};

fuzz_target!(|data: &[u8]| {
    if let Ok(media) = serde_json::from_slice::<FlowMedia>(data) {
        // Whoever can make bytes of a given hash may complain.
        assert!(media.encryption_metadata.decrypt(data).is_err());
    }
    let mut metadata = EncryptionMetadata {
        encryption_key: BASE64_STANDARD.encode([1; 32]),
        hmac_key: BASE64_STANDARD.encode([2; 32]),
        iv: BASE64_STANDARD.encode([3; 16]),
        plaintext_hash: BASE64_STANDARD.encode([4; 32]),
        encrypted_hash: BASE64_STANDARD.encode(Sha256::digest(data)),
    };
    assert!(metadata.decrypt(data).is_err());
    let mut mac = Hmac::<Sha256>::new_from_slice(&[2; 32]).expect("a key");
    mac.update(&[3; 16]);
    mac.update(data);
    let bytes = [data, &mac.finalize().into_bytes()[..10]].concat();
    metadata.encrypted_hash = BASE64_STANDARD.encode(Sha256::digest(&bytes));
    let refused = metadata.decrypt(&bytes);
    assert!(matches!(
        refused,
        Err(FlowMediaError::Padding | FlowMediaError::PlaintextHash)
    ));
});
