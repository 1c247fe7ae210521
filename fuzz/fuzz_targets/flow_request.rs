//! Requests of a Flow, encrypted and decrypted, and the signature of its token.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use wharf_model::AppSecret;
use wharf_webhook::flow::{FlowAction, FlowKey, FlowRequest, decrypt, verify_flow_token};

static KEY: LazyLock<FlowKey> = LazyLock::new(|| {
    let pem = include_str!("../../crates/wharf-webhook/tests/flow/pkcs8.pem");
    FlowKey::from_pem(pem, None).expect("a key")
});

fuzz_target!(|data: &[u8]| {
    if let Ok((request, session)) = decrypt(&KEY, data) {
        let answer = request.prescribed();
        session.encrypt(&answer).expect("an answer is encrypted");
    }
    if let Some(request) = FlowRequest::from_json(data) {
        let ping = request.action == FlowAction::Ping;
        assert_eq!(
            request.prescribed().is_some(),
            ping || request.error().is_some()
        );
        let again = FlowRequest::from_json(request.raw.get().as_bytes());
        assert_eq!(Some(request), again);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let secret = AppSecret::new("secret").expect("a secret");
        assert!(
            verify_flow_token(&[secret], text).is_err(),
            "nobody signed it"
        );
    }
});
